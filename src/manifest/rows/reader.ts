/** The parts of an entry in a file that manifests and comparisons need. */
export interface FileRow {
  readonly id: string | undefined;
  /** The vendor's own text of the time. */
  readonly time: string | undefined;
  /** The entry's own text; undefined in a CSV file. */
  readonly raw: Buffer | undefined;
}

/** Takes the bytes of a file in pieces of any size and reports its entries. Throws a `RowFault` for a text that we do not write. */
export interface FileRowReader {
  push(bytes: Buffer): void;
  end(): void;
  /** For CSV: the number of cells with an apostrophe in front. */
  readonly guardedCells?: () => number;
}

export class RowFault extends Error {
  override readonly name = 'RowFault';
}

export type OnRow = (row: FileRow) => void;

/** Bytes; no line or cell of ours is longer. */
export const LONGEST = 64 * 1024 * 1024;
