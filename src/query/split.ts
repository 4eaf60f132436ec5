import { usageError } from '../errors.js';
import { FILTERS, type FilterRow, flagOf } from '../filters.js';
import { spellings } from '../providers/actions.js';
import { isJoined } from '../providers/event/normalize.js';
import { isGlob, matchesAny } from '../providers/glob.js';
import type { Provider, WireFilter } from '../providers/provider.js';
import { resourceTypes } from '../providers/warnings.js';
import { EVERYTHING, type Query } from '../query.js';
import { actions, type EventMatcher, ids, matcherOf, outside } from './match.js';

/** What the server is asked to filter: one value for each of its parameters. The range of days is the reader's. */
export interface Wire {
  readonly filters: Readonly<Partial<Record<WireFilter, string>>>;
}

/** `per-action`: one stream of requests for each exact action; `unfiltered`: one stream for all, actions filtered here. */
export type Strategy = 'per-action' | 'unfiltered';

/** A query, split into what the server filters and what is filtered here. */
export interface QuerySplit {
  /** Every filter of the server that the query can use, the action apart. */
  readonly base: Wire;
  /**
   * The actions asked for, when all are exact and the server filters by action: one stream each is possible. Undefined
   * when it is not. Which plan costs fewer requests is the reader's to find out.
   */
  readonly actionsExact: readonly string[] | undefined;
  /** First instant wanted and first no longer wanted, epoch ms: the reader trims by these, whatever days it asks for. */
  readonly from: number | undefined;
  readonly before: number | undefined;
  /** What to ask; one wire for `unfiltered`. Only ask for `per-action` when `actionsExact` is set. */
  wiresFor(strategy: Strategy): readonly Wire[];
  /** What is left to filter here, apart from the range; undefined when nothing is, and no event need be made. */
  localFor(strategy: Strategy): EventMatcher | undefined;
  /** What holds for every entry of a wire if the server filtered as asked: one that fails shows that it did not. Undefined when nothing was asked. */
  claim(wire: Wire): EventMatcher | undefined;
}

/** Throws a usage error for a filter that this vendor's entries cannot answer, or a value that it would refuse. */
export function splitQuery(provider: Provider, query: Query): QuerySplit {
  refuse(provider, query);
  const base: Partial<Record<WireFilter, string>> = {};
  const local: EventMatcher[] = [];
  const keep = (matcher: EventMatcher | undefined) => {
    if (matcher !== undefined) local.push(matcher);
  };
  for (const row of FILTERS) {
    if (row.key === 'actions' || row.key === 'notActions') continue;
    const sent = 'wire' in row ? valueToSend(provider, query, row) : undefined;
    if ('wire' in row && sent !== undefined) base[row.wire] = sent;
    // A server that filters by type knows nothing of ids.
    const isSentWhole = row.key !== 'resources' || query.resources.some(({ id }) => id === undefined);
    if (sent === undefined || !isSentWhole) keep(matcherOf(row.key, query, provider));
  }
  if (query.ids !== undefined && query.ids.length > 0) local.push(ids(query.ids));
  if (query.outside !== undefined) local.push(outside(query.outside));

  const wanted = query.actions.flatMap((action) => spellings(provider, action));
  const unwanted = query.notActions.flatMap((action) => spellings(provider, action));
  if (wanted.length > 0 && wanted.every((name) => !isGlob(name) && matchesAny(unwanted, name))) {
    throw usageError('--not-action excludes every action that --action asks for');
  }
  const actionsExact = exactActions(provider, wanted, unwanted);
  return {
    base: { filters: base },
    actionsExact,
    from: query.from,
    before: query.before,
    wiresFor: (strategy) =>
      strategy === 'per-action' && actionsExact
        ? actionsExact.map((action) => ({ filters: { ...base, action } }))
        : [{ filters: base }],
    localFor: (strategy) => {
      if (strategy === 'per-action' || wanted.length + unwanted.length === 0) return every(local);
      return every([actions(wanted, unwanted), ...local]);
    },
    claim: ({ filters }) => every(claims(provider, filters)),
  };
}

