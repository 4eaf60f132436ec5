import type { Through } from '../../engine/count/through.js';
import { lastClosedDay } from '../../engine/plan.js';
import { dayStart } from '../../time.js';
import type { OrgCheckpoint } from '../state/checkpoint.js';
import { lastDay } from '../state/spans.js';
import { answeredOnce, openProbes, Uncounted } from './history.js';
import { readOn, sinceSettled, sinceSpans } from './read.js';
import { checkHistory } from './recheck.js';
import { concludeRepair, noticeLost } from './repair.js';
import { type CollectedOrg, prefixOf } from './result.js';
import { retryRefused } from './retry.js';
import { OrgCycle } from './state.js';
import type { OrgWorld } from './world.js';

export interface OrgOptions {
  readonly deep: boolean;
  readonly retry?: boolean;
}

/**
 * One cycle of one organization: looks for changes in history of any age, reads those days again, then reads what is new. What is durable at
 * the destination is saved at once, so that the next cycle continues after any interruption.
 * `deep`: compares each span separately; without usable counts, reads everything again.
 */
export async function collectOrg(world: OrgWorld, { deep, retry = false }: OrgOptions): Promise<CollectedOrg> {
  const cycle = await OrgCycle.open(world);
  if (retry) await retryRefused(cycle);
  warnOfRetention(world, cycle.checkpoint);
  const lost = await noticeLost(cycle, deep);
  const status = await readAll(cycle, deep, lost);
  await concludeRepair(cycle);
  return cycle.result(status);
}

/** `lost`: the first day that is to be read again. */
async function readAll(cycle: OrgCycle, deep: boolean, lost: string | undefined): Promise<'verified' | 'uncounted'> {
  const { world } = cycle;
  const through = await usableCounts(world, cycle.checkpoint);
  if (through === undefined || !(await comparesHistory(cycle, through, deep))) {
    await readOn(cycle, undefined, sinceSettled(world, cycle.checkpoint, { deep, lost }), deep);
    return 'uncounted';
  }
  const isCounted = await readOn(cycle, through, sinceSpans(world, cycle.checkpoint), deep);
  return isCounted ? 'verified' : 'uncounted';
}

/** The server's counts if usable today. If they were before, they are still compared, so that the failure is reported. Takes no extra request. */
async function usableCounts({ through, serverNow }: OrgWorld, { spans }: OrgCheckpoint): Promise<Through | undefined> {
  if (through === undefined) return undefined;
  const day = lastDay(spans) ?? lastClosedDay(serverNow());
  const count = await through.count(day);
  if (count === undefined && (through.isBelieved() === false || spans.length === 0)) return undefined;
  return { ...through, count: answeredOnce(through.count, day, count) };
}

/** Looks for changes in history. Resolves to false if the counts turn out to be unusable. */
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

/** Entries removed by their age show how long the server keeps them: a cycle that comes later than that misses some. */
function warnOfRetention({ serverNow, say, org }: OrgWorld, { readAt, purgedBefore }: OrgCheckpoint): void {
  if (readAt === null || purgedBefore === null) return;
  const kept = readAt - dayStart(purgedBefore);
  const since = serverNow() - readAt;
  if (since > kept / 2)
    say(
      `${prefixOf(org)}warning: the last cycle was ${Math.round(since / 86_400_000)} days ago, and the server keeps entries for about ${Math.round(kept / 86_400_000)}: events that appeared and expired in between are missing`,
    );
}
