import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Context } from '../context.js';
import { type AuditlogError, keyError, localError, systemCode } from '../errors.js';
import { realFiles } from '../files/files.js';
import { replaceFile } from '../files/whole.js';

/** Who we are, to tell our files from others'. */
type Owner = Pick<Context, 'uid' | 'platform'>;

const LARGEST = 1 << 20;

/**
 * The text of a file that nobody else may read: a regular file, owned by us or by root, without any right for group and others
 * (or read-only and root's own, as mounted secrets are). Undefined when there is none. Throws a `keyError` otherwise, with the fix.
 * On Windows, where rights are told in other ways, only that it is a file is checked.
 */
export async function readPrivateFile(path: string, owner: Owner): Promise<string | undefined> {
  // Without O_NONBLOCK opening a FIFO would wait for its writer.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw keyError(`cannot read ${path} (${error.code})`);
    },
  );
  if (handle === undefined) return undefined;
  try {
    const { uid, mode, size } = await handle.stat();
    // Asked of the open file: its name may lead elsewhere by now.
    if ((mode & constants.S_IFMT) !== constants.S_IFREG)
      throw keyError(`${path} is not a regular file`, 'A key is read from a file only.');
    if (owner.platform !== 'win32') checkRights(path, mode & 0o777, uid, owner.uid);
    if (size > LARGEST) throw keyError(`${path} is too large to hold a key`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function checkRights(path: string, mode: number, uid: number, us: number | undefined): void {
  if (us !== undefined && uid !== us && uid !== 0)
    throw keyError(
      `${path} belongs to another user`,
      `Who owns a file can change it. To take it over: chown "$USER" ${path}`,
    );
  if ((mode & 0o077) === 0 || (uid === 0 && mode === 0o440)) return;
  throw unprotected(path, mode);
}

function unprotected(path: string, mode: number): AuditlogError {
  return keyError(
    `${path} is not private: its mode is 0${mode.toString(8)}, so that others can read the key`,
    `To keep it to yourself: chmod 600 ${path}`,
  );
}

/** Writes a file that only we may read, in one durable step: a reader sees the old text or the new. */
export async function writePrivateFile(path: string, text: string, pid: number): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await replaceFile(path, [Buffer.from(text)], { files: realFiles, draft: `${path}.${pid}.tmp`, settle: true });
  } catch (error) {
    throw localError(`cannot write ${path} (${systemCode(error)})`, undefined, error);
  }
}
