import { collectorNames as collectors } from '../../collect/definition.js';
import { readConfig } from '../../config/read.js';
import type { Context } from '../../context.js';
import { FORMS } from '../../destinations/forms.js';
import { KINDS } from '../../event.js';
import { FILTERS } from '../../filters.js';
import { openProvider, providerNames as vendors } from '../../profile/provider.js';
import { actionWord, categoriesOf, matchActions } from '../../providers/actions.js';
import { PROVIDERS } from '../../providers/index.js';
import type { Provider } from '../../providers/provider.js';
import { DIMENSION_NAMES } from '../../stats/dimensions.js';
import { COLUMN_NAMES } from '../../view.js';

export interface Candidate {
  readonly value: string;
  readonly about: string;
}

/** The values of a flag or an operand, read from this machine only. `words`: the line so far; `typed`: the beginning of the value. */
export type Values = (ctx: Context, words: readonly string[], typed?: string) => Promise<readonly Candidate[]>;

export function valuesOf(values: readonly string[]): Values {
  return async () => values.map((value) => ({ value, about: '' }));
}

const actions: Values = async (ctx, words) => {
  const provider = await providerOf(ctx, words);
  return matchActions(provider, []).map((action) => ({ value: action, about: actionWord(provider, action).label }));
};

const categories: Values = async (ctx, words) => {
  const names = categoriesOf(await providerOf(ctx, words));
  return names.map((name) => ({ value: name.toLowerCase().replaceAll(' ', '-'), about: name }));
};

/** The vendor that the line or the environment names. */
async function providerOf(ctx: Context, words: readonly string[]): Promise<Provider> {
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
    ['this-quarter', ''],
    ['last-quarter', ''],
    ['this-year', ''],
    ['last-year', ''],
    ['monday', 'the last one'],
    ['2h', 'two hours ago'],
    ['7d', 'seven days ago'],
    ['3mo', 'three months ago'],
    ['1y', 'a year ago'],
  ].map(([value = '', about = '']) => ({ value, about }));

const periodWords: Values = async (ctx, words) => [
  ...(await whenWords(ctx, words)).filter(({ value }) => !/^(?:now|\d.*)$/.test(value)),
  ...recentPeriods(ctx.clock.now()).map((value) => ({ value, about: '' })),
];

/** This month and quarter, and those before them. */
function recentPeriods(now: number): readonly string[] {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const before = month === 0 ? `${year - 1}-12` : `${year}-${String(month).padStart(2, '0')}`;
  const quarter = Math.floor(month / 3) + 1;
  return [
    date.toISOString().slice(0, 7),
    before,
    `${year}-Q${quarter}`,
    quarter === 1 ? `${year - 1}-Q4` : `${year}-Q${quarter - 1}`,
    `${year}`,
  ];
}

// There are hundreds of zones, so they are listed only on demand.
const zoneNames: Values = async (ctx, words) =>
  valuesOf(['UTC', 'local', ...Intl.supportedValuesOf('timeZone')])(ctx, words);

const providerNames: Values = async (ctx, _words, typed = '') => {
  const title = (name: string) => PROVIDERS.find((provider) => provider.name === name)?.title ?? '';
  const names = (await vendors(ctx)).map((value) => ({ value, about: title(value) }));
  const vendor = /^([a-z][a-z0-9_-]*)\//.exec(typed)?.[1];
  return vendor === undefined ? names : [...names, ...(await logNamesOf(ctx, vendor))];
};

/** `vendor/log` for each log of a vendor; files are read only once the slash is typed. */
async function logNamesOf(ctx: Context, vendor: string): Promise<readonly Candidate[]> {
  const { logs = {} } = await openProvider(ctx, { text: vendor, from: '--provider' }).catch(() => ({ logs: {} }));
  return Object.entries(logs).map(([log, { title }]) => ({ value: `${vendor}/${log}`, about: title }));
}

const variableNames: Values = async (ctx, words) =>
  Object.entries((await providerOf(ctx, words)).variables ?? {}).map(([name, { about }]) => ({
    value: `${name}=`,
    about,
  }));

const profileNames: Values = async (ctx) => {
  const { profiles } = await readConfig(ctx);
  return [...profiles.keys()].map((value) => ({ value, about: '' }));
};

const destinationForms: Values = async () =>
  FORMS.flatMap(({ schemes, form }) =>
    schemes.filter((scheme) => /^[a-z]/.test(scheme)).map((scheme) => ({ value: `${scheme}://`, about: form })),
  );

const collectorNames: Values = async (ctx) => (await collectors(ctx)).map((value) => ({ value, about: 'a collector' }));

const FILTER_VALUES = { actions, categories, kinds: valuesOf(KINDS) };

/** Values of flags that have no fixed choices, by the flag's attribute name. */
export const FLAG_VALUES: Readonly<Record<string, Values>> = {
  ...Object.fromEntries(
    FILTERS.flatMap((row) => ('completes' in row ? [[row.name, FILTER_VALUES[row.completes]]] : [])),
  ),
  around: whenWords,
  by: valuesOf([...new Set([...DIMENSION_NAMES, ...COLUMN_NAMES])]),
  columns: valuesOf(COLUMN_NAMES),
  from: whenWords,
  in: periodWords,
  to: whenWords,
  since: whenWords,
  until: whenWords,
  tz: zoneNames,
  profile: profileNames,
  provider: providerNames,
  var: variableNames,
  dest: destinationForms,
};

/** Values of operands, by command and operand. */
export const OPERAND_VALUES: Readonly<Record<string, Values>> = {
  'actions pattern': actions,
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
