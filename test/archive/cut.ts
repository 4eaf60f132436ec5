import { type Files, realFiles } from '../../src/files/files.js';

/** What comes after the end of a process: nothing does. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

const CHANGING = ['create', 'reopen', 'rename', 'link', 'remove', 'syncDirectory'] as const;

/**
 * Runs some work whose process is killed before the n-th operation that changes anything on the disk, writes into files included: from then
 * on nothing that it does has an effect. Gives whether it came so far; else it went well.
 */
export async function killedAt(n: number, work: () => Promise<unknown>): Promise<boolean> {
  const real: Files = { ...realFiles };
  let count = 0;
  const step = (): void => {
    count += 1;
    if (count >= n) throw new Killed(`killed at operation ${count}`);
  };
  for (const name of CHANGING)
    Object.assign(realFiles, {
      [name]: async (...paths: readonly string[]) => {
        step();
        const done: unknown = await (real[name] as (...paths: readonly string[]) => Promise<unknown>)(...paths);
        if (name !== 'create' && name !== 'reopen') return done;
        const file = done as Awaited<ReturnType<Files['create']>>;
        return {
          ...file,
          write: async (bytes: Uint8Array, position: number) => {
            // Cut in the middle of a write, some of it is there.
            if (count + 1 === n) await file.write(bytes.subarray(0, bytes.length >> 1), position);
            step();
            return file.write(bytes, position);
          },
          sync: async () => {
            step();
            return file.sync();
          },
        };
      },
    });
  try {
    await work();
    return false;
  } catch (error) {
    if (count >= n) return true;
    throw error;
  } finally {
    Object.assign(realFiles, real);
  }
}
