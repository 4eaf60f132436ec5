import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { usageError } from '../errors.js';
import { writeFault } from '../files/faults.js';
import { realFiles } from '../files/files.js';
import { daysBetween, isDay } from '../time.js';
import { type Chain, chainHash, type Link } from './chain.js';
import { FLAT, type Layout, listFiles } from './layout.js';
import { type Manifest, manifestHash } from './manifest.js';
import { CHAIN_FILE, GATHERED, isWorking, MANIFEST_ENDING, stemOf, withoutEnding } from './names.js';
import { readChain, readManifest } from './read.js';

/** A directory of day files as earlier runs left it. */
export interface Folder {
  readonly path: string;
  readonly layout: Layout;
  /** Undefined: no run has finished here. */
  readonly chain: Chain | undefined;
  /** Sealed manifests, in the order of the chain. */
  readonly sealed: readonly Manifest[];
  /** Manifests that a later run replaces, by their stem (`stemOf`). */
  readonly loose: ReadonlyMap<string, Manifest>;
  /** Set if its chain is mended: tombstones to write first, and the files that do not belong to sealed manifests. */
  readonly mended?: { readonly tombstones: readonly Manifest[]; readonly names: readonly string[] };
}

/** Creates a private directory unless it exists; its parent must exist. Returns whether it was created. */
export async function makeFolder(path: string, shown: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    const seen = code === 'EEXIST' ? await realFiles.look(path) : undefined;
    // Links to directories are allowed.
    if (seen?.kind === 'directory' || seen?.kind === 'link') return false;
    if (seen !== undefined) throw usageError(`${shown} is not a directory`, 'With --split day, -o names a directory');
    if (code === 'ENOENT')
      throw usageError(`parent folder of ${shown} does not exist`, `Make it first: mkdir -p ${shown}`);
    if (code === 'ENOTDIR') throw usageError(`${shown}: ${dirname(shown)} is not a folder`);
    throw writeFault(error, shown);
  }
}

/** Reads what earlier runs left. Rejects with a usage error if the directory has another use or is damaged. */
export async function readFolder(path: string, shown: string, layout: Layout = FLAT): Promise<Folder> {
  const names = await listFiles(path, layout);
  const found = new Map<string, Manifest>();
  for (const name of names.filter((each) => each.endsWith(MANIFEST_ENDING))) {
    const said = layout.readPath(withoutEnding(name));
    if (said === undefined) continue;
    const parsed = await readManifest(join(path, name));
    if ('value' in parsed && isWhole(parsed.value) && parsed.value.chain !== null)
      found.set(stemOf(said), parsed.value);
  }
  if (!names.includes(CHAIN_FILE)) {
    const foreign = names.find((name) => !isWorking(name) && layout.readPath(withoutEnding(name)) === undefined);
    if (foreign !== undefined) throw usageError(`${shown} has other files (${foreign})`, 'Name a new directory');
    return { path, layout, chain: undefined, sealed: [], loose: found };
  }
  const parsed = await readChain(join(path, CHAIN_FILE));
  const chain = 'value' in parsed ? parsed.value : undefined;
  if (chain === undefined || chainHash(chain) !== chain.hash) throw damaged(shown);
  const end: Link = chain.sealed ?? { seq: 0, hash: '' };
  const sealed = [...found.values()]
    .filter(({ chain: link }) => link!.sealed && link!.seq <= end.seq)
    .sort((a, b) => a.chain!.seq - b.chain!.seq);
  const isChain =
    sealed.length === end.seq &&
    sealed.every(({ chain: link }, at) => link!.seq === at + 1 && link!.prev === (sealed[at - 1]?.hash ?? null)) &&
    (end.seq === 0 || sealed.at(-1)?.hash === end.hash);
  if (!isChain || !hasEveryDay(chain, found)) throw damaged(shown);
  const kept = new Set(sealed);
  return { path, layout, chain, sealed, loose: new Map([...found].filter(([, manifest]) => !kept.has(manifest))) };
}

function hasEveryDay({ days: { first, last } }: Chain, found: ReadonlyMap<string, Manifest>): boolean {
  const days = [...found.keys()].filter((stem) => isDay(stem) && first <= stem && stem <= last);
  return first <= last && days.length === daysBetween(first, last) + 1;
}

/** The entries gathered by an interrupted run. */
export async function leftBehind(path: string): Promise<'nothing' | 'some' | 'all'> {
  if ((await realFiles.look(join(path, GATHERED))) !== undefined) return 'all';
  return (await realFiles.look(join(path, `${GATHERED}.partial`))) === undefined ? 'nothing' : 'some';
}

export function isWhole(manifest: Manifest): boolean {
  try {
    return manifestHash(manifest) === manifest.hash;
  } catch {
    return false;
  }
}

function damaged(shown: string): Error {
  return usageError(
    `the chain in ${shown} changed since the last run`,
    `See what differs: auditlog verify ${shown}\nNothing is added to it. Restore it, or use another directory`,
  );
}
