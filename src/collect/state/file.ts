import { localError } from '../../errors.js';
import { writeFault } from '../../files/faults.js';
import type { Files } from '../../files/files.js';
import { isOfLaterFormat, loadState, saveState } from '../../files/state.js';
import type { Is } from '../../json/is.js';

/** The state files of a collector: definition, checkpoints, last run. */
const FILE = { format: 'auditlog-collector-1', key: 'value', largest: 64 * 1024 * 1024 } as const;

/** Replaces the file in one durable step. Rejects with a local error if the file system does. */
export async function saveCollectorFile(files: Files, path: string, value: object): Promise<void> {
  try {
    await saveState(files, path, FILE, value);
  } catch (error) {
    throw writeFault(error, path);
  }
}

/** The saved value; undefined if there is no such file, `damaged` if it is not as we left it. Rejects with a local error for a file of a newer version. */
export async function loadCollectorFile<T extends object>(
  files: Files,
  path: string,
  is: Is<T>,
): Promise<T | 'damaged' | undefined> {
  const found = await loadState(files, path, { ...FILE, is });
  // A file of another version is not damaged: nothing of it may be replaced.
  if (found === 'damaged' && (await isOfLaterFormat(files, path, FILE)))
    throw localError(
      `${path} was written by a newer version of auditlog`,
      'Use that version here, too. Which one this is: auditlog --version',
    );
  return found;
}
