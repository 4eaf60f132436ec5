import { rm } from 'node:fs/promises';
import { isOurs, type MirrorOf, someoneElse } from './guard.js';
import { restoreFolder } from './restore.js';

/**
 * Compares the list of the bucket with the objects that were written. Forgets deleted objects, so that the next delivery writes them again,
 * and resolves to their keys. Rejects with a usage error if an object was replaced.
 */
export async function forgetDeleted({ client, directory, journal, prefix }: MirrorOf): Promise<readonly string[]> {
  const listed = new Map<string, string>();
  for await (const { key, etag } of client.list(prefix)) listed.set(key, etag);
  const deleted: string[] = [];
  for (const [name, known] of [...journal.known]) {
    const key = `${prefix}${name}`;
    const etag = listed.get(key);
    if (known.etag === undefined || etag === known.etag) continue;
    if (etag !== undefined) {
      if (!isOurs(known, await client.head(key))) throw someoneElse(key, directory);
      continue;
    }
    deleted.push(key);
    await journal.forget(name);
  }
  return deleted;
}

/** Replaces a damaged local folder with the bucket's copy. Resolves to whether the bucket has any of it. */
export async function readBack(mirror: MirrorOf): Promise<boolean> {
  const { client, directory, prefix } = mirror;
  let isThere = false;
  for await (const _ of client.list(prefix)) {
    isThere = true;
    break;
  }
  if (!isThere) return false;
  await rm(directory, { recursive: true, force: true });
  return restoreFolder(mirror);
}
