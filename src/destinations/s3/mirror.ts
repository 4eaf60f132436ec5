import { join } from 'node:path';
import { localError } from '../../errors.js';
import { PARTITIONED } from '../../manifest/layout.js';
import { CHAIN_FILE, MANIFEST_ENDING, withoutEnding } from '../../manifest/names.js';
import { guardFolder, isOurs, type MirrorOf, someoneElse, unfinished } from './guard.js';
import type { Written } from './journal.js';
import { hashFile, isSealed, type LocalFiles, localFiles, prunedBefore } from './local.js';
import type { Condition } from './object.js';
import { putFile } from './parts.js';
import { inTurn } from './turns.js';

export interface Mirrored {
  readonly put: number;
  readonly removed: number;
}

/**
 * Updates the bucket's copy of a folder: entries, then manifests, then the chain, which makes them valid. Objects of sealed days are put once.
 * Repeating it gives the same result. Rejects with a usage error when somebody else has written there.
 */
export async function mirrorFolder(mirror: MirrorOf): Promise<Mirrored> {
  const { journal, client, prefix } = mirror;
  const files = await localFiles(mirror.directory);
  const changed = await changedFiles(mirror, files);
  await journal.begin(changed);
  const ofRank = (rank: number) => changed.filter(({ name }) => rankOf(name) === rank);
  for (const some of [ofRank(0), ofRank(1)]) await putAll(mirror, some);
  // In a store without conditions, this notices another writer.
  if (changed.length > 0) await guardFolder(mirror);
  await putAll(mirror, ofRank(2));
  const pruned = await prunedBefore(mirror.directory, files);
  const removed = [...journal.known.keys()].filter((name) => isGone(name, files, pruned));
  for (const name of removed) {
    await client.remove(`${prefix}${name}`);
    await journal.forget(name);
  }
  return { put: changed.length, removed: removed.length };
}

/** Puts everything again when the bucket was emptied, which a missing chain shows. Otherwise one request. */
export async function refillFolder(mirror: MirrorOf): Promise<void> {
  if ((await mirror.client.head(`${mirror.prefix}${CHAIN_FILE}`)) !== undefined) return;
  await guardFolder(mirror);
  await mirrorFolder(mirror);
}

/** A file to put, and its contents. */
interface ToPut {
  readonly name: string;
  readonly written: Written;
}

async function changedFiles({ directory, journal }: MirrorOf, files: LocalFiles): Promise<readonly ToPut[]> {
  const changed: ToPut[] = [];
  for (const [name, { size, stamp }] of files) {
    const known = journal.known.get(name);
    const { etag, written, begun } = known ?? { etag: undefined, written: undefined, begun: [] };
    const untouched = written?.size === size && written.stamp === stamp && begun.length === 0;
    const sealed = written?.sealed === true || (await isSealed(directory, withoutEnding(name)));
    if (untouched && written.sealed === sealed) continue;
    const hashes = untouched ? { sha256: written.sha256, md5: '' } : await hashFile(join(directory, name));
    const now: Written = { sha256: hashes.sha256, size, stamp, sealed };
    const same = written === undefined ? etag === hashes.md5 : written.sha256 === hashes.sha256;
    if (same && etag !== undefined && begun.length === 0) await journal.confirm(name, etag, now);
    else if (written?.sealed === true && !same) throw changedHere(join(directory, name));
    else changed.push({ name, written: now });
  }
  return changed;
}

function rankOf(name: string): number {
  return name === CHAIN_FILE ? 2 : name.endsWith(MANIFEST_ENDING) ? 1 : 0;
}

/** A file that is missing beside its manifest was removed by somebody: the bucket keeps it, unless it was pruned. */
function isGone(name: string, files: LocalFiles, pruned: string): boolean {
  if (name === CHAIN_FILE || files.has(name)) return false;
  const stem = withoutEnding(name);
  return !files.has(`${stem}${MANIFEST_ENDING}`) || (PARTITIONED.readPath(stem)?.day ?? pruned) < pruned;
}

async function putOne({ client, directory, prefix, journal }: MirrorOf, { name, written }: ToPut): Promise<void> {
  const known = journal.known.get(name);
  const key = `${prefix}${name}`;
  const put = (condition: Condition) => putFile(client, { key, path: join(directory, name), written }, condition);
  let answer = await put(known?.etag === undefined ? { absent: true } : { etag: known.etag });
  // An earlier, interrupted run of ours has put this version.
  if (!answer.done && isOurs(known, answer.found)) answer = await put({ etag: answer.found.etag });
  else if (!answer.done && answer.found === undefined) answer = await put({ absent: true });
  if (!answer.done)
    throw journal.known.get(CHAIN_FILE)?.etag === undefined ? unfinished(key, prefix) : someoneElse(key, directory);
  await journal.confirm(name, answer.etag, written);
}

function changedHere(path: string): Error {
  return localError(
    `${path} is not what was put into the bucket, and its day is sealed: it never changes`,
    'Nothing was uploaded. To restore it from the bucket, remove the folder of this org here\nSee what differs: auditlog verify',
  );
}

/** Files of at most `SMALL` bytes are put several at a time, larger ones one after another: each is held in memory. */
const SMALL = 8 << 20;

async function putAll(mirror: MirrorOf, files: readonly ToPut[]): Promise<void> {
  const isSmall = ({ written }: ToPut) => written.size <= SMALL;
  await inTurn(files.filter(isSmall), (file) => putOne(mirror, file));
  for (const file of files) if (!isSmall(file)) await putOne(mirror, file);
}
