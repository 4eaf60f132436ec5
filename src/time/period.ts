import { DAY_MS, dayNumber, weekdayOf } from './day.js';
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

/** The period that a word names at `now`, epoch ms; undefined for any other word. */
export function periodOf(word: string, now: number, zone: Zone): Period | undefined {
  if (!Object.hasOwn(PERIODS, word)) return undefined;
  const date = new Date(now + zone.offsetAt(now));
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + 1;
  return PERIODS[word]!({ year, month, start: dayNumber(year, month, date.getUTCDate())! * DAY_MS });
}

const PERIODS: Readonly<Record<string, (today: Today) => Period>> = {
  today: ({ start }) => days(start, 1),
  yesterday: ({ start }) => days(start - DAY_MS, 1),
  'this-week': ({ start }) => days(monday(start), 7),
  'last-week': ({ start }) => days(monday(start) - 7 * DAY_MS, 7),
  'this-month': ({ year, month }) => months(year, month),
  'last-month': ({ year, month }) => (month === 1 ? months(year - 1, 12) : months(year, month - 1)),
};

export const PERIOD_WORDS: readonly string[] = Object.keys(PERIODS);

function days(start: number, count: number): Period {
  return { start, after: start + count * DAY_MS };
}

function monday(midnight: number): number {
  return midnight - weekdayOf(midnight / DAY_MS) * DAY_MS;
}

function months(year: number, month: number): Period {
  const next = month === 12 ? dayNumber(year + 1, 1, 1)! : dayNumber(year, month + 1, 1)!;
  return { start: dayNumber(year, month, 1)! * DAY_MS, after: next * DAY_MS };
}
