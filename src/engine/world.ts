import type { Context } from '../context.js';
import type { Client } from '../http/client.js';
import type { Connection } from '../profile.js';
import { namingLogs } from './logs.js';
import { pageFetcher } from './page/page.js';
import type { FetchPage } from './request.js';
import type { RequestCounts } from './stats.js';
import { openSpool } from './store/spool.js';
import { EntryStore } from './store/store.js';

/** Bytes of one window in memory; more go to disk until the window is verified. */
const MEMORY = 16 * 1024 * 1024;

/** What a reading needs of the world: tests give a model of it. */
export interface ReadingWorld {
  readonly fetch: FetchPage;
  /** The server's clock, epoch ms. */
  readonly now: () => number;
  /** The server's clock minus ours, ms, as far as known; absent: they agree. */
  readonly skew?: () => number;
  readonly pause: (ms: number) => Promise<void>;
  readonly openStore: () => EntryStore;
  readonly stats: () => RequestCounts;
}

export function readingWorld(ctx: Context, client: Client, connection: Connection): ReadingWorld {
  let spools = 0;
  return {
    fetch: namingLogs(pageFetcher(client, connection.provider, connection.base), connection.provider),
    now: () => ctx.clock.now() + client.stats().skew,
    skew: () => client.stats().skew,
    pause: (ms) => ctx.clock.sleep(ms * (0.75 + ctx.random() / 2), ctx.signal),
    openStore: () =>
      new EntryStore(MEMORY, () => {
        spools += 1;
        return openSpool(ctx.tmp, `auditlog-${ctx.pid}-${spools}-${Math.floor(ctx.random() * 1e9)}.spool`);
      }),
    stats: () => client.stats(),
  };
}
