import { type AuditlogError, usageError } from '../errors.js';
import { suggest } from '../suggest.js';
import { DAY_MS, dayNumber, dayStart, FIRST_DAY } from './day.js';
import { formatInstant, parseTimestamp } from './instant.js';
import type { Zone } from './zone.js';

export interface WhenOptions {
  /** Epoch ms. */
  readonly now: number;
  /** Where days, periods and times without an offset are meant. */
  readonly zone: Zone;
}

/** Half-open: `from` is the first instant wanted, `before` the first no longer wanted. Undefined: open. */
export interface Range {
  readonly from: number | undefined;
  readonly before: number | undefined;
}

/** What a user may write as a time, for help texts and errors. */
export const WHEN_EXAMPLES =
  '2026-03-01, 2026-03-01T09:30, 2026-03-01T09:30:00+01:00, now, today, yesterday, this-week, last-week, this-month, last-month, 45m, 2h, 1h30m, 7d, 2w (ago)';

/**
 * The instant that a user's words mean, epoch ms. A day or a period is its start as `from`, and the first instant after
 * it as `to`. Throws a usage error for anything that is not in the grammar, or that the calendar or the clocks do not have.
 */
export function parseWhen(text: string, options: WhenOptions & { readonly edge: 'from' | 'to' }): number {
  const after = options.edge === 'to' ? 1 : 0;
  if (text === 'now') return options.now;
  if (Object.hasOwn(PERIODS, text)) {
    const period = PERIODS[text]!(localToday(options));
    return options.zone.startOfDay(after ? period.after : period.start);
  }
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

/** Both ends of a range, each as its user wrote it. Throws a usage error when nothing can be in between. */
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

/** The range from `window` before a moment until `window` after it; around a day or a period, that long before and after the whole of it. */
export function parseAround(text: string, window: number, options: WhenOptions): Range {
  return {
    from: parseWhen(text, { ...options, edge: 'from' }) - window,
    before: parseWhen(text, { ...options, edge: 'to' }) + window,
  };
}

/** A length of time such as `45m`, `1h30m`, `10s` or `2w`, in ms; units from large to small, each once. Throws a usage error naming `flag`. */
export function parseDuration(text: string, flag: string): number {
  const ms = durationMs(text, 'wdhms');
  if (ms === undefined)
    throw usageError(`${flag} ${text}: that is no length of time`, 'Examples: 10s, 45m, 1h30m, 7d, 2w.');
  return ms;
}

/** A range as one phrase, for stderr: `2026-03-01T00:00:00Z until 2026-03-02T00:00:00Z`. */
export function describeRange(range: Range, zone: Zone): string {
  const from = range.from === undefined ? 'the beginning' : formatInstant(range.from, zone);
  const before = range.before === undefined ? 'now' : formatInstant(range.before, zone) || 'the end of time';
  return `${from} until ${before}`;
}

const EXAMPLES = `Times look like ${WHEN_EXAMPLES}.`;

function notATime(text: string): AuditlogError {
  const near = suggest(text, ['now', ...Object.keys(PERIODS)]);
  return usageError(`"${text}" is no time`, near === undefined ? EXAMPLES : `Did you mean ${near}? ${EXAMPLES}`);
}

const UNIT_MS: Readonly<Record<string, number>> = { w: 7 * DAY_MS, d: DAY_MS, h: 3_600_000, m: 60_000, s: 1000 };

function durationMs(text: string, units: string): number | undefined {
  if (!/^(\d{1,6}[wdhms])+$/.test(text)) return undefined;
  let total = 0;
  let unitAt = -1;
  for (const [, amount, unit] of text.matchAll(/(\d+)([a-z])/g)) {
    const at = units.indexOf(unit!);
    if (at <= unitAt) return undefined;
    unitAt = at;
    total += Number(amount) * UNIT_MS[unit!]!;
  }
  return total;
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

/** The local calendar date at `now`. */
interface Today {
  readonly year: number;
  readonly month: number;
  /** Its midnight as a local time (zone.ts). */
  readonly start: number;
}

function localToday({ now, zone }: WhenOptions): Today {
  const date = new Date(now + zone.offsetAt(now));
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + 1;
  return { year, month, start: dayNumber(year, month, date.getUTCDate())! * DAY_MS };
}

/** Each from the midnight that begins it to the midnight that ends it, as local times. */
const PERIODS: Readonly<Record<string, (today: Today) => { readonly start: number; readonly after: number }>> = {
  today: ({ start }) => days(start, 1),
  yesterday: ({ start }) => days(start - DAY_MS, 1),
  'this-week': ({ start }) => days(monday(start), 7),
  'last-week': ({ start }) => days(monday(start) - 7 * DAY_MS, 7),
  'this-month': ({ year, month }) => months(year, month),
  'last-month': ({ year, month }) => (month === 1 ? months(year - 1, 12) : months(year, month - 1)),
};

function days(start: number, count: number): { start: number; after: number } {
  return { start, after: start + count * DAY_MS };
}

function monday(midnight: number): number {
  const weekday = (new Date(midnight).getUTCDay() + 6) % 7;
  return midnight - weekday * DAY_MS;
}

function months(year: number, month: number): { start: number; after: number } {
  const next = month === 12 ? dayNumber(year + 1, 1, 1)! : dayNumber(year, month + 1, 1)!;
  return { start: dayNumber(year, month, 1)! * DAY_MS, after: next * DAY_MS };
}
