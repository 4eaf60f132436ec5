import { DAY_MS, formatInstant, utcDay, weekdayOf, type Zone } from '../time.js';

export const PERIOD_NAMES = ['hour', 'day', 'week', 'month'] as const;
export type PeriodName = (typeof PERIOD_NAMES)[number];

/** Consecutive stretches of time, each identified by its first instant. */
export interface Periods {
  readonly name: PeriodName;
  /** The start of the period that contains an instant. */
  startOf(ms: number): number;
  /** The start of the next period. */
  after(start: number): number;
  /** A label: `2026-03-01T14:00+01:00`, `2026-03-01`, a week by its Monday, `2026-03`. */
  label(start: number): string;
}

const HOUR_MS = 3_600_000;

/** Periods of a zone: hours of its clocks, days from midnight to midnight, weeks from Monday. */
export function openPeriods(name: PeriodName, zone: Zone, toLocal: (ms: number) => number): Periods {
  if (name === 'hour') {
    // When clocks are put back, both hours with the same name are periods.
    const startOf = (ms: number) => ms - mod(toLocal(ms), HOUR_MS);
    return {
      name,
      startOf,
      after: (start) => start + HOUR_MS,
      label: (start) => formatInstant(start, zone).replace(/:00(?:\.000)?(?=[Z+-])/, ''),
    };
  }
  const { first, next } = DAYS[name];
  const instants = new Map<number, number>();
  const instantOf = (day: number): number => {
    const known = instants.get(day);
    if (known !== undefined) return known;
    if (instants.size > 10_000) instants.clear();
    const instant = zone.startOfDay(day * DAY_MS);
    instants.set(day, instant);
    return instant;
  };
  const dayOf = (ms: number) => Math.floor(toLocal(ms) / DAY_MS);
  return {
    name,
    startOf: (ms) => instantOf(first(dayOf(ms))),
    after: (start) => instantOf(next(dayOf(start))),
    label: (start) => utcDay(dayOf(start) * DAY_MS).slice(0, name === 'month' ? 7 : 10),
  };
}

interface DayRule {
  /** The first day of the period of a day, both as local day numbers. */
  readonly first: (day: number) => number;
  readonly next: (first: number) => number;
}

const DAYS: Readonly<Record<Exclude<PeriodName, 'hour'>, DayRule>> = {
  day: { first: (day) => day, next: (day) => day + 1 },
  week: { first: (day) => day - weekdayOf(day), next: (day) => day - weekdayOf(day) + 7 },
  month: { first: (day) => monthStart(day, 0), next: (day) => monthStart(day, 1) },
};

/** The first day of a day's month, or of a later one. */
function monthStart(day: number, later: number): number {
  const date = new Date(day * DAY_MS);
  date.setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() + later, 1);
  return Math.floor(date.getTime() / DAY_MS);
}

/** The periods with an instant from `from` until before `before`, ascending; undefined when there are more than `most`. */
export function periodsBetween(
  periods: Periods,
  from: number,
  before: number,
  most: number,
): readonly number[] | undefined {
  const starts: number[] = [];
  for (let start = periods.startOf(from); start < before; start = periods.after(start)) {
    if (starts.length === most) return undefined;
    starts.push(start);
  }
  return starts;
}

/** Never negative. */
export function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
