import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { localError, systemCode, systemWords } from '../../errors.js';

/** Bytes on disk while a window is too large for memory. Private, and gone with the process, however it ends. */
export interface Spool {
  /** Returns the offset to read the bytes back from. */
  append(bytes: Buffer): number;
  /** Bytes that were appended; after `flush`, any stretch of all of them. */
  read(offset: number, length: number): Buffer;
  flush(): void;
  close(): void;
}

const BLOCK = 256 * 1024;

/** A file in `directory` with mode 0600, unlinked as soon as it is open if the platform allows that. Throws local errors that name the directory. */
export function openSpool(directory: string, name: string): Spool {
  const path = join(directory, name);
  const file = explained(directory, () => openSync(path, 'wx+', 0o600));
  let named = true;
  const forget = (): void => {
    try {
      unlinkSync(path);
      named = false;
    } catch {
      // Windows keeps the name of an open file: close() removes it.
    }
  };
  forget();

  let written = 0;
  let tail = Buffer.allocUnsafe(BLOCK);
  let tailLength = 0;
  let block = Buffer.alloc(0);
  let blockStart = 0;

  const flush = (): void => {
    explained(directory, () => writeWhole(file, tail.subarray(0, tailLength), written));
    written += tailLength;
    tailLength = 0;
  };

  return {
    append(bytes) {
      if (tailLength + bytes.length > BLOCK) flush();
      const offset = written + tailLength;
      if (bytes.length > BLOCK) {
        explained(directory, () => writeWhole(file, bytes, written));
        written += bytes.length;
      } else {
        bytes.copy(tail, tailLength);
        tailLength += bytes.length;
      }
      return offset;
    },
    read(offset, length) {
      if (offset >= written) return Buffer.from(tail.subarray(offset - written, offset - written + length));
      if (offset < blockStart || offset + length > blockStart + block.length) {
        // A new block each time: bytes that were returned stay as they are.
        block = Buffer.allocUnsafeSlow(Math.min(Math.max(BLOCK, length), written - offset));
        explained(directory, () => readWhole(file, block, offset));
        blockStart = offset;
      }
      return block.subarray(offset - blockStart, offset - blockStart + length);
    },
    flush,
    close() {
      closeSync(file);
      tail = Buffer.alloc(0);
      if (named) forget();
    },
  };
}

function explained<T>(directory: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    const code = systemCode(error);
    if (code === '') throw error;
    throw localError(
      `cannot store entries in ${directory}: ${systemWords(code)}`,
      'Name a folder with room for them: TMPDIR=/path',
      error,
    );
  }
}

function writeWhole(file: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
  }
}

function readWhole(file: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(file, bytes, done, bytes.length - done, position + done);
    if (read === 0) throw new Error('the spool file is shorter than what was written to it');
    done += read;
  }
}
