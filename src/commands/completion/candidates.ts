import type { Context } from '../../context.js';
import { FILTERS } from '../../filters.js';
import { EVERYWHERE } from '../flags/everywhere.js';
import type { CommandGrammar, FlagGrammar } from '../grammar.js';
import { vendorOf } from '../vendor.js';
import { type CompletionPoint, findFlag, pointAfter } from './point.js';
import { type Candidate, FLAG_VALUES, OPERAND_VALUES, type Values, valuesOf } from './values.js';

/** `files`: the shell offers file names if there is no candidate. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly files: boolean;
}

/** The candidates for the word that begins with `current`, after `words` (without the program). Never rejects: TAB shows no errors. */
export async function candidatesFor(
  ctx: Context,
  grammar: CommandGrammar,
  words: readonly string[],
  current: string,
): Promise<Candidates> {
  try {
    const source = sourceAt(pointAfter(grammar, words), current);
    return { candidates: await candidatesOf(ctx, source, words), files: source.files };
  } catch {
    return { candidates: [], files: false };
  }
}

/** Where candidates come from. */
interface CandidateSource {
  readonly values: Values | undefined;
  /** The text before the value in the same word, such as `--action=`. */
  readonly before: string;
  readonly typed: string;
  /** The value is a list, separated by commas. */
  readonly list: boolean;
  readonly files: boolean;
}

function sourceAt(
  { command, flags, pending, operands, operandsOnly }: CompletionPoint,
  current: string,
): CandidateSource {
  if (pending !== undefined) return valuesOfFlag(pending, '', current);
  if (current.startsWith('-') && !operandsOnly) {
    const equals = current.indexOf('=');
    const flag = equals < 0 ? undefined : findFlag(flags, current.slice(0, equals));
    if (flag !== undefined) return valuesOfFlag(flag, current.slice(0, equals + 1), current.slice(equals + 1));
    return plain((ctx, words) => flagNames(ctx, { flags, words, current }), current);
  }
  const subcommands = operands === 0 ? command.commands.filter(({ hidden }) => hidden !== true) : [];
  if (subcommands.length > 0) {
    const own = OPERAND_VALUES[`${command.name} ${command.operands[0]?.name}`];
    const words = subcommands.map(({ name, about }) => ({ value: name, about }));
    return plain(async (ctx, before) => [...words, ...((await own?.(ctx, before)) ?? [])], current);
  }
  const last = command.operands.at(-1);
  const operand = command.operands[operands] ?? (last?.variadic === true ? last : undefined);
  if (operand === undefined) return plain(undefined, current);
  const name = `${command.name} ${operand.name}`;
  return { ...plain(choicesOf(operand) ?? OPERAND_VALUES[name], current), files: FILE_OPERANDS.has(name) };
}

function plain(values: Values | undefined, typed: string): CandidateSource {
  return { values, before: '', typed, list: false, files: false };
}

function valuesOfFlag(flag: FlagGrammar, before: string, typed: string): CandidateSource {
  const { name } = flag;
  return {
    values: choicesOf(flag) ?? FLAG_VALUES[name],
    before,
    typed,
    list: LISTS.has(name),
    files: FILES.has(name),
  };
}

async function candidatesOf(
  ctx: Context,
  source: CandidateSource,
  words: readonly string[],
): Promise<readonly Candidate[]> {
  if (source.values === undefined) return [];
  const comma = source.list ? source.typed.lastIndexOf(',') + 1 : 0;
  const earlier = source.typed.slice(0, comma);
  const chosen = new Set(earlier.split(','));
  const typed = source.typed.slice(comma);
  const all = await source.values(ctx, words, typed);
  return all
    .filter(({ value }) => value.startsWith(typed) && !chosen.has(value))
    .map(({ value, about }) => ({ value: `${source.before}${earlier}${value}`, about }));
}

/** The flags of a command, without those that the vendor in use does not have. Opposites of filters appear once `--no` is typed. */
async function flagNames(
  ctx: Context,
  at: { readonly flags: readonly FlagGrammar[]; readonly words: readonly string[]; readonly current: string },
): Promise<readonly Candidate[]> {
  const { lacks = [] } = (await vendorOf(ctx, at.words)) ?? {};
  const isShown = ({ name, hidden }: FlagGrammar): boolean =>
    hidden !== true || (OPPOSITES.has(name) && at.current.startsWith('--no'));
  const shown = at.flags.flatMap((flag) =>
    flag.long === undefined || !isShown(flag) || lacks.includes(flag.long)
      ? []
      : [{ value: flag.long, about: flag.about }],
  );
  return [...shown, ...HELP.map(([term, about]) => ({ value: term.replace('-h, ', ''), about }))];
}

const HELP = [EVERYWHERE.help, EVERYWHERE.helpAll];

/** `notUser` */
const OPPOSITES: ReadonlySet<string> = new Set(FILTERS.flatMap((row) => ('negates' in row ? [row.name] : [])));

function choicesOf({ choices }: { readonly choices?: readonly string[] }): Values | undefined {
  return choices && valuesOf(choices);
}

/** Flags that take several values, separated by commas. */
const LISTS: ReadonlySet<string> = new Set([
  'by',
  'columns',
  ...FILTERS.flatMap((row) => ('whole' in row ? [] : [row.name])),
]);

/** Flags whose value is a file's name. */
const FILES: ReadonlySet<string> = new Set(['output', 'inputFile', 'provider', 'sample', 'dest']);

/** Operands that are files, by command and operand. */
const FILE_OPERANDS: ReadonlySet<string> = new Set(['verify path', 'check file', 'show name']);
