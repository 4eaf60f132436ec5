import type { Argument, Command, Option } from 'commander';
import type { Context } from '../context.js';
import type { Provider } from '../providers/provider.js';
import { describeProgram } from './program.js';

export interface Candidate {
  readonly value: string;
  readonly about: string;
}

/** What may stand at the cursor; `files`: where nothing fits, names of files do. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly files: boolean;
}

/** What fits at the cursor, after `words` (without the program) and for what is typed of `current`. Never rejects: TAB is no place for errors. */
export async function candidatesFor(ctx: Context, words: readonly string[], current: string): Promise<Candidates> {
  try {
    const place = findPlace(await describeProgram(ctx), words);
    const source = sourceAt(place, current);
    return { candidates: await candidatesOf(ctx, source, words), files: source.files };
  } catch {
    return { candidates: [], files: false };
  }
}

/** Where the cursor is: in which command, after which flag that still wants its value, as which operand. */
interface Place {
  readonly command: Command;
  readonly pending: Option | undefined;
  readonly operands: number;
  /** After a lone `--`. */
  readonly operandsOnly: boolean;
}

function findPlace(program: Command, words: readonly string[]): Place {
  let command = program;
  let pending: Option | undefined;
  let operands = 0;
  let operandsOnly = false;
  for (const word of words) {
    if (pending !== undefined) pending = undefined;
    else if (word === '--') operandsOnly = true;
    else if (word.startsWith('-') && word !== '-' && !operandsOnly) {
      const option = word.includes('=') ? undefined : findOption(command, word);
      if (option !== undefined && takesValue(option)) pending = option;
    } else {
      const sub =
        operands === 0
          ? command.commands.find((one) => one.name() === word || one.aliases().includes(word))
          : undefined;
      if (sub === undefined) operands += 1;
      else command = sub;
    }
  }
  return { command, pending, operands, operandsOnly };
}

/** The flags of a command and of all those above it. */
function optionsOf(command: Command): readonly Option[] {
  return command.parent === null ? command.options : [...command.options, ...optionsOf(command.parent)];
}

