import type { Command, CommanderError } from 'commander';
import { type AuditlogError, usageError } from '../errors.js';
import { suggest } from '../suggest.js';
import { looksLikeKey, strayKey } from './flags/stray.js';
import { COMMANDS, isNamed } from './index.js';
import { INSTEAD, meantFlag } from './meant.js';

/** The usage error for a line that the parser rejected: what is wrong, and how to fix it. */
export function wrongLine(error: CommanderError, program: Command, words: readonly string[]): AuditlogError {
  const keyLike = words.filter((word) => looksLikeKey(word.replace(/^--?[^=]*=/, '')));
  const surplus = error.code === 'commander.unknownCommand' || error.code === 'commander.excessArguments';
  if (keyLike.length > 0 && (surplus || keyLike.some((word) => error.message.includes(word))))
    return strayKey('something that looks like an API key is on the command line, where none is expected');
  const command = commandOf(program, words);
  const help = `See: auditlog ${pathOf(command)}--help`;
  const { text, hints } = explained(error, { command, program, words });
  return usageError(text, [...hints, help].join('\n'));
}

/** A rejected line, and the command in it. */
interface Rejected {
  readonly command: Command;
  readonly program: Command;
  readonly words: readonly string[];
}

interface Explained {
  readonly text: string;
  readonly hints: readonly string[];
}

function explained(error: CommanderError, rejected: Rejected): Explained {
  const text = error.message.replace(/^error: /, '');
  const names = [...text.matchAll(/'([^']*)'/g)].map(([, name = '']) => name);
  const [first = '', second = ''] = names;
  switch (error.code) {
    case 'commander.unknownOption':
      return unknownFlag(first.replace(/=.*$/s, ''), rejected);
    case 'commander.unknownCommand':
      return unknownCommand(first, rejected);
    case 'commander.excessArguments':
      return { text: tooMany(text), hints: searchHint(rejected) };
    case 'commander.missingArgument':
      return { text: `missing argument <${first}>`, hints: [] };
    case 'commander.optionMissingArgument':
      return { text: `${shortOf(first)} needs a value: ${first}`, hints: followHint(first, rejected) };
    case 'commander.missingMandatoryOptionValue':
      return { text: `missing flag ${first}`, hints: [] };
    case 'commander.conflictingOption':
      return { text: `${shortOf(first)} and ${shortOf(second)} cannot be combined`, hints: ['Leave one of them out'] };
    case 'commander.invalidArgument':
      return invalidValue(text, first, rejected);
    default:
      return { text, hints: [] };
  }
}

/** `--format` of `-f, --format <format>`. */
function shortOf(flags: string): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

/**
 * The parser's messages: `option 'FLAGS' argument 'VALUE' is invalid. WHY` and `command-argument value 'VALUE' is invalid for argument 'NAME'. WHY`.
 */
