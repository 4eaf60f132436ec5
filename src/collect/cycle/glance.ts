import { wireWindow } from '../../engine/plan.js';
import type { Segment } from '../../engine/source.js';
import type { Range } from '../../time.js';
import type { HandoverResult } from '../deliver/handover.js';
import { StreamHandover, type StreamOptions } from '../deliver/stream.js';
import type { OpenDays, OrgCheckpoint } from '../state/checkpoint.js';
import type { OrgWorld } from './world.js';

/** Ms. Open days are read in full at least this often: only that finds an entry that was added while another was removed. */
const FULL_EVERY = 3_600_000;
/** With more new entries than this the open days are read in full. */
const MOST = 5000;

export interface Glanced {
  /** The open days as counted now, if all their entries are delivered; undefined: they must be read in full. */
  readonly open: OpenDays | undefined;
  /** What was delivered; undefined: nothing was read. */
  readonly delivered: HandoverResult | undefined;
}

const IN_FULL: Glanced = { open: undefined, delivered: undefined };

/** Counts the open days; if more were added, reads as many of the newest. Files need whole days: for them anything new means a full reading. */
export async function glance(
  { through, delivery, org, serverNow, readNewest, flushRows }: OrgWorld,
  { open }: OrgCheckpoint,
  into: Pick<StreamOptions, 'ledger' | 'quarantine'>,
  range: Range,
): Promise<Glanced> {
  if (through === undefined || open === null || serverNow() - open.readAt >= FULL_EVERY) return IN_FULL;
  if (open.from !== (wireWindow(range.from, undefined).from ?? null)) return IN_FULL;
  const count = await through.since(open.from ?? undefined);
  if (count === undefined) return IN_FULL;
  const more = count - open.count;
  if (more === 0) return { open, delivered: undefined };
  if (more < 0 || more > MOST || delivery.kind === 'files' || readNewest === undefined) return IN_FULL;
  const reading = readNewest(range, more);
  const handover = new StreamHandover({ delivery, ...into, org, flushRows });
  // Newest first, and few enough to be reversed in memory.
  const newest = [];
  for await (const batch of reading.batches) newest.push(batch);
  for (const batch of newest.reverse()) await handover.take({ ...batch, entries: batch.entries.toReversed() });
  await handover.end();
  const delivered = handover.result();
  const isAll = delivered.fresh === more && reading.verdict().status !== 'unreconciled';
  return { open: isAll ? { ...open, count } : undefined, delivered };
}

/** The open days after a full reading; null if it was not reconciled. */
export function openDays(segments: readonly Segment[], readAt: number): OpenDays | null {
  const counts = segments.flatMap(({ count, note }) => (count === undefined || note !== undefined ? [] : [count]));
  const [first] = segments;
  if (first === undefined || counts.length !== segments.length || segments.at(-1)?.to !== undefined) return null;
  return { from: first.from ?? null, count: counts.reduce((sum, count) => sum + count, 0), readAt };
}
