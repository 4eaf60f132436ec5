import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localError, systemCode, usageError } from '../../errors.js';
import type { Chain } from '../../manifest/chain.js';
import { listFiles, PARTITIONED } from '../../manifest/layout.js';
import { CHAIN_FILE, isWorking, MANIFEST_ENDING, withoutEnding } from '../../manifest/names.js';
import { parseChain, parseManifest, type ReadResult } from '../../manifest/read.js';
import type { S3Client } from './client.js';
import type { Journal, MirroredObject } from './journal.js';
import type { S3Object } from './object.js';

/** A folder of the archive and its copy in a bucket. */
export interface MirrorOf {
  readonly client: S3Client;
  readonly directory: string;
  /** The beginning of its keys, with a slash at the end. */
  readonly prefix: string;
  readonly journal: Journal;
}

/**
 * Rejects with a usage error unless the chain in the bucket is the one that we put. Forgets the journal when the bucket was emptied, and fills a lost
 * one from the bucket's list, provided that the chain here continues the one there.
 */
export async function guardFolder(mirror: MirrorOf): Promise<void> {
  const { client, journal, prefix } = mirror;
  const key = `${prefix}${CHAIN_FILE}`;
  const found = await client.head(key);
  const known = journal.known.get(CHAIN_FILE);
  if (found === undefined) return forgetMissing(mirror);
  if (known !== undefined) {
    if (!isOurs(known, found)) throw someoneElse(key, mirror.directory);
    if (known.etag !== undefined && (await localChain(mirror.directory)) === undefined) throw gone(mirror.directory);
    return;
  }
  if (!(await goesOnFrom(mirror.directory, await client.get(key)))) throw someoneElse(key, mirror.directory);
  for await (const { key: each, etag } of client.list(prefix)) {
    const name = each.slice(prefix.length);
    if (isOfArchive(name)) await journal.confirm(name, etag, undefined);
  }
}

/** Without a chain, the bucket may have been emptied: keep only what its list still contains. */
async function forgetMissing({ client, journal, prefix }: MirrorOf): Promise<void> {
  if (journal.known.size === 0) return;
  const there = new Map<string, string>();
  for await (const { key, etag } of client.list(prefix)) there.set(key.slice(prefix.length), etag);
  for (const [name, { etag, begun }] of [...journal.known])
    if (begun.length === 0 && there.get(name) !== etag) await journal.forget(name);
}

/** Whether a name in an org's folder belongs to the archive. Other objects are neither read nor removed. */
export function isOfArchive(name: string): boolean {
  return name === CHAIN_FILE || (!isWorking(name) && PARTITIONED.readPath(withoutEnding(name)) !== undefined);
}

/** Whether a version is one that we put, or began to put. */
export function isOurs(known: MirroredObject | undefined, found: S3Object | undefined): found is S3Object {
  if (known === undefined || found === undefined) return false;
  return found.etag === known.etag || (found.sha256 !== undefined && known.begun.includes(found.sha256));
}

export function someoneElse(key: string, directory: string): Error {
  return usageError(
    `another program has written to ${key}`,
    `Stop the other collector, or give it another prefix. If this host takes over, or a backup restored an older ${directory}: remove that folder, and it is read back from the bucket`,
  );
}

/** Without a chain, nothing says whose the objects are. */
export function unfinished(key: string, prefix: string): Error {
  return usageError(
    `objects of unknown origin are under ${key}: no chain says whose they are`,
    `Another collector has started there. Give this one another prefix, or delete everything below ${prefix} and run the same command again`,
  );
}

/** Without the folder, everything in the bucket would look deleted. */
function gone(directory: string): Error {
  return localError(`${directory} is gone`, 'Run the same command again: it is read back from the bucket');
}

/** Whether the sealed part of the chain here continues the sealed part there. */
async function goesOnFrom(directory: string, there: Buffer | undefined): Promise<boolean> {
  const remote = there === undefined ? undefined : wholeOf(parseChain(there));
  const local = await localChain(directory);
  if (remote === undefined || local === undefined) return false;
  if (JSON.stringify(remote.identity) !== JSON.stringify(local.identity)) return false;
  if (remote.sealed === null) return true;
  for (const name of await listFiles(directory, PARTITIONED)) {
    if (!name.endsWith(MANIFEST_ENDING)) continue;
    const manifest = wholeOf(parseManifest(await readFile(join(directory, name))));
    if (manifest?.hash === remote.sealed.hash) return manifest.chain?.sealed === true;
  }
  return false;
}

/** The chain record here; undefined without one that can be read. */
export async function localChain(directory: string): Promise<Chain | undefined> {
  try {
    return wholeOf(parseChain(await readFile(join(directory, CHAIN_FILE))));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function wholeOf<T>(parsed: ReadResult<T>): T | undefined {
  return 'value' in parsed ? parsed.value : undefined;
}
