import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../errors.js';

/** Creates a private folder (0700) and its parents. Rejects like the system. One level at a time, because node's `recursive` never ends on /proc. */
export async function makeFolders(path: string): Promise<void> {
  if (await make(path)) return;
  const above = dirname(path);
  if (above !== path) await makeFolders(above);
  if (!(await make(path))) await mkdir(path, { mode: 0o700 });
}

/** Resolves to false if the parent does not exist. */
async function make(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    // If it is not a folder, the next use of it fails.
    if (systemCode(error) === 'EEXIST') return true;
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
