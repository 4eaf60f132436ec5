import { rowReader } from '../../engine/page/entries.js';
import { ScanError, scanPage, wantPaths } from '../../engine/page/scan/scan.js';
import type { RowFields } from '../../providers/rows.js';
import { type FileRowReader, LONGEST, type OnRow, RowFault } from './reader.js';

const LF = 0x0a;
const COMMA = 0x2c;
const OPEN = 0x5b;
const BRACKETS = [Buffer.from('['), Buffer.from(']')] as const;
const NO_ENTRY = 'a line is not one JSON object';
const NO_ARRAY = 'it is not one JSON array';

/** One entry a line, each ended by LF, with nothing between them. */
export function ndjsonReader(fields: RowFields, onRow: OnRow): FileRowReader {
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
export function jsonReader(fields: RowFields, onRow: OnRow): FileRowReader {
  const scan = entryScanner(fields, onRow);
  const carry = openCarry();
  let begun = false;
  return {
    push(bytes) {
      // JSON strings contain no raw LF, so this always separates entries.
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

/** Bytes whose end has not been read yet. */
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

/** Reads a JSON array of entries with the scanner for answers; returns their number. */
function entryScanner(fields: RowFields, onRow: OnRow): (list: Buffer) => number {
  const { paths, idOf, timeOf } = rowReader(fields);
  const wanted = wantPaths(paths);
  return (list) => {
    try {
      const { entries: rows } = scanPage(list, '', wanted);
      for (const row of rows) onRow({ id: idOf(row), time: timeOf(row), raw: row.raw });
      return rows.length;
    } catch (error) {
      if (error instanceof ScanError) throw new RowFault(NO_ENTRY);
      throw error;
    }
  };
}
