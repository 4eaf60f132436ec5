import type { DayRows } from '../../destinations/destination.js';
import type { Batch, Segment } from '../../engine/source.js';

/** Delivers what one reading of one organization returns. */
export interface Handover {
  /** Entries, oldest first. */
  take(batch: Batch): Promise<void>;
  /** A window was read completely. Resolves to whether everything before its end is durable at the destination and remembered. */
  windowEnd(segment: Segment): Promise<boolean>;
  /** The reading is over: everything becomes durable and is remembered. */
  end(): Promise<void>;
  /** What was delivered so far. */
  result(): HandoverResult;
  /** Releases open resources after any outcome. Never rejects. */
  close(): Promise<void>;
}

export interface HandoverResult {
  /** Entries that were not delivered before. */
  readonly fresh: number;
  /** All entries held when last counted: more than were remembered if a run was killed before it remembered them. */
  readonly held: number;
  /** New entries of days that were over and read before. */
  readonly late: readonly DayRows[];
  /** Delivered entries that the server no longer has. */
  readonly gone: readonly DayRows[];
  /** The UTC days, both included, whose missing entries are all in `gone`; undefined: none. */
  readonly looked: LookedDays | undefined;
  /** The first UTC day that an entry was read of. */
  readonly oldest: string | undefined;
  /** Epoch ms. */
  readonly newest: number | undefined;
  readonly sealedTo: string | undefined;
}

/** Undefined: open. */
export interface LookedDays {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Adds up what a handover delivers. */
export class HandoverTotals {
  fresh = 0;
  held = 0;
  newest: number | undefined;
  sealedTo: string | undefined;
  readonly late = new Map<string, number>();
  readonly gone = new Map<string, number>();
  looked: LookedDays | undefined;

  /** `time`: epoch ms; NaN is ignored. */
  see(time: number): void {
    if (!Number.isNaN(time)) this.newest = Math.max(this.newest ?? time, time);
  }

  result(oldest: string | undefined): HandoverResult {
    const { fresh, held, newest, sealedTo, looked } = this;
    return { fresh, held, late: dayRows(this.late), gone: dayRows(this.gone), looked, oldest, newest, sealedTo };
  }
}

export function addRows(rows: Map<string, number>, day: string, more: number): void {
  rows.set(day, (rows.get(day) ?? 0) + more);
}

function dayRows(rows: ReadonlyMap<string, number>): readonly DayRows[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, count]) => ({ day, rows: count }));
}
