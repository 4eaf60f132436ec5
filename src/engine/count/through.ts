import type { Connection } from '../../profile.js';
import { takesDays } from '../../providers/dates.js';
import type { Provider } from '../../providers/provider.js';
import { type Strategy, splitQuery } from '../../query/split.js';
import type { Query } from '../../query.js';
import { addDays, DAY_MS, dayStart } from '../../time.js';
import { wireWindow } from '../plan.js';
import type { FetchPage, Window } from '../request.js';
import { streamsFor } from '../streams.js';
import { openCounter, sumOf } from './counter.js';

/**
 * How many entries the server counts from the beginning of the query up to a day. Undefined when it tells no usable count.
 * One request a stream; two where the vendor cannot be asked where to end.
 */
export type CountThrough = (day: string) => Promise<number | undefined>;

export interface Through {
  readonly count: CountThrough;
  /** How many there are from a day on; undefined: in all. */
  readonly since: (day: string | undefined) => Promise<number | undefined>;
  /** How many there are in days asked for as a reading asks for them. */
  readonly within: (window: Window) => Promise<number | undefined>;
  /** Whether an answer has shown that the day itself is counted, and not only those before it. */
  readonly includesDay: () => boolean;
  /** Whether the counts are believed; undefined: no answer has shown it yet. */
  readonly isBelieved: () => boolean | undefined;
}

/** Whether a vendor's counts may tell that something has come to the past: it documents them, and takes the beginning of any range. */
export function countsHistory({ total, dates }: Pick<Provider, 'total' | 'dates'>): boolean {
  return total !== undefined && takesDays(dates).from && dates.longestDays === undefined;
}

const ATTEMPTS = 3;
const HALF_DAY = DAY_MS / 2;

/** Counts what the query asks of the server in this plan, whatever our own filters then leave of it. */
export function openThrough(
  fetch: FetchPage,
  { provider, orgs }: Pick<Connection, 'provider' | 'orgs'>,
  query: Query,
  plan: Strategy,
): Through {
  const streams = streamsFor(splitQuery(provider, query), orgs, plan);
  const { from } = wireWindow(query.from, undefined);
  const counter = openCounter(fetch, provider, ATTEMPTS);

  let included = !takesDays(provider.dates).to;

  const inAll = async ({ from, to }: Window): Promise<number | undefined> => {
    const counts = await Promise.all(streams.map((stream) => counter.count(stream, { from, to })));
    // Wherever days begin, by then this one has.
    const end = to === undefined ? Number.POSITIVE_INFINITY : dayStart(to) + HALF_DAY;
    if (counts.some((one) => one?.page.entries.some(({ time }) => time >= end))) included = true;
    return sumOf(counts)?.count;
  };
  const byDifference = async (day: string): Promise<number | undefined> => {
    // In this order: what comes between the two requests makes the difference larger, so that nothing is overlooked.
    const after = await inAll({ from: addDays(day, 1), to: undefined });
    const all = await inAll({ from, to: undefined });
    return after === undefined || all === undefined || all < after ? undefined : all - after;
  };
  const { to } = takesDays(provider.dates);
  return {
    count: to ? (day) => inAll({ from, to: day }) : byDifference,
    since: (day) => inAll({ from: day, to: undefined }),
    within: inAll,
    includesDay: () => included,
    isBelieved: counter.isBelieved,
  };
}
