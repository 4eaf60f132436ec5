import { join } from 'node:path';
import type { Context } from '../context.js';
import { earlier } from '../days/plan.js';
import { NO_STATS } from '../engine/source.js';
import { usageError } from '../errors.js';
import { realFiles } from '../files/files.js';
import { type Folder, leftBehind, readFolder } from '../manifest/folder.js';
import { PARTITIONED } from '../manifest/layout.js';
import { concludeChain, type Draft, linkManifests } from '../manifest/links.js';
import type { Manifest } from '../manifest/manifest.js';
import { LOCK, UNDATED, withoutEnding } from '../manifest/names.js';
import { instant } from '../manifest/record.js';
import type { PrunedRecord } from '../manifest/shape/file.js';
import { prunedBy } from '../manifest/tombstone.js';
import { takeLock } from '../output/lock.js';
import { addDays, daysBetween } from '../time.js';
import { VERSION } from '../version.js';

/** What pruning removes of one organization, or has removed. */
export interface Pruning {
  /** Such as `org=org_1`. */
  readonly folder: string;
  /** Undefined: nothing is that old, or it was removed before. */
  readonly record: Omit<PrunedRecord, 'at'> | undefined;
  /** Days that are old enough, and stay because they are not sealed. */
  readonly unsealed: number;
}

/** What would be removed: whole sealed days before `cutoff`, from the old end. Rejects with a usage error where a chain is not as it was left. */
export async function planPruning(root: string, shown: string, folder: string, cutoff: string): Promise<Pruning> {
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
 * Removes the files of the days before `cutoff`. First a tombstone takes its place in the chain, durably, then the files go; their manifests stay. Run
 * again after an interruption, it comes to the same. Rejects with a usage error while something is being written there, or was left by an interrupted run.
 */
export async function prune(
  ctx: Context,
  root: string,
  shown: string,
  folder: string,
  cutoff: string,
): Promise<Pruning> {
  const path = join(root, folder);
  const at = join(shown, folder);
  const lock = await takeLock(ctx, join(path, LOCK), at);
  try {
    if ((await leftBehind(path)) === 'all')
      throw usageError(`${at} has what an interrupted run has read`, 'Let the collector finish it: run it once more.');
    const there = await readFolder(path, at, PARTITIONED);
    const planned = planOf(folder, there, cutoff);
    if (planned.record !== undefined) await bury(ctx, there, planned.record);
    await removeBuried(await readFolder(path, at, PARTITIONED));
    return planned;
  } finally {
    await lock.release();
  }
}

/** Writes the tombstone after the last sealed manifest, and those that are not sealed after it. */
async function bury(ctx: Context, folder: Folder, record: Omit<PrunedRecord, 'at'>): Promise<void> {
  const { chain, sealed, loose } = folder;
  const last = sealed.at(-1);
  if (chain === undefined || last === undefined) return;
  const now = instant(ctx.clock.now()) ?? '';
  const number = sealed.filter(({ kind }) => kind === 'pruned').length + 1;
  const tombstone: Draft = {
    name: { kind: 'pruned', day: '', number },
    body: {
      format: last.format,
      tool: { name: 'auditlog', version: VERSION, node: ctx.nodeVersion },
      source: last.source,
      query: last.query,
      read: { ...NOTHING_READ, startedAt: now, endedAt: now },
      assumptions: [],
      kind: 'pruned',
      day: null,
      status: 'uncounted',
      notes: [],
      file: null,
      gone: null,
      pruned: { ...record, at: now },
    },
  };
  const open = [...loose].filter(([stem, { kind, day }]) => kind === 'day' && stem === day && day <= chain.days.last);
  const kept = open.map(([stem, { chain: _, hash: __, ...body }]): Draft => {
    return { name: { kind: 'day', day: stem, number: undefined }, body, kept: true };
  });
  const inOrder = kept.sort((a, b) => (a.name.day < b.name.day ? -1 : 1));
  await concludeChain(folder, chain.identity, chain.days, await linkManifests(folder, [tombstone], inOrder));
}

const NOTHING_READ = {
  serverTime: null,
  clockSkewMs: 0,
  serverCount: null,
  fetched: 0,
  kept: 0,
  ...NO_STATS,
  observations: 1,
  resumed: false,
  windows: [],
  closed: null,
} as const;

/** The files that tombstones speak of, also of an earlier pruning that was cut off. */
async function removeBuried({ path, layout, sealed }: Folder): Promise<void> {
  const isPruned = prunedBy(sealed);
  const touched = new Set<string>();
  for (const manifest of sealed.filter(isPruned)) {
    const day = layout.folderOf(manifest.day ?? UNDATED);
    for (const record of [manifest.columnar, manifest.file]) {
      if (record === null || record === undefined) continue;
      // Nothing but files of days is ever removed, whatever a manifest says.
      const name = `${day}/${record.name}`;
      if (layout.readPath(withoutEnding(name))?.day !== manifest.day) continue;
      if ((await realFiles.look(join(path, name))) === undefined) continue;
      await realFiles.remove(join(path, name));
      touched.add(day);
    }
  }
  for (const day of touched) await realFiles.syncDirectory(join(path, day));
}
