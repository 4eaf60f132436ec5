import type { Entry } from '../event.js';
import type { EntryReader } from '../source/entries.js';
import { ScanError, type ScannedRow, scanPage, type Wanted, wantPaths } from '../source/scan.js';
import type { Damaged } from './damage.js';

const LF = 0x0a;
const COMMA = 0x2c;
/** A single entry may not be longer, in bytes. */
export const LONGEST = 32 * 1024 * 1024;

/** The entries of a text with one JSON object a line; empty lines hold none. Rejects at the first line that is not one whole object. */
export async function* ndjsonEntries(
  chunks: AsyncIterable<Buffer>,
  { paths, entryOf }: EntryReader,
  damaged: Damaged,
): AsyncGenerator<readonly Entry[], void> {
  const wanted = wantPaths(paths);
  let carry: Buffer = Buffer.alloc(0);
  let line = 1;
  const read = (block: Buffer): readonly Entry[] => {
    const rows = blockRows(block, wanted) ?? lineRows(block, line, wanted, damaged);
    for (let at = block.indexOf(LF); at >= 0; at = block.indexOf(LF, at + 1)) line += 1;
    return rows.map(entryOf);
  };
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LF);
    if (end < 0) {
      carry = Buffer.concat([carry, chunk]);
      if (carry.length > LONGEST) throw damaged('the line is longer than any entry', line);
      continue;
    }
    const block = Buffer.concat([carry, chunk.subarray(0, end + 1)]);
    carry = Buffer.from(chunk.subarray(end + 1));
    yield read(block);
  }
  // A last line without its end is whole if it is an object; one that was cut is not.
  if (carry.length > 0) yield read(carry);
}

/**
 * The rows of a block of lines, read as one array. Undefined unless each line turns out to be exactly one row: two broken lines
 * could make up whole rows together.
 */
function blockRows(block: Buffer, wanted: Wanted): readonly ScannedRow[] | undefined {
  const trimmed = block.at(-1) === LF ? block.subarray(0, -1) : block;
  const list = Buffer.allocUnsafe(trimmed.length + 2);
  list[0] = 0x5b;
  trimmed.copy(list, 1);
  list[list.length - 1] = 0x5d;
  const starts = [1];
  for (let at = list.indexOf(LF); at >= 0; at = list.indexOf(LF, at + 1)) {
    list[at] = COMMA;
    starts.push(at + 1);
  }
  const rows = tryScan(list, wanted);
  if (rows === undefined || rows.length !== starts.length) return undefined;
  const isAligned = rows.every(({ raw }, index) => {
    const end = (starts[index + 1] ?? list.length) - 1;
    return (
      raw.buffer === list.buffer &&
      raw.byteOffset - list.byteOffset === starts[index] &&
      raw.length === end - starts[index]!
    );
  });
  return isAligned ? rows : undefined;
}

function lineRows(block: Buffer, first: number, wanted: Wanted, damaged: Damaged): readonly ScannedRow[] {
  const rows: ScannedRow[] = [];
  let line = first;
  for (let start = 0; start < block.length; line += 1) {
    const lf = block.indexOf(LF, start);
    const end = lf < 0 ? block.length : lf;
    const text = block.subarray(start, end);
    start = end + 1;
    if (isBlank(text)) continue;
    const found = tryScan(Buffer.concat([OPEN, text, CLOSE]), wanted);
    if (found?.length !== 1) throw damaged('this is not one JSON object', line);
    rows.push(found[0]!);
  }
  return rows;
}

const OPEN = Buffer.from('[');
const CLOSE = Buffer.from(']');

function tryScan(list: Buffer, wanted: Wanted): readonly ScannedRow[] | undefined {
  try {
    return scanPage(list, '', wanted).rows;
  } catch (error) {
    if (error instanceof ScanError) return undefined;
    throw error;
  }
}

function isBlank(text: Buffer): boolean {
  return text.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
