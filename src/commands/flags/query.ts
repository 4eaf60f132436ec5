import type { Command, Option } from 'commander';
import { ACTION_FILTERS, FILTERS, type FilterRow, OTHER_FILTERS } from '../../filters.js';
import { flag, list, only } from './flag.js';
import { readTimes, type Times, USUAL_WINDOW, type WhenFlags } from './times.js';

type FilterName = FilterRow['name'];

/** The values of the filters' flags as typed, commas and all. */
export type FilterFlags = Partial<Readonly<Record<FilterName, readonly string[]>>>;
export type QueryFlags = WhenFlags & FilterFlags;

export function addQueryFlags(command: Command): void {
  command.optionsGroup(
    'Which events (repeat a flag or use commas for several values; each filter has an opposite, such as --not-user):',
  );
  for (const option of [
    ...ACTION_FILTERS.map(filterFlag),
    flag('--from <when>', 'since then: 2026-03-01, 2026-03-01T09:30, yesterday, 2h, 7d (also --since)'),
    flag('--to <when>', 'until then; a day is included whole (also --until)'),
    flag('--since <when>', 'the same as --from').conflicts('from').hideHelp(),
    flag('--until <when>', 'the same as --to').conflicts('to').hideHelp(),
    flag('--tz <zone>', 'where days begin: UTC (default), local, or such as Europe/Paris'),
    flag('--around <when>', 'around a moment or a day').conflicts(['from', 'since', 'to', 'until']),
    flag('--window <duration>', `how long before and after it (default: ${USUAL_WINDOW})`),
    flag('--outside <hours>', 'at other hours of the day than, for example, 09:00-18:00'),
    flag('--weekdays', 'those hours are on Monday to Friday only: all of a weekend is outside'),
    ...OTHER_FILTERS.map(filterFlag),
  ])
    command.addOption(option);
}

/** Help has one line for all opposites. */
function filterFlag(row: FilterRow): Option {
  return list(row.flag, row.help).hideHelp('negates' in row);
}

const FILTER_NAMES = FILTERS.map(({ name }) => name);

/** The flags that a saved definition holds, in its order. */
export const SAVED_FLAGS = [
  ...ACTION_FILTERS.map(({ name }) => name),
  'outside',
  'weekdays',
  ...OTHER_FILTERS.map(({ name }) => name),
] as const;

export interface WrittenQuery {
  readonly filters: FilterFlags;
  readonly times: Times;
}

export function readQuery(flags: QueryFlags): WrittenQuery {
  return { filters: only(flags, FILTER_NAMES), times: readTimes(flags) };
}
