import { dayStart } from '../time.js';
import { type CollectedOrg, joined } from './collected.js';
import { openProbes, Uncounted } from './history.js';
import { openCycle } from './orgcycle.js';
import type { OrgState } from './orgstate.js';
import { readOn, sinceSettled, sinceSpans } from './readon.js';
import { checkHistory } from './recheck.js';
import type { OrgWorld } from './world.js';

/**
 * One cycle of one organization: asks whether anything has come to the past, of whatever age, reads again what has, and reads what is new. What is
 * at the destination for good is remembered at once, so that whatever interrupts a cycle, the next goes on from there.
 * `deep`: compares every span by itself; where there are no counts, reads everything again.
 */
export async function collectOrg(world: OrgWorld, { deep }: { readonly deep: boolean }): Promise<CollectedOrg> {
  const cycle = await openCycle(world);
  const { state } = cycle;
  warnOfRetention(world, state());
  const { through } = world;
  if (through === undefined) {
    await readOn(cycle, undefined, sinceSettled(world, state(), deep), deep);
    return cycle.collected('uncounted');
  }
  const probes = openProbes(through.count);
  try {
    await checkHistory(cycle, probes, deep);
  } catch (error) {
    if (!(error instanceof Uncounted)) throw error;
    cycle.doubt({ from: undefined, to: undefined, why: error.message });
  }
  await readOn(cycle, through.count, sinceSpans(world, state()), deep);
  return cycle.collected('verified');
}

/** Once entries were seen to be taken away by their age, it is known how long they are kept: who comes later than that misses some. */
function warnOfRetention({ serverNow, say, org }: OrgWorld, { readAt, purgedBefore }: OrgState): void {
  if (readAt === null || purgedBefore === null) return;
  const kept = readAt - dayStart(purgedBefore);
  const since = serverNow() - readAt;
  if (since > kept / 2)
    say(
      `${joined(org)}warning: the last cycle was ${Math.round(since / 86_400_000)} days ago, and the server keeps entries for about ${Math.round(kept / 86_400_000)}: what came and went in between is never seen`,
    );
}
