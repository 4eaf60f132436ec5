import { constants, openSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { resolve } from 'node:path';
import type { Context } from '../context.js';
import { systemCode } from '../errors.js';
import { writeFault } from '../files/faults.js';
import { gzipPacker, type Packer, plainPacker } from './packer.js';

const { O_NONBLOCK, O_WRONLY } = constants;

/** A pipe or a device that takes bytes as they arrive. It cannot be resumed. */
export class OutputStream {
  readonly #path: string;
  readonly #target: ByteTarget;
  readonly #packer: Packer;
  /** Rejects after a stop, even while a reader takes nothing. */
  readonly #stopped: Promise<never>;

  constructor(path: string, target: ByteTarget, packer: Packer, signal: AbortSignal) {
    this.#path = path;
    this.#target = target;
    this.#packer = packer;
    this.#stopped = new Promise((_, reject) => {
      const stop = () => reject(signal.reason);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
    this.#stopped.catch(() => {});
  }

  /** Resolves when the reader has taken the bytes. Rejects with EPIPE if it is gone, or with the signal's reason after a stop. */
  async write(bytes: Uint8Array | string): Promise<void> {
    await this.#put(await this.#packer.add(typeof bytes === 'string' ? Buffer.from(bytes) : bytes));
  }

  /** Flushes everything written, so that the reader has all complete lines. */
  async endSegment(): Promise<void> {
    await this.#put(await this.#packer.end());
  }

  async close(): Promise<void> {
    await this.#target.close();
  }

  async #put(blocks: readonly Uint8Array[]): Promise<void> {
    try {
      for (const block of blocks) await Promise.race([this.#stopped, this.#target.write(block)]);
    } catch (error) {
      throw ['EPIPE', ''].includes(systemCode(error)) ? error : writeFault(error, this.#path);
    }
  }
}

interface ByteTarget {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Opens a FIFO, a pipe such as `/dev/fd/63`, or a device; waits for the reader of a FIFO. Undefined for any other path. */
export async function openStream(
  { cwd, clock, signal }: Pick<Context, 'cwd' | 'clock' | 'signal'>,
  path: string,
  { gzip }: { readonly gzip: boolean },
): Promise<OutputStream | undefined> {
  const name = resolve(cwd, path);
  const found = await stat(name).catch(() => undefined);
  if (found === undefined || !(found.isFIFO() || found.isCharacterDevice())) return undefined;
  try {
    const target = found.isFIFO() ? await openPipe(name, { clock, signal }) : deviceTarget(await open(name, O_WRONLY));
    return new OutputStream(path, target, gzip ? gzipPacker() : plainPacker(), signal);
  } catch (error) {
    throw writeFault(error, path);
  }
}

/** Does not wait in the system, where nothing could end the wait. */
async function openPipe(name: string, { clock, signal }: Pick<Context, 'clock' | 'signal'>): Promise<ByteTarget> {
  for (;;) {
    try {
      return pipeTarget(new Socket({ fd: openSync(name, O_WRONLY | O_NONBLOCK), readable: false, writable: true }));
    } catch (error) {
      if (systemCode(error) !== 'ENXIO') throw error;
      await clock.sleep(100, signal);
    }
  }
}

function pipeTarget(socket: Socket): ByteTarget {
  // Each write reports its error.
  socket.on('error', () => {});
  return {
    write: (bytes) => new Promise((done, fail) => socket.write(bytes, (error) => (error ? fail(error) : done()))),
    close: async () => {
      socket.destroySoon();
    },
  };
}

function deviceTarget(handle: FileHandle): ByteTarget {
  return {
    write: async (bytes) => {
      for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
    },
    close: () => handle.close(),
  };
}

/** Passes the pipe or device of that name to `write`, and closes it. Undefined, without writing, for any other path. */
export async function writeStream<T>(
  ctx: Pick<Context, 'cwd' | 'clock' | 'signal'>,
  path: string,
  options: { readonly gzip: boolean },
  write: (stream: OutputStream) => Promise<T>,
): Promise<T | undefined> {
  const stream = await openStream(ctx, path, options);
  if (stream === undefined) return undefined;
  try {
    const written = await write(stream);
    await stream.endSegment();
    return written;
  } finally {
    await stream.close();
  }
}
