import { lastClosedDay } from '../../engine/plan.js';
import type { Reading, Segment } from '../../engine/source.js';
import { addDays, type Range, utcDay } from '../../time.js';
import { FileHandover } from '../deliver/files.js';
import type { Handover, HandoverResult } from '../deliver/handover.js';
import { StreamHandover } from '../deliver/stream.js';
import { type OrgCheckpoint, sums } from '../state/checkpoint.js';
import type { HistorySpan } from '../state/spans.js';
import type { OrgCycle, Transferred } from './state.js';
import type { EndingPart, OrgWorld } from './world.js';

export interface TransferOptions {
  /** Whether the reading is compared with the server's counts. */
  readonly counted: boolean;
  /** Whether the range begins where the log does: what is missing there was removed by retention. */
  readonly atEdge: boolean;
  /** The day up to which retention removed entries if the range has none left. */
  readonly emptyTo?: string;
  /** Whether the server has no entry at all any more: its oldest day is gone like all others. */
  readonly emptied?: boolean;
  /** What files record besides the reading. */
  readonly known?: Pick<EndingPart, 'confirmed' | 'history'>;
  /** The spans to save after these segments; undefined: none. */
  readonly spansOf: (segments: readonly Segment[]) => readonly HistorySpan[] | undefined;
}

/** Reads a range and delivers it. What becomes durable on the way is saved. */
export async function transfer(cycle: OrgCycle, range: Range, options: TransferOptions): Promise<Transferred> {
  const { counted, atEdge, spansOf } = options;
  const began = cycle.checkpoint;
  const reading = cycle.world.read(range, { counted });
  const handover = await openHandover(cycle, reading, range, options);
  const segments: Segment[] = [];
  try {
    for await (const batch of reading.batches) {
      await handover.take(batch);
      if (batch.segmentEnd === undefined) continue;
      segments.push(batch.segmentEnd);
      // What is gone is saved at the end: after an interruption these days are read again.
      if (!(await handover.windowEnd(batch.segmentEnd)) || handover.result().gone.length > 0) continue;
      const spans = spansOf(segments);
      if (spans !== undefined) await cycle.save({ ...sums(began, handover.result()), spans });
    }
    await handover.end();
  } finally {
    await handover.close();
  }
  const result = handover.result();
  return { began, segments, verdict: reading.verdict(), result, edge: atEdge ? edgeOf(began, result) : {} };
}

async function openHandover(
  cycle: OrgCycle,
  reading: Reading,
  range: Range,
  { atEdge, emptyTo, emptied, known }: TransferOptions,
): Promise<Handover> {
  const { world, ledger, checkpoint, path } = cycle;
  const { delivery, org, folder, chunk, flushRows } = world;
  const { readAt, oldest } = checkpoint;
  const purgedTo = (seen: string | undefined) => (atEdge ? (seen ?? emptyTo) : undefined);
  if (delivery.kind === 'files')
    return FileHandover.open({
      delivery,
      org,
      chunk,
      path: `${path}/entries`,
      files: folder.files,
      oldest: atEdge || oldest === null ? undefined : emptied === true ? addDays(oldest, -1) : oldest,
      purgedTo,
      range,
      expected: () => cycle.expected(),
      took: (taken) => cycle.took(taken),
      ending: (part) => world.ending(reading, { ...part, ...known }),
    });
  const readTo = readAt === null ? undefined : lastClosedDay(readAt);
  const whole = wholeDays(world, checkpoint, range);
  return new StreamHandover({
    delivery,
    ledger,
    quarantine: cycle.openQuarantine(),
    org,
    flushRows,
    readTo,
    purgedTo,
    whole,
  });
}

/** The UTC days of a reading that are over: nothing more is due, so what was delivered of them while they were open should still be there. */
function wholeDays({ from: first, serverNow }: OrgWorld, { oldest }: OrgCheckpoint, { from, before }: Range) {
  const closed = lastClosedDay(serverNow());
  const end = before === undefined ? closed : utcDay(before - 1);
  const begin = from === undefined || from === first ? (oldest ?? undefined) : utcDay(from);
  return { from: begin, to: end < closed ? end : closed };
}

function edgeOf({ oldest }: OrgCheckpoint, { oldest: seen }: HandoverResult): Partial<OrgCheckpoint> {
  return seen !== undefined && oldest !== null && seen > oldest ? { oldest: seen, purgedBefore: seen } : {};
}
