import type { Reading, Segment } from '../../engine/source.js';

/** Who is told how far the writing is. */
export interface Watch {
  /** Called with the reading before it begins. */
  readonly begin?: (reading: Reading) => void;
  /** Called after each batch. */
  readonly each?: () => void;
  /** Called when an interrupted run is gone on with: so many rows are in the file. */
  readonly resumed?: (rows: number) => void;
  /** Called when a segment is out, before it is made durable. */
  readonly segmentEnd?: (segment: Segment, reading: Reading) => Promise<void>;
}
