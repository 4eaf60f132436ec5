import { AuditlogError } from '../../errors.js';
import type { Client } from '../../http/client.js';
import { isSkewed } from '../../http/traffic.js';
import type { Connection } from '../../profile.js';
import { capWindow, takesDays } from '../../providers/dates.js';
import { pageFetcher } from '../page/page.js';
import { pagingStyle } from '../paging.js';
import { wireWindow } from '../plan.js';
import type { Instants } from '../source.js';

/** Whether the server's clock is more than a minute from ours (`now`, epoch ms), by one small request. Other errors are left to the next request. */
export async function askClock(
  client: Client,
  { provider, base, orgs }: Connection,
  { from, before }: Instants,
  now: number,
): Promise<boolean> {
  const takes = takesDays(provider.dates);
  const days = capWindow(wireWindow(from, before), provider.dates, now);
  const window = { from: takes.from ? days.from : undefined, to: takes.to ? days.to : undefined };
  const stream = { index: 0, org: orgs[0] ?? '', filters: {} };
  try {
    const { first: place } = pagingStyle(provider.paging);
    await pageFetcher(client, provider, base)({ stream, window, place, size: 1 });
  } catch (error) {
    if (!(error instanceof AuditlogError)) throw error;
  }
  return isSkewed(client.stats().skew);
}
