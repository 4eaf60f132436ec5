import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { AsyncFlateStreamHandler, Zip, ZipInputFile } from 'fflate';
import { WorkbookFull } from './full.js';

/** Characters to pack at once. */
const BLOCK = 256 * 1024;
/** Sizes in the archive have 32 bits. */
const LARGEST = 0xffff_ffff - 16 * 1024 * 1024;
/** Packed bytes of a part that waits for earlier ones to end. */
const MOST_HELD = 256 * 1024 * 1024;

/** An archive whose parts are written side by side. Later parts are held, packed, until the parts before them have ended. */
export class Archive {
  readonly #zip: Zip;
  #ready: Uint8Array[] = [];
  #size = 0;

  /** `Writer`: the library's class, loaded when needed. */
  constructor(Writer: typeof Zip) {
    this.#zip = new Writer((error, bytes) => {
      if (error !== null) throw error;
      this.#size += bytes.length;
      if (this.#size > LARGEST) throw new WorkbookFull('the workbook would be larger than 4 GB');
      this.#ready.push(bytes);
    });
  }

  /** `what`: the part, for messages. */
  part(path: string, what: string): ArchivePart {
    const file = new PackedFile(path, what);
    this.#zip.add(file);
    return new ArchivePart(file);
  }

  /** A complete part. */
  add(path: string, text: string): void {
    const part = this.part(path, path);
    part.write(text);
    part.end();
  }

  /** The bytes since the last call. */
  take(): Buffer {
    const bytes = Buffer.concat(this.#ready);
    this.#ready = [];
    return bytes;
  }

  end(): Buffer {
    this.#zip.end();
    return this.take();
  }
}

/** A part of an archive. */
export class ArchivePart {
  readonly #file: PackedFile;
  #texts: string[] = [];
  #waiting = 0;

  constructor(file: PackedFile) {
    this.#file = file;
  }

  write(text: string): void {
    this.#texts.push(text);
    this.#waiting += text.length;
    if (this.#waiting >= BLOCK) this.#flush(false);
  }

  end(): void {
    this.#flush(true);
  }

  #flush(isLast: boolean): void {
    const bytes = Buffer.from(this.#texts.join(''));
    this.#texts = [];
    this.#waiting = 0;
    this.#file.push(bytes, isLast);
  }
}

/** Packs each block with Node's zlib, which is several times as fast as the library's own. */
class PackedFile implements ZipInputFile {
  readonly filename: string;
  readonly compression = 8;
  /** The same entries give the same bytes. */
  readonly mtime = new Date(2000, 0, 1);
  size = 0;
  crc = 0;
  /** Set by the archive. */
  ondata: AsyncFlateStreamHandler = () => {};
  readonly #what: string;
  #packed = 0;

  constructor(path: string, what: string) {
    this.filename = path;
    this.#what = what;
  }

  push(bytes: Buffer, isLast: boolean): void {
    this.size += bytes.length;
    this.crc = crc32(bytes, this.crc);
    if (this.size > LARGEST) throw new WorkbookFull(`${this.#what} would be larger than 4 GB`);
    const block = deflateRawSync(bytes, { finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH });
    this.#packed += block.length;
    if (this.#packed > MOST_HELD) throw new WorkbookFull(`${this.#what} would be larger than 256 MB, packed`);
    this.ondata(null, block, isLast);
  }
}
