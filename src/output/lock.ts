import { basename } from 'node:path';
import type { Context } from '../context.js';
import { systemCode, usageError } from '../errors.js';
import { writeFault } from './faults.js';
import { type Files, realFiles, writeAll } from './files.js';
import { isWriting, writerOf } from './writer.js';

/** A file that says which process is at work in a directory. It does not outlive that process: one that was left is taken over. */
export interface Lock {
  /** Whether it is still ours: to be asked before what must not happen twice. */
  isHeld(): Promise<boolean>;
  /** Never rejects. */
  release(): Promise<void>;
}

/** Rejects with a usage error that names the process, while another one holds it. */
export async function takeLock(ctx: Context, path: string, what: string, files: Files = realFiles): Promise<Lock> {
  const own = JSON.stringify({ ...(await writerOf(ctx)), token: Math.floor(ctx.random() * 1e15) });
  const draft = `${path}.${ctx.pid}.new`;
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await place(files, draft, path, own);
        break;
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error;
      }
      const seen = await textOf(files, path);
      const holder = readHolder(seen);
      if (holder !== undefined && (attempt > 3 || (await isWriting(ctx, holder)))) {
        throw usageError(
          `${what} is being written by another run (process ${holder.pid})`,
          `Wait for it. If there is no such run, remove ${basename(path)} there.`,
        );
      }
      if ((await textOf(files, path)) === seen) await files.remove(path);
    }
  } catch (error) {
    throw writeFault(error, path);
  } finally {
    await files.remove(draft).catch(() => {});
  }
  const isHeld = async () => (await textOf(files, path)) === own;
  return {
    isHeld,
    release: async () => {
      if (await isHeld()) await files.remove(path).catch(() => {});
    },
  };
}

/** Written aside first: a lock that can be seen can be read whole. Rejects with EEXIST when there is one. */
async function place(files: Files, draft: string, path: string, text: string): Promise<void> {
  await files.remove(draft);
  await write(files, draft, text);
  try {
    await files.link(draft, path);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(systemCode(error))) throw error;
    // No hard links here.
    await write(files, path, text);
  }
}

async function write(files: Files, path: string, text: string): Promise<void> {
  const file = await files.create(path);
  try {
    await writeAll(file, Buffer.from(text), 0);
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

function readHolder(text: string | undefined): { readonly pid: number; readonly started: string } | undefined {
  try {
    const value = JSON.parse(text ?? '') as unknown;
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('started' in value)) return undefined;
    const { pid, started } = value;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}
