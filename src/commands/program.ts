import { Command, CommanderError, Option } from 'commander';
import type { Context } from '../context.js';
import { type AuditlogError, EXIT, type ExitCode, usageError } from '../errors.js';
import { suggest } from '../suggest.js';
import { COLOR_CHOICES } from '../terminal/color.js';
import { VERSION } from '../version.js';
import type { CommandEntry, Perform } from './command.js';
import { EVERYWHERE } from './flags/everywhere.js';
import { looksLikeKey, refuseKeys, strayKey } from './flags/stray.js';
import { grammarOf } from './grammar.js';
import { overview } from './help.js';
import { COMMANDS } from './index.js';

/** Performs a command line. Rejects with what went wrong, for a wrong line with a usage error. */
export async function performLine(ctx: Context, argv: readonly string[]): Promise<ExitCode> {
  refuseKeys(argv, ctx.env);
  const outcome: Outcome = { code: EXIT.ok, said: '' };
  const program = await makeProgram(ctx, outcome, argv);
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander also throws after help and the version. Anything else is a wrong line.
    if (outcome.said === '') throw wrongLine(error, program, argv);
    await ctx.stdout.write(outcome.said);
  }
  return outcome.code;
}

/** The exit code of a line, and the help or version that commander printed. */
interface Outcome {
  code: ExitCode;
  said: string;
}

/** All commands with their flags, for completion and tests. Not to be performed. */
export async function describeProgram(ctx: Context): Promise<Command> {
  return makeProgram(ctx, { code: EXIT.ok, said: '' }, undefined);
}

/** `complete --grammar`: the file that completion and the overview read. */
export async function printGrammar(ctx: Context): Promise<void> {
  await ctx.stdout.write(`${JSON.stringify(grammarOf(await describeProgram(ctx)), undefined, 1)}\n`);
}

/** Only the commands that `argv` names get their flags and actions (`undefined`: all of them), since each costs start-up time. */
async function makeProgram(ctx: Context, outcome: Outcome, argv: readonly string[] | undefined): Promise<Command> {
  const program = new Command('auditlog');
  const say = (text: string) => {
    outcome.said += text;
  };
  const width = () => Math.min(ctx.stdout.columns() || 80, 110);
  // Before the first .command(): subcommands copy these settings. The texts of errors come with what is thrown.
  program
    .exitOverride()
    .configureOutput({
      writeOut: say,
      writeErr: say,
      outputError: () => undefined,
      getOutHelpWidth: width,
      getErrHelpWidth: width,
    })
    .configureHelp({
      showGlobalOptions: true,
      // Not those of a command with subcommands: collect's own flags mean nothing to collect status.
      visibleGlobalOptions: () => program.options.filter(({ hidden }) => !hidden),
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
    const command = program.command(entry.name).summary(entry.summary);
    if (entry.alias !== undefined) command.alias(entry.alias);
    if (argv === undefined || isNamed(entry, argv))
      (await entry.load()).define(command, performer(ctx, outcome, argv ?? []));
  }
  return program;
}

function isNamed(entry: CommandEntry, argv: readonly string[]): boolean {
  return argv.includes(entry.name) || (entry.alias !== undefined && argv.includes(entry.alias));
}

function performer(ctx: Context, outcome: Outcome, argv: readonly string[]): Perform {
  return (action) =>
    async (...args) => {
      // Commander's arguments: the operands, the command's own flags, the command.
      const flags = (args.at(-1) as Command).optsWithGlobals();
      refuseEmpty(flags, ctx.platform);
      const act = action as (...all: unknown[]) => Promise<ExitCode | undefined>;
      outcome.code = (await act(ctx, { ...flags, argv }, ...args.slice(0, -2))) ?? EXIT.ok;
    };
}

/** `--user ""` would select everyone: more likely, a variable of a script is empty. */
function refuseEmpty(flags: Readonly<Record<string, unknown>>, platform: NodeJS.Platform): void {
  for (const [name, value] of Object.entries(flags)) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    if (name !== 'search' || platform === 'win32') refuseQuotes(name, values);
    if (!values.some((one) => typeof one === 'string' && one.trim() === '')) continue;
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw usageError(
      `${flag} has an empty value`,
      `Is a variable of your script empty? Give ${flag} a value, or leave it out.`,
    );
  }
}

/** cmd.exe passes single quotes on as they are, and then nothing matches. Elsewhere a text to search for may have some. */
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

function wrongLine(error: CommanderError, program: Command, argv: readonly string[]): AuditlogError {
  const keyLike = argv.filter((word) => looksLikeKey(word.replace(/^--?[^=]*=/, '')));
  const surplus = error.code === 'commander.unknownCommand' || error.code === 'commander.excessArguments';
  if (keyLike.length > 0 && (surplus || keyLike.some((word) => error.message.includes(word))))
    return strayKey('something that looks like an API key is on the command line, where none is expected');
  const entry = argv.map((word) => COMMANDS.find((one) => isNamed(one, [word]))).find((one) => one !== undefined);
  const help = `See: auditlog ${entry === undefined ? '' : `${entry.name} `}--help`;
  const text = error.message.replace(/^error: /, '');
  const command = program.commands.find((one) => one.name() === entry?.name);
  if (error.code === 'commander.unknownOption') {
    // An unknown flag is repeated without its value, which may be secret.
    const flag = /'(--?[^'=]+)(?:=[^']*)?'/.exec(text)?.[1] ?? '';
    const known = [...(command?.options ?? []), ...program.options].flatMap(({ long, hidden }) =>
      long && !hidden ? [long.slice(2)] : [],
    );
    const near = flag.startsWith('--') ? suggest(flag.slice(2), known) : undefined;
    return usageError(`unknown option '${flag}'`, near === undefined ? help : `(Did you mean --${near}?)\n${help}`);
  }
  if (error.code === 'commander.unknownCommand' && argv[0] === 'version')
    return usageError("unknown command 'version'", `Use: auditlog --version\n${help}`);
  const [message = '', ...more] = text.split('\n');
  return usageError(message, [...more, help].join('\n'));
}
