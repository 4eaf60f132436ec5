import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { AuditlogError, EXIT, localError, serverError, systemCode, systemWords } from '../../errors.js';
import type { S3Client } from './client.js';
import type { S3Listed } from './object.js';

/** Bytes of one request, and so in memory at a time. */
const BLOCK = 8 << 20;

/**
 * Copies one version of an object to a new private file, in blocks. Rejects with a server error if it is another version by now, is gone, or
 * is cut short; with exit code 7 if its bytes are not those whose hash was put with them.
 */
export async function fetchObject(client: S3Client, object: S3Listed, path: string, aside: PutAside): Promise<void> {
  const file = await aside(() => open(path, 'wx', 0o600));
  try {
    await copyBlocks(client, object, file, aside);
  } finally {
    await file.close();
  }
}

async function copyBlocks(client: S3Client, object: S3Listed, file: FileHandle, aside: PutAside): Promise<void> {
  const { key, size } = object;
  const hash = createHash('sha256');
  let etag = object.etag === '' ? undefined : object.etag;
  let put: string | undefined;
  for (let at = 0; at < size || at === 0; at += BLOCK) {
    const to = Math.min(at + BLOCK, size);
    // No range is in an empty object.
    const found = await client.read(key, size === 0 ? undefined : { from: at, to });
    if (found === undefined) throw changed(`${key} is gone since the bucket was listed`);
    etag ??= found.etag;
    if (found.etag !== etag) throw changed(`${key} was replaced since the bucket was listed`);
    if (Number.isNaN(found.of)) throw serverError(`the store sent no size for ${key}`);
    if (found.of !== size) throw changed(`${key} has ${found.of} bytes, and ${size} where the bucket was listed`);
    if (found.body.length !== to - at)
      throw changed(`the store returned ${at + found.body.length} of the ${size} bytes of ${key}`);
    put = found.sha256;
    hash.update(found.body);
    await aside(() => file.write(found.body));
  }
  if (put !== undefined && put !== hash.digest('hex'))
    throw new AuditlogError(
      `the store returned other bytes of ${key} than were put there: their SHA-256 is not ${put}`,
      EXIT.different,
      'Run the same command again; if it fails again, do not trust this store',
    );
}

function changed(what: string): AuditlogError {
  return serverError(what, 'Another program, such as a collector, writes there. Run the same command again');
}

/** Does what writes a copy. Rejects with a local error that names the folder for temporary files, if the file system does. */
export type PutAside = <T>(work: () => Promise<T>) => Promise<T>;

export function putAsideIn(folder: string): PutAside {
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      const code = systemCode(error);
      if (code === '') throw error;
      throw localError(
        `cannot put a copy of what is in the bucket aside in ${folder}: ${systemWords(code)}`,
        'Name a folder with room for it: TMPDIR=/path',
        error,
      );
    }
  };
}
