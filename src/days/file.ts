import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Spool } from '../engine/store/spool.js';
import { localError } from '../errors.js';
import type { Entry } from '../event.js';
import { writeFault } from '../files/faults.js';
import { realFiles } from '../files/files.js';
import { makeFolders } from '../files/folders.js';
import { writeWhole } from '../files/whole.js';
import { hashFile } from '../manifest/blocks.js';
import { recordFile } from '../manifest/file.js';
import { type Layout, pathOf } from '../manifest/layout.js';
import type { ManifestBody } from '../manifest/manifest.js';
import { type FileShape, measureFile } from '../manifest/measure.js';
import { COLUMNAR_ENDING, type DayName, endingOf } from '../manifest/names.js';
import type { ColumnarRecord, FileRecord } from '../manifest/shape/file.js';
import { gzipPacker } from '../output/packer.js';
import type { GatheredEntry } from './lines.js';

/** How the files of a directory are written. */
export interface DayFiles {
  readonly directory: string;
  readonly layout: Layout;
  readonly shape: FileShape;
  /** Headings of CSV files. */
  readonly columns: readonly string[] | undefined;
  readonly open: () => Promise<DayFormat>;
  /** Opens the Parquet format, if the same entries are also written in columns. */
  readonly openColumnar?: () => Promise<DayFormat>;
  readonly openSpool: () => Spool;
}

/** The part of a format that day files need. */
export interface DayFormat {
  open(): string | Uint8Array;
  write(batch: { readonly entries: readonly Entry[]; readonly org: string }): string | Uint8Array;
  close(): string | Uint8Array;
}

/** Entries in canonical order, in batches; may be called repeatedly. */
export type Entries = () => AsyncIterable<readonly GatheredEntry[]>;

export type FileRecords = Pick<ManifestBody, 'columnar'> & { readonly file: FileRecord };

/** Their names are durable once the directory is synced. Rejects with a local error if the disk returns other bytes than were written. */
export async function writeDayFiles(name: DayName, entries: Entries, files: DayFiles): Promise<FileRecords> {
  const stem = join(files.directory, pathOf(files.layout, name));
  await makeFolders(dirname(stem)).catch((error: unknown) => {
    throw writeFault(error, dirname(stem));
  });
  const file = await writeEntries(stem, entries(), files);
  if (files.openColumnar === undefined) return { file };
  if (file.rows === 0) {
    await realFiles.remove(`${stem}${COLUMNAR_ENDING}`);
    return { file };
  }
  return { file, columnar: await writeColumns(stem, entries(), await files.openColumnar()) };
}

async function writeEntries(stem: string, entries: ReturnType<Entries>, files: DayFiles): Promise<FileRecord> {
  const path = `${stem}${endingOf(files.shape.format, files.shape.gzip)}`;
  const count = { rows: 0 };
  const text = render(counted(entries, count), await files.open());
  await writeWhole(path, files.shape.gzip ? pack(text) : text, { settle: false });
  const found = await measureFile(path, files.shape, files.openSpool);
  if (found.fault !== undefined || found.rows !== count.rows)
    throw distrust(path, found.fault ?? `${found.rows} entries instead of ${count.rows}`);
  return recordFile(basename(path), files.shape, files.columns, found);
}

async function writeColumns(stem: string, entries: ReturnType<Entries>, format: DayFormat): Promise<ColumnarRecord> {
  const path = `${stem}${COLUMNAR_ENDING}`;
  const count = { rows: 0 };
  const hash = createHash('sha256');
  async function* hashed(): AsyncGenerator<Uint8Array, void> {
    for await (const block of render(counted(entries, count), format)) {
      hash.update(block);
      yield block;
    }
  }
  await writeWhole(path, hashed(), { settle: false });
  const found = await hashFile(path);
  if (found.sha256 !== `sha256:${hash.digest('hex')}`) throw distrust(path, 'other bytes');
  return { name: basename(path), format: 'parquet', ...found, rows: count.rows };
}

async function* counted(
  entries: ReturnType<Entries>,
  count: { rows: number },
): AsyncGenerator<readonly GatheredEntry[], void> {
  for await (const batch of entries) {
    count.rows += batch.length;
    yield batch;
  }
}

function distrust(path: string, why: string): Error {
  return localError(`${path} differs from what was written: ${why}`, 'Do not trust this disk');
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
  // An empty file is not a valid gzip file.
  const { gzipSync } = await import('node:zlib');
  yield gzipSync('');
}
