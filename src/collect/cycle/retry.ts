import { prefixOf } from './result.js';
import type { OrgCycle } from './state.js';

/** Delivers once more what the destination refused. What it takes now leaves the quarantine. */
export async function retryRefused(cycle: OrgCycle): Promise<void> {
  const { world, refused } = cycle;
  const { delivery, org, say, serverNow } = world;
  if (delivery.kind === 'files') return;
  for (const name of await refused.names()) {
    const entry = await refused.load(name);
    if (entry === undefined) {
      say(`${prefixOf(org)}the file ${name} of a refused entry is damaged`);
      continue;
    }
    let why: string | undefined;
    await delivery.put({
      org,
      entries: [entry],
      refuse: (_, reason) => {
        why = reason;
      },
    });
    await delivery.flush();
    if (why === undefined) {
      await refused.remove(name);
      await cycle.countRetried();
    } else await refused.add(entry, why, serverNow());
  }
}
