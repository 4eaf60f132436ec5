import { join } from 'node:path';
import type { Context } from '../context.js';
import { earlier } from '../days/plan.js';
import { usageError } from '../errors.js';
import { takeLock } from '../files/lock.js';
import { type Folder, leftBehind, readFolder } from '../manifest/folder.js';
import { PARTITIONED } from '../manifest/layout.js';
import type { Manifest } from '../manifest/manifest.js';
import { LOCK } from '../manifest/names.js';
import type { PrunedRecord } from '../manifest/shape/file.js';
import { prunedBy } from '../manifest/tombstone.js';
import { addDays, daysBetween } from '../time.js';
import { bury, removeBuried } from './bury.js';

/** One organization of an archive. */
export interface ArchiveOrg {
  readonly root: string;
  /** The archive, as messages name it. */
  readonly shown: string;
  /** Such as `org=org_1`. */
  readonly folder: string;
}

/** What pruning removes of one organization, or has removed. */
export interface Pruning {
  /** Such as `org=org_1`. */
  readonly folder: string;
  /** Undefined: nothing is that old, or all of it was removed before. */
  readonly record: Omit<PrunedRecord, 'at'> | undefined;
  /** Days that are old enough, and are kept because they are not sealed. */
  readonly unsealed: number;
}

/** What `prune` would remove. Rejects with a usage error if the chain is damaged. */
export async function planPruning({ root, shown, folder }: ArchiveOrg, cutoff: string): Promise<Pruning> {
  return planOf(folder, await readFolder(join(root, folder), join(shown, folder), PARTITIONED), cutoff);
}

function planOf(folder: string, { chain, sealed }: Folder, cutoff: string): Pruning {
  if (chain === undefined) return { folder, record: undefined, unsealed: 0 };
  const lastSealed = sealed.findLast(({ kind }) => kind === 'day')?.day;
  const open = lastSealed == null ? chain.days.first : addDays(lastSealed, 1);
  const before = earlier(cutoff, open);
  const end = earlier(cutoff, addDays(chain.days.last, 1));
  const unsealed = open < end ? daysBetween(open, end) : 0;
  const isPruned = prunedBy(sealed);
  const old = sealed.filter((manifest) => isOlder(manifest, before) && !isPruned(manifest));
  const days = old.map(({ day }) => day ?? '').sort();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return { folder, record: undefined, unsealed };
  return {
    folder,
    record: {
      before,
      first,
      last,
      manifests: old.length,
      rows: old.reduce((sum, { file }) => sum + (file?.rows ?? 0), 0),
      bytes: old.reduce((sum, { file, columnar }) => sum + (file?.bytes ?? 0) + (columnar?.bytes ?? 0), 0),
    },
    unsealed,
  };
}

function isOlder({ file, day }: Manifest, before: string): boolean {
  return file !== null && day !== null && day < before;
}

/**
 * Removes the files of whole sealed days before `cutoff`. First a tombstone is added to the chain, durably, then the files go; their manifests
 * stay. Running it again after an interruption gives the same result. Rejects with a usage error while something is being written there, or if
 * an interrupted run left something.
 */
export async function prune(ctx: Context, { root, shown, folder }: ArchiveOrg, cutoff: string): Promise<Pruning> {
  const path = join(root, folder);
  const at = join(shown, folder);
  const lock = await takeLock(ctx, join(path, LOCK), at);
  try {
    if ((await leftBehind(path)) === 'all')
      throw usageError(`${at} has entries of an interrupted run`, 'Run the collector again to finish it');
    const there = await readFolder(path, at, PARTITIONED);
    const planned = planOf(folder, there, cutoff);
    if (planned.record !== undefined) await bury(ctx, there, planned.record);
    await removeBuried(await readFolder(path, at, PARTITIONED));
    return planned;
  } finally {
    await lock.release();
  }
}
