import type { Connection } from '../../profile.js';
import { addsUpDays, takesDays } from '../../providers/dates.js';
import type { Provider } from '../../providers/provider.js';
import { type Strategy, splitQuery } from '../../query/split.js';
import type { Query } from '../../query.js';
import { addDays, DAY_MS, dayStart } from '../../time.js';
import { wireWindow } from '../plan.js';
import type { FetchPage, Window } from '../request.js';
import { streamsFor } from '../streams.js';
import { Counter, sumOf } from './counter.js';

/**
 * The number of entries from the beginning of the query up to a day; undefined if the server has no usable count. One request a stream; two if the
 * vendor cannot be asked where to end.
 */
export type CountThrough = (day: string) => Promise<number | undefined>;

export interface Through {
  readonly count: CountThrough;
  /** The number of entries from a day on; undefined: of all days. */
  readonly since: (day: string | undefined) => Promise<number | undefined>;
  /** The number of entries in days as a reading asks for them. */
  readonly within: (window: Window) => Promise<number | undefined>;
  /** An answer has shown that the day itself is counted, and not only those before it. */
  readonly includesDay: () => boolean;
  /** Whether the counts are believed; undefined: nothing has shown it yet. */
  readonly isBelieved: () => boolean | undefined;
}

/** Whether a vendor's counts show that something came to the past: it documents them, and takes the beginning of any range. */
export function countsHistory({ total, dates }: Pick<Provider, 'total' | 'dates'>): boolean {
  return total !== undefined && takesDays(dates).from && addsUpDays(dates) && dates.longestDays === undefined;
}

const ATTEMPTS = 3;
const HALF_DAY = DAY_MS / 2;

/** Counts what the server filters with this strategy, whatever our own filters then drop. */
export function openThrough(
  fetch: FetchPage,
  { provider, orgs }: Pick<Connection, 'provider' | 'orgs'>,
  query: Query,
  strategy: Strategy,
): Through {
  const streams = streamsFor(splitQuery(provider, query), orgs, strategy);
  const { from } = wireWindow(query.from, undefined);
  const counter = new Counter(fetch, provider, ATTEMPTS);
  const takesTo = takesDays(provider.dates).to;
  let isDayIncluded = !takesTo;

  const inAll = async (window: Window): Promise<number | undefined> => {
    const counts = await Promise.all(streams.map((stream) => counter.count(stream, window)));
    // By then this day has begun in every time zone.
    const end = window.to === undefined ? Number.POSITIVE_INFINITY : dayStart(window.to) + HALF_DAY;
    if (counts.some((one) => one?.page.entries.some(({ time }) => time >= end))) isDayIncluded = true;
    return sumOf(counts)?.count;
  };
  const byDifference = async (day: string): Promise<number | undefined> => {
    // In this order entries that come between the two requests make the difference larger, so that nothing is overlooked.
    const after = await inAll({ from: addDays(day, 1), to: undefined });
    const all = await inAll({ from, to: undefined });
    return after === undefined || all === undefined || all < after ? undefined : all - after;
  };
  return {
    count: takesTo ? (day) => inAll({ from, to: day }) : byDifference,
    since: (day) => inAll({ from: day, to: undefined }),
    within: inAll,
    includesDay: () => isDayIncluded,
    isBelieved: () => counter.isBelieved,
  };
}
