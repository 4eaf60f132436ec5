import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Entry } from '../event.js';
import { isNumber, isText, nullable } from '../json/is.js';

const LF = 0x0a;
const TAB = 0x09;

export interface GatheredEntry extends Entry {
  readonly org: string;
}

/** Where the lines of one day are in a file of gathered entries, in the order of reading. */
export interface DayLines {
  readonly extents: { readonly start: number; end: number }[];
  rows: number;
  /** Whether that is the canonical order (`compareEntries`). */
  ordered: boolean;
}

/** Canonical order: by time, equal times by id as code units (without an id, by the text's hash); entries without a time come first. */
export function compareEntries(a: Entry, b: Entry): number {
  return compareTimes(a.time, b.time) || compareTies(tieOf(a), tieOf(b));
}

function compareTimes(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  if (Number.isNaN(a)) return -1;
  return Number.isNaN(b) || a > b ? 1 : -1;
}

function compareTies(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function tieOf({ id, raw }: Pick<Entry, 'id' | 'raw'>): string {
  return id ?? `\0${createHash('sha256').update(raw).digest('base64')}`;
}

const isTime = nullable(isNumber);
const isId = nullable(isText);
const BATCH = 200;

/** The entries of these lines in canonical order, in batches. */
export async function* readLines(file: FileHandle, lines: DayLines): AsyncGenerator<readonly GatheredEntry[], void> {
  if (!lines.ordered) {
    yield* readSorted(file, lines);
    return;
  }
  let batch: GatheredEntry[] = [];
  for (const { start, end } of lines.extents) {
    for await (const { line } of linesOf(file, start, end)) {
      batch.push(parseLine(line));
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** Sorts a day that is out of order. Holds only what orders the entries in memory, and reads each text again. */
async function* readSorted(file: FileHandle, lines: DayLines): AsyncGenerator<readonly GatheredEntry[], void> {
  const times = new Float64Array(lines.rows);
  const starts = new Float64Array(lines.rows);
  const sizes = new Float64Array(lines.rows);
  const ties: string[] = [];
  for (const { start: from, end: to } of lines.extents) {
    for await (const { line, start } of linesOf(file, from, to)) {
      const entry = parseLine(line);
      const at = ties.length;
      times[at] = entry.time;
      starts[at] = start;
      sizes[at] = line.length + 1;
      ties.push(tieOf(entry));
    }
  }
  const order = Uint32Array.from(ties.keys()).sort(
    (a, b) => compareTimes(times[a] as number, times[b] as number) || compareTies(ties[a] as string, ties[b] as string),
  );
  for (let first = 0; first < order.length; first += BATCH) {
    const batch: GatheredEntry[] = [];
    for (const at of order.subarray(first, first + BATCH)) {
      const start = starts[at] as number;
      for await (const { line } of linesOf(file, start, start + (sizes[at] as number))) batch.push(parseLine(line));
    }
    yield batch;
  }
}

export function parseLine(line: Buffer): GatheredEntry {
  const tab = line.indexOf(TAB);
  const head: unknown = JSON.parse(line.toString('utf8', 0, tab));
  const [time, id, org]: readonly unknown[] = Array.isArray(head) ? head : [];
  if (!isTime(time) || !isId(id) || !isText(org)) throw new Error('it is not a line of a gathered entry');
  return { time: time ?? Number.NaN, id: id ?? undefined, org, raw: line.subarray(tab + 1) };
}

const BLOCK = 256 * 1024;

/** Lines without their LF, and where each begins in the file. A line stays valid after the next one is read. */
export async function* linesOf(
  file: FileHandle,
  from: number,
  to: number,
): AsyncGenerator<{ readonly line: Buffer; readonly start: number }, void> {
  let carry: Buffer[] = [];
  let start = from;
  for (let position = from; position < to; ) {
    const block = Buffer.allocUnsafe(Math.min(BLOCK, to - position));
    const { bytesRead } = await file.read(block, 0, block.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    const bytes = block.subarray(0, bytesRead);
    let at = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, at)) {
      const line = carry.length === 0 ? bytes.subarray(at, end) : Buffer.concat([...carry, bytes.subarray(at, end)]);
      carry = [];
      yield { line, start };
      start += line.length + 1;
      at = end + 1;
    }
    if (at < bytes.length) carry.push(bytes.subarray(at));
  }
}
