import { serverError, usageError } from '../../errors.js';
import type { Client } from '../../http/client.js';
import type { Connection } from '../../profile.js';
import { longestSlice, sliceWindow } from '../../providers/dates.js';
import { pageFetcher } from '../page/page.js';
import type { Window } from '../request.js';
import { Counter } from './counter.js';

/** The filters of a stream, as a manifest records them. */
export interface CountedWire {
  readonly org: string;
  readonly filters: Readonly<Record<string, string>>;
}

/**
 * Counts a window with one request for each wire. Rejects with a server error if there is no usable count, with a usage error for a filter that the
 * vendor does not have. `serverNow`: the server's clock, epoch ms.
 */
export function serverCounter(
  client: Client,
  { provider, base }: Pick<Connection, 'provider' | 'base'>,
  serverNow: () => number,
): (window: Window, wires: readonly CountedWire[]) => Promise<number> {
  const counter = new Counter(pageFetcher(client, provider, base), provider);
  return async (window, wires) => {
    const counts = await Promise.all(
      wires.map(({ org, filters }, index) => {
        const unknown = Object.keys(filters).find((filter) => !Object.hasOwn(provider.filters, filter));
        if (unknown !== undefined) throw usageError(`${provider.title} does not filter by ${unknown}`);
        return Promise.all(
          sliceWindow(window, longestSlice(provider.dates), serverNow()).map((slice) =>
            counter.count({ org, filters, index }, slice),
          ),
        );
      }),
    );
    return counts.flat().reduce<number>((sum, each) => {
      if (each === undefined) throw serverError('the server reports no usable count to compare with');
      return sum + each.count;
    }, 0);
  };
}
