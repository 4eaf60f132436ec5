import { type Command, Option } from 'commander';
import { usageError } from '../../errors.js';
import { DIMENSION_NAMES } from '../../stats/dimensions.js';
import { PERIOD_NAMES, type PeriodName } from '../../stats/periods.js';
import { count, flag, list } from '../flags/flag.js';
import type { SelectionFlags } from '../flags/selection.js';

export const STATS_FORMATS = ['table', 'json', 'ndjson', 'csv'] as const;
/** Number of groups in a table. */
const USUAL_TOP = 20;

export interface StatsFlags extends SelectionFlags {
  readonly by?: string[];
  readonly every?: PeriodName;
  readonly top?: number;
  readonly over?: number;
  readonly exact?: boolean;
  readonly format?: (typeof STATS_FORMATS)[number];
}

export function addCountingFlags(command: Command): void {
  command.optionsGroup('Counting:');
  command
    .addOption(
      list(
        '--by <names>',
        `${DIMENSION_NAMES.join(', ').replace('action', 'action (default)')}, any column or path of an entry, or several`,
      ),
    )
    .addOption(flag('--every <period>', 'count per hour, day, week or month').choices(PERIOD_NAMES))
    .addOption(count('--top <n>', `show the n largest groups, the others together (default for a table: ${USUAL_TOP})`))
    .addOption(new Option('--over <n>', 'show only counts above n').argParser(toNumber).conflicts('top'))
    .addOption(flag('--exact', "read every event, so that days begin in --tz and not in the server's zone"));
}

function toNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw usageError(`invalid --over "${text}": expected a whole number`, 'Write a whole number, such as --over 20');
  return Number(text);
}

/** What to count, by what, and how to show it. */
export interface StatsChoice {
  /** Undefined: all events together, over time. */
  readonly by: readonly string[] | undefined;
  readonly every: PeriodName | undefined;
  /** Maximum number of groups to show; undefined: all. */
  readonly top: number | undefined;
  readonly over: number | undefined;
  /** Reads every event, even if the server can count. */
  readonly exact: boolean;
  readonly format: (typeof STATS_FORMATS)[number];
}

export function readStats({ by, every, top, over, exact, format = 'table' }: StatsFlags): StatsChoice {
  // Hours and weekdays have an order of their own, so all are shown.
  const isWhole = by?.every((name) => /^(?:hour|weekday)(?:,(?:hour|weekday))*$/.test(name)) === true;
  return {
    by: by ?? (every === undefined ? ['action'] : undefined),
    every,
    top: top ?? (format === 'table' && over === undefined && !isWhole ? USUAL_TOP : undefined),
    over,
    exact: exact === true,
    format,
  };
}
