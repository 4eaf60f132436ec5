import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../errors.js';

/**
 * Makes a private folder (0700) and those above it, as far as they are not there. Rejects as the system does. One after another: node's own
 * way never ends where a file system refuses new folders as missing ones, as /proc does.
 */
export async function makeFolders(path: string): Promise<void> {
  if (await make(path)) return;
  const above = dirname(path);
  if (above !== path) await makeFolders(above);
  if (!(await make(path))) await mkdir(path, { mode: 0o700 });
}

/** False: the folder that it would be in is not there. */
async function make(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    // What is there and is no folder is told by whoever uses it.
    if (systemCode(error) === 'EEXIST') return true;
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