type WireRow = Extract<FilterRow, { readonly wire: string }>;

/** The value to send for a filter: the only one, where the server's filter means the same for it. */
function valueToSend(provider: Provider, query: Query, row: WireRow): string | undefined {
  if (provider.filters[row.wire] === undefined) return undefined;
  const values = row.key === 'resources' ? query.resources.map(({ type }) => type) : query[row.key];
  const [only, ...more] = new Set(values);
  if (only === undefined || more.length > 0) return undefined;
  if (row.key !== 'resources') return isSendable(row, only) ? only : undefined;
  // A type that has others below it is not the same for the server.
  const types = resourceTypes(provider);
  return types.includes(only) && !types.some((known) => known.startsWith(`${only}.`)) ? only : undefined;
}

/** Servers know people by id: an email is looked for here. */
function isSendable({ key }: WireRow, value: string): boolean {
  return (key !== 'users' && key !== 'targets') || !value.includes('@');
}

/** Names that are put together from several fields (join) are not what the vendor's own filter takes. */
function exactActions(
  provider: Provider,
  wanted: readonly string[],
  unwanted: readonly string[],
): readonly string[] | undefined {
  if (provider.filters.action === undefined || isJoined(provider.fields.action)) return undefined;
  if (wanted.length === 0 || wanted.some(isGlob)) return undefined;
  return [...new Set(wanted)].filter((name) => !matchesAny(unwanted, name));
}

function claims(provider: Provider, filters: Wire['filters']): readonly EventMatcher[] {
  return FILTERS.flatMap((row) => {
    const value = 'wire' in row ? filters[row.wire] : undefined;
    if (value === undefined || row.key === 'notActions') return [];
    if (row.key === 'actions') return [({ action }) => action === value];
    const values = row.key === 'resources' ? [{ type: value, id: undefined }] : [value];
    return matcherOf(row.key, { ...EVERYTHING, [row.key]: values }, provider) ?? [];
  });
}

function every(matchers: readonly EventMatcher[]): EventMatcher | undefined {
  if (matchers.length < 2) return matchers[0];
  return (event) => matchers.every((matches) => matches(event));
}

/** Refuses what is known to be wrong before anything is asked. */
function refuse(provider: Provider, query: Query): void {
  for (const row of FILTERS) {
    if (!('field' in row) || query[row.key].length === 0) continue;
    const { field } = row;
    const values = query[row.key];
    const flag = flagOf(row);
    if (provider.fields[field] === undefined) {
      const hint = 'Use --search TEXT, or --columns with a path of the entry, to find what this vendor tells.';
      throw usageError(`${provider.title}'s entries tell no ${field}, so ${flag} cannot be answered`, hint);
    }
    if (values.includes('')) throw usageError(`${flag} has an empty value`);
    const email = values.find((value) => value.includes('@'));
    if (email !== undefined && (field === 'actor' || field === 'target') && knowsOnlyIds(provider, field))
      throw usageError(
        `${provider.title}'s entries tell no email address there, so ${flag} ${email} cannot be answered`,
        'Ask by id, or use --search.',
      );
    const max = provider.filterMax ?? Number.POSITIVE_INFINITY;
    if ('wire' in row && values.some((value) => isSendable(row, value) && [...value].length > max)) {
      throw usageError(`${flag}: an id is longer than the ${max} characters that ${provider.title} takes`);
    }
  }
  if (query.ids !== undefined && query.ids.length > 0 && provider.fields.id === undefined)
    throw usageError(
      `${provider.title}'s entries have no id to be found by`,
      'Find one by its time and its words: --from, --action, --search.',
    );
  if (query.search === '') throw usageError('--search has an empty value');
}

function knowsOnlyIds({ fields }: Provider, field: 'actor' | 'target'): boolean {
  const places = [fields[field] ?? []].flat();
  return places.every(({ id, name, email }) => id !== undefined && name === undefined && email === undefined);
}
