import { formatInstant, readTimestamp } from '../time.js';
import type { TimeFormat } from './provider.js';

/** Reads the text of an entry's time as epoch ms, with a fraction where it is finer; NaN for what is no time in that format. */
export function timeReader(format: TimeFormat = 'rfc3339'): (text: string) => number {
  return READERS[format];
}

const READERS: Readonly<Record<TimeFormat, (text: string) => number>> = {
  rfc3339: readTimestamp,
  'epoch-ms': (text) => epoch(text, 1),
  'epoch-s': (text) => epoch(text, 1000),
};

/** The last ms of the year 9999. */
const LAST = 253_402_300_799_999;

function epoch(text: string, unit: number): number {
  if (!/^-?\d{1,15}(?:\.\d+)?$/.test(text)) return Number.NaN;
  const time = Number(text) * unit;
  return Math.abs(time) <= LAST ? time : Number.NaN;
}

/** Between which instants, epoch ms, a vendor's entry can have happened. */
export interface TimeBounds {
  readonly after: number;
  readonly before: number;
}

/** No vendor's log is older. */
const OLDEST = Date.UTC(2000, 0, 1);
const TWO_DAYS_MS = 2 * 86_400_000;

/** The times that are plausible by the clock of who gave them: from 2000 on, and no more than two days ahead. */
export function timesUntil(now: number | undefined): TimeBounds {
  return { after: OLDEST, before: now === undefined ? Number.POSITIVE_INFINITY : now + TWO_DAYS_MS };
}

/** What is to be said of entries that all have implausible times. */
export function wrongUnit(time: number): string {
  const shown = formatInstant(time) || 'outside the years 0 to 9999';
  return `times such as ${shown}: is timeFormat right? (epoch-s or epoch-ms)`;
}
