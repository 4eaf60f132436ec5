import type { WindowCounter } from '../engine/count/windows.js';
import type { Query } from '../query.js';
import { DAY_MS, utcDay, type Zone } from '../time.js';
import { type Periods, periodsBetween } from './periods.js';
import type { Counted } from './tally.js';

export interface CountsQuestion {
  readonly periods: Periods;
  readonly query: Query;
  readonly zone: Zone;
  /** The server's clock, epoch ms. */
  readonly now: number;
  /** Entries on a page. */
  readonly size: number;
}

export interface FromCounts {
  readonly counted: Counted;
  /** The server's clock when it counted, epoch ms. */
  readonly at: number;
}

/** Up to this number of requests, estimating the cost of reading is not worth it. */
const FEW = 12;
/** Maximum number of windows to count one by one. */
const MOST = 2000;

/**
 * The server's counts of periods of whole days, one request each. `unfit`: the periods are not whole UTC days; `dearer`: reading takes no more
 * requests; `untrusted`: the server's counts contradict each other.
 */
export async function countByDays(
  counting: WindowCounter,
  question: CountsQuestion,
): Promise<FromCounts | 'unfit' | 'dearer' | 'untrusted'> {
  const { periods, query, zone, now, size } = question;
  if (periods.name === 'hour' || zone.name !== 'UTC') return 'unfit';
  if (!isMidnight(query.from) || !isMidnight(query.before)) return 'unfit';
  const whole = {
    from: query.from === undefined ? undefined : utcDay(query.from),
    to: query.before === undefined ? undefined : utcDay(query.before - 1),
  };
  // Entries dated after now belong to the last period.
  const last = Math.min(query.before ?? Number.POSITIVE_INFINITY, now + 1);
  let pages: number | undefined;
  let from = query.from;
  const measure = async (): Promise<boolean> => {
    const extent = await counting.extent(whole);
    if (extent === undefined) return false;
    pages = Math.ceil(extent.count / size);
    from ??= extent.oldest ?? last - 1;
    return true;
  };
  if (from === undefined && !(await measure())) return 'untrusted';
  if (from === undefined || from >= last) return 'unfit';
  const starts = periodsBetween(periods, from, last, MOST);
  if (starts === undefined) return 'dearer';
  const requests = starts.length * counting.streams;
  if (requests > FEW) {
    if (pages === undefined && !(await measure())) return 'untrusted';
    if (pages !== undefined && pages <= requests) return 'dearer';
  }
  const windows = starts.map((start, at) => {
    const next = starts[at + 1];
    return { from: at === 0 ? whole.from : utcDay(start), to: next === undefined ? whole.to : utcDay(next - 1) };
  });
  const found = await counting.count(windows);
  if (found === undefined) return 'untrusted';
  const counts = new Map(starts.map((start, at) => [start, found.counts[at] ?? 0]));
  const total = found.counts.reduce((sum, one) => sum + one, 0);
  return { counted: { total, groups: [], periods: counts, untimed: 0, lumped: 0 }, at: found.at };
}

function isMidnight(ms: number | undefined): boolean {
  return ms === undefined || ms % DAY_MS === 0;
}
