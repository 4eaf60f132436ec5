import { serverError, usageError } from '../errors.js';
import type { Client } from '../http/client.js';
import type { Connection } from '../profile.js';
import type { Window } from './ask.js';
import { pageFetcher } from './page.js';
import { pageOne } from './whole.js';

/** A sequence of requests, by what the server is asked to filter, as it was written down. */
export interface CountedWire {
  readonly org: string;
  readonly filters: Readonly<Record<string, string>>;
}

/**
 * Asks how many entries there are in a window, with one request for each wire. Rejects with a server error where no count is told, with
 * a usage error for a filter that this vendor does not have.
 */
export function serverCounter(
  client: Client,
  { provider, base }: Pick<Connection, 'provider' | 'base'>,
): (window: Window, wires: readonly CountedWire[]) => Promise<number> {
  const fetch = pageFetcher(client, provider, base);
  const tools = { fetch, paging: provider.paging, counted: true, pause: async () => {} };
  return async (window, wires) => {
    const counts = await Promise.all(
      wires.map(async ({ org, filters }, index) => {
        const unknown = Object.keys(filters).find((filter) => !Object.hasOwn(provider.filters, filter));
        if (unknown !== undefined) throw usageError(`${provider.title} does not filter by ${unknown}`);
        return (await pageOne(tools, { org, filters, index }, window, 1)).count;
      }),
    );
    return counts.reduce<number>((sum, each) => {
      if (each === undefined) throw serverError('The server tells no count, so there is nothing to compare with.');
      return sum + each;
    }, 0);
  };
}