const INVALID =
  /^(?:option '([^']*)' argument|command-argument value) '([\s\S]*)' is invalid(?: for argument '([^']*)')?\. ([\s\S]*)$/;

function invalidValue(text: string, flags: string, rejected: Rejected): Explained {
  const [, option = '', value = '', operand = '', why = ''] = INVALID.exec(text) ?? [];
  const name = option === '' ? `<${operand}>` : shortOf(option);
  const expected = why.replace(/^Allowed choices are /, '').replace(/\.$/, '');
  return { text: `invalid ${name} "${value}": expected ${expected}`, hints: followHint(flags, rejected) };
}

/** `list -f` may mean `tail -f`. */
function followHint(flags: string, { command }: Rejected): readonly string[] {
  const follows = command.options.some(({ long }) => long === '--follow');
  return flags.startsWith('-f,') && follows ? ['-f is --format; to wait for new events: --follow'] : [];
}

/** Flags that name a format which the command does not write. */
const FORMAT_WORDS: readonly string[] = [
  '--csv',
  '--html',
  '--json',
  '--jsonl',
  '--ndjson',
  '--parquet',
  '--pdf',
  '--table',
  '--text',
  '--tsv',
  '--xlsx',
  '--yaml',
];

function unknownFlag(flag: string, { command, program }: Rejected): Explained {
  const text = `unknown flag ${flag}`;
  const options = [...command.options, ...program.options].filter(({ hidden }) => !hidden);
  const known = options.flatMap(({ long }) => (long ? [long.slice(2)] : []));
  const meant = meantFlag(flag);
  if (command.name() === 'tail' && flag === '-n') return { text, hints: ['Use: auditlog list --follow -n 20'] };
  if (flag === '-v')
    return { text, hints: ['To print each request: --debug', 'To print the version: auditlog --version'] };
  if (meant === '--reverse')
    return {
      text,
      hints: [
        'Events are sorted by time, newest first',
        ...(known.includes('reverse') ? ['To reverse that: --reverse'] : []),
      ],
    };
  if (meant !== undefined && known.includes(meant.slice(2))) return { text, hints: [`Use: ${valued(meant, options)}`] };
  const formats = options.find(({ long }) => long === '--format')?.argChoices ?? [];
  if (FORMAT_WORDS.includes(flag) && formats.length > 0) return { text, hints: [`Use: --format ${formats.join('|')}`] };
  const near = flag.startsWith('--') ? suggest(flag.slice(2), known) : undefined;
  if (near !== undefined) return { text, hints: [`Did you mean --${near}?`] };
  return { text, hints: [] };
}

/** `--from <when>` */
function valued(long: string, options: Command['options']): string {
  return options.find((option) => option.long === long)?.flags.replace(/^-\w, /, '') ?? long;
}

function unknownCommand(word: string, { command, program, words }: Rejected): Explained {
  const text = `unknown command "${word}"`;
  if (command === program && Object.hasOwn(INSTEAD, word))
    return {
      text,
      hints: INSTEAD[word]!.map((line) => `Use: ${withText(line, words.slice(words.indexOf(word) + 1))}`),
    };
  const names = command.commands.filter((one) => !isHidden(one)).flatMap((one) => [one.name(), ...one.aliases()]);
  const near = suggest(word, names);
  return { text, hints: near === undefined ? [] : [`Did you mean: auditlog ${pathOf(command)}${near}`] };
}

/** Puts the typed text in place of TEXT, if it needs no quotes. */
function withText(line: string, words: readonly string[]): string {
  const [only, ...more] = words;
  return only !== undefined && more.length === 0 && /^[\w.@][\w.@-]*$/.test(only) ? line.replace('TEXT', only) : line;
}

function isHidden(command: Command): boolean {
  return (command as unknown as { readonly _hidden?: boolean })._hidden === true;
}

/** Files are often named without their flag, and searches for several words typed without quotes. */
function searchHint({ words, command }: Rejected): readonly string[] {
  const file = words.find((word) => /^[^-].*\.(?:ndjson|jsonl|json|csv)(?:\.gz)?$/.test(word) && !looksLikeKey(word));
  const reads = command.options.some(({ long }) => long === '--input');
  if (file !== undefined && reads && !words.includes('--input')) return ['To read a file: --input FILE'];
  return words.some((word) => /^--(?:not-)?search$/.test(word))
    ? ['For several words: --search WORD --search WORD, or "TWO WORDS" for that text']
    : [];
}

/** Does not repeat the words, which may be secret. */
function tooMany(text: string): string {
  const [, expected = '0', got = '1'] = /Expected (\d+).* got (\d+)/.exec(text) ?? [];
  return `too many arguments: expected ${expected}, got ${got}`;
}

/** The innermost command on the line; else the program. */
function commandOf(program: Command, words: readonly string[]): Command {
  const entry = words.map((word) => COMMANDS.find((one) => isNamed(one, [word]))).find((one) => one !== undefined);
  const command = program.commands.find((one) => one.name() === entry?.name);
  if (command === undefined || entry === undefined) return program;
  const after = words.slice(words.findIndex((word) => isNamed(entry, [word])) + 1);
  const [next] = after.filter((word) => !word.startsWith('-'));
  return command.commands.find((one) => one.name() === next) ?? command;
}

function pathOf(command: Command): string {
  return command.parent === null ? '' : `${pathOf(command.parent)}${command.name()} `;
}
