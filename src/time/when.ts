import { type AuditlogError, usageError } from '../errors.js';
import { agoOf } from './ago.js';
import { dayStart, FIRST_DAY } from './day.js';
import { formatInstant, parseTimestamp } from './instant.js';
import { meantTimes } from './mistaken.js';
import { periodOf, wordOf } from './period.js';
import type { Zone } from './zone.js';

export interface WhenOptions {
  /** Epoch ms. */
  readonly now: number;
  /** The zone of days, periods, and times without an offset. */
  readonly zone: Zone;
}

/** Half-open, in epoch ms; undefined: open. */
export interface Range {
  readonly from: number | undefined;
  readonly before: number | undefined;
}

/**
 * Parses a user's time as epoch ms. A day or a period is its start as `from`, and the first instant after it as `to`. Throws a usage error for
 * anything else, and for times that the calendar or the clocks do not have.
 */
export function parseWhen(text: string, options: WhenOptions & EdgeOptions): number {
  const { now, zone, edge, flag = `--${edge}` } = options;
  if (wordOf(text) === 'now') return now;
  const period = periodOf(text, now, zone);
  if (period !== undefined) {
    if (Number.isNaN(period.start))
      throw usageError(`invalid ${flag} "${text}": the calendar has no such day`, EXAMPLES);
    return zone.startOfDay(edge === 'to' ? period.after : period.start);
  }
  const ago = agoOf(text, now, zone);
  if (ago !== undefined) {
    if (ago < dayStart(FIRST_DAY)) throw usageError(`invalid ${flag} "${text}": that is before the year 0`, EXAMPLES);
    return ago;
  }
  if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text)) return localInstant(text, zone, flag);
  const instant = parseTimestamp(text);
  if (Number.isNaN(instant)) throw notATime(text, flag, now + zone.offsetAt(now));
  return instant;
}

interface EdgeOptions {
  readonly edge: 'from' | 'to';
  /** For errors. */
  readonly flag?: string;
}

/** The range of a day, month, quarter or year. Throws a usage error for any other time. */
export function parsePeriod(text: string, flag: string, { now, zone }: WhenOptions): Range {
  const period = periodOf(text, now, zone);
  if (period === undefined || Number.isNaN(period.start)) {
    const meant = meantTimes(text, now + zone.offsetAt(now)).filter((one) => periodOf(one, now, zone) !== undefined);
    const isTime = period === undefined && agoOf(text, now, zone) !== undefined;
    throw usageError(
      `invalid ${flag} "${text}": ${meant.length > 0 ? `did you mean ${meant.join(' or ')}?` : 'expected a day, month, quarter or year'}`,
      isTime ? `For all since then: --from ${text}` : `Periods look like ${PERIOD_EXAMPLES}`,
    );
  }
  return { from: zone.startOfDay(period.start), before: zone.startOfDay(period.after) };
}

const PERIOD_EXAMPLES = '2026-03-01, 2026-03, 2026-Q1, 2026, yesterday, last-week, last-month, last-quarter, last-year';

/** Parses both ends of a range. Throws a usage error for an empty range. */
export function parseRange(
  words: { readonly from?: string | undefined; readonly to?: string | undefined },
  options: WhenOptions,
): Range {
  const from = words.from === undefined ? undefined : parseWhen(words.from, { ...options, edge: 'from' });
  const before = words.to === undefined ? undefined : parseWhen(words.to, { ...options, edge: 'to' });
  if (from !== undefined && before !== undefined && from >= before) {
    const ends = `${formatInstant(from, options.zone)} until ${formatInstant(before, options.zone)}`;
    throw usageError(
      `the range from ${words.from} to ${words.to} is empty: it is ${ends}`,
      'Give --from an earlier time than --to',
    );
  }
  return { from, before };
}

/** The range from `window` before a time to `window` after it; for a day or a period, before its start and after its end. */
export function parseAround(text: string, window: number, options: WhenOptions): Range {
  return {
    from: parseWhen(text, { ...options, edge: 'from', flag: '--around' }) - window,
    before: parseWhen(text, { ...options, edge: 'to', flag: '--around' }) + window,
  };
}

/** A range as one phrase, for stderr: `2026-03-01T00:00:00Z until 2026-03-02T00:00:00Z`. */
export function describeRange(range: Range, zone: Zone): string {
  const from = range.from === undefined ? 'the beginning' : formatInstant(range.from, zone);
  const before = range.before === undefined ? 'now' : formatInstant(range.before, zone) || 'the end of time';
  return `${from} until ${before}`;
}

const EXAMPLES = [
  'Times look like 2026-03-01, 2026-03, 2026-Q1, 2026, "2026-03-01 09:30", 2026-03-01T09:30:00+01:00, yesterday, monday, last-quarter, 2h, 7d, 3mo',
  'All forms: auditlog help times',
].join('\n');

function notATime(text: string, flag: string, localNow: number): AuditlogError {
  const meant = meantTimes(text, localNow);
  const expected = meant.length > 0 ? `did you mean ${meant.join(' or ')}?` : 'expected a time';
  return usageError(`invalid ${flag} "${text}": ${expected}`, EXAMPLES);
}

function localInstant(text: string, zone: Zone, flag: string): number {
  const local = parseTimestamp(`${text.length === 16 ? `${text}:00` : text}Z`);
  if (Number.isNaN(local)) throw usageError(`invalid ${flag} "${text}": the calendar has no such time`, EXAMPLES);
  const whole = Math.floor(local);
  const instant = zone.instantOf(whole);
  if (instant === undefined) {
    throw usageError(
      `invalid ${flag} "${text}": clocks in ${zone.name} skipped that time when they were put forward`,
      'Give the time with its offset from UTC',
    );
  }
  return instant + (local - whole);
}
