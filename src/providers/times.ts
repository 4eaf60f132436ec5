import { DAY_MS, formatInstant, readTimestamp } from '../time.js';
import type { TimeFormat } from './provider.js';

/** Opens what reads the time of an entry as epoch ms, with a fraction where the text is finer; NaN for an invalid time. */
export function timeReader(format: TimeFormat = 'rfc3339'): (text: string) => number {
  return READERS[format];
}

const READERS: Readonly<Record<TimeFormat, (text: string) => number>> = {
  rfc3339: readTimestamp,
  rfc1123: readTimestamp,
  'epoch-us': (text) => epoch(text, 0.001),
  'epoch-ns': (text) => epoch(text, 0.000001),
  'epoch-parts': () => Number.NaN,
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

/** The plausible times of entries, epoch ms. */
export interface TimeBounds {
  readonly after: number;
  readonly before: number;
}

const OLDEST = Date.UTC(2000, 0, 1);

/** From 2000 until two days after `now`, the clock of the server. */
export function timesUntil(now: number | undefined): TimeBounds {
  return { after: OLDEST, before: now === undefined ? Number.POSITIVE_INFINITY : now + 2 * DAY_MS };
}

/** The warning for entries that all have implausible times. */
export function wrongUnit(time: number): string {
  const shown = formatInstant(time) || 'outside the years 0 to 9999';
  return `times such as ${shown}: is timeFormat right? (epoch-s or epoch-ms)`;
}
