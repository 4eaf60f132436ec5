import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../../errors.js';
import { writeWhole } from '../../files/whole.js';
import { isFlag, isNumber, isText, objectOf } from '../../json/is.js';

/** The contents put under a name. */
export interface Written {
  /** Hex. */
  readonly sha256: string;
  readonly size: number;
  /** Identifies the state of the local file, so that an unchanged one is not read again. */
  readonly stamp: string;
  /** Whether it may never be replaced. */
  readonly sealed: boolean;
}

/** What we know about an object in the bucket. */
export interface MirroredObject {
  /** The version that the store confirmed; undefined before the first. */
  readonly etag: string | undefined;
  /** The contents of the confirmed version; undefined when only its ETag is known. */
  readonly written: Written | undefined;
  /** Hashes of puts begun since then: the object may have one of these. */
  readonly begun: readonly string[];
}

export type Journal = Awaited<ReturnType<typeof openJournal>>;

type JournalRecord = { readonly name: string } & Partial<Readonly<{ begun: string; etag: string; written: Written }>>;

const isWritten = objectOf({ sha256: isText, size: isNumber, stamp: isText, sealed: isFlag });
const isRecord = objectOf({ name: isText }, { begun: isText, etag: isText, written: isWritten });

/** Replaced lines are dropped when there are more of them than this, and than half of all lines. */
const STALE = 1000;

/** Remembers what was put into a bucket, across interruptions. Losing it costs time, never an object: the bucket is listed then. */
export async function openJournal(path: string) {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const known = new Map<string, MirroredObject>();
  const lines = await readLines(path);
  for (const line of lines) apply(known, line);
  if (lines.length - known.size > Math.max(STALE, known.size))
    await writeWhole(path, [Buffer.from([...known].flatMap(linesOf).join(''))]);
  const file = await open(path, 'a', 0o600);
  // A line that was cut off stays a line of its own.
  if (lines.length > 0) await file.write('\n');
  const append = async (line: JournalRecord): Promise<void> => {
    apply(known, line);
    await file.write(`${JSON.stringify(line)}\n`);
  };
  return {
    known: known as ReadonlyMap<string, MirroredObject>,
    /** Durable when it resolves. Call it before putting anything. */
    begin: async (items: readonly { readonly name: string; readonly written: Written }[]) => {
      for (const { name, written } of items) await append({ name, begun: written.sha256 });
      await file.sync();
    },
    confirm: (name: string, etag: string, written: Written | undefined) =>
      append({ name, etag, ...(written && { written }) }),
    forget: (name: string) => append({ name }),
    close: async () => {
      await file.sync();
      await file.close();
    },
  };
}

function apply(known: Map<string, MirroredObject>, { name, begun, etag, written }: JournalRecord): void {
  const before = known.get(name);
  if (begun !== undefined)
    known.set(name, { etag: before?.etag, written: before?.written, begun: [...(before?.begun ?? []), begun] });
  else if (etag !== undefined) known.set(name, { etag, written, begun: [] });
  else known.delete(name);
}

function linesOf([name, { etag, written, begun }]: readonly [string, MirroredObject]): string[] {
  const lines: JournalRecord[] = [];
  if (etag !== undefined) lines.push({ name, etag, ...(written && { written }) });
  for (const one of begun) lines.push({ name, begun: one });
  return lines.map((line) => `${JSON.stringify(line)}\n`);
}

/** Every whole line. The file is ours alone, and a line that was cut off is ignored. */
async function readLines(path: string): Promise<readonly JournalRecord[]> {
  try {
    const text = await readFile(path, 'utf8');
    return text.split('\n').flatMap((line) => {
      try {
        const record: unknown = JSON.parse(line);
        return isRecord(record) ? [record] : [];
      } catch {
        return [];
      }
    });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
