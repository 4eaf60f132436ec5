import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Spool } from '../engine/store/spool.js';
import type { RowFields } from '../providers/rows.js';
import { Digest, openRegular, readBlocks } from './blocks.js';
import { openIdSet, openKeys } from './ids.js';
import { LineDigest } from './lines.js';
import { csvReader } from './rows/csv.js';
import { jsonReader, ndjsonReader } from './rows/json.js';
import { type FileRow, type FileRowReader, type OnRow, RowFault } from './rows/reader.js';
import type { EntryRecord, FileRecord, IdsRecord, LinesRecord, TextFormat } from './shape/file.js';

/** How to read a file. */
export interface FileShape {
  readonly format: TextFormat;
  readonly gzip: boolean;
  readonly fields: RowFields;
  /** Whether cells of a CSV file have the apostrophe in front. */
  readonly guarded: boolean;
  /** The lines of a run in an earlier record, to compare with its checksums. */
  readonly linesPerRun?: number;
}

/** The content of a file on disk: everything that a manifest records of it, taken from the file alone. */
export interface Measured
  extends Pick<FileRecord, 'bytes' | 'sha256' | 'unpacked' | 'rows' | 'ids' | 'first' | 'last'> {
  readonly ids: IdsRecord;
  readonly lines: LinesRecord;
  /** For CSV. */
  readonly guardedCells: number;
  /** Why this is not a text that we write; then everything but `bytes` and `sha256` covers only the part before the fault. */
  readonly fault: string | undefined;
}

/** Reads a file once, in bounded memory. Rejects as `openRegular`. `onRow` gets each entry. */
export async function measureFile(
  path: string,
  shape: FileShape,
  openSpool: () => Spool,
  onRow: OnRow = () => {},
): Promise<Measured> {
  const file = await openRegular(path);
  try {
    const stored = new Digest();
    const measurement = new Measurement(shape, openSpool, onRow);
    for await (const bytes of readBlocks(file)) {
      stored.add(bytes);
      if (!shape.gzip) measurement.push(bytes);
    }
    const unpacked = shape.gzip ? await measurement.pushUnpacked(file) : null;
    return { ...stored.result(), unpacked, ...measurement.end() };
  } finally {
    await file.close();
  }
}

class Measurement {
  readonly #reader: FileRowReader;
  readonly #ids: ReturnType<typeof openIdSet>;
  readonly #guarded: boolean;
  readonly #lines: LineDigest;
  #rows = 0;
  #first: EntryRecord | null = null;
  #last: EntryRecord | null = null;
  #fault: string | undefined;

  constructor({ format, fields, guarded, linesPerRun }: FileShape, openSpool: () => Spool, onRow: OnRow) {
    const keyOf = openKeys();
    this.#ids = openIdSet(openSpool);
    this.#guarded = guarded;
    this.#lines = new LineDigest(format, linesPerRun);
    this.#reader = openRowReader(format, fields, guarded, (row) => {
      this.#see(row, keyOf(row));
      onRow(row);
    });
  }

  #see({ id, time }: FileRow, key: string | undefined): void {
    if (key !== undefined) this.#ids.add(key);
    this.#last = { id: wellFormed(id), time: wellFormed(time) };
    this.#first ??= this.#last;
    this.#rows += 1;
  }

  push(bytes: Buffer): void {
    this.#lines.push(bytes);
    this.#attempt(() => this.#reader.push(bytes));
  }

  /** Reads the content of a gzip file, and returns its size and hash. */
  async pushUnpacked(file: FileHandle): Promise<FileRecord['unpacked']> {
    const content = new Digest();
    try {
      await pipeline(Readable.from(readBlocks(file)), createGunzip(), async (unpacked: AsyncIterable<Buffer>) => {
        for await (const bytes of unpacked) {
          content.add(bytes);
          this.push(bytes);
          if (this.#fault !== undefined) return;
        }
      });
    } catch (error) {
      this.#fault ??= faultOf(error);
    }
    return content.result();
  }

  end(): Omit<Measured, 'bytes' | 'sha256' | 'unpacked'> {
    this.#attempt(() => this.#reader.end());
    return {
      rows: this.#rows,
      ids: this.#ids.finish(),
      first: this.#first,
      last: this.#last,
      lines: this.#lines.result(),
      guardedCells: this.#guarded ? (this.#reader.guardedCells?.() ?? 0) : 0,
      fault: this.#fault,
    };
  }

  #attempt(work: () => void): void {
    if (this.#fault !== undefined) return;
    try {
      work();
    } catch (error) {
      this.#fault = faultOf(error);
    }
  }
}

const READERS: Readonly<Record<TextFormat, (fields: RowFields, onRow: OnRow, guarded: boolean) => FileRowReader>> = {
  ndjson: ndjsonReader,
  json: jsonReader,
  csv: csvReader,
};

/** `guarded`: whether cells of a CSV file have a guarding apostrophe, which is removed. */
export function openRowReader(format: TextFormat, fields: RowFields, guarded: boolean, onRow: OnRow): FileRowReader {
  return READERS[format](fields, onRow, guarded);
}

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
