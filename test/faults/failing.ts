import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** Stands for a process that is gone: nothing that it does afterwards reaches the disk. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

const CALLS = ['open', 'link', 'rename', 'unlink', 'mkdir', 'rmdir', 'copyFile', 'writeFile', 'truncate'] as const;
const HANDLE_CALLS = ['write', 'sync', 'truncate', 'datasync'] as const;

type Call = (...args: unknown[]) => Promise<unknown>;

export interface Failing {
  /** Calls so far that change a file under the folder. */
  readonly calls: number;
  restore(): void;
}

/**
 * Makes calls to the file system fail for what is under `folder`: the call number `at` (from 0) and all later ones as after a kill, or all that need
 * space as on a full disk. The real file system is below: what was done before stays done.
 */
export async function failingAt(folder: string, at: number, how: 'kill' | 'ENOSPC'): Promise<Failing> {
  const promises = fs.promises as unknown as Record<string, Call>;
  const probe = await fs.promises.open(import.meta.filename, 'r');
  const prototype = Object.getPrototypeOf(probe) as Record<string, Call>;
  await probe.close();
  const ours = new WeakSet<object>();
  let calls = 0;
  const step = (name: string, isWrite: boolean): void => {
    const number = calls;
    calls += 1;
    if (number < at) return;
    if (how === 'kill') throw new Killed(`${name} after the end`);
    if (isWrite) throw Object.assign(new Error(`ENOSPC: ${name}`), { code: 'ENOSPC', errno: -28 });
  };
  const saved = new Map<string, Call>();
  for (const name of CALLS) {
    const real = promises[name] as Call;
    saved.set(name, real);
    promises[name] = async (...args) => {
      const isOurs = args.some((arg) => typeof arg === 'string' && arg.startsWith(`${folder}/`));
      const isReading = name === 'open' && (args[1] === 'r' || args[1] === undefined || args[1] === 0);
      if (isOurs && !(isReading && how === 'ENOSPC'))
        step(name, !['unlink', 'rmdir'].includes(name) && !(name === 'open' && !isMaking(args[1])));
      const result = await real.apply(fs.promises, args);
      if (isOurs && name === 'open') ours.add(result as FileHandle);
      return result;
    };
  }
  const handles = new Map<string, Call>();
  for (const name of HANDLE_CALLS) {
    const real = prototype[name] as Call;
    handles.set(name, real);
    prototype[name] = async function (this: object, ...args) {
      if (ours.has(this)) step(name, name !== 'truncate');
      return real.apply(this, args);
    };
  }
  syncBuiltinESMExports();
  return {
    get calls() {
      return calls;
    },
    restore() {
      for (const [name, real] of saved) promises[name] = real;
      for (const [name, real] of handles) prototype[name] = real;
      syncBuiltinESMExports();
    },
  };
}

function isMaking(flags: unknown): boolean {
  if (typeof flags === 'number') return (flags & fs.constants.O_CREAT) !== 0;
  return flags === 'w' || flags === 'wx' || flags === 'a';
}
