import { isObject } from '../json/is.js';
import { DAY_MS, formatInstant, readTimestamp } from '../time.js';
import type { TimeFormat } from './provider.js';

type TimeOfText = (text: string) => number;

/**
 * Opens what reads the time of an entry as epoch ms, with a fraction where the text is finer; NaN for an invalid time. `zone` is that of times
 * that name none.
 */
export function timeReader(format: TimeFormat = 'rfc3339', zone?: string): TimeOfText {
  const unit = UNITS[format];
  if (unit !== undefined) return (text) => epoch(text, unit);
  const readText = zone === undefined ? readTimestamp : zonedReader(zone === 'UTC' ? 'Z' : zone);
  return format === 'epoch-parts' ? (text) => parts(text, readText) : readText;
}

/** Units a millisecond has, or the other way round. */
const UNITS: Readonly<Partial<Record<TimeFormat, (text: string) => number>>> = {
  'epoch-s': (text) => Number(text) * 1000,
  'epoch-ms': Number,
  'epoch-us': (text) => finer(text, 3),
  'epoch-ns': (text) => finer(text, 6),
};

/** A count of which the last digits are fractions of a ms: together a number could not hold them, and a midnight would be before itself. */
function finer(text: string, digits: number): number {
  if (!/^\d+$/.test(text) || text.length <= digits) return Number(text) / 10 ** digits;
  return Number(text.slice(0, -digits)) + Number(text.slice(-digits)) / 10 ** digits;
}

/** The last ms of the year 9999. */
const LAST = 253_402_300_799_999;

function epoch(text: string, toMs: (text: string) => number): number {
  if (!/^-?\d{1,20}(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/.test(text)) return Number.NaN;
  const time = toMs(text);
  return Math.abs(time) <= LAST ? time : Number.NaN;
}

/** Reads times with or without a zone. */
function zonedReader(zone: string): TimeOfText {
  return (text) => {
    const time = readTimestamp(text);
    if (!Number.isNaN(time) || text === '') return time;
    const close = readTimestamp(`${text}${zone}`);
    return Number.isNaN(close) ? readTimestamp(`${text} ${zone}`) : close;
  };
}

/** An object of seconds and nanoseconds, as JSON. The same vendors write some of their times as text. */
function parts(text: string, readText: TimeOfText): number {
  if (!text.startsWith('{')) return readText(text);
  const value = objectOf(text);
  if (value === undefined) return Number.NaN;
  const [seconds, nanos] = [countAt(value, SECONDS), countAt(value, NANOS) ?? 0];
  if (seconds === undefined || nanos < 0 || nanos >= 1e9) return Number.NaN;
  const time = seconds * 1000 + nanos / 1_000_000;
  return Math.abs(time) <= LAST ? time : Number.NaN;
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const SECONDS = ['seconds', 'epochSecond', '_seconds'];
const NANOS = ['nanos', 'nano', '_nanoseconds', 'nanoseconds'];

/** A whole number at the first of these keys; some vendors write it as text. */
function countAt(value: Readonly<Record<string, unknown>>, keys: readonly string[]): number | undefined {
  const key = keys.find((one) => Object.hasOwn(value, one));
  const found = key === undefined ? undefined : value[key];
  if (typeof found === 'number') return found;
  return typeof found === 'string' && /^-?\d{1,15}$/.test(found) ? Number(found) : undefined;
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
  return `times such as ${shown}: is timeFormat right? (epoch-s, epoch-ms, epoch-us or epoch-ns)`;
}
