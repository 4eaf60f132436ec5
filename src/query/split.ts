import { usageError } from '../errors.js';
import { FILTERS } from '../filters.js';
import { actionOf, codesOf, spellings } from '../providers/actions.js';
import { isGlob, matchesAny } from '../providers/glob.js';
import { logNames } from '../providers/logs.js';
import type { Provider, WireFilter } from '../providers/provider.js';
import { isJoined } from '../providers/value.js';
import { resourceTypes } from '../providers/warnings.js';
import { EVERYTHING, type Query } from '../query.js';
import { checkFilters, isSendable, type WireRow } from './check.js';
import { actions, type EventMatcher, ids, matcherOf, outside } from './match.js';

/** Server-side filters: one value for each parameter. The range of days is separate. */
export interface Wire {
  readonly filters: Readonly<Partial<Record<WireFilter, string>>>;
}

/** `per-action`: one stream of requests for each exact action; `unfiltered`: one stream for all, actions filtered here. */
export type Strategy = 'per-action' | 'unfiltered';

/** A query, split into server-side filters and filters applied here. */
export interface QuerySplit {
  /** The vendor's logs by name; none if it has a single one. */
  readonly logs: readonly string[];
  /** The server-side filters that the query can use, except the action. */
  readonly base: Wire;
  /** The wanted actions, if all are exact and the server filters by action, so that one stream each is possible; else undefined. */
  readonly actionsExact: readonly string[] | undefined;
  /** The same as in `Query`: the engine trims by these, whatever days it requests. */
  readonly from: number | undefined;
  readonly before: number | undefined;
  /** One wire for `unfiltered`, one each for `per-action`, which requires `actionsExact`. */
  wiresFor(strategy: Strategy): readonly Wire[];
  /** The filters applied here, except the range; undefined: none, so no event needs to be made. */
  localFor(strategy: Strategy): EventMatcher | undefined;
  /** The condition that every entry of a wire matches if the server filtered as requested; undefined: no filter was requested. */
  claim(wire: Wire): EventMatcher | undefined;
}

/** Throws a usage error for a filter that this vendor's entries cannot answer, or a value that the vendor would reject. */
export function splitQuery(provider: Provider, query: Query): QuerySplit {
  checkFilters(provider, query);
  const base: Partial<Record<WireFilter, string>> = {};
  const local: EventMatcher[] = [];
  const keep = (matcher: EventMatcher | undefined) => {
    if (matcher !== undefined) local.push(matcher);
  };
  for (const row of FILTERS) {
    if (row.key === 'actions' || row.key === 'notActions') continue;
    const sent = 'wire' in row ? valueToSend(provider, query, row) : undefined;
    if ('wire' in row && sent !== undefined) base[row.wire] = sent;
    // Servers filter by type, not by id.
    const isSentWhole = row.key !== 'resources' || query.resources.some(({ id }) => id === undefined);
    if (sent === undefined || !isSentWhole) keep(matcherOf(row, query, provider));
  }
  if (query.ids !== undefined && query.ids.length > 0) local.push(ids(query.ids));
  const { idPrefix } = query;
  if (idPrefix !== undefined) local.push(({ id }) => id?.startsWith(idPrefix) === true);
  if (query.outside !== undefined) local.push(outside(query.outside));

  const wanted = query.actions.flatMap((action) => spellings(provider, action));
  const unwanted = query.notActions.flatMap((action) => spellings(provider, action));
  if (wanted.length > 0 && wanted.every((name) => !isGlob(name) && matchesAny(unwanted, name))) {
    throw usageError('--not-action excludes every action that --action asks for');
  }
  const actionsExact = exactActions(provider, wanted, unwanted);
  return {
    logs: logNames(provider),
    base: { filters: base },
    actionsExact,
    from: query.from,
    before: query.before,
    wiresFor: (strategy) =>
      strategy === 'per-action' && actionsExact
        ? actionsExact.flatMap((name) => codesOf(provider, name)).map((action) => ({ filters: { ...base, action } }))
        : [{ filters: base }],
    localFor: (strategy) => {
      if (strategy === 'per-action' || wanted.length + unwanted.length === 0) return every(local);
      return every([actions(wanted, unwanted), ...local]);
    },
    claim: ({ filters }) => every(claims(provider, filters)),
  };
}

/** The value to send for a filter: a single one, if the server's filter means the same. */
function valueToSend(provider: Provider, query: Query, row: WireRow): string | undefined {
  if (provider.filters[row.wire] === undefined) return undefined;
  const values = row.key === 'resources' ? query.resources.map(({ type }) => type) : query[row.key];
  const [only, ...more] = new Set(values);
  if (only === undefined || more.length > 0) return undefined;
  if (row.key !== 'resources') return isSendable(row, only) ? only : undefined;
  // The server does not include the subtypes of a type.
  const types = resourceTypes(provider);
  return types.includes(only) && !types.some((known) => known.startsWith(`${only}.`)) ? only : undefined;
}

/** The vendor's own filter does not accept names that are joined from several fields. */
function exactActions(
  provider: Provider,
  wanted: readonly string[],
  unwanted: readonly string[],
): readonly string[] | undefined {
  if (provider.filters.action === undefined || isJoined(provider.fields.action)) return undefined;
  if (wanted.length === 0 || wanted.some(isGlob)) return undefined;
  const exact = [...new Set(wanted)].filter((name) => !matchesAny(unwanted, name));
  // The server has no name for entries without an action.
  return exact.every((name) => codesOf(provider, name).length > 0) ? exact : undefined;
}

function claims(provider: Provider, filters: Wire['filters']): readonly EventMatcher[] {
  return FILTERS.flatMap((row) => {
    const value = 'wire' in row ? filters[row.wire] : undefined;
    if (value === undefined || row.key === 'notActions') return [];
    if (row.key === 'actions') {
      const asked = actionOf(provider, value);
      return [({ action }) => action === asked];
    }
    const values = row.key === 'resources' ? [{ type: value, id: undefined }] : [value];
    return matcherOf(row, { ...EVERYTHING, [row.key]: values }, provider) ?? [];
  });
}

function every(matchers: readonly EventMatcher[]): EventMatcher | undefined {
  if (matchers.length < 2) return matchers[0];
  return (event) => matchers.every((matches) => matches(event));
}
