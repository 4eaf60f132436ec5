import { exactly, type Is, isCount, isFlag, isText, listOf, nullable, oneOf, type TypeOf } from '../../json/is.js';
import { isDate } from './run.js';

/** What a manifest records of files, as JSON. Hashes are `sha256:<hex>`. */

export const isHash: Is<string> = (value): value is string => isText(value) && /^sha256:[0-9a-f]{64}$/.test(value);

/** The set of ids in a file: SHA-256 over the distinct ids in the order of their bytes, joined by LF. */
const isIds = exactly({ count: isCount, sha256: isHash });
export type IdsRecord = TypeOf<typeof isIds>;

const isEntry = exactly({
  id: nullable(isText),
  /** The vendor's own text. */
  time: nullable(isText),
});
export type EntryRecord = TypeOf<typeof isEntry>;

const isTextFormat = oneOf('ndjson', 'json', 'csv');
export type TextFormat = TypeOf<typeof isTextFormat>;

/** Checksums of the unpacked text's lines, which locate a change: CRC-32 as base64, one for each run of `per` lines. */
const isLines = exactly({ count: isCount, per: isCount, crc32: isText });
export type LinesRecord = TypeOf<typeof isLines>;

export const isFile = exactly(
  {
    name: isText,
    format: isTextFormat,
    gzip: isFlag,
    bytes: isCount,
    sha256: isHash,
    /** The content of a gzip file. */
    unpacked: nullable(exactly({ bytes: isCount, sha256: isHash })),
    rows: isCount,
    ids: nullable(isIds),
    /** The first and the last entry in the file's order. */
    first: nullable(isEntry),
    last: nullable(isEntry),
    csv: nullable(
      exactly({
        columns: listOf(isText),
        /** `apostrophe-1`: cells that look like formulas have one more apostrophe in front. */
        guard: oneOf('apostrophe-1', 'none'),
        /** Cells with the apostrophe; 0 without a guard. */
        guardedCells: isCount,
      }),
    ),
    /** The paths (or columns) of an entry's id and time: the first one with a value counts. With `joined`, all paths together form the id. */
    fields: exactly({ id: listOf(isText), time: listOf(isText) }, { joined: isFlag }),
  },
  {
    /** Absent in manifests of earlier versions. */
    lines: isLines,
  },
);
export type FileRecord = TypeOf<typeof isFile>;

/** A Parquet file. */
export const isColumnar = exactly({
  name: isText,
  format: oneOf('parquet'),
  bytes: isCount,
  sha256: isHash,
  rows: isCount,
});
export type ColumnarRecord = TypeOf<typeof isColumnar>;

/** A workbook, and the hash of the same events as NDJSON, which can be exported again. */
export const isWorkbook = exactly({
  name: isText,
  format: oneOf('xlsx'),
  bytes: isCount,
  sha256: isHash,
  rows: isCount,
  ndjson: isHash,
});
export type WorkbookRecord = TypeOf<typeof isWorkbook>;

export const isGone = exactly({
  rows: isCount,
  ids: isIds,
  /** The first few of them, in order. */
  some: listOf(isText),
});
export type GoneRecord = TypeOf<typeof isGone>;

/** Files that were removed: those of sealed manifests before this one in the chain, of days earlier than `before`. */
export const isPruned = exactly({
  before: isDate,
  /** Our clock. */
  at: isText,
  /** The removed days, both included; the manifests of their files, and the content of those files. */
  first: isDate,
  last: isDate,
  manifests: isCount,
  rows: isCount,
  bytes: isCount,
});
export type PrunedRecord = TypeOf<typeof isPruned>;
