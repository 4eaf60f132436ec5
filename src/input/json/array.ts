import type { EntryReader } from '../../engine/page/entries.js';
import { ScanError, type ScannedEntry, scanPage, type WantedFields, wantPaths } from '../../engine/page/scan/scan.js';
import type { Entry } from '../../event.js';
import type { Damaged } from '../damage.js';
import { LONGEST } from './lines.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LF = 0x0a;

/** The entries of one JSON array of objects, however it is laid out. Rejects where the text is not one, or ends before it does. */
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
    if (rows === undefined)
      throw damaged('there is no whole JSON object where an entry is due', line + firstFault(inside, wanted));
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
      if (!isSpace(fresh)) throw damaged('something stands behind the end of the array', line);
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
    // After a comma there must be one more entry; between the brackets of an empty array there is none.
    if (told > 0 || !isSpace(inside)) yield read(inside);
    if (!isSpace(fresh.subarray(end + 1))) throw damaged('something stands behind the end of the array', line);
  }
  if (!ended) throw damaged('the array has no end: the text is cut off', line);
}

/** Where the array opens; -1 when something else does; undefined when all is white space so far. */
function beginning(text: Buffer): number | undefined {
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at] as number;
    if (byte > 0x20) return byte === 0x5b ? at : -1;
  }
  return undefined;
}

interface Seams {
  /** The last comma between two elements. */
  readonly comma: number | undefined;
  /** The bracket that closes the array. */
  readonly end: number | undefined;
}

/** Finds the seams between the elements of an array, chunk after chunk. Whether the elements are valid is not its concern. */
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
      else if (byte === 0x7b || byte === 0x5b) depth += 1;
      else if (byte === 0x7d || byte === 0x5d) {
        if (depth === 0) return { comma, end: at };
        depth -= 1;
      } else if (byte === COMMA && depth === 0) comma = at;
    }
    return { comma, end: undefined };
  };
}

function scanElements(inside: Buffer, wanted: WantedFields): readonly ScannedEntry[] | undefined {
  try {
    const { rows } = scanPage(Buffer.concat([OPEN, inside, CLOSE]), '', wanted);
    return rows.length === 0 ? undefined : rows;
  } catch (error) {
    if (error instanceof ScanError) return undefined;
    throw error;
  }
}

/** How many lines into the elements the first fault is. */
function firstFault(inside: Buffer, wanted: WantedFields): number {
  try {
    scanPage(Buffer.concat([OPEN, inside, CLOSE]), '', wanted);
  } catch (error) {
    if (error instanceof ScanError) return newlines(inside.subarray(0, Math.max(0, error.at - 1)));
  }
  return 0;
}

const OPEN = Buffer.from('[');
const CLOSE = Buffer.from(']');

function newlines(text: Buffer): number {
  let found = 0;
  for (let at = text.indexOf(LF); at >= 0; at = text.indexOf(LF, at + 1)) found += 1;
  return found;
}

function isSpace(text: Buffer): boolean {
  return text.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === LF);
}
