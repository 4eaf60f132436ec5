import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { isSegment, isVerdict } from '../engine/shape.js';
import type { Batch, Segment, Verdict } from '../engine/source.js';
import type { Entry } from '../event.js';
import { type Is, isNumber, isText, listOf, mapOf, nullable, objectOf } from '../json/is.js';
import { openRegular } from '../manifest/measure.js';
import type { RunRecord } from '../manifest/record.js';
import { isRunRecord } from '../manifest/shape.js';
import { utcDay } from '../time.js';

/**
 * Entries on their way into day files: one line each, in the order in which they were read. A line begins with what is needed to sort it,
 * then has the entry's own text. A last line says how the reading went; a file without it is not whole.
 */

/** How the reading went: the last line. */
export interface Ending {
  /** What the directory is for, part by part; and what this run was for, its range of days included. */
  readonly folder: Readonly<Record<string, string>>;
  readonly identity: Readonly<Record<string, string>>;
  readonly run: RunRecord;
  readonly verdict: Verdict;
  readonly segments: readonly Segment[];
  /** What was asked for: half-open, epoch ms; null: open. */
  readonly from: number | null;
  readonly before: number | null;
  /** The parts of that which were asked for, ascending, where it was not all of it. Days in none of them stay as they are. */
  readonly parts?: readonly AskedPart[];
  /** The oldest day that the server still has an entry of, as far as whoever asked for parts knows it: what is gone up to that day is retention. */
  readonly oldest?: string;
  /** Days that were not read this time, but are as they were: a second observation of them. */
  readonly confirmed?: readonly Confirmed[];
  /** The server's clock at the end, epoch ms. */
  readonly serverNow: number;
}

/** A half-open range of instants, epoch ms; null: open. */
export interface AskedPart {
  readonly from: number | null;
  readonly before: number | null;
}

/** A range of days on the wire, inclusive, whose count on the server is what it was when they were read; null: open. `at`: the server's clock then, epoch ms. */
export interface Confirmed {
  readonly from: string | null;
  readonly to: string;
  readonly at: number;
}

const isAskedRange: Is<AskedPart> = objectOf({ from: nullable(isNumber), before: nullable(isNumber) });

const isEnding: Is<Ending> = objectOf(
  {
    folder: mapOf(isText),
    identity: mapOf(isText),
    run: isRunRecord,
    verdict: isVerdict,
    segments: listOf(isSegment),
    from: nullable(isNumber),
    before: nullable(isNumber),
    serverNow: isNumber,
  },
  {
    parts: listOf(isAskedRange),
    oldest: isText,
    confirmed: listOf(objectOf({ from: nullable(isText), to: isText, at: isNumber })),
  },
);

const isTime = nullable(isNumber);
const isId = nullable(isText);

export interface GatheredEntry extends Entry {
  readonly org: string;
}

const LF = Buffer.from('\n');
const TAB = 0x09;
const END = 'end\t';

export function gatheredLines({ entries, org }: Pick<Batch, 'entries' | 'org'>): Buffer {
  return Buffer.concat(
    entries.flatMap(({ raw, id, time }) => [
      Buffer.from(`${JSON.stringify([Number.isNaN(time) ? null : time, id ?? null, org])}\t`),
      raw,
      LF,
    ]),
  );
}

export function endingLine(ending: Ending): string {
  return `${END}${JSON.stringify(ending)}\n`;
}

/** The lines of one day in the file, in the order in which its entries were read. */
export interface DayLines {
  readonly extents: { readonly start: number; end: number }[];
  rows: number;
  /** Whether that is the canonical order: ascending by time, equal times by id. */
  ordered: boolean;
}

export interface Gathered {
  /** The file that they are in. */
  readonly path: string;
  readonly ending: Ending;
  /** By UTC day; entries without a valid time under ''. */
  readonly days: ReadonlyMap<string, DayLines>;
  /** The entries of these lines in canonical order, in batches. */
  read(lines: DayLines): AsyncIterable<readonly GatheredEntry[]>;
  close(): Promise<void>;
}

/** Opens a whole file of gathered entries; undefined for any other file. Reads it once and keeps only where the lines are. */
export async function openGathered(path: string): Promise<Gathered | undefined> {
  const file = await openRegular(path);
  const found = await findDays(file).catch(() => undefined);
  if (found !== undefined)
    return { path, ...found, read: (lines) => readLines(file, lines), close: () => file.close() };
  await file.close();
  return undefined;
}

/** The entries of a file of gathered lines that has no last line yet, in the order in which they were read. Rejects at a line that is cut. */
export async function* gatheredEntries(path: string): AsyncGenerator<readonly GatheredEntry[], void> {
  const file = await openRegular(path);
  try {
    yield* readLines(file, { extents: [{ start: 0, end: (await file.stat()).size }], rows: 0, ordered: true });
  } finally {
    await file.close();
  }
}

async function findDays(file: FileHandle): Promise<Pick<Gathered, 'ending' | 'days'> | undefined> {
  const days = new Map<string, DayLines>();
  const last = new Map<string, GatheredEntry>();
  for await (const { line, start } of linesOf(file, 0, (await file.stat()).size)) {
    if (line.toString('latin1', 0, END.length) === END) {
      const ending: unknown = JSON.parse(line.toString('utf8', END.length));
      return isEnding(ending) ? { ending, days } : undefined;
    }
    const entry = parseLine(line);
    const day = Number.isNaN(entry.time) ? '' : utcDay(entry.time);
    const lines = days.get(day) ?? { extents: [], rows: 0, ordered: true };
    days.set(day, lines);
    const before = last.get(day);
    if (before !== undefined && compareEntries(before, entry) > 0) lines.ordered = false;
    const end = start + line.length + 1;
    const extent = lines.extents.at(-1);
    if (extent?.end === start) extent.end = end;
    else lines.extents.push({ start, end });
    lines.rows += 1;
    last.set(day, { ...entry, raw: Buffer.from(entry.raw) });
  }
  return undefined;
}

/** Ascending by time, equal times by id as code units (without one: by the text's hash); entries without a time come first. */
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

const BATCH = 200;

async function* readLines(file: FileHandle, lines: DayLines): AsyncGenerator<readonly GatheredEntry[], void> {
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

/** Sorts a day whose entries came out of order: only what orders them is held in memory, and each text is read again from the file. */
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

function parseLine(line: Buffer): GatheredEntry {
  const tab = line.indexOf(TAB);
  const head: unknown = JSON.parse(line.toString('utf8', 0, tab));
  const [time, id, org]: readonly unknown[] = Array.isArray(head) ? head : [];
  if (!isTime(time) || !isId(id) || !isText(org)) throw new Error('it is not a line of a gathered entry');
  return { time: time ?? Number.NaN, id: id ?? undefined, org, raw: line.subarray(tab + 1) };
}

const BLOCK = 256 * 1024;

/** Lines without their LF, and where each begins in the file. A line stays valid after the next one is read. */
async function* linesOf(
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
