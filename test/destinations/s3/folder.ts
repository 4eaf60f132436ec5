import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sealChain } from '../../../src/manifest/chain.js';
import { fileText, type ManifestBody, sealManifest } from '../../../src/manifest/manifest.js';

/** A day of an archive: the text in its files. */
export interface Day {
  readonly text: string;
  readonly sealed?: boolean;
  /** Whether its data files were pruned. */
  readonly pruned?: boolean;
  /** The version in its manifest: tells the runs of hosts apart. */
  readonly by?: string;
}

/** Writes an org's folder of an archive as a run leaves it: entries (here any text), manifests, the chain. */
export async function writeFolder(directory: string, days: Readonly<Record<string, Day>>): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  let before: { readonly seq: number; readonly hash: string } | undefined;
  let sealedLink: typeof before;
  const link = async (path: string, body: Omit<ManifestBody, 'chain'>, sealed: boolean) => {
    const seq: number = (before?.seq ?? 0) + 1;
    const manifest = sealManifest({ ...body, chain: { seq, prev: before?.hash ?? null, sealed } });
    await write(directory, `${path}.manifest.json`, fileText(manifest));
    before = { seq, hash: manifest.hash };
    if (sealed) sealedLink = before;
  };
  for (const [day, { text, sealed = false, pruned = false, by = 'a' }] of Object.entries(days)) {
    const folder = `date=${day}`;
    if (!pruned)
      for (const name of ['events.ndjson.gz', 'events.parquet'])
        await write(directory, `${folder}/${name}`, `${name} ${text}`);
    await link(`${folder}/events`, bodyOf(day, text, by), sealed);
  }
  const tombstone = Object.keys(days).findLast((day) => days[day]?.pruned === true);
  if (tombstone !== undefined)
    await link(
      'pruned-001',
      { ...bodyOf(null, '', 'a'), kind: 'pruned', pruned: { ...PRUNED, before: nextDay(tombstone) } },
      true,
    );
  const names = Object.keys(days);
  const chain = sealChain({
    identity: { source: 'https://api.example.com' },
    days: { first: names[0] ?? '2026-01-01', last: names.at(-1) ?? '2026-01-01' },
    sealed: sealedLink ?? null,
    tip: before ?? { seq: 0, hash: '' },
  });
  await write(directory, 'chain.json', fileText(chain));
}

const PRUNED = { at: '2026-03-01T00:00:00Z', first: '2026-01-01', last: '2026-01-01', manifests: 1, rows: 1, bytes: 1 };

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

async function write(directory: string, name: string, text: string): Promise<void> {
  const path = join(directory, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
}

function bodyOf(day: string | null, text: string, by: string): Omit<ManifestBody, 'chain'> {
  const sha256 = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const file = {
    name: 'events.ndjson.gz',
    format: 'ndjson',
    gzip: true,
    bytes: text.length,
    sha256,
    unpacked: null,
    rows: 1,
    ids: null,
    first: null,
    last: null,
    csv: null,
    fields: { id: ['id'], time: ['createdAt'] },
  } as const;
  return {
    format: 'auditlog-manifest-1',
    kind: 'day',
    day,
    tool: { name: 'auditlog', version: by, node: 'v20' },
    source: { provider: 'invent', origin: 'https://api.example.com', path: '/', orgs: [], key: '…', tlsVerified: true },
    query: { asked: 'all', flags: {}, from: null, before: null, wire: [] },
    read: {
      startedAt: '',
      endedAt: '',
      serverTime: null,
      clockSkewMs: 0,
      serverCount: 1,
      fetched: 1,
      kept: 1,
      requests: 1,
      retries: 0,
      rereads: 0,
      duplicates: 0,
      vanished: 0,
      mutated: 0,
      missingId: 0,
      outOfWindow: 0,
      unordered: 0,
      observations: 1,
      resumed: false,
      windows: [],
      closed: null,
    },
    status: 'verified',
    notes: [],
    assumptions: [],
    file: day === null ? null : file,
    gone: null,
  };
}
