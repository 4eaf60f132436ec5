import { basename, join } from 'node:path';
import { realFiles } from '../files/files.js';
import { writeWhole } from '../files/whole.js';
import { type Chain, type Link, sealChain } from './chain.js';
import type { Folder } from './folder.js';
import { type Layout, listFiles, pathOf } from './layout.js';
import { fileText, type Manifest, type ManifestBody, sealManifest } from './manifest.js';
import {
  CHAIN_FILE,
  COLUMNAR_ENDING,
  type DayName,
  endingOf,
  MANIFEST_ENDING,
  readStem,
  stemOf,
  withoutEnding,
} from './names.js';

/** A manifest without its place in the chain. */
export interface Draft {
  readonly name: DayName;
  readonly body: Omit<ManifestBody, 'chain'>;
  /** Set if its files were not written again. */
  readonly kept?: boolean;
}

/** The end of the chain once everything is written. */
export interface Links {
  readonly sealed: Link | undefined;
  readonly tip: Link;
  /** The stems (`stemOf`) of the manifests that were written or kept. */
  readonly stems: ReadonlySet<string>;
  /** Folders below the directory in which something was written. */
  readonly folders: ReadonlySet<string>;
}

/** Writes manifests after the sealed ones, each with the hash of the previous one. Keeps unchanged manifests. */
export async function linkManifests(
  folder: Folder,
  sealing: readonly Draft[],
  loose: readonly Draft[],
): Promise<Links> {
  const stems = new Set<string>();
  const folders = new Set<string>();
  const last = folder.sealed.at(-1);
  let before: Link | undefined = last === undefined ? undefined : { seq: folder.sealed.length, hash: last.hash };
  let sealed = before;
  for (const [drafts, isSealed] of [
    [sealing, true],
    [loose, false],
  ] as const) {
    for (const { name, body, kept } of drafts) {
      const seq: number = (before?.seq ?? 0) + 1;
      const manifest = sealManifest({ ...body, chain: { seq, prev: before?.hash ?? null, sealed: isSealed } });
      const stem = stemOf(name);
      const isThere = folder.loose.get(stem)?.hash === manifest.hash;
      if (!isThere) await writeManifest(folder, name, manifest);
      if (!isThere || kept !== true) folders.add(folder.layout.folderOf(name.day));
      stems.add(stem);
      before = { seq, hash: manifest.hash };
      if (isSealed) sealed = before;
    }
  }
  return { sealed, tip: before ?? { seq: 0, hash: '' }, stems, folders };
}

async function writeManifest({ path, layout }: Folder, name: DayName, manifest: Manifest): Promise<void> {
  await writeWhole(join(path, `${pathOf(layout, name)}${MANIFEST_ENDING}`), [Buffer.from(fileText(manifest))], {
    settle: false,
  });
}

/** Syncs everything, writes the record of the chain, which makes the rest valid, then deletes files that no longer belong to it. */
export async function concludeChain(
  folder: Folder,
  identity: Chain['identity'],
  days: Chain['days'],
  links: Links,
): Promise<Chain> {
  const { path, layout, mended } = folder;
  for (const name of links.folders) if (name !== '') await realFiles.syncDirectory(join(path, name));
  await realFiles.syncDirectory(path);
  const chain = sealChain({ identity, days, sealed: links.sealed ?? null, tip: links.tip });
  await writeWhole(join(path, CHAIN_FILE), [Buffer.from(fileText(chain))]);
  for (const [stem, { file, columnar }] of folder.loose) {
    const name = readStem(stem);
    if (links.stems.has(stem) || name === undefined) continue;
    const at = join(path, pathOf(layout, name));
    // The manifest last: it lists the others.
    if (columnar !== undefined) await realFiles.remove(`${at}${COLUMNAR_ENDING}`);
    if (file !== null) await realFiles.remove(`${at}${endingOf(file.format, file.gzip)}`);
    await realFiles.remove(`${at}${MANIFEST_ENDING}`);
  }
  for (const name of mended?.names ?? []) {
    const said = layout.readPath(withoutEnding(name));
    if (said !== undefined && !links.stems.has(stemOf(said))) await realFiles.remove(join(path, name));
  }
  for (const name of await listFiles(path, layout)) {
    if (isDraft(name, layout)) await realFiles.remove(join(path, name));
  }
  return chain;
}

/** Whether a killed run left this file before its rename. The file of gathered entries does not count. */
function isDraft(path: string, layout: Layout): boolean {
  const name = basename(path);
  if (/^lock\.\d+\.new$/.test(name) || name === `${CHAIN_FILE}.partial`) return true;
  const whole = path.replace(/\.partial$/, '');
  return whole !== path && layout.readPath(withoutEnding(whole)) !== undefined;
}
