import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const BLOCK = 256 * 1024;
const { O_RDONLY } = constants;
/** Missing on Windows. */
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const O_NONBLOCK = constants.O_NONBLOCK ?? 0;

/** Opens a regular file. Rejects for anything else, and like the system. Never follows a symbolic link, and never waits for a pipe. */
export async function openRegular(path: string): Promise<FileHandle> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error('it is not a regular file');
}

/** The blocks of a file from its beginning, even if it was read before. */
export async function* readBlocks(file: FileHandle): AsyncGenerator<Buffer, void> {
  for (let position = 0; ; ) {
    const block = Buffer.allocUnsafe(BLOCK);
    const { bytesRead } = await file.read(block, 0, BLOCK, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield block.subarray(0, bytesRead);
  }
}

export class Digest {
  readonly #hash = createHash('sha256');
  bytes = 0;

  add(block: Buffer): void {
    this.#hash.update(block);
    this.bytes += block.length;
  }

  result(): { readonly bytes: number; readonly sha256: string } {
    return { bytes: this.bytes, sha256: `sha256:${this.#hash.copy().digest('hex')}` };
  }
}

/** The size and hash of a regular file. Rejects like `openRegular`. */
export async function hashFile(path: string): Promise<ReturnType<Digest['result']>> {
  const file = await openRegular(path);
  try {
    const digest = new Digest();
    for await (const bytes of readBlocks(file)) digest.add(bytes);
    return digest.result();
  } finally {
    await file.close();
  }
}
