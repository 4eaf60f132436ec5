import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../../errors.js';
import { writeWhole } from '../../files/whole.js';

/** What is put under a name, or was. */
export interface Written {
  /** Hex. */
  readonly sha256: string;
  readonly size: number;
  /** The local file that it was read from, for telling without reading it again that it is still the same. */
  readonly stamp: string;
  /** Never to be replaced. */
  readonly sealed: boolean;
}

/** What a bucket holds under a name, as far as we know. */
export interface Known {
  /** The version that is there, confirmed by the store; undefined while none is. */
  readonly etag: string | undefined;
  /** What the confirmed version is; undefined when only its ETag is known. */
  readonly written: Written | undefined;
  /** Hashes of what was begun to be put since: may be there too. */
  readonly begun: readonly string[];
}

/** Remembers what was put into a bucket, over any interruption. Loss of it costs time, never an object: the bucket is asked then. */
export interface Journal {
  readonly known: ReadonlyMap<string, Known>;
  /** Durable when it resolves: to be called before anything is put. */
  begin(items: readonly { readonly name: string; readonly written: Written }[]): Promise<void>;
  confirm(name: string, etag: string, written: Written | undefined): Promise<void>;
  forget(name: string): Promise<void>;
  close(): Promise<void>;
}

interface Line {
  readonly name: string;
  readonly begun?: string;
  readonly etag?: string;
  readonly written?: Written;
}

/** Lines that later ones have replaced are dropped when there are more of them than this, and than half of all. */
const STALE = 1000;

export async function openJournal(path: string): Promise<Journal> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const known = new Map<string, Known>();
  const lines = await readLines(path);
  for (const line of lines) apply(known, line);
  if (lines.length - known.size > Math.max(STALE, known.size))
    await writeWhole(path, [Buffer.from([...known].flatMap(linesOf).join(''))]);
  const file = await open(path, 'a', 0o600);
  // What was cut off in the middle of a line stays a line of its own.
  if (lines.length > 0) await file.write('\n');
  const append = async (line: Line): Promise<void> => {
    apply(known, line);
    await file.write(`${JSON.stringify(line)}\n`);
  };
  return {
    known,
    begin: async (items) => {
      for (const { name, written } of items) await append({ name, begun: written.sha256 });
      await file.sync();
    },
    confirm: (name, etag, written) => append({ name, etag, ...(written && { written }) }),
    forget: (name) => append({ name }),
    close: async () => {
      await file.sync();
      await file.close();
    },
  };
}

function apply(known: Map<string, Known>, { name, begun, etag, written }: Line): void {
  const before = known.get(name);
  if (begun !== undefined)
    known.set(name, { etag: before?.etag, written: before?.written, begun: [...(before?.begun ?? []), begun] });
  else if (etag !== undefined) known.set(name, { etag, written, begun: [] });
  else known.delete(name);
}

function linesOf([name, { etag, written, begun }]: readonly [string, Known]): string[] {
  const lines: Line[] = [];
  if (etag !== undefined) lines.push({ name, etag, ...(written && { written }) });
  for (const one of begun) lines.push({ name, begun: one });
  return lines.map((line) => `${JSON.stringify(line)}\n`);
}

/** Every whole line. The file is ours alone; a line that was cut off says nothing. */
async function readLines(path: string): Promise<readonly Line[]> {
  try {
    const text = await readFile(path, 'utf8');
    return text.split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line) as Line];
      } catch {
        return [];
      }
    });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