function findOption(command: Command, word: string): Option | undefined {
  return optionsOf(command).find((option) => option.long === word || option.short === word);
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

/** A list of values for a flag or an operand, from this machine alone. */
type Values = (ctx: Context, words: readonly string[]) => Promise<readonly Candidate[]>;

/** What stands at the cursor: the candidates' maker, what is typed of the value, and what stands before it in the same word. */
interface Source {
  readonly values: Values | undefined;
  readonly before: string;
  readonly typed: string;
  /** Several values, separated by commas. */
  readonly list: boolean;
  readonly files: boolean;
}

function sourceAt({ command, pending, operands, operandsOnly }: Place, current: string): Source {
  if (pending !== undefined) return valuesOfFlag(pending, '', current);
  if (current.startsWith('-') && !operandsOnly) {
    const equals = current.indexOf('=');
    const option = equals < 0 ? undefined : findOption(command, current.slice(0, equals));
    if (option !== undefined) return valuesOfFlag(option, current.slice(0, equals + 1), current.slice(equals + 1));
    return plain(async () => flagsOf(command), current);
  }
  const subcommands = operands === 0 ? command.commands.filter((one) => !isHidden(one)) : [];
  if (subcommands.length > 0)
    return plain(async () => subcommands.map((one) => ({ value: one.name(), about: one.summary() })), current);
  const last = command.registeredArguments.at(-1);
  const operand = command.registeredArguments[operands] ?? (last?.variadic === true ? last : undefined);
  if (operand === undefined) return plain(undefined, current);
  const name = `${command.name()} ${operand.name()}`;
  return { ...plain(choicesOf(operand.argChoices) ?? OPERAND_VALUES[name], current), files: FILE_OPERANDS.has(name) };
}

function plain(values: Values | undefined, typed: string): Source {
  return { values, before: '', typed, list: false, files: false };
}

function valuesOfFlag(option: Option, before: string, typed: string): Source {
  const name = option.attributeName();
  return {
    values: choicesOf(option.argChoices) ?? FLAG_VALUES[name],
    before,
    typed,
    list: LISTS.has(name),
    files: FILES.has(name),
  };
}

async function candidatesOf(ctx: Context, source: Source, words: readonly string[]): Promise<readonly Candidate[]> {
  if (source.values === undefined) return [];
  const comma = source.list ? source.typed.lastIndexOf(',') + 1 : 0;
  const earlier = source.typed.slice(0, comma);
  const chosen = new Set(earlier.split(','));
  const typed = source.typed.slice(comma);
  const all = await source.values(ctx, words);
  return all
    .filter(({ value }) => value.startsWith(typed) && !chosen.has(value))
    .map(({ value, about }) => ({ value: `${source.before}${earlier}${value}`, about }));
}

function flagsOf(command: Command): readonly Candidate[] {
  const help = { value: '--help', about: 'show help' };
  const shown = optionsOf(command).filter((option) => !option.hidden && option.long !== undefined);
  return [...shown.map((option) => ({ value: option.long ?? '', about: option.description })), help];
}

/** Commander keeps this to itself, and its help knows. */
function isHidden(command: Command): boolean {
  const parent = command.parent;
  return parent !== null && !parent.createHelp().visibleCommands(parent).includes(command);
}

function choicesOf(choices: Argument['argChoices']): Values | undefined {
  return choices === undefined ? undefined : async () => choices.map((value) => ({ value, about: '' }));
}

/** Flags that take several values, separated by commas. */
const LISTS: ReadonlySet<string> = new Set([
  'action',
  'by',
  'notAction',
  'category',
  'kind',
  'columns',
  'source',
  'country',
  'org',
]);

/** Flags whose value is a file's name. */
const FILES: ReadonlySet<string> = new Set(['output', 'inputFile', 'provider', 'sample']);

/** Operands that are files, by command and operand. */
const FILE_OPERANDS: ReadonlySet<string> = new Set(['verify path', 'check file', 'show name']);

const actionWords: Values = async (ctx, words) => {
  const { matchActions, actionWord } = await import('../providers/actions.js');
  const provider = await providerOn(ctx, words);
  return matchActions(provider, []).map((action) => ({ value: action, about: actionWord(provider, action).label }));
};

const categoryNames: Values = async (ctx, words) => {
  const { categoriesOf } = await import('../providers/actions.js');
  const names = categoriesOf(await providerOn(ctx, words));
  return names.map((name) => ({ value: name.toLowerCase().replaceAll(' ', '-'), about: name }));
};

const dimensionNames: Values = async () => {
  const { DIMENSION_NAMES } = await import('../stats/dimensions.js');
  return DIMENSION_NAMES.map((value) => ({ value, about: '' }));
};

const kindNames: Values = async () => {
  const { KINDS } = await import('../event.js');
  return KINDS.map((value) => ({ value, about: '' }));
};

/** The vendor that the line names so far, or the environment. */
async function providerOn(ctx: Context, words: readonly string[]): Promise<Provider> {
  const { openProvider } = await import('../profile/provider.js');
  const named = words.includes('--provider') ? words[words.lastIndexOf('--provider') + 1] : ctx.env.AUDITLOG_PROVIDER;
  return openProvider(ctx, { text: named || 'invent', from: '--provider' });
}

const whenWords: Values = async () =>
  [
    ['now', ''],
    ['today', 'from or to midnight'],
    ['yesterday', ''],
    ['this-week', 'weeks begin on Monday'],
    ['last-week', ''],
    ['this-month', ''],
    ['last-month', ''],
    ['2h', 'two hours ago'],
    ['7d', 'seven days ago'],
  ].map(([value = '', about = '']) => ({ value, about }));

const zoneNames: Values = async () =>
  ['UTC', 'local', ...Intl.supportedValuesOf('timeZone')].map((value) => ({ value, about: '' }));

const providerNames: Values = async (ctx) => {
  const [{ providerNames: names }, { PROVIDERS }] = await Promise.all([
    import('../profile/provider.js'),
    import('../providers/index.js'),
  ]);
  const title = (name: string) => PROVIDERS.find((provider) => provider.name === name)?.title ?? '';
  return (await names(ctx)).map((value) => ({ value, about: title(value) }));
};

const columnNames: Values = async () => {
  const { COLUMN_NAMES } = await import('../view.js');
  return COLUMN_NAMES.map((value) => ({ value, about: '' }));
};

const profileNames: Values = async (ctx) => {
  const { readConfig } = await import('../config.js');
  const { profiles } = await readConfig(ctx);
  return [...profiles.keys()].map((value) => ({ value, about: '' }));
};

const destinationForms: Values = async () => {
  const { DESTINATIONS } = await import('../destinations/index.js');
  return DESTINATIONS.flatMap(({ schemes, form }) =>
    schemes.filter((scheme) => /^[a-z]/.test(scheme)).map((scheme) => ({ value: `${scheme}://`, about: form })),
  );
};

/** Values of flags that have no fixed choices, by the flag's attribute name. */
const FLAG_VALUES: Readonly<Record<string, Values>> = {
  action: actionWords,
  around: whenWords,
  by: dimensionNames,
  columns: columnNames,
  notAction: actionWords,
  category: categoryNames,
  kind: kindNames,
  from: whenWords,
  to: whenWords,
  since: whenWords,
  until: whenWords,
  tz: zoneNames,
  profile: profileNames,
  provider: providerNames,
};

/** Values of operands, by command and operand. */
const OPERAND_VALUES: Readonly<Record<string, Values>> = {
  'actions pattern': actionWords,
  'use name': profileNames,
  'remove name': profileNames,
  'show name': providerNames,
  'check file': providerNames,
  'check url': destinationForms,
  'login url': destinationForms,
  'logout url': destinationForms,
};
