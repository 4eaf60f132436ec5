import type { Connection } from '../profile.js';
import { takesDays } from '../providers/dates.js';
import type { Provider } from '../providers/provider.js';
import { type Plan, type Query, splitQuery } from '../query.js';
import { addDays, DAY_MS, dayStart } from '../time.js';
import type { FetchPage, Stream, Window } from './ask.js';
import { wireWindow } from './plan.js';
import { streamsFor } from './streams.js';
import { pageOne } from './whole.js';

/**
 * How many entries the server counts from the beginning of the query up to a day. Undefined when it does not tell.
 * One request a stream; two where the vendor cannot be asked where to end.
 */
export type CountThrough = (day: string) => Promise<number | undefined>;

export interface Through {
  readonly count: CountThrough;
  /** How many there are from a day on; undefined: in all. */
  readonly since: (day: string | undefined) => Promise<number | undefined>;
  /** Whether an answer has shown that the day itself is counted, and not only those before it. */
  readonly includesDay: () => boolean;
}

/** Whether counts can tell that something has come to the past: the vendor tells them, and takes the beginning of a range. */
export function countsHistory({ total, dates }: Pick<Provider, 'total' | 'dates'>): boolean {
  return total !== undefined && takesDays(dates).from;
}

const ATTEMPTS = 3;
const HALF_DAY = DAY_MS / 2;

/** Counts what the query asks of the server in this plan, whatever our own filters then leave of it. */
export function openThrough(
  fetch: FetchPage,
  { provider, orgs }: Pick<Connection, 'provider' | 'orgs'>,
  query: Query,
  plan: Plan,
): Through {
  const streams = streamsFor(splitQuery(provider, query), orgs, plan);
  const { from } = wireWindow(query.from, undefined);
  const tools = { fetch, paging: provider.paging, counted: true, pause: async () => {} };

  let included = !takesDays(provider.dates).to;

  const countOf = async (stream: Stream, window: Window): Promise<number | undefined> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { count, entries } = await pageOne(tools, stream, window, 1);
      // Wherever days begin, by then this one has.
      if (window.to !== undefined && entries.some(({ time }) => time >= dayStart(window.to as string) + HALF_DAY))
        included = true;
      if (count !== undefined) return count;
    }
    return undefined;
  };
  const inAll = async (window: Window): Promise<number | undefined> => {
    const counts = await Promise.all(streams.map((stream) => countOf(stream, window)));
    return counts.reduce((sum, each) => (sum === undefined || each === undefined ? undefined : sum + each), 0);
  };
  const byDifference = async (day: string): Promise<number | undefined> => {
    // In this order: what comes between the two requests makes the difference larger, so that nothing is overlooked.
    const after = await inAll({ from: addDays(day, 1), to: undefined });
    const all = await inAll({ from, to: undefined });
    return after === undefined || all === undefined ? undefined : all - after;
  };
  const { to } = takesDays(provider.dates);
  return {
    count: to ? (day) => inAll({ from, to: day }) : byDifference,
    since: (day) => inAll({ from: day, to: undefined }),
    includesDay: () => included,
  };
}
