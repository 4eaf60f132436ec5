import { join } from 'node:path';
import type { Context } from '../context.js';
import { NO_STATS } from '../engine/source.js';
import { realFiles } from '../files/files.js';
import type { Folder } from '../manifest/folder.js';
import { concludeChain, type Draft, linkManifests } from '../manifest/links.js';
import { UNDATED, withoutEnding } from '../manifest/names.js';
import { instant } from '../manifest/record.js';
import type { PrunedRecord } from '../manifest/shape/file.js';
import { prunedBy } from '../manifest/tombstone.js';
import { VERSION } from '../version.js';

/** Writes a tombstone after the last sealed manifest, and the open manifests after it. */
export async function bury(ctx: Context, folder: Folder, record: Omit<PrunedRecord, 'at'>): Promise<void> {
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

/** Removes the files that tombstones list, also those that an interrupted pruning left. */
export async function removeBuried({ path, layout, sealed }: Folder): Promise<void> {
  const isPruned = prunedBy(sealed);
  const touched = new Set<string>();
  for (const manifest of sealed.filter(isPruned)) {
    const day = layout.folderOf(manifest.day ?? UNDATED);
    for (const record of [manifest.columnar, manifest.file]) {
      if (record === null || record === undefined) continue;
      // Only day files are ever removed, whatever a manifest says.
      const name = `${day}/${record.name}`;
      if (layout.readPath(withoutEnding(name))?.day !== manifest.day) continue;
      if ((await realFiles.look(join(path, name))) === undefined) continue;
      await realFiles.remove(join(path, name));
      touched.add(day);
    }
  }
  for (const day of touched) await realFiles.syncDirectory(join(path, day));
}
