import type { Context } from '../context.js';
import { systemCode, usageError } from '../errors.js';
import { writeFault } from '../files/faults.js';
import { type Files, realFiles, writeAll } from '../files/files.js';
import { isWriter, isWriting, type Writer, writerOf } from './writer.js';

/** A file that names the process at work in a directory. The lock of a process that ended is taken over. */
export interface Lock {
  /** Whether it is still ours. Ask before anything that must not happen twice. */
  isHeld(): Promise<boolean>;
  /** Never rejects. */
  release(): Promise<void>;
}

/** Rejects with a usage error that names the process that holds it. `what` is what it guards, for messages. */
export async function takeLock(ctx: Context, path: string, what: string, files: Files = realFiles): Promise<Lock> {
  const own = JSON.stringify({ ...(await writerOf(ctx)), token: Math.floor(ctx.random() * 1e15) });
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await write(files, path, own);
        break;
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error;
      }
      const seen = await settled(ctx, files, path);
      const holder = readHolder(seen);
      if (holder !== undefined && (attempt > 3 || (await isWriting(ctx, holder)))) {
        throw usageError(
          `${what} is being written by another run (process ${holder.pid})`,
          `Wait for it. If there is no such run, remove ${path}.`,
        );
      }
      if ((await textOf(files, path)) === seen) await files.remove(path);
    }
  } catch (error) {
    throw writeFault(error, what);
  }
  const isHeld = async () => (await textOf(files, path)) === own;
  return {
    isHeld,
    release: async () => {
      if (await isHeld()) await files.remove(path).catch(() => {});
    },
  };
}

/** Whether a process that still runs holds the lock. */
export async function isLocked(ctx: Context, path: string, files: Files = realFiles): Promise<boolean> {
  const holder = readHolder(await textOf(files, path));
  return holder !== undefined && (await isWriting(ctx, holder));
}

/** The text of a lock. A lock that was just created gets a second to be written. */
async function settled(ctx: Context, files: Files, path: string): Promise<string | undefined> {
  for (let left = 20; ; left -= 1) {
    const text = await textOf(files, path);
    if (text === undefined || readHolder(text) !== undefined || left === 0) return text;
    await ctx.clock.sleep(50, ctx.signal);
  }
}

/** Rejects with EEXIST if it exists. */
async function write(files: Files, path: string, text: string): Promise<void> {
  const file = await files.create(path);
  try {
    await writeAll(file, Buffer.from(text), 0);
  } catch (error) {
    await files.remove(path).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
}

async function textOf(files: Files, path: string): Promise<string | undefined> {
  try {
    return await files.readText(path);
  } catch {
    return undefined;
  }
}

function readHolder(text: string | undefined): Writer | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isWriter(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
