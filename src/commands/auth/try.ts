import type { Context } from '../../context.js';
import { pageFetcher } from '../../engine/page/page.js';
import { pageOne } from '../../engine/walk/options.js';
import { openClient } from '../../http/client.js';
import type { Connection } from '../../profile.js';
import { usualWindow } from '../../providers/dates.js';
import type { Notes } from '../say/notes.js';
import { duration } from '../say/numbers.js';
import { tellSkew } from '../say/skew.js';

/** Asks for one entry with the connection's key, and says so when it has to wait. Rejects with the error that any command would end with. */
export async function tryKey(ctx: Context, connection: Connection, notes: Notes): Promise<void> {
  const { provider, base, orgs } = connection;
  const client = openClient(ctx, connection, {
    ...(notes.debug === undefined ? {} : { debug: notes.debug }),
    onSkew: (skew) => tellSkew(notes, skew),
    onWait: (wait) => {
      if (wait !== undefined) notes.say(`${wait.why}, waiting ${duration(wait.until - ctx.clock.now())}`);
    },
  });
  try {
    const fetch = pageFetcher(client, provider, base);
    const stream = { index: 0, org: orgs[0]!, filters: {} };
    await pageOne({ fetch, paging: provider.paging }, stream, usualWindow(provider.dates, ctx.clock.now()), 1);
  } finally {
    await client.close();
  }
}
