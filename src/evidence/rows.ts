import { createHash } from 'node:crypto';
import { firstText, ScanError, scanPage, wantPaths } from '../source/scan.js';
import { csvReader } from './csvrows.js';
import type { FileFormat } from './manifest.js';

/** An entry as it stands in a file of ours: as much of it as evidence needs. */
export interface FileRow {
  /** Undefined where the entry has none. */
  readonly id: string | undefined;
  /** The vendor's own text of the time. */
  readonly time: string | undefined;
  /** The entry's own text; undefined in a CSV file. */
  readonly raw: Buffer | undefined;
}

/** Where the id and the time of an entry are: paths, or columns of a CSV file; the first that is there counts. */
export interface RowFields {
  readonly id: readonly string[];
  readonly time: readonly string[];
}

/** Takes the bytes of a file as they come and tells its entries. Throws a `RowFault` when the text is not what we write. */
export interface RowReader {
  push(bytes: Buffer): void;
  end(): void;
  /** For CSV: how many cells have an apostrophe in front. */
  readonly guardedCells?: () => number;
}

export class RowFault extends Error {
  override readonly name = 'RowFault';
}

export type OnRow = (row: FileRow) => void;

/** A single line may not be longer. */
const LONGEST = 64 * 1024 * 1024;
const LF = 0x0a;
const COMMA = 0x2c;
const OPEN = 0x5b;
const BRACKETS = [Buffer.from('['), Buffer.from(']')] as const;
const NO_ENTRY = 'a line is not one JSON object';
const NO_ARRAY = 'it is not one JSON array';

export function openRowReader(format: FileFormat, fields: RowFields, guarded: boolean, onRow: OnRow): RowReader {
  return READERS[format](fields, onRow, guarded);
}

const READERS: Readonly<Record<FileFormat, (fields: RowFields, onRow: OnRow, guarded: boolean) => RowReader>> = {
  ndjson: ndjsonReader,
  json: jsonReader,
  csv: csvReader,
};

/** One entry a line, each line ended by LF and nothing else between entries. */
function ndjsonReader(fields: RowFields, onRow: OnRow): RowReader {
  const scan = entryScanner(fields, onRow);
  const carry = openCarry();
  return {
    push(bytes) {
      const end = bytes.lastIndexOf(LF);
      if (end < 0) return carry.add(bytes);
      const list = asList(carry.take(bytes.subarray(0, end)));
      let lines = 1;
      for (let at = list.indexOf(LF); at >= 0; at = list.indexOf(LF, at + 1)) {
        list[at] = COMMA;
        lines += 1;
      }
      if (scan(list) !== lines) throw new RowFault(NO_ENTRY);
      carry.add(bytes.subarray(end + 1));
    },
    end() {
      if (carry.size() > 0) throw new RowFault('the last line has no end');
    },
  };
}

/** One array, one entry a line. */
function jsonReader(fields: RowFields, onRow: OnRow): RowReader {
  const scan = entryScanner(fields, onRow);
  const carry = openCarry();
  let begun = false;
  return {
    push(bytes) {
      // Texts have no raw line ends, so this is always a seam between entries.
      const seam = bytes.lastIndexOf(',\n');
      if (seam < 0) return carry.add(bytes);
      const part = carry.take(bytes.subarray(0, seam));
      if (!begun && part[0] !== OPEN) throw new RowFault(NO_ARRAY);
      scan(asList(begun ? part : part.subarray(1)));
      begun = true;
      carry.add(bytes.subarray(seam + 2));
    },
    end() {
      const rest = carry.take(Buffer.alloc(0));
      if (rest.toString('latin1', rest.length - 2) !== ']\n' || (!begun && rest[0] !== OPEN)) {
        throw new RowFault(NO_ARRAY);
      }
      scan(asList(rest.subarray(begun ? 0 : 1, rest.length - 2)));
    },
  };
}

/** The beginning of something whose end has not come yet. */
function openCarry(): { add(bytes: Buffer): void; take(more: Buffer): Buffer; size(): number } {
  let parts: Buffer[] = [];
  let size = 0;
  return {
    add(bytes) {
      if (bytes.length === 0) return;
      parts.push(Buffer.from(bytes));
      size += bytes.length;
      if (size > LONGEST) throw new RowFault('a line is longer than any entry');
    },
    take(more) {
      const all = Buffer.concat([...parts, more]);
      parts = [];
      size = 0;
      return all;
    },
    size: () => size,
  };
}

function asList(inside: Buffer): Buffer {
  return Buffer.concat([BRACKETS[0], inside, BRACKETS[1]]);
}

/** Reads a JSON array of entries with the scanner that reads answers; gives how many there were. */
function entryScanner(fields: RowFields, onRow: OnRow): (list: Buffer) => number {
  const wanted = wantPaths([...fields.id, ...fields.time]);
  const idCount = fields.id.length;
  return (list) => {
    try {
      const { rows } = scanPage(list, '', wanted);
      for (const row of rows) {
        onRow({ id: firstText(row, 0, idCount), time: firstText(row, idCount, wanted.slots), raw: row.raw });
      }
      return rows.length;
    } catch (error) {
      if (error instanceof ScanError) throw new RowFault(NO_ENTRY);
      throw error;
    }
  };
}

const MANY = 10_000;

/**
 * What stands for the id of an entry in the set of a file. An entry without one: the hash of its text, and how many equal texts came
 * before it, since two equal entries may both be real.
 */
export function openKeys(): (row: FileRow) => string | undefined {
  const equals = new Map<string, number>();
  let lastTime: string | undefined;
  return ({ id, time, raw }) => {
    if (id !== undefined) return id;
    if (raw === undefined) return undefined;
    // Equal texts have equal times, so in an ordered file they stand together.
    if (equals.size > MANY && time !== lastTime) equals.clear();
    lastTime = time;
    const digest = createHash('sha256').update(raw).digest('hex');
    const ordinal = (equals.get(digest) ?? 0) + 1;
    equals.set(digest, ordinal);
    return `${digest}#${ordinal}`;
  };
}
