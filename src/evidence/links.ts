import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { realFiles } from '../output/files.js';
import { writeWhole } from '../output/whole.js';
import { type Chain, type Link, sealChain } from './chain.js';
import type { Folder } from './folder.js';
import { fileText, type ManifestBody, sealManifest } from './manifest.js';
import { CHAIN_FILE, type DayName, endingOf, MANIFEST_ENDING, stemOf } from './names.js';

/** A manifest without its place in the chain. */
export interface Draft {
  readonly name: DayName;
  readonly body: Omit<ManifestBody, 'chain'>;
}

/** The chain as it stands once everything is written. */
export interface Links {
  readonly sealed: Link | undefined;
  readonly tip: Link;
  readonly stems: ReadonlySet<string>;
}

/** Writes the manifests after those that are sealed already, each with the hash of the one before it. */
export async function linkManifests(
  folder: Folder,
  sealing: readonly Draft[],
  loose: readonly Draft[],
): Promise<Links> {
  const stems = new Set<string>();
  const last = folder.sealed.at(-1);
  let before: Link | undefined = last === undefined ? undefined : { seq: folder.sealed.length, hash: last.hash };
  let sealed = before;
  for (const [drafts, isSealed] of [
    [sealing, true],
    [loose, false],
  ] as const) {
    for (const { name, body } of drafts) {
      const seq: number = (before?.seq ?? 0) + 1;
      const manifest = sealManifest({ ...body, chain: { seq, prev: before?.hash ?? null, sealed: isSealed } });
      const stem = stemOf(name);
      await writeWhole(join(folder.path, `${stem}${MANIFEST_ENDING}`), [Buffer.from(fileText(manifest))], {
        settle: false,
      });
      stems.add(stem);
      before = { seq, hash: manifest.hash };
      if (isSealed) sealed = before;
    }
  }
  return { sealed, tip: before ?? { seq: 0, hash: '' }, stems };
}

/** Makes everything durable, then makes it count by the record of the chain, then takes away what no longer does. */
export async function concludeChain(
  folder: Folder,
  identity: Chain['identity'],
  days: Chain['days'],
  links: Links,
): Promise<void> {
  await realFiles.syncDirectory(folder.path);
  const chain = sealChain({ identity, days, sealed: links.sealed ?? null, tip: links.tip });
  await writeWhole(join(folder.path, CHAIN_FILE), [Buffer.from(fileText(chain))]);
  for (const [stem, { file }] of folder.loose) {
    if (links.stems.has(stem)) continue;
    await realFiles.remove(join(folder.path, `${stem}${MANIFEST_ENDING}`));
    if (file !== null) await realFiles.remove(join(folder.path, `${stem}${endingOf(file.format, file.gzip)}`));
  }
  for (const name of await readdir(folder.path)) {
    if (isDraft(name)) await realFiles.remove(join(folder.path, name));
  }
}

/** Whether a file was on its way to its name when a run was killed. What is still being read is not. */
function isDraft(name: string): boolean {
  if (/^lock\.\d+\.new$/.test(name) || name === `${CHAIN_FILE}.partial`) return true;
  return /^(\d{4}-\d{2}-\d{2}|undated)\..*\.partial$/.test(name);
}
