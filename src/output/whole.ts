import { dirname } from 'node:path';
import { writeFault } from './faults.js';
import { type Files, realFiles, writeAll } from './files.js';

/**
 * Writes a private file that is there whole and durable or not at all, in the place of an older one: `FILE.partial`, synced, then given
 * its name. With `settle: false` the name is durable only once the caller syncs the directory, after many files. Rejects with a local
 * error for what the system refuses, with the blocks' own error when they fail.
 */
export async function writeWhole(
  path: string,
  blocks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { settle = true, files = realFiles }: { readonly settle?: boolean; readonly files?: Files } = {},
): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await files.remove(partial);
    const file = await files.create(partial);
    try {
      let end = 0;
      for await (const block of blocks) {
        await writeAll(file, block, end);
        end += block.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(partial, path);
    if (settle) await files.syncDirectory(dirname(path));
  } catch (error) {
    await files.remove(partial).catch(() => {});
    throw writeFault(error, path);
  }
}
