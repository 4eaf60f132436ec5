import { clockOf, DAY_MS, dayNumber } from './day.js';
import { UTC, type Zone } from './zone.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * Parses a time, strictly RFC 3339, as epoch ms with a fraction; NaN for anything else and for invalid dates. A leap second is the last ms of its
 * minute.
 */
export function parseTimestamp(text: string): number {
  // By hand, because every entry of an export has one: 2026-03-01T09:30:00[.123](Z|+01:00)
  if (text.length < 20 || text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return Number.NaN;
  const between = text.charCodeAt(10) | 0x20;
  if ((between !== LOWER_T && between !== SPACE) || text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) {
    return Number.NaN;
  }
  const date = dayNumber(pair(text, 0) * 100 + pair(text, 2), pair(text, 5), pair(text, 8));
  const hour = pair(text, 11);
  const minute = pair(text, 14);
  const second = pair(text, 17);
  if (date === undefined || !(hour <= 23 && minute <= 59 && second <= 60)) return Number.NaN;
  const end = fractionEnd(text);
  const offset = offsetMinutes(text, end);
  if (Number.isNaN(offset)) return Number.NaN;
  const minuteStart = date * DAY_MS + hour * HOUR_MS + (minute - offset) * MINUTE_MS;
  if (second === 60) return isLastOfDay(minuteStart) ? minuteStart + 59_999 : Number.NaN;
  const whole = minuteStart + second * 1000;
  if (end === 19) return whole;
  const exact = whole + Number(`0${text.slice(19, end)}`) * 1000;
  // A long fraction of nines may be rounded up, which must not move an entry into the next second, and so the next day.
  return exact < whole + 1000 ? exact : whole + 999.9;
}

/** Whether the bytes from `from` to `to` are a time as `formatInstant` writes it, in UTC, with any fraction of a second and no leap second. */
export function isUtcTimestamp(text: Uint8Array, from: number, to: number): boolean {
  const last = to - 1;
  if (last - from < 19 || text[last] !== 0x5a || text[from + 10] !== 0x54) return false;
  if (text[from + 4] !== DASH || text[from + 7] !== DASH || text[from + 13] !== COLON || text[from + 16] !== COLON)
    return false;
  const two = (at: number): number => {
    const tens = text[from + at]! - 48;
    const ones = text[from + at + 1]! - 48;
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
  };
  const day = two(8);
  const year = two(0) * 100 + two(2);
  // Every month has 28 days.
  const isDate = day >= 1 && day <= 28 ? two(5) >= 1 && two(5) <= 12 : dayNumber(year, two(5), day) !== undefined;
  if (!isDate || !(year >= 0 && two(11) <= 23 && two(14) <= 59 && two(17) <= 59)) return false;
  if (last - from === 19) return true;
  if (text[from + 19] !== DOT || last - from === 20) return false;
  for (let at = from + 20; at < last; at += 1) if (!(text[at]! >= 48 && text[at]! <= 57)) return false;
  return true;
}

const DASH = 0x2d;
const PLUS = 0x2b;
const COLON = 0x3a;
const DOT = 0x2e;
const SPACE = 0x20;
const LOWER_T = 0x74;
const LOWER_Z = 0x7a;

/** Two digits as a number, else NaN. */
function pair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** The index after the fraction of a second: 19 without one, -1 for one without digits. */
function fractionEnd(text: string): number {
  if (text.charCodeAt(19) !== DOT) return 19;
  let end = 20;
  for (let code = text.charCodeAt(end); code >= 48 && code <= 57; code = text.charCodeAt(++end));
  return end > 20 ? end : -1;
}

function offsetMinutes(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  if ((sign | 0x20) === LOWER_Z) return text.length === at + 1 ? 0 : Number.NaN;
  if ((sign !== PLUS && sign !== DASH) || text.length !== at + 6 || text.charCodeAt(at + 3) !== COLON)
    return Number.NaN;
  const hours = pair(text, at + 1);
  const minutes = pair(text, at + 4);
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return sign === DASH ? -(hours * 60 + minutes) : hours * 60 + minutes;
}

function isLastOfDay(minuteStart: number): boolean {
  return ((minuteStart % DAY_MS) + DAY_MS) % DAY_MS === DAY_MS - MINUTE_MS;
}

/** Formats an instant as RFC 3339 in a zone, in seconds, or ms if it has any; '' outside the years 0 to 9999. */
export function formatInstant(ms: number, zone: Zone = UTC): string {
  const whole = Math.floor(ms);
  // RFC 3339 has whole minutes only; some historical offsets have seconds.
  const offset = isWritable(whole) ? Math.round(zone.offsetAt(whole) / MINUTE_MS) : Number.NaN;
  const local = whole + offset * MINUTE_MS;
  if (!isWritable(local)) return '';
  const text = new Date(local).toISOString().slice(0, 23);
  return `${text.endsWith('.000') ? text.slice(0, 19) : text}${offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${clockOf(Math.abs(offset))}`}`;
}

const FIRST_MS = dayNumber(0, 1, 1)! * DAY_MS;
const AFTER_LAST_MS = (dayNumber(9999, 12, 31)! + 1) * DAY_MS;

function isWritable(ms: number): boolean {
  return ms >= FIRST_MS && ms < AFTER_LAST_MS;
}

const STEPS: readonly (readonly [size: number, unit: string])[] = [
  [365 * DAY_MS, 'y'],
  [30 * DAY_MS, 'mo'],
  [DAY_MS, 'd'],
  [HOUR_MS, 'h'],
  [MINUTE_MS, 'm'],
  [1000, 's'],
];

/** Formats a relative time in one unit, rounded down: `3h ago`; `in 5m` in the future; `now` within a second. */
export function relativeTime(ms: number, now: number): string {
  const age = now - ms;
  const size = Math.abs(age);
  const step = STEPS.find(([unitMs]) => size >= unitMs);
  if (step === undefined) return Number.isNaN(age) ? '' : 'now';
  const amount = `${Math.floor(size / step[0])}${step[1]}`;
  return age < 0 ? `in ${amount}` : `${amount} ago`;
}
