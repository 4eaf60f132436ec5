import type { Context } from '../../context.js';
import { FILTERS } from '../../filters.js';
import type { Provider } from '../../providers/provider.js';
import type { CommandGrammar, FlagGrammar, Grammar } from '../grammar.js';

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
export async function candidatesFor(
  ctx: Context,
  grammar: Grammar,
  words: readonly string[],
  current: string,
): Promise<Candidates> {
  try {
    const source = sourceAt(findPlace(grammar, words), current);
    return { candidates: await candidatesOf(ctx, source, words), files: source.files };
  } catch {
    return { candidates: [], files: false };
  }
}

/** Where the cursor is: in which command, after which flag that still wants its value, as which operand. */
interface Place {
  readonly command: CommandGrammar;
  /** The flags of the command and of all those above it. */
  readonly flags: readonly FlagGrammar[];
  readonly pending: FlagGrammar | undefined;
  readonly operands: number;
  /** After a lone `--`. */
  readonly operandsOnly: boolean;
}

function findPlace(grammar: Grammar, words: readonly string[]): Place {
  let command: CommandGrammar = grammar;
  let flags = command.flags;
  let pending: FlagGrammar | undefined;
  let operands = 0;
  let operandsOnly = false;
  for (const word of words) {
    if (pending !== undefined) pending = undefined;
    else if (word === '--') operandsOnly = true;
    else if (word.startsWith('-') && word !== '-' && !operandsOnly) {
      const flag = word.includes('=') ? undefined : findFlag(flags, word);
      if (flag?.takesValue === true) pending = flag;
    } else {
      const sub =
        operands === 0
          ? command.commands.find(({ name, aliases }) => name === word || aliases.includes(word))
          : undefined;
      if (sub === undefined) operands += 1;
      else {
        command = sub;
        flags = [...sub.flags, ...flags];
      }
    }
  }
  return { command, flags, pending, operands, operandsOnly };
}

function findFlag(flags: readonly FlagGrammar[], word: string): FlagGrammar | undefined {
  return flags.find(({ long, short }) => long === word || short === word);
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

function sourceAt({ command, flags, pending, operands, operandsOnly }: Place, current: string): Source {
  if (pending !== undefined) return valuesOfFlag(pending, '', current);
  if (current.startsWith('-') && !operandsOnly) {
    const equals = current.indexOf('=');
    const flag = equals < 0 ? undefined : findFlag(flags, current.slice(0, equals));
    if (flag !== undefined) return valuesOfFlag(flag, current.slice(0, equals + 1), current.slice(equals + 1));
    return plain(async () => flagNames(flags), current);
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
  return { ...plain(choicesOf(operand.choices) ?? OPERAND_VALUES[name], current), files: FILE_OPERANDS.has(name) };
}

function plain(values: Values | undefined, typed: string): Source {
  return { values, before: '', typed, list: false, files: false };
}

function valuesOfFlag({ name, choices }: FlagGrammar, before: string, typed: string): Source {
  return {
    values: choicesOf(choices) ?? FLAG_VALUES[name],
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

function flagNames(flags: readonly FlagGrammar[]): readonly Candidate[] {
  const shown = flags.flatMap(({ long, about, hidden }) =>
    hidden === true || long === undefined ? [] : [{ value: long, about }],
  );
  return [...shown, { value: '--help', about: 'show help' }];
}

function choicesOf(choices: readonly string[] | undefined): Values | undefined {
  return choices === undefined ? undefined : async () => choices.map((value) => ({ value, about: '' }));
}

/** Flags that take several values, separated by commas. */
const LISTS: ReadonlySet<string> = new Set(['by', 'columns', ...FILTERS.map(({ name }) => name)]);

/** Flags whose value is a file's name. */
const FILES: ReadonlySet<string> = new Set(['output', 'inputFile', 'provider', 'sample', 'dest']);

/** Operands that are files, by command and operand. */
const FILE_OPERANDS: ReadonlySet<string> = new Set(['verify path', 'check file', 'show name']);

const actionWords: Values = async (ctx, words) => {
  const { matchActions, actionWord } = await import('../../providers/actions.js');
  const provider = await providerOn(ctx, words);
  return matchActions(provider, []).map((action) => ({ value: action, about: actionWord(provider, action).label }));
};

const categoryNames: Values = async (ctx, words) => {
  const { categoriesOf } = await import('../../providers/actions.js');
  const names = categoriesOf(await providerOn(ctx, words));
  return names.map((name) => ({ value: name.toLowerCase().replaceAll(' ', '-'), about: name }));
};

const dimensionNames: Values = async () => {
  const { DIMENSION_NAMES } = await import('../../stats/dimensions.js');
  return DIMENSION_NAMES.map((value) => ({ value, about: '' }));
};

const kindNames: Values = async () => {
  const { KINDS } = await import('../../event.js');
  return KINDS.map((value) => ({ value, about: '' }));
};

/** The vendor that the line names so far, or the environment. */
async function providerOn(ctx: Context, words: readonly string[]): Promise<Provider> {
  const { openProvider } = await import('../../profile/provider.js');
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
    import('../../profile/provider.js'),
    import('../../providers/index.js'),
  ]);
  const title = (name: string) => PROVIDERS.find((provider) => provider.name === name)?.title ?? '';
  return (await names(ctx)).map((value) => ({ value, about: title(value) }));
};

const columnNames: Values = async () => {
  const { COLUMN_NAMES } = await import('../../view.js');
  return COLUMN_NAMES.map((value) => ({ value, about: '' }));
};

const profileNames: Values = async (ctx) => {
  const { readConfig } = await import('../../config.js');
  const { profiles } = await readConfig(ctx);
  return [...profiles.keys()].map((value) => ({ value, about: '' }));
};

const destinationForms: Values = async () => {
  const { FORMS } = await import('../../destinations/forms.js');
  return FORMS.flatMap(({ schemes, form }) =>
    schemes.filter((scheme) => /^[a-z]/.test(scheme)).map((scheme) => ({ value: `${scheme}://`, about: form })),
  );
};

const collectorNames: Values = async (ctx) => {
  const { collectorNames: names } = await import('../../collect/definition.js');
  return (await names(ctx)).map((value) => ({ value, about: 'a collector' }));
};

const FILTER_VALUES = { actions: actionWords, categories: categoryNames, kinds: kindNames };

/** Values of flags that have no fixed choices, by the flag's attribute name. */
const FLAG_VALUES: Readonly<Record<string, Values>> = {
  ...Object.fromEntries(
    FILTERS.flatMap((row) => ('completes' in row ? [[row.name, FILTER_VALUES[row.completes]]] : [])),
  ),
  around: whenWords,
  by: dimensionNames,
  columns: columnNames,
  from: whenWords,
  to: whenWords,
  since: whenWords,
  until: whenWords,
  tz: zoneNames,
  profile: profileNames,
  provider: providerNames,
  dest: destinationForms,
};

/** Values of operands, by command and operand. */
const OPERAND_VALUES: Readonly<Record<string, Values>> = {
  'actions pattern': actionWords,
  ...Object.fromEntries(
    ['collect', 'show', 'status', 'gaps', 'remove'].map((command) => [`${command} collector`, collectorNames]),
  ),
  'use name': profileNames,
  'remove name': profileNames,
  'show name': providerNames,
  'check file': providerNames,
  'check url': destinationForms,
  'login url': destinationForms,
  'logout url': destinationForms,
};
