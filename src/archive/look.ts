import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { dayTexts, type Holding, rowsOf } from '../days/holding.js';
import { AuditlogError, systemCode } from '../errors.js';
import { hashFile } from '../manifest/blocks.js';
import { chainHash } from '../manifest/chain.js';
import { isWhole, leftBehind, readFolder } from '../manifest/folder.js';
import { listFiles, PARTITIONED } from '../manifest/layout.js';
import type { Manifest } from '../manifest/manifest.js';
import { CHAIN_FILE, isWorking, MANIFEST_ENDING, UNDATED, withoutEnding } from '../manifest/names.js';
import { readChain, readManifest } from '../manifest/read.js';
import { prunedBy } from '../manifest/tombstone.js';

/** How the files of an organization compare with what is remembered of them. */
interface LookedFolder {
  readonly holding: Holding;
  readonly rows: number;
  readonly differing: readonly string[];
  readonly isBroken: boolean;
  readonly isAhead: boolean;
}

/** Compares the heads and the sizes and times of the files first, then days. `deep`: reads the files in any case. */
export async function lookAt(root: string, known: Holding, deep: boolean): Promise<LookedFolder> {
  const path = join(root, known.folder);
  const [head, stamp] = [await headOf(path), await stampOfFolder(path)];
  if (!deep && head === known.head && stamp === known.stamp) {
    const rows = Object.values(known.days).reduce((sum, text) => sum + rowsOf(text), 0);
    return { holding: known, rows, differing: [], isBroken: false, isAhead: true };
  }
  const { whole, faults } = await readFiles(path);
  const { linked, isDamaged } = await linkedOf(path, whole);
  const days = dayTexts(linked);
  const isBroken = whole.length > 0 && (isDamaged || head === '' || faults.sealed);
  const names = [...new Set([...Object.keys(known.days), ...Object.keys(days), ...faults.days])].sort();
  const differing = names.filter((day) => known.days[day] !== days[day] || faults.days.has(day));
  const hasMore = names.every((day) => rowsOf(days[day]) >= rowsOf(known.days[day]));
  return {
    holding: { folder: known.folder, head, stamp, days },
    rows: linked.reduce((sum, { file }) => sum + (file?.rows ?? 0), 0),
    differing,
    isBroken,
    isAhead: !isBroken && hasMore && (faults.days.size === 0 || (await leftBehind(path)) === 'all'),
  };
}

/** The hash of the record of the chain; '' without a valid one. */
export async function headOf(path: string): Promise<string> {
  const parsed = await readChain(join(path, CHAIN_FILE));
  return 'value' in parsed && chainHash(parsed.value) === parsed.value.hash ? parsed.value.hash : '';
}

/** Differs after any file of the archive was replaced or written to. */
export async function stampOfFolder(path: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of await namesIn(path)) {
    if (isWorking(basename(name))) continue;
    const seen = await lstat(join(path, name), { bigint: true }).catch(() => undefined);
    hash.update(`${name}\n${seen?.size} ${seen?.mtimeNs} ${seen?.ino}\n`);
  }
  return hash.digest('hex').slice(0, 32);
}

async function namesIn(path: string): Promise<readonly string[]> {
  return listFiles(path, PARTITIONED).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
}

interface FileFaults {
  /** Days with a file or a manifest that is not what it should be. */
  readonly days: Set<string>;
  /** Whether one of them is sealed. */
  sealed: boolean;
}

/** All valid manifests, and what is wrong with the others and with the files. */
async function readFiles(path: string): Promise<{ readonly whole: readonly Manifest[]; readonly faults: FileFaults }> {
  const faults: FileFaults = { days: new Set(), sealed: false };
  const found: { readonly name: string; readonly manifest: Manifest }[] = [];
  for (const name of await namesIn(path)) {
    const said = name.endsWith(MANIFEST_ENDING) ? PARTITIONED.readPath(withoutEnding(name)) : undefined;
    if (said === undefined) continue;
    const parsed = await readManifest(join(path, name));
    if ('value' in parsed && isWhole(parsed.value)) found.push({ name, manifest: parsed.value });
    else if (said.day !== '') faults.days.add(said.day);
  }
  const whole = found.map(({ manifest }) => manifest);
  const isPruned = prunedBy(whole);
  for (const { name, manifest } of found) {
    if (isPruned(manifest)) continue;
    for (const record of [manifest.file, manifest.columnar]) {
      if (record === null || record === undefined) continue;
      const file = await hashFile(join(path, dirname(name), record.name)).catch(() => undefined);
      if (file?.sha256 === record.sha256) continue;
      faults.days.add(manifest.day ?? UNDATED);
      faults.sealed ||= manifest.chain?.sealed === true;
    }
  }
  return { whole, faults };
}

/** The manifests that the chain links, and whether it does not hold together, or files are there that it does not link. */
async function linkedOf(
  path: string,
  whole: readonly Manifest[],
): Promise<{ readonly linked: readonly Manifest[]; readonly isDamaged: boolean }> {
  if (whole.length === 0) return { linked: [], isDamaged: false };
  try {
    const { chain, sealed, loose } = await readFolder(path, path, PARTITIONED);
    const end = chain?.tip.seq ?? 0;
    const isLoose = ({ kind, chain: link }: Manifest): boolean =>
      kind === 'day' && link?.sealed === false && link.seq <= end;
    const open = [...loose.values()];
    // An interrupted run leaves such files too: the next one writes them again.
    const isLeft = (await leftBehind(path)) === 'all';
    const linked = open.filter((one) => isLoose(one) || (isLeft && one.kind === 'day'));
    return { linked: [...sealed, ...linked], isDamaged: !isLeft && !open.every(isLoose) };
  } catch (error) {
    if (error instanceof AuditlogError) return { linked: whole, isDamaged: true };
    throw error;
  }
}
