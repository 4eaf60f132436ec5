import type { EntryReader } from '../../engine/page/entries.js';
import { ScanError, type ScannedEntry, type WantedFields, wantPaths } from '../../engine/page/scan/scan.js';
import type { Entry } from '../../event.js';
import { CLOSE_BRACKET, COMMA, isSpace, OPEN_BRACKET } from '../../json/bytes.js';
import type { Damaged } from '../damage.js';
import { scanElements, scanList } from './scan.js';

const LF = 0x0a;
/** The longest entry, in bytes. */
export const LONGEST = 32 * 1024 * 1024;

/** Yields the entries of a text with one JSON object a line; skips blank lines. Rejects at the first line that is not a complete object. */
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
    // The last line end, or the byte after the last line, becomes the end of the list.
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
  // A last line without an LF is complete if it is an object.
  if (carry.length > 0) yield read(Buffer.alloc(0));
}

/** The index of each LF in a block. */
function lineEnds(block: Buffer): readonly number[] {
  const ends: number[] = [];
  for (let at = block.indexOf(LF); at >= 0; at = block.indexOf(LF, at + 1)) ends.push(at);
  return ends;
}

/**
 * Scans a block of lines as one array. `list` is a byte and the block, whose lines end at `ends`. Undefined, with the block unchanged, unless each
 * line is exactly one row: two broken lines could form valid rows together.
 */
function blockRows(list: Buffer, ends: readonly number[], wanted: WantedFields): readonly ScannedEntry[] | undefined {
  for (const end of ends) list[end + 1] = COMMA;
  list[list.length - 1] = CLOSE_BRACKET;
  const rows = scanList(list, wanted);
  if (!(rows instanceof ScanError) && rows.length === ends.length && rows.every(isLine)) return rows;
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
    const found = scanElements(text, wanted);
    if (found instanceof ScanError || found.length !== 1) throw damaged('this is not one JSON object', line);
    rows.push(found[0]!);
  }
  return rows;
}

function isBlank(text: Buffer): boolean {
  return text.every(isSpace);
}
