import type { FileHandle } from 'node:fs/promises';
import type { Batch } from '../engine/source.js';
import { openRegular } from '../manifest/blocks.js';
import { utcDay } from '../time.js';
import { type Ending, isEnding } from './ending.js';
import { compareEntries, type DayLines, type GatheredEntry, linesOf, parseLine, readLines } from './lines.js';

/**
 * Entries waiting to be written to day files, one a line: `[time, id, org]`, a tab, the entry's text. A file without a last line (`Ending`) is
 * incomplete.
 */

const LF = Buffer.from('\n');
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

export interface Gathered {
  readonly path: string;
  readonly ending: Ending;
  /** By UTC day; entries without a valid time under ''. */
  readonly days: ReadonlyMap<string, DayLines>;
  read(lines: DayLines): AsyncIterable<readonly GatheredEntry[]>;
  close(): Promise<void>;
}

/** Opens a complete file of gathered entries; undefined for any other file. Reads it once and keeps only the positions of the lines. */
export async function openGathered(path: string): Promise<Gathered | undefined> {
  const file = await openRegular(path);
  const found = await findDays(file).catch(() => undefined);
  if (found !== undefined)
    return { path, ...found, read: (lines) => readLines(file, lines), close: () => file.close() };
  await file.close();
  return undefined;
}

/** The entries of a file without a last line, in the order of reading. Rejects at a truncated line. */
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
