import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Context } from '../../src/context.js';
import type { Ending } from '../../src/days/ending.js';
import { endingLine, type Gathered, gatheredLines, openGathered } from '../../src/days/gathered.js';
import { openArchiveDelivery } from '../../src/destinations/archive/open.js';
import type { TakenDays } from '../../src/destinations/destination.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { readParquet } from '../formats/readparquet.js';
import { makeHome, NOW } from '../helpers/world.js';
import type { ModelEntry } from '../model/entry.js';

export const DAY = 86_400_000;
export const HOUR = DAY / 24;

/** What a collector has read, told by the entries themselves. Everything has a usual value. */
export interface Told extends Partial<Pick<Ending, 'parts' | 'oldest' | 'confirmed'>> {
  readonly entries: readonly ModelEntry[];
  /** The server's clock, epoch ms. */
  readonly now?: number;
  /** Days in UTC, both included; undefined: open. */
  readonly from?: string;
  readonly to?: string;
  readonly org?: string;
  readonly key?: string;
  readonly provider?: Provider;
  /** Why it could not be reconciled. */
  readonly note?: string;
}

export interface ArchiveSite {
  readonly home: string;
  readonly root: string;
  /** The file of what was read, made anew. */
  gathered(told: Told): Promise<Gathered>;
  /** Puts it into the archive, each time as a process of its own would. */
  take(told: Told | Gathered, org?: string): Promise<TakenDays>;
  /** Data and manifests below the root, by path. */
  files(): Promise<ReadonlyMap<string, Buffer>>;
  ctx(): Context;
}

export async function openArchiveSite(provider: Provider = invent): Promise<ArchiveSite> {
  const home = await makeHome();
  const root = join(home, 'archive');
  let processes = 0;
  const ctx = (): Context => {
    processes += 1;
    return worldIn(home, 10_000_000 + processes);
  };
  const gathered = (told: Told) => gatheredFile(home, { provider, ...told });
  return {
    home,
    root,
    gathered,
    ctx,
    async take(told, org = 'c') {
      const read = 'read' in told ? told : await gathered(told);
      try {
        const delivery = await openArchiveDelivery(ctx(), root, 'archive', { provider, schema: undefined });
        return await delivery.take(read, ('org' in told && told.org) || org);
      } finally {
        if (!('read' in told)) await read.close();
      }
    },
    files: () => filesBelow(root),
  };
}

function worldIn(home: string, pid: number): Context {
  const port = { isTTY: false, columns: () => 0, rows: () => 0, write: async () => {} };
  return {
    env: {},
    cwd: home,
    home,
    tmp: home,
    platform: 'linux',
    pid,
    nodeVersion: process.version,
    isRunning: () => false,
    stdin: {
      isTTY: false,
      readAll: async () => Buffer.of(),
      chunks: async function* () {},
      readHidden: async () => '',
      readShown: async () => '',
    },
    stdout: port,
    stderr: port,
    clock: { now: () => NOW, monotonic: () => performance.now(), sleep: async () => {} },
    random: () => 0.5,
    signal: new AbortController().signal,
  };
}

export async function gatheredFile(home: string, told: Told): Promise<Gathered> {
  const { entries, now = NOW, org = 'c', provider = invent } = told;
  const path = join(home, `gathered-${randomUUID()}`);
  const ascending = [...entries].sort((a, b) => a.time - b.time || ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
  const lines = gatheredLines({
    entries: ascending.map(({ text, id, time }) => ({ raw: Buffer.from(text), id, time })),
    org,
  });
  await writeFile(path, [lines, Buffer.from(endingLine(endingOf(told, now, org, provider)))]);
  const gathered = await openGathered(path);
  if (gathered === undefined) throw new Error('it is none');
  return gathered;
}

/** How a reading of these entries went, as the last line tells it. */
export function endingOf(
  { entries, from, to, note, key = '…abcd', parts, oldest, confirmed }: Told,
  now: number,
  org: string,
  provider: Provider,
): Ending {
  const rows = entries.length;
  const at = new Date(now).toISOString().replace('.000Z', 'Z');
  const stats = {
    requests: 1,
    retries: 0,
    rereads: 0,
    duplicates: 0,
    vanished: 0,
    mutated: 0,
    missingId: 0,
    outOfWindow: 0,
    unordered: 0,
  };
  return {
    folder: { origin: 'https://api.example.com', provider: provider.name, org, query: '{}' },
    identity: {},
    run: {
      format: 'auditlog-manifest-1',
      tool: { name: 'auditlog', version: '0.0.0', node: 'v0' },
      source: {
        provider: provider.name,
        origin: 'https://api.example.com',
        path: '/log',
        orgs: [org],
        key,
        tlsVerified: true,
      },
      query: { asked: 'everything', flags: {}, from: null, before: null, wire: [{ org, filters: {} }] },
      read: {
        startedAt: at,
        endedAt: at,
        serverTime: at,
        clockSkewMs: 0,
        serverCount: rows,
        fetched: rows,
        kept: rows,
        ...stats,
        observations: 1,
        resumed: false,
        windows: [],
        closed: null,
      },
      assumptions: [],
    },
    verdict: {
      status: note === undefined ? 'verified' : 'unreconciled',
      fetched: rows,
      kept: rows,
      counted: rows,
      at: now,
      notes: note === undefined ? [] : [note],
      remarks: [],
      stats,
    },
    segments: [{ from: undefined, to: undefined, rows, kept: rows, count: rows, at: now, note }],
    from: from === undefined ? null : Date.parse(from),
    before: to === undefined ? null : Date.parse(to) + DAY,
    ...(parts === undefined ? {} : { parts }),
    ...(oldest === undefined ? {} : { oldest }),
    ...(confirmed === undefined ? {} : { confirmed }),
    serverNow: now,
  };
}

export async function filesBelow(root: string): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
  for (const name of names) found.set(name, await readFile(join(root, name)));
  return found;
}

/** The entries' own texts, by what any tool finds that reads all files with an ending in folders of that form, in the order of the files. */
export function textsIn(files: ReadonlyMap<string, Buffer>): readonly string[] {
  return [...files].flatMap(([name, bytes]) =>
    name.endsWith('.ndjson.gz') ? gunzipSync(bytes).toString().split('\n').slice(0, -1) : [],
  );
}

export async function rawsIn(files: ReadonlyMap<string, Buffer>): Promise<readonly string[]> {
  const all: string[] = [];
  for (const [name, bytes] of files) {
    if (!name.endsWith('.parquet')) continue;
    const rows = await readParquet(bytes, ['raw']);
    all.push(...rows.map((row) => String(row.raw)));
  }
  return all;
}

/** Both kinds of files hold exactly these entries, each once. */
export async function held(files: ReadonlyMap<string, Buffer>): Promise<readonly string[]> {
  const texts = [...textsIn(files)].sort();
  const raws = [...(await rawsIn(files))].sort();
  if (texts.join('\n') !== raws.join('\n')) throw new Error('the entries in columns are not those in lines');
  return texts;
}
