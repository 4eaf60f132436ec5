import { usageError } from '../../errors.js';
import { flagOf, perFilter } from '../../filters.js';
import type { Provider } from '../../providers/provider.js';
import {
  checkActions,
  checkCategories,
  peopleWarnings,
  resourceWarnings,
  splitList,
} from '../../providers/warnings.js';
import { parseKind, parseResource, type Query } from '../../query.js';
import { parseAround, parseDuration, parseHours, parseRange, type WhenOptions } from '../../time.js';
import type { WrittenQuery } from '../flags/query.js';
import { type Times, USUAL_WINDOW } from '../flags/times.js';

/** Reads the written query, with warnings for what may be a mistake. Throws a usage error for what makes no sense. */
export function toQuery(
  { filters, times }: WrittenQuery,
  { provider, ...when }: WhenOptions & { readonly provider: Provider },
): { readonly query: Query; readonly warnings: readonly string[] } {
  const wanted = checkActions(provider, filters.action ?? [], '--action');
  const unwanted = checkActions(provider, filters.notAction ?? [], '--not-action');
  if (filters.notAction !== undefined && unwanted.patterns.length === 0)
    throw usageError('--not-action all leaves nothing', 'Name the actions that you do not want.');
  const both = wanted.patterns.find((pattern) => unwanted.patterns.includes(pattern));
  if (both !== undefined) throw usageError(`${both} is both wanted (--action) and not wanted (--not-action)`);
  const range = timesOf(times)(when);
  const lists = perFilter((row) => (row.name === 'search' ? [] : splitList(filters[row.name] ?? [], flagOf(row))));
  const { categories, users, notUsers, targets } = lists;
  const resources = lists.resources.map(parseResource);
  return {
    query: {
      ...lists,
      actions: wanted.patterns,
      notActions: unwanted.patterns,
      kinds: lists.kinds.map(parseKind),
      resources,
      search: filters.search,
      ...range,
    },
    warnings: [
      ...wanted.warnings,
      ...unwanted.warnings,
      ...checkCategories(provider, categories),
      ...peopleWarnings(provider, [
        ['--user', 'actor', users],
        ['--not-user', 'actor', notUsers],
        ['--target', 'target', targets],
      ]),
      ...resourceWarnings(
        provider,
        resources.map(({ type }) => type),
      ),
    ],
  };
}

/** Reads times, for whichever moment counts as now. Throws a usage error for what makes no sense. */
export function timesOf(times: Times): (options: WhenOptions) => Pick<Query, 'from' | 'before' | 'outside'> {
  if (times.window !== undefined && times.around === undefined)
    throw usageError('--window is the time on each side of --around, which is not given');
  if (times.weekdays === true && times.outside === undefined)
    throw usageError('--weekdays says on which days the hours of --outside are, which are not given');
  return (options) => {
    const range =
      times.around === undefined
        ? parseRange({ from: times.from, to: times.to }, options)
        : parseAround(times.around, parseDuration(times.window ?? USUAL_WINDOW, '--window'), options);
    if (times.outside === undefined) return range;
    const { zone } = options;
    return { ...range, outside: parseHours(times.outside, '--outside', { weekdays: times.weekdays === true, zone }) };
  };
}
