import { wireWindow } from '../../engine/plan.js';
import type { Segment } from '../../engine/source.js';
import type { Range } from '../../time.js';
import type { HandoverResult } from '../deliver/handover.js';
import { openStreamHandover } from '../deliver/stream.js';
import type { OpenDays, OrgCheckpoint } from '../state/checkpoint.js';
import type { Ledger } from '../state/ledger.js';
import type { OrgWorld } from './world.js';

/** Open days are read in full at least so often, ms: only that finds an entry that came while another one went. */
const FULL_EVERY = 3_600_000;
/** So many new entries are looked for among the newest. */
const MOST = 5000;

/** What a look at the newest entries came to. */
export interface Glanced {
  /** How many entries there are now, when all of them are known; undefined: the days are to be read in full. */
  readonly open: OpenDays | undefined;
  /** What was delivered already. */
  readonly taken: HandoverResult | undefined;
}

const IN_FULL: Glanced = { open: undefined, taken: undefined };

/**
 * Looks whether the open days hold more entries than when they were read in full, and whether those are the newest ones: then these few
 * are all that there is to read. Files of days need whole days, so there only nothing new is enough.
 */
export async function glance(
  { through, delivery, org, serverNow, readNewest, flushRows }: OrgWorld,
  { open }: OrgCheckpoint,
  ledger: Ledger,
  range: Range,
): Promise<Glanced> {
  if (through === undefined || open === null || serverNow() - open.readAt >= FULL_EVERY) return IN_FULL;
  if (open.from !== (wireWindow(range.from, undefined).from ?? null)) return IN_FULL;
  const count = await through.since(open.from ?? undefined);
  if (count === undefined) return IN_FULL;
  const more = count - open.count;
  if (more === 0) return { open, taken: undefined };
  if (more < 0 || more > MOST || delivery.kind === 'files' || readNewest === undefined) return IN_FULL;
  const reading = readNewest(range, more);
  const handover = openStreamHandover({
    delivery,
    ledger,
    org,
    flushRows,
    readTo: undefined,
    whole: undefined,
    purgedTo: () => undefined,
  });
  // The newest come first, and few enough to be turned round.
  const newest = [];
  for await (const batch of reading.batches) newest.push(batch);
  for (const batch of newest.reverse()) await handover.take({ ...batch, entries: batch.entries.toReversed() });
  await handover.end();
  const taken = handover.result();
  const isAll = taken.fresh === more && reading.verdict().status !== 'unreconciled';
  return { open: isAll ? { ...open, count } : undefined, taken };
}

/** What a full reading of the open days leaves to be compared with; null where it was not reconciled. */
export function openDays(segments: readonly Segment[], readAt: number): OpenDays | null {
  const counts = segments.flatMap(({ count, note }) => (count === undefined || note !== undefined ? [] : [count]));
  const [first] = segments;
  if (first === undefined || counts.length !== segments.length || segments.at(-1)?.to !== undefined) return null;
  return { from: first.from ?? null, count: counts.reduce((sum, count) => sum + count, 0), readAt };
}
