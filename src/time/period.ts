import { DAY_MS, dayNumber, dayStart, weekdayOf } from './day.js';
import type { Zone } from './zone.js';

/** A period from its first midnight to the midnight after it, as local times (zone.ts). */
interface Period {
  readonly start: number;
  readonly after: number;
}

interface Today {
  readonly year: number;
  readonly month: number;
  /** Its midnight as a local time. */
  readonly start: number;
}

/**
 * Parses the name of a period at `now`, epoch ms: a word, a day, a month, a quarter or a year. NaN: its day is not in the calendar. Undefined: any
 * other text.
 */
export function periodOf(text: string, now: number, zone: Zone): Period | undefined {
  const written = writtenPeriod(text);
  if (written !== undefined) return written;
  const word = wordOf(text);
  if (!Object.hasOwn(PERIODS, word)) return undefined;
  const date = new Date(now + zone.offsetAt(now));
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  return PERIODS[word]!({ year, month, start: dayNumber(year, month, date.getUTCDate())! * DAY_MS });
}

/** `Last quarter` is `last-quarter`. */
export function wordOf(text: string): string {
  return text
    .replace(/^ +| +$/g, '')
    .toLowerCase()
    .replace(/[ _]+/g, '-');
}

/** `2026-03-01`, `2026-03`, `2026-Q1` or `2026`. */
function writtenPeriod(text: string): Period | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return days(dayStart(text), 1);
  const [, year = '', month, quarter] = /^(\d{4})(?:-(0[1-9]|1[0-2])|-[Qq]([1-4]))?$/.exec(text) ?? [];
  if (year === '') return undefined;
  if (month !== undefined) return months(Number(year), Number(month), 1);
  if (quarter !== undefined) return months(Number(year), Number(quarter) * 3 - 2, 3);
  return months(Number(year), 1, 12);
}

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const PERIODS: Readonly<Record<string, (today: Today) => Period>> = {
  today: ({ start }) => days(start, 1),
  yesterday: ({ start }) => days(start - DAY_MS, 1),
  'this-week': ({ start }) => days(lastOf(0, start), 7),
  'last-week': ({ start }) => days(lastOf(0, start) - 7 * DAY_MS, 7),
  'this-month': ({ year, month }) => months(year, month, 1),
  'last-month': ({ year, month }) => months(year, month - 1, 1),
  'this-quarter': ({ year, month }) => months(year, firstOfQuarter(month), 3),
  'last-quarter': ({ year, month }) => months(year, firstOfQuarter(month) - 3, 3),
  'this-year': ({ year }) => months(year, 1, 12),
  'last-year': ({ year }) => months(year - 1, 1, 12),
  ...Object.fromEntries(
    WEEKDAYS.flatMap((name, weekday) => [
      // Today counts if it is a Monday.
      [name, ({ start }: Today) => days(lastOf(weekday, start), 1)],
      [`last-${name}`, ({ start }: Today) => days(lastOf(weekday, start - DAY_MS), 1)],
    ]),
  ),
};

export const PERIOD_WORDS: readonly string[] = Object.keys(PERIODS);

function days(start: number, count: number): Period {
  return { start, after: start + count * DAY_MS };
}

/** The midnight of the last day with this weekday, up to this day. */
function lastOf(weekday: number, midnight: number): number {
  return midnight - ((weekdayOf(midnight / DAY_MS) - weekday + 7) % 7) * DAY_MS;
}

function firstOfQuarter(month: number): number {
  return month - ((month - 1) % 3);
}

/** `month` may be outside the year, such as 0 for the December before. */
function months(year: number, month: number, count: number): Period {
  return { start: monthStart(year, month), after: monthStart(year, month + count) };
}

function monthStart(year: number, month: number): number {
  const all = year * 12 + month - 1;
  // The year after the last one has a beginning, too.
  const before = Math.floor(all / 12);
  const number = dayNumber(before, (((all % 12) + 12) % 12) + 1, 1);
  return number === undefined ? Number.NaN : number * DAY_MS;
}
