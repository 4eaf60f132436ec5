import { join } from 'node:path';
import type { Spool } from '../engine/store/spool.js';
import { AuditlogError } from '../errors.js';
import { hashFile } from './blocks.js';
import type { Chain, Link } from './chain.js';
import { type Folder, isWhole } from './folder.js';
import { type Layout, listFiles } from './layout.js';
import type { Manifest } from './manifest.js';
import { type FileShape, measureFile } from './measure.js';
import { CHAIN_FILE, isWorking, MANIFEST_ENDING, readStem, stemOf, UNDATED, withoutEnding } from './names.js';
import { readChain, readManifest } from './read.js';
import { prunedBy } from './tombstone.js';

/** How to mend a folder. */
export interface Mending {
  /** The first day that it is known to have had. */
  readonly first: string | undefined;
  readonly shape: FileShape;
  readonly openSpool: () => Spool;
}

/**
 * Reads a directory with a broken chain. What is sealed before the first fault stays sealed. The days after it count as open again, with all entries
 * that can be read, and the next run rewrites their chain. Changes nothing itself.
 */
export async function salvageFolder(path: string, layout: Layout, mending: Mending): Promise<Folder> {
  const names = (await listFiles(path, layout)).filter((name) => !isWorking(name));
  const found = new Map<string, Manifest>();
  for (const name of names.filter((each) => each.endsWith(MANIFEST_ENDING))) {
    const said = layout.readPath(withoutEnding(name));
    const parsed = said === undefined ? undefined : await readManifest(join(path, name));
    if (said !== undefined && parsed !== undefined && 'value' in parsed && isWhole(parsed.value))
      found.set(stemOf(said), parsed.value);
  }
  const manifests = [...found.values()];
  const isPruned = prunedBy(manifests);
  const checked = new Map<string, Manifest>();
  for (const [stem, manifest] of found)
    checked.set(stem, isPruned(manifest) ? manifest : await readable(path, layout, manifest, mending));
  const parsed = await readChain(join(path, CHAIN_FILE));
  const record = 'value' in parsed ? parsed.value : undefined;
  const sealed = soundBeginning(found, checked);
  const tombstone = manifests
    .filter(({ kind }) => kind === 'pruned')
    .sort(byNumber)
    .at(-1);
  // The files before a tombstone are gone, so without it in the chain, the chain begins with the day after them.
  const restarts = tombstone !== undefined && !sealed.includes(tombstone);
  const kept = new Set(restarts ? [] : sealed);
  const pruned = restarts ? (tombstone.pruned?.before ?? '') : '';
  const loose = [...checked].filter(([, each]) => !kept.has(each) && !(restarts && (each.day ?? pruned) < pruned));
  const days = daysOf([...checked.values()], record, mending.first, pruned);
  const keptStems = new Set([...found].flatMap(([stem, manifest]) => (kept.has(manifest) ? [stem] : [])));
  const last = [...kept].at(-1);
  const end: Link | null = last === undefined ? null : { seq: kept.size, hash: last.hash };
  return {
    path,
    layout,
    chain:
      days === undefined
        ? undefined
        : {
            format: 'auditlog-chain-1',
            identity: record?.identity ?? {},
            days,
            sealed: end,
            tip: end ?? { seq: 0, hash: '' },
            hash: record?.hash ?? '',
          },
    sealed: [...kept],
    loose: new Map(loose.filter(([, { kind }]) => kind !== 'pruned')),
    mended: {
      tombstones: restarts ? [tombstone] : [],
      names: names.filter((name) => {
        const said = name === CHAIN_FILE ? undefined : layout.readPath(withoutEnding(name));
        return said !== undefined && !keptStems.has(stemOf(said));
      }),
    },
  };
}

function byNumber(a: Manifest, b: Manifest): number {
  return (a.pruned?.before ?? '') < (b.pruned?.before ?? '') ? -1 : 1;
}

/** The manifest, without its files if they are missing or cannot be read completely. */
async function readable(path: string, layout: Layout, manifest: Manifest, mending: Mending): Promise<Manifest> {
  const { file, columnar, day } = manifest;
  if (file === null) return manifest;
  const at = join(path, layout.folderOf(day ?? UNDATED), file.name);
  const seen = await measureFile(at, mending.shape, mending.openSpool).catch((error: unknown) => {
    if (error instanceof AuditlogError) throw error;
    return undefined;
  });
  if (seen === undefined || seen.fault !== undefined) return { ...manifest, file: null };
  const columns =
    columnar === undefined
      ? undefined
      : await hashFile(join(path, layout.folderOf(day ?? UNDATED), columnar.name)).catch(() => undefined);
  return seen.sha256 === file.sha256 && columns?.sha256 === columnar?.sha256 ? manifest : { ...manifest };
}

/** The leading sealed manifests that follow from one another, have their files, and have no later file for any of their days. */
function soundBeginning(
  found: ReadonlyMap<string, Manifest>,
  checked: ReadonlyMap<string, Manifest>,
): readonly Manifest[] {
  // A manifest whose file differs is another object among the checked ones.
  const sound = [...found].flatMap(([stem, manifest]) => (checked.get(stem) === manifest ? [manifest] : []));
  let beginning: Manifest[] = [];
  for (;;) {
    const before = beginning.at(-1);
    const next = sound.find(
      ({ chain }) =>
        chain?.sealed === true && chain.seq === beginning.length + 1 && chain.prev === (before?.hash ?? null),
    );
    if (next === undefined) break;
    beginning.push(next);
  }
  for (;;) {
    const own = new Set(beginning.map(({ hash }) => hash));
    const later = new Set([...found.values()].filter(({ hash }) => !own.has(hash)).map(({ day }) => day));
    const cut = beginning.findIndex(({ day, kind }) => kind !== 'pruned' && later.has(day));
    if (cut < 0) return beginning;
    beginning = beginning.slice(0, cut);
  }
}

function daysOf(
  manifests: readonly Manifest[],
  record: Chain | undefined,
  known: string | undefined,
  pruned: string,
): Chain['days'] | undefined {
  const own = manifests.flatMap(({ day }) => day ?? []);
  const all = [...own, ...(record === undefined ? [] : [record.days.first, record.days.last])];
  if (known !== undefined && known !== UNDATED) all.push(known);
  const days = all.filter((day) => day >= pruned).sort();
  const [first, last] = [days[0], days.at(-1)];
  return first === undefined || last === undefined ? undefined : { first: pruned === '' ? first : pruned, last };
}

/** The unsealed manifests of one day, in order: its own and, in a mended folder, those of late entries. */
export function looseOf({ loose, mended }: Folder, day: string): readonly Manifest[] {
  if (mended === undefined) return [loose.get(day)].filter((one) => one !== undefined);
  return [...loose].filter(([stem, { file }]) => readStem(stem)?.day === day && file !== null).map(([, one]) => one);
}
