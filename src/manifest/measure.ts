import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Spool } from '../engine/store/spool.js';
import { openIdSet, openKeys } from './ids.js';
import type { EntryRecord, FileRecord, IdsRecord, TextFormat } from './manifest.js';
import { csvReader } from './rows/csv.js';
import { jsonReader, ndjsonReader } from './rows/json.js';
import { type FileRow, type FileRowReader, type OnRow, RowFault, type RowFields } from './rows/reader.js';

/** How a file is written: what a reader must know. */
export interface FileShape {
  readonly format: TextFormat;
  readonly gzip: boolean;
  readonly fields: RowFields;
  /** Whether cells of a CSV file have the apostrophe in front. */
  readonly guarded: boolean;
}

/** What a file on disk holds: everything that a manifest records of it, taken from the file alone. */
export interface Measured
  extends Pick<FileRecord, 'bytes' | 'sha256' | 'unpacked' | 'rows' | 'ids' | 'first' | 'last'> {
  readonly ids: IdsRecord;
  /** For CSV. */
  readonly guardedCells: number;
  /** Why the text is not one that we write; then everything but `bytes` and `sha256` covers only the part before the fault. */
  readonly fault: string | undefined;
}

const BLOCK = 256 * 1024;
const { O_RDONLY } = constants;
/** Not there on Windows. */
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const O_NONBLOCK = constants.O_NONBLOCK ?? 0;

/**
 * Reads a file once from its beginning to its end, in bounded memory. Never follows a symbolic link at the end of `path`, and never
 * waits for a pipe. Rejects with an `Error` when `path` is not a regular file, as for any error of the system. `onRow` gets each entry.
 */
export async function measureFile(
  path: string,
  shape: FileShape,
  openSpool: () => Spool,
  onRow: (row: FileRow, key: string | undefined) => void = () => {},
): Promise<Measured> {
  const file = await openRegular(path);
  try {
    return await measure(file, shape, openSpool, onRow);
  } finally {
    await file.close();
  }
}

/** The size and hash of any file. Rejects as `measureFile`. */
export async function hashFile(path: string): Promise<Pick<Measured, 'bytes' | 'sha256'>> {
  const file = await openRegular(path);
  try {
    const digest = openDigest();
    for await (const bytes of readBlocks(file)) digest.add(bytes);
    return { bytes: digest.bytes(), sha256: digest.sha256() };
  } finally {
    await file.close();
  }
}

/** Opens a regular file to read; rejects for anything else, links included. */
export async function openRegular(path: string): Promise<FileHandle> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error('it is not a regular file');
}

async function measure(
  file: FileHandle,
  shape: FileShape,
  openSpool: () => Spool,
  onRow: (row: FileRow, key: string | undefined) => void,
): Promise<Measured> {
  const stored = openDigest();
  const content = shape.gzip ? openDigest() : stored;
  const ids = openIdSet(openSpool);
  const keyOf = openKeys();
  let rows = 0;
  let first: EntryRecord | null = null;
  let last: EntryRecord | null = null;
  const reader = openRowReader(shape.format, shape.fields, shape.guarded, (row) => {
    const key = keyOf(row);
    if (key !== undefined) ids.add(key);
    last = { id: wellFormed(row.id), time: wellFormed(row.time) };
    first ??= last;
    rows += 1;
    onRow(row, key);
  });

  let fault: string | undefined;
  const attempt = (work: () => void): void => {
    if (fault !== undefined) return;
    try {
      work();
    } catch (error) {
      fault = faultOf(error);
    }
  };
  for await (const bytes of readBlocks(file)) {
    stored.add(bytes);
    if (!shape.gzip) attempt(() => reader.push(bytes));
  }
  if (shape.gzip) {
    try {
      await pipeline(Readable.from(readBlocks(file)), createGunzip(), async (unpacked: AsyncIterable<Buffer>) => {
        for await (const bytes of unpacked) {
          content.add(bytes);
          attempt(() => reader.push(bytes));
          if (fault !== undefined) return;
        }
      });
    } catch (error) {
      fault ??= faultOf(error);
    }
  }
  attempt(() => reader.end());
  return {
    bytes: stored.bytes(),
    sha256: stored.sha256(),
    unpacked: shape.gzip ? { bytes: content.bytes(), sha256: content.sha256() } : null,
    rows,
    ids: ids.finish(),
    first,
    last,
    guardedCells: shape.guarded ? (reader.guardedCells?.() ?? 0) : 0,
    fault,
  };
}

/** `guarded`: whether cells of a CSV file have a guarding apostrophe, which is removed. */
export function openRowReader(format: TextFormat, fields: RowFields, guarded: boolean, onRow: OnRow): FileRowReader {
  return READERS[format](fields, onRow, guarded);
}

const READERS: Readonly<Record<TextFormat, (fields: RowFields, onRow: OnRow, guarded: boolean) => FileRowReader>> = {
  ndjson: ndjsonReader,
  json: jsonReader,
  csv: csvReader,
};

/** Manifests hold no lone surrogates; entries may. */
function wellFormed(text: string | undefined): string | null {
  return text?.replace(/\p{Cs}/gu, '\ufffd') ?? null;
}

function faultOf(error: unknown): string {
  if (error instanceof RowFault) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE') return 'it is not a whole gzip file';
  throw error;
}

/** The blocks of a file from its beginning, even when it was read before. */
async function* readBlocks(file: FileHandle): AsyncGenerator<Buffer, void> {
  for (let position = 0; ; ) {
    const block = Buffer.allocUnsafe(BLOCK);
    const { bytesRead } = await file.read(block, 0, BLOCK, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield block.subarray(0, bytesRead);
  }
}

interface Digest {
  add(bytes: Buffer): void;
  bytes(): number;
  sha256(): string;
}

function openDigest(): Digest {
  const hash: Hash = createHash('sha256');
  let bytes = 0;
  return {
    add: (block) => {
      hash.update(block);
      bytes += block.length;
    },
    bytes: () => bytes,
    sha256: () => `sha256:${hash.copy().digest('hex')}`,
  };
}
