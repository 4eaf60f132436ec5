import type { DayRows } from '../../destinations/destination.js';
import type { Batch, Segment } from '../../engine/source.js';

/** Brings what is read of one organization, in one reading, to the destination. */
export interface Handover {
  /** Takes entries, the oldest first. */
  take(batch: Batch): Promise<void>;
  /** A window is whole, and verified or not. True: everything up to its end is durable at the destination and remembered. */
  windowEnd(segment: Segment): Promise<boolean>;
  /** The reading is over: everything becomes durable and is remembered. */
  end(): Promise<void>;
  /** What became of it so far. */
  result(): HandoverResult;
  /** Lets go of what is open, whatever happened. Never rejects. */
  close(): Promise<void>;
}

export interface HandoverResult {
  /** Entries that were not there before. */
  readonly fresh: number;
  /** All that were there when last looked, as whoever keeps them tells: more than was remembered where a run was killed before it remembered. */
  readonly held: number;
  /** Those of them that came after their day was over and read. */
  readonly late: readonly DayRows[];
  /** Entries that were there and that the server no longer has. */
  readonly gone: readonly DayRows[];
  /** The first UTC day that an entry was read of, of whatever was read. */
  readonly oldest: string | undefined;
  /** Epoch ms. */
  readonly newest: number | undefined;
  readonly sealedTo: string | undefined;
}

/** Adds up numbers by day. */
export function addRows(rows: Map<string, number>, day: string, more: number): void {
  rows.set(day, (rows.get(day) ?? 0) + more);
}

export function dayRows(rows: ReadonlyMap<string, number>): readonly DayRows[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, count]) => ({ day, rows: count }));
}
