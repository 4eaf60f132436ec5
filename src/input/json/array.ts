import type { EntryReader } from '../../engine/page/entries.js';
import { ScanError, wantPaths } from '../../engine/page/scan/scan.js';
import type { Entry } from '../../event.js';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  isSpace,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../../json/bytes.js';
import type { Damaged } from '../damage.js';
import { LONGEST } from './lines.js';
import { scanElements } from './scan.js';

const LF = 0x0a;

/** Yields the entries of a JSON array of objects in any layout. Rejects if the text is malformed or truncated. */
export async function* jsonArrayEntries(
  chunks: AsyncIterable<Buffer>,
  { paths, entryOf }: EntryReader,
  damaged: Damaged,
): AsyncGenerator<readonly Entry[], void> {
  const wanted = wantPaths(paths);
  const seams = openSeams();
  let held: Buffer = Buffer.alloc(0);
  let line = 1;
  let begun = false;
  let ended = false;
  let told = 0;

  const read = (inside: Buffer): readonly Entry[] => {
    const rows = scanElements(inside, wanted);
    if (rows instanceof ScanError || rows.length === 0) {
      const before = rows instanceof ScanError ? inside.subarray(0, Math.max(0, rows.at - 1)) : Buffer.alloc(0);
      throw damaged('there is no whole JSON object where an entry is due', line + newlines(before));
    }
    told += rows.length;
    line += newlines(inside);
    return rows.map(entryOf);
  };

  for await (const chunk of chunks) {
    let fresh = chunk;
    if (!begun) {
      held = Buffer.concat([held, chunk]);
      const open = beginning(held);
      if (open === undefined) continue;
      if (open < 0) throw damaged('this is not a JSON array', 1);
      line += newlines(held.subarray(0, open));
      fresh = held.subarray(open + 1);
      held = Buffer.alloc(0);
      begun = true;
    }
    if (ended) {
      if (!isBlank(fresh)) throw damaged('something stands behind the end of the array', line);
      continue;
    }
    const { comma, end } = seams(fresh);
    const cut = end ?? comma;
    if (cut === undefined) {
      held = Buffer.concat([held, fresh]);
      if (held.length > LONGEST) throw damaged('an entry is longer than any', line);
      continue;
    }
    const inside = Buffer.concat([held, fresh.subarray(0, cut)]);
    held = Buffer.alloc(0);
    if (end === undefined) {
      yield read(inside);
      held = Buffer.from(fresh.subarray(cut + 1));
      continue;
    }
    ended = true;
    // A comma requires another entry; an empty array has none.
    if (told > 0 || !isBlank(inside)) yield read(inside);
    if (!isBlank(fresh.subarray(end + 1))) throw damaged('something stands behind the end of the array', line);
  }
  if (!ended) throw damaged('the array has no end: the text is cut off', line);
}

/** The index of the opening bracket; -1 if something else comes first; undefined if there is only white space. */
function beginning(text: Buffer): number | undefined {
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at] as number;
    if (byte > 0x20) return byte === OPEN_BRACKET ? at : -1;
  }
  return undefined;
}

interface Seams {
  /** The last comma between two elements. */
  readonly comma: number | undefined;
  /** The bracket that closes the array. */
  readonly end: number | undefined;
}

/** Finds the borders between the elements of an array, chunk after chunk. Does not check the elements. */
function openSeams(): (chunk: Buffer) => Seams {
  let depth = 0;
  let quoted = false;
  let escaped = false;
  return (chunk) => {
    let comma: number | undefined;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (quoted) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) quoted = false;
      } else if (byte === QUOTE) quoted = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (depth === 0) return { comma, end: at };
        depth -= 1;
      } else if (byte === COMMA && depth === 0) comma = at;
    }
    return { comma, end: undefined };
  };
}

function newlines(text: Buffer): number {
  let found = 0;
  for (let at = text.indexOf(LF); at >= 0; at = text.indexOf(LF, at + 1)) found += 1;
  return found;
}

function isBlank(text: Buffer): boolean {
  return text.every(isSpace);
}
