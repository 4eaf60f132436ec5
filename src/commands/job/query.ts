import { usageError } from '../../errors.js';
import { KINDS, type Kind } from '../../event.js';
import { FILTERS, flagOf, perFilter } from '../../filters.js';
import type { Provider } from '../../providers/provider.js';
import {
  checkActions,
  checkCategories,
  peopleWarnings,
  resourceWarnings,
  splitList,
} from '../../providers/warnings.js';
import { checkValues } from '../../query/values.js';
import { parseKind, parseResource, type Query } from '../../query.js';
import {
  parseAround,
  parseDuration,
  parseHours,
  parsePeriod,
  parseRange,
  type Range,
  type WhenOptions,
} from '../../time.js';
import type { WrittenQuery } from '../flags/query.js';
import { type Times, USUAL_WINDOW } from '../flags/times.js';

/** Makes a query from the flags, with warnings for likely mistakes. Throws a usage error for impossible values. */
export function toQuery(
  { filters, times }: WrittenQuery,
  { provider, ...when }: WhenOptions & { readonly provider: Provider },
): { readonly query: Query; readonly warnings: readonly string[] } {
  const wanted = checkActions(provider, filters.action ?? [], '--action');
  const unwanted = checkActions(provider, filters.notAction ?? [], '--not-action');
  const range = timesOf(times)(when);
  const lists = perFilter((row): readonly string[] => {
    const values = filters[row.name] ?? [];
    return 'whole' in row ? [...new Set(values)] : splitList(values, flagOf(row));
  });
  rejectBoth(lists);
  checkValues(provider, lists);
  const kinds = { kinds: lists.kinds.map((text) => parseKind(text)), notKinds: lists.notKinds.map(notKind) };
  if (KINDS.every((kind) => kinds.notKinds.includes(kind)))
    throw usageError('--not-kind of every kind leaves nothing', `Kinds: ${KINDS.join(', ')}`);
  const resources = lists.resources.map((text) => parseResource(text));
  const notResources = lists.notResources.map((text) => parseResource(text, '--not-resource'));
  return {
    query: {
      ...lists,
      actions: wanted.patterns,
      notActions: unwanted.patterns,
      ...kinds,
      resources,
      notResources,
      ...range,
    },
    warnings: [
      ...wanted.warnings,
      ...unwanted.warnings,
      ...checkCategories(provider, lists.categories),
      ...checkCategories(provider, lists.notCategories),
      ...peopleWarnings(provider, [
        ['--user', 'actor', lists.users],
        ['--not-user', 'actor', lists.notUsers],
        ['--target', 'target', lists.targets],
        ['--not-target', 'target', lists.notTargets],
      ]),
      ...resourceWarnings(
        provider,
        resources.map(({ type }) => type),
      ),
      ...resourceWarnings(
        provider,
        notResources.map(({ type }) => type),
        '--not-resource',
      ),
    ],
  };
}

const notKind = (text: string): Kind => parseKind(text, '--not-kind');

/** Throws a usage error for a value that is both included and excluded. */
function rejectBoth(lists: ReturnType<typeof perFilter<readonly string[]>>): void {
  for (const row of FILTERS) {
    if (!('negates' in row)) continue;
    const both = lists[row.key].find((value) => lists[row.negates].includes(value));
    if (both === undefined) continue;
    const flag = flagOf(row);
    throw usageError(`${both} is both wanted (${flag.replace('--not-', '--')}) and not wanted (${flag})`);
  }
}

/** Resolves times, for any value of now. Throws a usage error for impossible ones. */
export function timesOf(times: Times): (options: WhenOptions) => Pick<Query, 'from' | 'before' | 'outside'> {
  if (times.window !== undefined && times.around === undefined) throw usageError('--window needs --around');
  if (times.weekdays === true && times.outside === undefined) throw usageError('--weekdays needs --outside');
  return (options) => {
    const range = rangeOf(times, options);
    if (times.outside === undefined) return range;
    const { zone } = options;
    return { ...range, outside: parseHours(times.outside, '--outside', { weekdays: times.weekdays === true, zone }) };
  };
}

function rangeOf({ in: period, from, to, around, window }: Times, options: WhenOptions): Range {
  if (period !== undefined) return parsePeriod(period, '--in', options);
  if (around === undefined) return parseRange({ from, to }, options);
  return parseAround(around, parseDuration(window ?? USUAL_WINDOW, '--window'), options);
}
