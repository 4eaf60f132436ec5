import type { Command } from 'commander';
import { usageError } from '../../errors.js';
import { ACTION_FILTERS, FILTERS, type FilterRow, flagOf, OTHER_FILTERS, perFilter } from '../../filters.js';
import type { Provider } from '../../providers/provider.js';
import type { Query } from '../../query.js';
import type { Zone } from '../../time.js';
import { flag, list, only } from './flag.js';
import { readTimes, type Times, timesOf, USUAL_WINDOW, type WhenFlags } from './times.js';

type FilterName = FilterRow['name'];

/** The values of the filters' flags as typed, commas and all. */
export type FilterFlags = Partial<Readonly<Record<Exclude<FilterName, 'search'>, readonly string[]>>> & {
  readonly search?: string;
};
export type QueryFlags = WhenFlags & FilterFlags;

export function addQueryFlags(command: Command): void {
  command.optionsGroup('Which events (repeat a flag or use commas for several values):');
  for (const option of [
    ...ACTION_FILTERS.map((row) => list(row.flag, row.help)),
    flag('--from <when>', 'since then: 2026-03-01, 2026-03-01T09:30, yesterday, 2h, 7d (also --since)'),
    flag('--to <when>', 'until then; a day is included whole (also --until)'),
    flag('--since <when>', 'the same as --from').conflicts('from').hideHelp(),
    flag('--until <when>', 'the same as --to').conflicts('to').hideHelp(),
    flag('--tz <zone>', 'where days begin: UTC (default), local, or such as Europe/Paris'),
    flag('--around <when>', 'around a moment or a day').conflicts(['from', 'since', 'to', 'until']),
    flag('--window <duration>', `how long before and after it (default: ${USUAL_WINDOW})`),
    flag('--outside <hours>', 'at other hours of the day than, for example, 09:00-18:00'),
    flag('--weekdays', 'those hours are on Monday to Friday only: all of a weekend is outside'),
    ...OTHER_FILTERS.map((row) => (row.name === 'search' ? flag : list)(row.flag, row.help)),
  ])
    command.addOption(option);
}

const FILTER_NAMES = FILTERS.map(({ name }) => name);

/** The flags that a saved definition holds, in its order: which events, whenever they were. */
export const SAVED_FLAGS = [
  ...ACTION_FILTERS.map(({ name }) => name),
  'outside',
  'weekdays',
  ...OTHER_FILTERS.map(({ name }) => name),
] as const;

/** Which events are asked for, as it was written: before the vendor, its time zone and the time are known. */
export interface WrittenQuery {
  readonly filters: FilterFlags;
  readonly times: Times;
}

export function readQuery(flags: QueryFlags): WrittenQuery {
  return { filters: only(flags, FILTER_NAMES), times: readTimes(flags) };
}

/** The query that was written, and what to tell on the way. Throws a usage error for what makes no sense. */
export async function toQuery(
  { filters, times }: WrittenQuery,
  { provider, zone, now }: { readonly provider: Provider; readonly zone: Zone; readonly now: number },
): Promise<{ readonly query: Query; readonly warnings: readonly string[] }> {
  const [
    { checkActions, checkCategories, splitList },
    { peopleWarnings },
    { resourceWarnings },
    { parseKind, parseResource },
  ] = await Promise.all([
    import('../../providers/actions.js'),
    import('../../providers/people.js'),
    import('../../providers/resources.js'),
    import('../../query.js'),
  ]);
  const wanted = checkActions(provider, filters.action ?? [], '--action');
  const unwanted = checkActions(provider, filters.notAction ?? [], '--not-action');
  if (filters.notAction !== undefined && unwanted.patterns.length === 0)
    throw usageError('--not-action all leaves nothing', 'Name the actions that you do not want.');
  const both = wanted.patterns.find((pattern) => unwanted.patterns.includes(pattern));
  if (both !== undefined) throw usageError(`${both} is both wanted (--action) and not wanted (--not-action)`);
  const range = (await timesOf(times))({ now, zone });
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
