import { copyFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../errors.js';
import { writeFault } from './faults.js';
import { type Files, type OpenFile, realFiles, writeAll } from './files.js';

type Blocks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

interface ReplaceOptions {
  readonly files: Files;
  /** The name while it is written. */
  readonly draft: string;
  /** False: the caller syncs the directory after many files; only then is the name durable. */
  readonly settle: boolean;
}

/** Replaces a private file in one durable step: a reader sees the old file or the new one. Rejects as the system does, or as the blocks do. */
export async function replaceFile(path: string, blocks: Blocks, options: ReplaceOptions): Promise<void> {
  const { files, draft } = options;
  await takeName(path, options, async () => {
    const file = await files.create(draft);
    try {
      let end = 0;
      for await (const block of blocks) {
        await writeAll(file, block, end);
        end += block.length;
      }
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  });
}

/** As `writeWhole`, with the content of another file, shared if the disk can do that: the other file must not change afterwards. */
export async function adoptFile(path: string, from: string): Promise<void> {
  const draft = `${path}.partial`;
  try {
    await takeName(path, { files: realFiles, draft, settle: true }, async () => {
      await realFiles.link(from, draft).catch(async (error: unknown) => {
        if (!UNSHARED.has(systemCode(error))) throw error;
        await copyFile(from, draft);
      });
      return realFiles.reopen(draft);
    });
  } catch (error) {
    throw writeFault(error, path);
  }
}

/** Error codes if two names cannot share a file. */
const UNSHARED = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Makes the draft, syncs it and renames it; removes it if anything fails. */
async function takeName(
  path: string,
  { files, draft, settle }: ReplaceOptions,
  make: () => Promise<OpenFile>,
): Promise<void> {
  try {
    await files.remove(draft);
    const file = await make();
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(draft, path);
    if (settle) await files.syncDirectory(dirname(path));
  } catch (error) {
    await files.remove(draft).catch(() => {});
    throw error;
  }
}

/** As `replaceFile`, with the draft `FILE.partial`. Rejects with a local error if the file system does. */
export async function writeWhole(
  path: string,
  blocks: Blocks,
  { settle = true, files = realFiles }: { readonly settle?: boolean; readonly files?: Files } = {},
): Promise<void> {
  try {
    await replaceFile(path, blocks, { files, draft: `${path}.partial`, settle });
  } catch (error) {
    throw writeFault(error, path);
  }
}
