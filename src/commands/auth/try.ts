import type { Context } from '../../context.js';
import { pageFetcher } from '../../engine/page/page.js';
import { pageOne } from '../../engine/walk/options.js';
import type { Connection } from '../../profile.js';
import { usualWindow } from '../../providers/dates.js';
import { type NotingClientOptions, openNotingClient } from '../job/client.js';
import type { Notes } from '../say/notes.js';
import { noteSkew } from '../say/skew.js';

/** Requests one entry with the connection's key. Rejects with the same error as any command. */
export async function tryKey(
  ctx: Context,
  connection: Connection,
  notes: Notes,
  options: Pick<NotingClientOptions, 'onRotation'> = {},
): Promise<void> {
  const { provider, base, orgs } = connection;
  const client = openNotingClient(ctx, connection, notes, { ...options, onSkew: (skew) => noteSkew(notes, skew) });
  try {
    const fetch = pageFetcher(client, provider, base);
    const stream = { index: 0, org: orgs[0]!, filters: {} };
    await pageOne({ fetch, paging: provider.paging }, stream, usualWindow(provider.dates, ctx.clock.now()), 1);
  } finally {
    await client.close();
  }
}
