import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { Context } from '../context.js';
import { localError, usageError } from '../errors.js';
import type { Damaged } from './damage.js';

const CHUNK = 256 * 1024;

/** The bytes of a file, or of standard input for `-`. Rejects with a usage error if it cannot be read. */
export async function* fileBytes(ctx: Context, path: string): AsyncGenerator<Buffer, void> {
  if (path === '-') {
    if (ctx.stdin.isTTY)
      throw usageError(
        '--input - reads standard input, which is the terminal',
        'Pipe an export into it, or name a file',
      );
    for await (const chunk of ctx.stdin.chunks()) yield Buffer.from(chunk);
    return;
  }
  const file = await open(resolve(ctx.cwd, path)).catch((error: unknown) => {
    throw refusal(path, error);
  });
  try {
    if ((await file.stat()).isDirectory())
      throw usageError(`${path} is a directory`, 'Name a file in it, or: cat DIR/*.ndjson | auditlog ... --input -');
    // Reads the next block while one is used. Never reuses a block, because entries are views into it.
    const read = () => file.read(Buffer.allocUnsafeSlow(CHUNK), 0, CHUNK, null);
    for (let next = read(); ; ) {
      const { buffer, bytesRead } = await next;
      ctx.signal.throwIfAborted();
      if (bytesRead === 0) return;
      next = read();
      // An unused block must not cause an unhandled rejection.
      next.catch(() => {});
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

function refusal(path: string, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return usageError(`no such file: ${path}`);
  return localError(`${path} cannot be read (${code})`, undefined, error);
}

/**
 * Unpacks gzip if the bytes begin like it, and drops a byte order mark, which Windows programs add. Rejects if the compressed data are truncated,
 * damaged, or followed by anything.
 */
export async function* unpacked(bytes: AsyncIterable<Buffer>, damaged: Damaged): AsyncGenerator<Buffer, void> {
  const [head, whole] = await peek(bytes, 2);
  const text = head[0] === 0x1f && head[1] === 0x8b ? gunzipped(whole, damaged) : whole;
  const [start, all] = await peek(text, 3);
  if (start[0] !== 0xef || start[1] !== 0xbb || start[2] !== 0xbf) return yield* all;
  let skip = 3;
  for await (const chunk of all) {
    if (chunk.length > skip) yield chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.length);
  }
}

/** Peeks at the first `size` bytes, or fewer if the input is shorter; then everything can be read from the beginning. */
export async function peek(
  bytes: AsyncIterable<Buffer>,
  size: number,
): Promise<readonly [head: Buffer, all: AsyncGenerator<Buffer, void>]> {
  const source = bytes[Symbol.asyncIterator]();
  const read: Buffer[] = [];
  let length = 0;
  while (length < size) {
    const next = await source.next();
    if (next.done === true) break;
    read.push(next.value);
    length += next.value.length;
  }
  return [Buffer.concat(read), chain(read, source)];
}

async function* gunzipped(packed: AsyncIterable<Buffer>, damaged: Damaged): AsyncGenerator<Buffer, void> {
  const { createGunzip } = await import('node:zlib');
  const gunzip = createGunzip({ chunkSize: CHUNK });
  let given = 0;
  let failure: unknown;
  const counted = Readable.from(
    (async function* () {
      try {
        for await (const chunk of packed) {
          given += chunk.length;
          yield chunk;
        }
      } catch (error) {
        failure = error;
        throw error;
      }
    })(),
    { objectMode: true },
  );
  counted.on('error', (error) => gunzip.destroy(error));
  counted.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    if (failure !== undefined) throw failure;
    throw damaged(`the compressed data are ${isCut(error) ? 'cut off' : 'damaged'}`);
  } finally {
    gunzip.destroy();
    counted.destroy();
  }
  // Node silently skips bytes after the compressed data.
  if (gunzip.bytesWritten !== given) throw damaged('something stands behind the end of the compressed data');
}

function isCut(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR';
}

async function* chain(read: readonly Buffer[], source: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void> {
  try {
    yield* read;
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
  } finally {
    await source.return?.();
  }
}
