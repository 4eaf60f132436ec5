import type { Command, Option } from 'commander';
import { ACTION_FILTERS, FILTERS, type FilterRow, OTHER_FILTERS } from '../../filters.js';
import { flag, list, only } from './flag.js';
import { readTimes, type Times, USUAL_WINDOW, type WhenFlags } from './times.js';

type FilterName = FilterRow['name'];

/** The values of the filters' flags as typed, not split at commas. */
export type FilterFlags = Partial<Readonly<Record<FilterName, readonly string[]>>>;
export type QueryFlags = WhenFlags & FilterFlags;

export function addQueryFlags(command: Command): void {
  command.optionsGroup('Filters (commas for several values; each has an opposite, such as --not-user):');
  for (const option of [
    ...ACTION_FILTERS.map(filterFlag),
    flag('--from <when>', 'events since then: 2026-03-01, yesterday, 7d, 3mo (also --since)'),
    flag('--to <when>', 'events until then; a day or month counts whole (also --until)'),
    flag('--in <period>', 'events of a period: 2026-03, 2026-Q1, yesterday, last-quarter').conflicts([
      'from',
      'since',
      'to',
      'until',
      'around',
    ]),
    flag('--since <when>', 'the same as --from').conflicts('from').hideHelp(),
    flag('--until <when>', 'the same as --to').conflicts('to').hideHelp(),
    flag('--tz <zone>', 'time zone: UTC (default), local, or a name such as Europe/Paris'),
    flag('--around <when>', 'events around a moment or a day').conflicts(['from', 'since', 'to', 'until']),
    flag('--window <duration>', `with --around: how long before and after (default: ${USUAL_WINDOW})`),
    flag('--outside <hours>', 'events outside these hours of the day, such as 09:00-18:00'),
    flag('--weekdays', 'with --outside: hours of Monday to Friday; weekends are all outside'),
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
