import { isSameRange } from '../../engine/clock/check.js';
import { usualDays, usualFrom } from '../../providers/dates.js';
import type { DateParameters, Provider } from '../../providers/provider.js';
import { DAY_MS, describeRange, type Range, type WhenOptions, type Zone } from '../../time.js';
import type { Times } from '../flags/times.js';
import type { Notes } from '../say/notes.js';
import { timesOf } from './query.js';

/** The range of a query, by this machine's clock until the server's is known to differ. */
export interface ClockedRange {
  now(): Range;
  /** Resolves by the server's clock, epoch ms, and reports a change of the range. Only the first call counts. */
  settle(serverNow: number): Range;
}

export interface RangeOptions extends WhenOptions {
  readonly provider: Provider;
  readonly notes: Notes;
  /** Without --from only new events are wanted, so the vendor's default range does not apply. */
  readonly onlyNew: boolean;
  /** Without --from the whole log is wanted, even if the vendor returns only some days by default. */
  readonly wholeLog: boolean;
}

const PAST = /^(?:last[-_ ](?:week|month|quarter|year)|\d{4}(?:-(?:\d\d|[Qq]\d))?)$/i;

/** The range, and a hint to use --in if only the beginning of a period is given. */
export function rangeWords(range: Range, zone: Zone, { from, to }: Times): string {
  const isOpen = from !== undefined && to === undefined && PAST.test(from);
  return `from ${describeRange(range, zone)}${isOpen ? ` (for that period alone: --in ${from.replace(/[ _]/g, '-')})` : ''}`;
}

/** Resolves the written range, or the default of a vendor that requires one, and reports it. */
export function openRange(
  written: Times,
  { provider, zone, now, notes, onlyNew, wholeLog }: RangeOptions,
): ClockedRange {
  const times = timesOf(written);
  const { title, dates } = provider;
  const usual = onlyNew ? undefined : usualDays(dates);
  const rangeAt = (at: number): Range => {
    const { from, before } = times({ now: at, zone });
    if (from !== undefined || usual === undefined) return { from, before };
    return { from: wholeLog ? earliest(dates, before ?? at) : usualFrom(usual, before, at), before };
  };
  let range = rangeAt(now);
  let isSettled = false;
  if (range.from !== undefined || range.before !== undefined) notes.say(rangeWords(range, zone, written));
  if (usual !== undefined && !wholeLog && times({ now, zone }).from === undefined)
    notes.say(
      `without --from ${title} gives the last ${usual === 1 ? 'day' : `${usual} days`} only: use --from for more`,
    );
  return {
    now: () => range,
    settle(serverNow) {
      if (isSettled) return range;
      isSettled = true;
      const right = rangeAt(serverNow);
      if (!isSameRange(right, range)) notes.say(`from ${describeRange(right, zone)}, by the server's clock`);
      range = right;
      return range;
    },
  };
}

/** Vendors that require a range keep nothing older. */
const BEGINNING = Date.UTC(2010, 0, 1);
/** Where a range takes a request for each piece. */
const PIECES_DAYS = 730;

function earliest({ longestDays }: DateParameters, end: number): number {
  return longestDays === undefined ? BEGINNING : end - PIECES_DAYS * DAY_MS;
}
