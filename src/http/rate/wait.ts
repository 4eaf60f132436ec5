import { httpDate } from '../date.js';
import { type ApiResponse, headerOf } from '../send.js';

const DAY = 86_400_000;
/** Quotas are given for a month at most. A longer wait is an error of the server. */
const LONGEST = 32 * DAY;
/** A moment that has just passed means now: the answer was on its way. */
const JUST_PASSED = 60_000;

/**
 * The wait that a text of a server means, ms from the answer on: a number of seconds, a moment in seconds or milliseconds since 1970, a date, or a duration such
 * as `1m30s` or `500ms`. A moment is compared with the answer's own `Date`, so that a wrong clock on either side does not matter. Undefined for what cannot be
 * meant: negative, unreadable, more than a month.
 */
export function waitOf(value: string, response: ApiResponse): number | undefined {
  const text = value.trim();
  const wait = durationOf(text) ?? untilMoment(text, response);
  if (wait === undefined || wait > LONGEST || wait < -JUST_PASSED) return undefined;
  return Math.max(0, wait);
}

/** Numbers from here on are moments, and from `MILLISECONDS` on in ms: no wait is that long. */
const MOMENTS = 1e9;
const MILLISECONDS = 1e11;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: DAY };

function durationOf(text: string): number | undefined {
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(text) && Number(text) < MOMENTS) return Math.ceil(Number(text) * 1000);
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|[smhd])\s?)+$/.test(text)) return undefined;
  const parts = text.matchAll(/([\d.]+)(ms|[smhd])/g);
  return Math.ceil([...parts].reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ''] ?? 0), 0));
}

function untilMoment(text: string, response: ApiResponse): number | undefined {
  const at = momentOf(text);
  return at === undefined ? undefined : at - (httpDate(headerOf(response, 'date') ?? '') ?? response.receivedAt);
}

/** A date and time with its zone, as ISO 8601 has them. */
const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}| ?UTC| ?GMT)$/i;

function momentOf(text: string): number | undefined {
  if (/^\d{10,13}(?:\.\d{1,9})?$/.test(text)) {
    const number = Number(text);
    return number < MILLISECONDS ? number * 1000 : number;
  }
  if (!ISO.test(text)) return httpDate(text);
  const time = Date.parse(
    text
      .replace(' ', 'T')
      .replace(/ ?(?:UTC|GMT)$/i, 'Z')
      .replace(/([+-]\d{2})(\d{2})$/, '$1:$2'),
  );
  return Number.isNaN(time) ? undefined : time;
}
