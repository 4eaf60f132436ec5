import { createServer } from 'node:http';
import { admit, reply, select } from '../../src/demo/contract.js';
import { firstOf } from '../../src/demo/envelope.js';
import { logOf } from '../../src/demo/vendors/values.js';
import type { Provider } from '../../src/providers/provider.js';
import { close, listen, wireRequest } from '../model/server.js';

export interface VendorServer {
  readonly base: string;
  readonly key: string;
  /** Path and query of every request. */
  readonly targets: readonly string[];
  readonly headers: readonly Readonly<Record<string, string | undefined>>[];
  close(): Promise<void>;
}

/** How a server departs from the contract. Asked for each answer, so that it may change its ways. */
export interface Ways {
  /** The count that it tells of a page; undefined: none. */
  readonly count?: (matching: number, rows: number) => number | undefined;
  /** The most rows that it gives on a page, whatever is asked. */
  readonly cap?: number;
  /** A parameter that it does not look at. */
  readonly ignores?: string;
}

/**
 * Serves these entries on a real socket, by the contract that the vendor's own data describes. Entries that are added to the list later are
 * served from then on.
 */
export async function serveVendor(
  provider: Provider,
  values: readonly object[],
  now: number,
  ways: Ways = {},
): Promise<VendorServer> {
  let log = logOf(provider, values);
  const key = 'vendor_Wb5tYq9RmZ2xKc7LpVn4';
  const targets: string[] = [];
  const headers: Readonly<Record<string, string | undefined>>[] = [];
  const server = createServer((request, response) => {
    const asked = wireRequest(request);
    targets.push(asked.target);
    headers.push(asked.headers);
    if (log.rows.length !== values.length) log = logOf(provider, values);
    const entered = admit({ provider, key, knows: () => true, now }, { ...asked, target: without(asked.target) });
    const made = 'status' in entered ? entered : page(entered.ask, asked.target);
    response.writeHead(made.status, { ...made.headers, date: new Date(now).toUTCString() } as Record<string, string>);
    response.end(made.body);
  });
  const without = (target: string): string => {
    const url = new URL(target, 'http://localhost');
    if (ways.ignores !== undefined) url.searchParams.delete(ways.ignores);
    return `${url.pathname}${url.search}`;
  };
  const page = (ask: Extract<ReturnType<typeof admit>, { ask: unknown }>['ask'], target: string) => {
    const take = Math.min(ask.take, ways.cap ?? ask.take);
    const matching = select(log.view, log.rows, ask);
    const first = firstOf(provider, ask, take);
    const texts = matching.slice(first, first + take).map((row) => log.view.text(row));
    const count = ways.count === undefined ? matching.length : ways.count(matching.length, texts.length);
    const hasMore = first + take < matching.length;
    return reply(provider, ask, target, {
      texts,
      total: count === undefined ? undefined : String(count),
      hasMore,
      take,
    });
  };
  server.keepAliveTimeout = 0;
  const base = await listen(server);
  return { base: base.origin, key, targets, headers, close: () => close(server) };
}
