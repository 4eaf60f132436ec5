import type { Connection } from '../profile.js';
import { takesDays } from '../providers/dates.js';
import type { Provider } from '../providers/provider.js';
import { type Plan, type Query, splitQuery } from '../query.js';
import { addDays } from '../time.js';
import { pageOne } from './all.js';
import type { FetchPage, Stream, Window } from './page.js';
import { wireWindow } from './plan.js';
import { streamsFor } from './streams.js';

/**
 * How many entries the server counts from the beginning of the query up to a day, that day included as the server understands it. Undefined when it does not tell.
 * One request a stream; two where the vendor cannot be asked where to end.
 */
export type CountThrough = (day: string) => Promise<number | undefined>;

/** Whether counts can tell that something has come to the past: the vendor tells them, and takes the beginning of a range. */
export function countsHistory({ total, dates }: Pick<Provider, 'total' | 'dates'>): boolean {
  return total !== undefined && takesDays(dates).from;
}

const ATTEMPTS = 3;

/** Counts what the query asks of the server in this plan, whatever our own filters then leave of it. */
export function openThrough(
  fetch: FetchPage,
  { provider, orgs }: Pick<Connection, 'provider' | 'orgs'>,
  query: Query,
  plan: Plan,
): CountThrough {
  const streams = streamsFor(splitQuery(provider, query), orgs, plan);
  const { from } = wireWindow(query.from, undefined);
  const tools = { fetch, paging: provider.paging, counted: true, pause: async () => {} };

  const countOf = async (stream: Stream, window: Window): Promise<number | undefined> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { count } = await pageOne(tools, stream, window, 1);
      if (count !== undefined) return count;
    }
    return undefined;
  };
  const inAll = async (window: Window): Promise<number | undefined> => {
    const counts = await Promise.all(streams.map((stream) => countOf(stream, window)));
    return counts.reduce((sum, each) => (sum === undefined || each === undefined ? undefined : sum + each), 0);
  };
  if (takesDays(provider.dates).to) return (day) => inAll({ from, to: day });
  return async (day) => {
    // In this order: what comes between the two requests makes the difference larger, so that nothing is overlooked.
    const after = await inAll({ from: addDays(day, 1), to: undefined });
    const all = await inAll({ from, to: undefined });
    return after === undefined || all === undefined ? undefined : all - after;
  };
}
