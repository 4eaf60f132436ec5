import { Command, CommanderError, Option } from 'commander';
import type { Context } from '../context.js';
import { EXIT, type ExitCode, usageError } from '../errors.js';
import { COLOR_CHOICES } from '../terminal/color.js';
import { openPager } from '../terminal/pager/pager.js';
import { VERSION } from '../version.js';
import type { Perform } from './command.js';
import { EVERYWHERE } from './flags/everywhere.js';
import { refuseKeys } from './flags/stray.js';
import { grammarOf } from './grammar.js';
import { overview } from './help.js';
import { COMMANDS, isNamed } from './index.js';
import { commandHelp, type HelpView } from './layout.js';
import { addShorthands, meantLine, withFormat } from './meant.js';
import { answerTopic } from './topics/answer.js';
import { vendorOf } from './vendor.js';
import { wrongLine } from './wrong.js';

/** Runs a command line. Rejects if it fails, with a usage error for an invalid line. */
export async function performLine(ctx: Context, typed: readonly string[]): Promise<ExitCode> {
  refuseKeys(typed, ctx.env);
  const topic = answerTopic(typed);
  if (topic !== undefined) return printHelp(ctx, topic);
  const { line: argv, view } = await helpLine(ctx, meantLine(typed));
  const outcome: Outcome = { code: EXIT.ok, said: '' };
  const program = await makeProgram(ctx, outcome, { argv, view });
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander also throws after help and the version. Everything else is an invalid line.
    if (outcome.said === '') throw wrongLine(error, program, argv);
    return printHelp(ctx, outcome.said);
  }
  return outcome.code;
}

/** Prints help, through the pager if it is longer than the screen. */
export async function printHelp(ctx: Context, text: string): Promise<ExitCode> {
  const pager = openPager(ctx);
  try {
    await pager.write(text);
  } catch (error) {
    if (!pager.closed.aborted) throw error;
  }
  await pager.end();
  return EXIT.ok;
}

/** The line with --help in place of --help-all, and what its help shows. */
async function helpLine(
  ctx: Context,
  argv: readonly string[],
): Promise<{ readonly line: readonly string[]; readonly view: HelpView }> {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const all = words.includes(HELP_ALL);
  if (!all && !words.some((word) => HELP.includes(word))) return { line: argv, view: { all } };
  const named = words.filter((word, at) => word !== HELP_ALL && !(at === 0 && word === 'help'));
  const line = named.length < words.length ? [...named, '--help', ...argv.slice(words.length)] : argv;
  return { line, view: { all, vendor: await vendorOf(ctx, words) } };
}

const HELP_ALL: string = EVERYWHERE.helpAll[0];
const HELP: readonly string[] = ['-h', '--help', 'help'];

/** The exit code of a line, and the help or version that commander printed. */
interface Outcome {
  code: ExitCode;
  said: string;
}

/** All commands with their flags, for completion and tests; not to be run. */
export async function describeProgram(ctx: Context): Promise<Command> {
  return makeProgram(ctx, { code: EXIT.ok, said: '' }, { argv: undefined, view: { all: true } });
}

/** A command line (`undefined`: all commands), and the content of its help. */
interface Line {
  readonly argv: readonly string[] | undefined;
  readonly view: HelpView;
}

/** `complete --grammar`: the file that completion and the overview read. */
export async function printGrammar(ctx: Context): Promise<void> {
  await ctx.stdout.write(`${JSON.stringify(grammarOf(await describeProgram(ctx)), undefined, 1)}\n`);
}

/** Only the commands on the line get their flags and actions, because each costs start-up time. */
async function makeProgram(ctx: Context, outcome: Outcome, { argv, view }: Line): Promise<Command> {
  const program = new Command('auditlog');
  const say = (text: string) => {
    outcome.said += text;
  };
  const width = () => Math.min(ctx.stdout.columns() || 80, 110);
  // Before the first .command(), because subcommands copy these settings. Errors are printed by the caller.
  program
    .exitOverride()
    .configureOutput({
      writeOut: say,
      writeErr: say,
      outputError: () => undefined,
      getOutHelpWidth: width,
      getErrHelpWidth: width,
    })
    .showSuggestionAfterError(false)
    .configureHelp({
      formatHelp: (command, help) => commandHelp(command, help, view),
      optionDescription: ({ description, argChoices }) => described(description, argChoices),
      argumentDescription: ({ description, argChoices }) => described(description, argChoices),
    })
    .optionsGroup('Everywhere:')
    .helpOption(...EVERYWHERE.help)
    .version(VERSION, ...EVERYWHERE.version)
    .addOption(new Option(EVERYWHERE.color[0], 'colour the output').choices(COLOR_CHOICES))
    .option(...EVERYWHERE.noColor)
    .option(...EVERYWHERE.quiet)
    .option(...EVERYWHERE.debug)
    .option(...EVERYWHERE.noInput);
  program.helpInformation = () => overview(grammarOf(program).commands);
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).summary(entry.summary).helpGroup(entry.group);
    if (entry.alias !== undefined) command.alias(entry.alias);
    if (argv !== undefined && !isNamed(entry, argv)) continue;
    (await entry.load()).define(command, performer(ctx, outcome, argv ?? []));
    addShorthands(command);
  }
  return program;
}

function described(about: string, choices: readonly string[] = []): string {
  const told = about.toLowerCase();
  return choices.every((choice) => told.includes(choice.toLowerCase())) ? about : `${about}: ${choices.join(', ')}`;
}

function performer(ctx: Context, outcome: Outcome, argv: readonly string[]): Perform {
  return (action) =>
    async (...args) => {
      // Commander's arguments: the operands, the command's own flags, the command.
      const flags = withFormat((args.at(-1) as Command).optsWithGlobals());
      refuseEmpty(flags, ctx.platform);
      const act = action as (...all: unknown[]) => Promise<ExitCode | undefined>;
      outcome.code = (await act(ctx, { ...flags, argv }, ...args.slice(0, -2))) ?? EXIT.ok;
    };
}

/** Rejects `--user ""`, which would select everyone: most likely a variable of a script is empty. */
function refuseEmpty(flags: Readonly<Record<string, unknown>>, platform: NodeJS.Platform): void {
  for (const [name, value] of Object.entries(flags)) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    if (name !== 'search' || platform === 'win32') refuseQuotes(name, values);
    if (!values.some((one) => typeof one === 'string' && one.trim() === '')) continue;
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw usageError(
      `${flag} has an empty value`,
      `Is a variable of your script empty? Give ${flag} a value, or leave it out`,
    );
  }
}

/** cmd.exe keeps single quotes, and then nothing matches. On other systems a search text may contain them. */
function refuseQuotes(name: string, values: readonly unknown[]): void {
  if (name === 'argv') return;
  const quoted = values.find((one) => typeof one === 'string' && one.length > 1 && /^'[^']*'$/.test(one));
  if (typeof quoted !== 'string') return;
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw usageError(
    `the value of ${flag} is in single quotes: ${quoted}`,
    `Use double quotes: ${flag} "${quoted.slice(1, -1)}"`,
  );
}
