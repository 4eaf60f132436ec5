import type { Through } from '../../engine/count/through.js';
import { lastClosedDay } from '../../engine/plan.js';
import { dayStart } from '../../time.js';
import type { OrgCheckpoint } from '../state/checkpoint.js';
import { lastDay } from '../state/spans.js';
import { answeredOnce, openProbes, Uncounted } from './history.js';
import { readOn, sinceSettled, sinceSpans } from './read.js';
import { checkHistory } from './recheck.js';
import { type CollectedOrg, joined } from './result.js';
import { type OrgCycle, openOrgCycle } from './state.js';
import type { OrgWorld } from './world.js';

/**
 * One cycle of one organization: asks whether anything has come to the past, of whatever age, reads again what has, and reads what is new. What is
 * at the destination for good is remembered at once, so that whatever interrupts a cycle, the next goes on from there.
 * `deep`: compares every span by itself; where there are no usable counts, reads everything again.
 */
export async function collectOrg(world: OrgWorld, { deep }: { readonly deep: boolean }): Promise<CollectedOrg> {
  const cycle = await openOrgCycle(world);
  const { state } = cycle;
  warnOfRetention(world, state());
  const through = await usableCounts(world, state());
  if (through === undefined || !(await comparesHistory(cycle, through, deep))) {
    await readOn(cycle, undefined, sinceSettled(world, state(), deep), deep);
    return cycle.collected('uncounted');
  }
  const isCounted = await readOn(cycle, through, sinceSpans(world, state()), deep);
  return cycle.collected(isCounted ? 'verified' : 'uncounted');
}

/**
 * The server's counts, where they are usable today. The question that shows it is the one that a cycle begins with anyway. Where the server told
 * usable counts before, and leaves them out now, comparing is tried all the same, so that people hear of it.
 */
async function usableCounts({ through, serverNow }: OrgWorld, { spans }: OrgCheckpoint): Promise<Through | undefined> {
  if (through === undefined) return undefined;
  const day = lastDay(spans) ?? lastClosedDay(serverNow());
  const count = await through.count(day);
  if (count === undefined && (through.isBelieved() === false || spans.length === 0)) return undefined;
  return { ...through, count: answeredOnce(through.count, day, count) };
}

/** Looks for what has changed in history. False when that showed that the counts are not usable. */
async function comparesHistory(cycle: OrgCycle, through: Through, deep: boolean): Promise<boolean> {
  try {
    await checkHistory(cycle, openProbes(through.count), deep);
  } catch (error) {
    if (!(error instanceof Uncounted)) throw error;
    if (through.isBelieved() === false) return false;
    cycle.doubt({ from: undefined, to: undefined, why: error.message });
  }
  return true;
}

/** Once entries were seen to be taken away by their age, it is known how long they are kept: who comes later than that misses some. */
function warnOfRetention({ serverNow, say, org }: OrgWorld, { readAt, purgedBefore }: OrgCheckpoint): void {
  if (readAt === null || purgedBefore === null) return;
  const kept = readAt - dayStart(purgedBefore);
  const since = serverNow() - readAt;
  if (since > kept / 2)
    say(
      `${joined(org)}warning: the last cycle was ${Math.round(since / 86_400_000)} days ago, and the server keeps entries for about ${Math.round(kept / 86_400_000)}: what came and went in between is never seen`,
    );
}
