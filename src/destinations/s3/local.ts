import { createHash } from 'node:crypto';
import { type BigIntStats, createReadStream } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFlag, objectOf } from '../../json/is.js';
import { listFiles, PARTITIONED } from '../../manifest/layout.js';
import { MANIFEST_ENDING, withoutEnding } from '../../manifest/names.js';
import { parseManifest } from '../../manifest/read.js';
import { isOfArchive } from './guard.js';
import type { Written } from './journal.js';

/** The archive's files in a folder, by their paths in it. */
export type LocalFiles = ReadonlyMap<string, Pick<Written, 'size' | 'stamp'>>;

export async function localFiles(directory: string): Promise<LocalFiles> {
  const files = new Map<string, Pick<Written, 'size' | 'stamp'>>();
  for (const name of await listFiles(directory, PARTITIONED)) {
    if (!isOfArchive(name)) continue;
    const stat = await lstat(join(directory, name), { bigint: true });
    if (stat.isFile()) files.set(name, { size: Number(stat.size), stamp: stampOf(stat) });
  }
  return files;
}

/** Changes when a file is replaced or written to. */
export function stampOf({ ino, mtimeNs }: Pick<BigIntStats, 'ino' | 'mtimeNs'>): string {
  return `${ino}-${mtimeNs}`;
}

export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly md5: string }> {
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  for await (const block of createReadStream(path)) {
    sha256.update(block as Buffer);
    md5.update(block as Buffer);
  }
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}

const isChained = objectOf({ chain: objectOf({ sealed: isFlag }) });

/** Whether the manifest of a file says that it is sealed. The chain record never is. */
export async function isSealed(directory: string, stem: string): Promise<boolean> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(directory, `${stem}${MANIFEST_ENDING}`), 'utf8'));
    return isChained(manifest) && manifest.chain.sealed;
  } catch {
    return false;
  }
}

/** The day before which files were pruned; '' when none were. */
export async function prunedBefore(directory: string, files: LocalFiles): Promise<string> {
  let before = '';
  for (const name of files.keys()) {
    if (PARTITIONED.readPath(withoutEnding(name))?.kind !== 'pruned') continue;
    const parsed = parseManifest(await readFile(join(directory, name)));
    const own = 'value' in parsed ? (parsed.value.pruned?.before ?? '') : '';
    if (own > before) before = own;
  }
  return before;
}
