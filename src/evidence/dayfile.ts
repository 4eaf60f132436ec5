import { join } from 'node:path';
import { localError } from '../errors.js';
import type { Entry } from '../event.js';
import { gzipPacker } from '../output/packer.js';
import { writeWhole } from '../output/whole.js';
import type { Spool } from '../source/spool.js';
import type { GatheredEntry } from './gathered.js';
import type { FileRecord } from './manifest.js';
import { measureFile, type Shape } from './measure.js';
import { type DayName, endingOf, stemOf } from './names.js';
import { recordFile } from './record.js';

/** How the files of a directory are written. */
export interface DayFiles {
  readonly directory: string;
  readonly shape: Shape;
  /** Headings of CSV files. */
  readonly columns: readonly string[] | undefined;
  /** Opens the format, anew for each file. */
  readonly open: () => Promise<DayFormat>;
  readonly openSpool: () => Spool;
}

/** As much of a format as these files need. */
export interface DayFormat {
  open(): string | Uint8Array;
  write(batch: { readonly entries: readonly Entry[]; readonly org: string }): string | Uint8Array;
  close(): string | Uint8Array;
}

/** The name of a data file in the directory. */
export function fileNameOf(name: DayName, { format, gzip }: Pick<Shape, 'format' | 'gzip'>): string {
  return `${stemOf(name)}${endingOf(format, gzip)}`;
}

/**
 * Writes a whole file of entries and gives the record of what the disk has of it. Its name is durable after the directory is synced.
 * Rejects with a local error when the disk gives back something else than was written.
 */
export async function writeDayFile(
  name: DayName,
  entries: AsyncIterable<readonly GatheredEntry[]>,
  files: DayFiles,
): Promise<FileRecord> {
  const fileName = fileNameOf(name, files.shape);
  const path = join(files.directory, fileName);
  let rows = 0;
  async function* counted(): AsyncGenerator<readonly GatheredEntry[], void> {
    for await (const batch of entries) {
      rows += batch.length;
      yield batch;
    }
  }
  const text = render(counted(), await files.open());
  await writeWhole(path, files.shape.gzip ? pack(text) : text, { settle: false });
  const found = await measureFile(path, files.shape, files.openSpool);
  if (found.fault !== undefined || found.rows !== rows)
    throw localError(
      `${fileName} reads back otherwise than it was written: ${found.fault ?? `${found.rows} entries instead of ${rows}`}`,
      'Do not trust this disk.',
    );
  return recordFile(fileName, files.shape, files.columns, found);
}

async function* render(
  entries: AsyncIterable<readonly GatheredEntry[]>,
  format: DayFormat,
): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(format.open());
  for await (const batch of entries) {
    for (const part of byOrg(batch)) yield Buffer.from(format.write(part));
  }
  yield Buffer.from(format.close());
}

function byOrg(
  batch: readonly GatheredEntry[],
): readonly { readonly entries: readonly Entry[]; readonly org: string }[] {
  const parts: { entries: Entry[]; org: string }[] = [];
  for (const entry of batch) {
    const last = parts.at(-1);
    if (last?.org === entry.org) last.entries.push(entry);
    else parts.push({ entries: [entry], org: entry.org });
  }
  return parts;
}

async function* pack(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const packer = gzipPacker();
  let size = 0;
  for await (const block of blocks) {
    size += block.length;
    yield* await packer.add(block);
  }
  yield* await packer.end();
  if (size > 0) return;
  // A compressed file without a byte would be no compressed file.
  const { gzipSync } = await import('node:zlib');
  yield gzipSync('');
}
