/** An entry in a file of ours: the parts that manifests and comparisons need. */
export interface FileRow {
  /** Undefined where the entry has none. */
  readonly id: string | undefined;
  /** The vendor's own text of the time. */
  readonly time: string | undefined;
  /** The entry's own text; undefined in a CSV file. */
  readonly raw: Buffer | undefined;
}

/** Where the id and the time of an entry are: paths, or columns of a CSV file. The first one present counts. */
export interface RowFields {
  readonly id: readonly string[];
  readonly time: readonly string[];
}

/** Takes the bytes of a file in any pieces and reports its entries. Throws a `RowFault` when the text is not one that we write. */
export interface FileRowReader {
  push(bytes: Buffer): void;
  end(): void;
  /** For CSV: how many cells have an apostrophe in front. */
  readonly guardedCells?: () => number;
}

export class RowFault extends Error {
  override readonly name = 'RowFault';
}

export type OnRow = (row: FileRow) => void;

/** Bytes; no line or cell of ours is longer. */
export const LONGEST = 64 * 1024 * 1024;
