import { type AuditlogError, usageError } from '../errors.js';
import { suggest } from '../suggest.js';
import { DAY_MS, dayStart, FIRST_DAY } from './day.js';
import { durationMs } from './duration.js';
import { formatInstant, parseTimestamp } from './instant.js';
import { PERIOD_WORDS, periodOf } from './period.js';
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

/** The forms of a time, for help and errors. */
export const WHEN_EXAMPLES =
  '2026-03-01, 2026-03-01T09:30, 2026-03-01T09:30:00+01:00, now, today, yesterday, this-week, last-week, this-month, last-month, 45m, 2h, 1h30m, 7d, 2w (ago)';

/**
 * Reads a user's time as epoch ms. A day or a period is its start as `from`, and the first instant after it as `to`. Throws a usage error for anything
 * else, and for times that the calendar or the clocks do not have.
 */
export function parseWhen(text: string, options: WhenOptions & { readonly edge: 'from' | 'to' }): number {
  const after = options.edge === 'to' ? 1 : 0;
  if (text === 'now') return options.now;
  const period = periodOf(text, options.now, options.zone);
  if (period !== undefined) return options.zone.startOfDay(after ? period.after : period.start);
  const ago = durationMs(text, 'wdhm');
  if (ago !== undefined) {
    if (options.now - ago < dayStart(FIRST_DAY)) throw usageError(`${text} ago is before the year 0`, EXAMPLES);
    return options.now - ago;
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const start = dayStart(text);
    if (Number.isNaN(start)) throw usageError(`"${text}" is no day of the calendar`, EXAMPLES);
    return options.zone.startOfDay(start + after * DAY_MS);
  }
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text)) return localInstant(text, options.zone);
  const instant = /^[^ ]*$/.test(text) ? parseTimestamp(text) : Number.NaN;
  if (Number.isNaN(instant)) throw notATime(text);
  return instant;
}

/** Reads both ends of a range. Throws a usage error for an empty range. */
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
      'Give --from an earlier time than --to.',
    );
  }
  return { from, before };
}

/** The range from `window` before a time to `window` after it; for a day or a period, before its start and after its end. */
export function parseAround(text: string, window: number, options: WhenOptions): Range {
  return {
    from: parseWhen(text, { ...options, edge: 'from' }) - window,
    before: parseWhen(text, { ...options, edge: 'to' }) + window,
  };
}

/** A range as one phrase, for stderr: `2026-03-01T00:00:00Z until 2026-03-02T00:00:00Z`. */
export function describeRange(range: Range, zone: Zone): string {
  const from = range.from === undefined ? 'the beginning' : formatInstant(range.from, zone);
  const before = range.before === undefined ? 'now' : formatInstant(range.before, zone) || 'the end of time';
  return `${from} until ${before}`;
}

const EXAMPLES = `Times look like ${WHEN_EXAMPLES}.`;

function notATime(text: string): AuditlogError {
  const near = suggest(text, ['now', ...PERIOD_WORDS]);
  return usageError(`"${text}" is no time`, near === undefined ? EXAMPLES : `Did you mean ${near}? ${EXAMPLES}`);
}

function localInstant(text: string, zone: Zone): number {
  const local = parseTimestamp(`${text.length === 16 ? `${text}:00` : text}Z`);
  if (Number.isNaN(local)) throw usageError(`"${text}" is no time of the calendar`, EXAMPLES);
  const whole = Math.floor(local);
  const instant = zone.instantOf(whole);
  if (instant === undefined) {
    throw usageError(
      `${text} does not exist in ${zone.name}: clocks were put forward then`,
      'Give the time with its offset from UTC.',
    );
  }
  return instant + (local - whole);
}
