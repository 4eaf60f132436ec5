import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serverError, systemCode } from '../../errors.js';
import { ORGS_FILE } from '../../manifest/names.js';
import { addToOrgList, parseOrgList } from '../../manifest/orglist.js';
import type { S3Client } from './client.js';

/** The directory of an archive, and the beginning of its keys in the bucket. */
interface MirroredRoot {
  readonly client: S3Client;
  readonly root: string;
  readonly prefix: string;
}

/** Two collectors that add organizations at the same moment. */
const TRIES = 5;

/**
 * Makes the list of organizations in the bucket and the local one the union of both, so that a removed organization is noticed on either
 * side, even after the directory was lost. Replaces a damaged list. Resolves to the hash of the list; undefined without a list.
 */
export async function mirrorOrgList({ client, root, prefix }: MirroredRoot): Promise<string | undefined> {
  const key = `${prefix}${ORGS_FILE}`;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await client.head(key);
    const before = await hashOfList(root);
    if (found?.sha256 !== undefined && found.sha256 === before) return before;
    const there = found && (await client.get(key));
    const list = there && parseOrgList(there);
    if (list !== undefined && 'value' in list) await addToOrgList(root, list.value.organizations);
    const body = await readList(root);
    if (body === undefined) return undefined;
    if (there?.equals(body) === true) return hashOf(body);
    const put = await client.put(key, body, found === undefined ? { absent: true } : { etag: found.etag });
    if (put.done) return hashOf(body);
  }
  throw serverError(
    `${key} changes whenever it is written`,
    'Another collector may write there. Run the same command again',
  );
}

/** The hash of the list here; undefined without one. */
export async function hashOfList(root: string): Promise<string | undefined> {
  const body = await readList(root);
  return body && hashOf(body);
}

async function readList(root: string): Promise<Buffer | undefined> {
  return readFile(join(root, ORGS_FILE)).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
}

function hashOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
