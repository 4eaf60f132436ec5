import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Context } from '../context.js';
import { keyError, localError, systemCode } from '../errors.js';
import { realFiles } from '../files/files.js';
import { makeFolders } from '../files/folders.js';
import { replaceFile } from '../files/whole.js';
import { mountOf } from './mounts.js';

const LARGEST = 1 << 20;

/**
 * The text of a private file: a regular file, owned by us or root, without rights for group and others (or root's and read-only). Others may have
 * read access on a read-only mount, and in memory if root owns it, like secrets of containers. Undefined without a file. Otherwise throws a
 * `keyError` with the fix. On Windows, which has other rights, only checks that it is a file.
 */
export async function readPrivateFile(
  path: string,
  { uid: us, platform }: Pick<Context, 'uid' | 'platform'>,
): Promise<string | undefined> {
  // Without O_NONBLOCK opening a FIFO would wait for its writer.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    const code = systemCode(error);
    if (code === 'ENOENT') return undefined;
    throw keyError(`cannot read ${path} (${code})`);
  });
  if (handle === undefined) return undefined;
  try {
    // Checks the open file, because its name may lead elsewhere by now.
    const { uid, mode, size } = await handle.stat();
    if ((mode & constants.S_IFMT) !== constants.S_IFREG)
      throw keyError(`${path} is not a regular file`, 'A key is read from a file only');
    if (platform !== 'win32') await checkRights(path, mode & 0o777, uid, us);
    if (size > LARGEST) throw keyError(`${path} is too large to hold a key`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function checkRights(path: string, mode: number, uid: number, us: number | undefined): Promise<void> {
  if (us !== undefined && uid !== us && uid !== 0)
    throw keyError(
      `${path} belongs to another user`,
      `Who owns a file can change it. To take it over: chown "$USER" ${path}`,
    );
  if ((mode & 0o077) === 0 || (uid === 0 && mode === 0o440)) return;
  const mount = (mode & 0o022) === 0 ? await mountOf(path) : 'other';
  if (mount === 'fixed' || (mount === 'memory' && uid === 0 && us !== 0)) return;
  throw keyError(
    `${path} is readable by others: its mode is 0${mode.toString(8)}`,
    `To keep it to yourself: chmod 600 ${path}${(us !== undefined && uid !== us) || (await isOfContainer(path)) ? CONTAINERS : ''}`,
  );
}

const CONTAINERS = '\nIf it is the secret of a container: mode: 0400 in Docker, defaultMode: 0400 in Kubernetes';

/** Whether a file is in a place where containers have their secrets, by its own path or the path that it links to. */
async function isOfContainer(path: string): Promise<boolean> {
  const real = await realpath(path).catch(() => path);
  return [path, real].some((name) => /^(?:\/var)?\/run\/|\/\.\.(?:data|\d)|^\/etc\/.*secret/.test(name));
}

/** Writes a file that only we may read, in one durable step: readers see the old text or the new one. */
export async function writePrivateFile(path: string, text: string, pid: number): Promise<void> {
  try {
    await makeFolders(dirname(path));
    await replaceFile(path, [Buffer.from(text)], { files: realFiles, draft: `${path}.${pid}.tmp`, settle: true });
  } catch (error) {
    throw localError(`cannot write ${path} (${systemCode(error)})`, undefined, error);
  }
}
