import type { EntryReader } from '../../engine/page/entries.js';
import { ScanError, type ScannedEntry, scanPage, type WantedFields, wantPaths } from '../../engine/page/scan/scan.js';
import type { Entry } from '../../event.js';
import type { Damaged } from '../damage.js';

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
  const read = (lines: Buffer): readonly Entry[] => {
    const list = Buffer.allocUnsafe(carry.length + lines.length + 2);
    list[0] = OPEN_BRACKET;
    list.set(carry, 1);
    list.set(lines, 1 + carry.length);
    // The last end of a line, or what is behind the last line, becomes the end of the list.
    const isEnded = list[list.length - 2] === LF;
    list[list.length - 1] = LF;
    const block = list.subarray(1, isEnded ? -1 : undefined);
    const ends = lineEnds(block);
    const rows = blockRows(list.subarray(0, block.length + 1), ends, wanted) ?? lineRows(block, line, wanted, damaged);
    line += ends.length;
    return rows.map(entryOf);
  };
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LF);
    if (end < 0) {
      carry = Buffer.concat([carry, chunk]);
      if (carry.length > LONGEST) throw damaged('the line is longer than any entry', line);
      continue;
    }
    const entries = read(chunk.subarray(0, end + 1));
    carry = Buffer.from(chunk.subarray(end + 1));
    yield entries;
  }
  // A last line without its end is whole if it is an object; one that was cut is not.
  if (carry.length > 0) yield read(Buffer.alloc(0));
}

/** Where the lines of a block end, each in an LF. */
function lineEnds(block: Buffer): readonly number[] {
  const ends: number[] = [];
  for (let at = block.indexOf(LF); at >= 0; at = block.indexOf(LF, at + 1)) ends.push(at);
  return ends;
}

/**
 * The rows of a block of lines, read as one array: `list` is a byte and the block, whose lines end there. Undefined, with the block as it was, unless each line turns
 * out to be exactly one row: two broken lines could make up whole rows together.
 */
function blockRows(list: Buffer, ends: readonly number[], wanted: WantedFields): readonly ScannedEntry[] | undefined {
  for (const end of ends) list[end + 1] = COMMA;
  list[list.length - 1] = CLOSE_BRACKET;
  const rows = tryScan(list, wanted);
  if (rows !== undefined && rows.length === ends.length && rows.every(isLine)) return rows;
  for (const end of ends) list[end + 1] = LF;
  return undefined;

  function isLine({ raw }: ScannedEntry, index: number): boolean {
    const start = index === 0 ? 1 : ends[index - 1]! + 2;
    return (
      raw.buffer === list.buffer &&
      raw.byteOffset - list.byteOffset === start &&
      raw.length === ends[index]! + 1 - start
    );
  }
}

function lineRows(block: Buffer, first: number, wanted: WantedFields, damaged: Damaged): readonly ScannedEntry[] {
  const rows: ScannedEntry[] = [];
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

const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN = Buffer.from('[');
const CLOSE = Buffer.from(']');

function tryScan(list: Buffer, wanted: WantedFields): readonly ScannedEntry[] | undefined {
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
