import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { prune } from '../../src/archive/prune.js';
import { openSpool } from '../../src/engine/store/spool.js';
import { verifyPaths } from '../../src/verify/verify.js';
import { NOW, run } from '../helpers/world.js';
import { inventEntry, type ModelEntry } from '../model/entry.js';
import { makeEntries } from '../model/makeentries.js';
import { type ArchiveSite, DAY, HOUR, openArchiveSite } from './site.js';

/** An archive with everything in it: sealed and open days, an empty one, late, gone, undated and pruned ones, and a second organization. */
let site: ArchiveSite;
let whole: ReadonlyMap<string, Buffer>;

function entry(id: string, created_at: string | undefined, org = 'org_A'): ModelEntry {
  return inventEntry(
    { id, action: 'chat.deleted', created_at, org: { id: org } },
    undefined,
    Date.parse(created_at ?? ''),
  );
}

beforeAll(async () => {
  site = await openArchiveSite();
  const first = makeEntries({ n: 30, from: NOW - 8 * DAY, to: NOW - HOUR, grain: 60_000 })
    .filter(({ time }) => new Date(time).getUTCDate() !== 15)
    .map(({ id, time }) => entry(id as string, new Date(time).toISOString()));
  const gone = first.find(({ time }) => new Date(time).getUTCDate() === 17)!;
  await site.take({ entries: first });
  await site.take({ entries: first, now: NOW + 6 * HOUR });
  const left = first.filter((one) => one !== gone);
  const more = [entry('late', '2026-11-16T10:00:00Z'), entry('undated', undefined)];
  await site.take({ entries: [...left, ...more], now: NOW + 7 * HOUR });
  await site.take({ entries: [entry('b', '2026-11-18T10:00:00Z', 'org_B')], org: 'org_B' });
  await prune(site.ctx(), { root: site.root, shown: 'archive', folder: 'org=org_A' }, '2026-11-14');
  whole = await site.files();
  const names = [...whole.keys()].join(' ');
  for (const part of ['late-001', 'gone-001', 'undated', 'pruned-001', 'org=org_B/chain.json'])
    expect(names).toContain(part);
  expect(await differences()).toEqual([]);
});

let spools = 0;

async function differences() {
  const world = {
    cwd: '/',
    openSpool: () => {
      spools += 1;
      return openSpool(site.home, `verify-${spools}.spool`);
    },
  };
  return (await verifyPaths(world, [site.root])).findings;
}

async function restore(): Promise<void> {
  await rm(site.root, { recursive: true });
  for (const [name, bytes] of whole) {
    await mkdir(dirname(join(site.root, name)), { recursive: true });
    await writeFile(join(site.root, name), bytes);
  }
}

/** In another place of each file, byte by byte where it is small. */
function* changesOf(bytes: Buffer): Generator<Buffer, void> {
  const step = Math.max(1, Math.floor(bytes.length / 3));
  for (let at = bytes.length % 7; at < bytes.length; at += step) {
    const changed = Buffer.from(bytes);
    changed[at] = changed[at]! ^ (1 << (at % 8));
    yield changed;
  }
  yield bytes.subarray(0, -1);
  yield Buffer.concat([bytes, Buffer.of(0)]);
  yield Buffer.of();
}

test('verify finds a changed, added or removed byte in any file', async () => {
  for (const [name, bytes] of whole) {
    const path = join(site.root, name);
    for (const changed of changesOf(bytes)) {
      await writeFile(path, changed);
      expect((await differences()).length, name).toBeGreaterThan(0);
    }
    await writeFile(path, bytes);
  }
  expect(await differences()).toEqual([]);
}, 120_000);

test('verify finds any file that is missing, renamed or moved', async () => {
  for (const name of whole.keys()) {
    const path = join(site.root, name);
    for (const other of [
      undefined,
      `${path}.old`,
      path.replace(/\/[^/]*$/, '/late-007.ndjson.gz'),
      join(site.root, 'org=org_A/date=2026-12-01/events.manifest.json'),
    ]) {
      if (other === undefined) await rm(path);
      else {
        await mkdir(dirname(other), { recursive: true });
        await rename(path, other);
      }
      // An archive of an earlier version has no list of its organizations.
      const isFound = (await differences()).length > 0;
      expect(isFound, `${name} as ${other}`).toBe(other !== undefined || name !== 'organizations.json');
      if (other === undefined) await writeFile(path, whole.get(name)!);
      else await rename(other, path);
    }
  }
  await restore();
  expect(await differences()).toEqual([]);
}, 120_000);

test.each([
  'org=org_A/date=2026-11-18/late-001.ndjson.gz',
  'org=org_A/date=2026-11-18/late-001.parquet',
  'org=org_A/date=2026-11-18/other.parquet',
  'org=org_A/date=2026-11-18/.hidden',
  'org=org_A/date=2026-12-01/events.ndjson.gz',
  'org=org_A/date=2026-11-15/events.parquet',
  'org=org_A/date=2026-11-13/events.parquet',
  'org=org_A/date=x/events.parquet',
  'org=org_A/2026-11-18.ndjson.gz',
  'org=org_A/pruned-002.ndjson.gz',
  'org=org_C/date=2026-11-18/events.parquet',
  'org=org_A/entries',
  'events.parquet',
  'other/events.parquet',
])('that %s was added is found', async (name) => {
  const path = join(site.root, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '', { flag: 'wx' });
  expect(await differences()).toEqual([expect.objectContaining({ kind: 'extra' })]);
  await restore();
});

test('verify finds a removed organization, and one that nobody listed', async () => {
  await rm(join(site.root, 'org=org_B'), { recursive: true });
  expect(await differences()).toEqual([
    { kind: 'missing', path: join(site.root, 'org=org_B'), why: 'organizations.json lists this organization' },
  ]);
  await rm(join(site.root, 'org=org_A'), { recursive: true });
  expect(await differences()).toHaveLength(2);
  await restore();
  const other = await openArchiveSite();
  await other.take({ entries: [entry('c', '2026-11-18T10:00:00Z', 'org_C')], org: 'org_C' });
  await cp(join(other.root, 'org=org_C'), join(site.root, 'org=org_C'), { recursive: true });
  expect(await differences()).toEqual([
    { kind: 'extra', path: join(site.root, 'org=org_C'), why: 'organizations.json does not list this organization' },
  ]);
  await restore();
});

test('an archive without a list of its organizations is in order, and the next cycle makes the list', async () => {
  const old = await openArchiveSite();
  await old.take({ entries: [entry('a', '2026-11-18T10:00:00Z')], org: 'org_A' });
  await old.take({ entries: [entry('b', '2026-11-18T10:00:00Z', 'org_B')], org: 'org_B' });
  await rm(join(old.root, 'organizations.json'));
  const world = { cwd: '/', openSpool: () => openSpool(old.home, 'verify.spool') };
  expect((await verifyPaths(world, [old.root])).findings).toEqual([]);
  await old.take({ entries: [entry('a', '2026-11-18T10:00:00Z')], org: 'org_A', now: NOW + HOUR });
  expect(JSON.parse((await old.files()).get('organizations.json')!.toString())).toMatchObject({
    format: 'auditlog-archive-1',
    organizations: ['org=org_A', 'org=org_B'],
  });
  expect((await verifyPaths(world, [old.root])).findings).toEqual([]);
});

test.each(['.DS_Store', '._events.parquet', 'Thumbs.db', 'desktop.ini', '.localized'])(
  '%s in a folder is no difference',
  async (name) => {
    for (const folder of ['', 'org=org_A', 'org=org_A/date=2026-11-16'])
      await writeFile(join(site.root, folder, name), 'x');
    expect(await differences()).toEqual([]);
    const read = await run('list --input archive --all -f ndjson', { home: site.home, cwd: site.home });
    expect(read, read.stderr).toMatchObject({ code: 0 });
    await restore();
  },
);

test('verify finds exchanged days, organizations and kinds of files', async () => {
  for (const [a, b] of [
    ['org=org_A/date=2026-11-17', 'org=org_A/date=2026-11-16'],
    ['org=org_A', 'org=org_B'],
    ['org=org_A/date=2026-11-16/events.ndjson.gz', 'org=org_A/date=2026-11-17/events.ndjson.gz'],
    ['org=org_A/date=2026-11-16/events.parquet', 'org=org_A/date=2026-11-16/late-001.parquet'],
    ['org=org_A/chain.json', 'org=org_B/chain.json'],
  ] as const) {
    await rename(join(site.root, a), join(site.root, 'x'));
    await rename(join(site.root, b), join(site.root, a));
    await rename(join(site.root, 'x'), join(site.root, b));
    expect((await differences()).length, `${a} and ${b}`).toBeGreaterThan(0);
    await restore();
  }
});

test('verify does not accept a link to a folder or a file in its place', async () => {
  for (const name of ['org=org_A/date=2026-11-16', 'org=org_A/date=2026-11-16/events.parquet', 'org=org_B']) {
    await rename(join(site.root, name), join(site.home, 'elsewhere'));
    await symlink(join(site.home, 'elsewhere'), join(site.root, name));
    expect((await differences()).length, name).toBeGreaterThan(0);
    await rm(join(site.home, 'elsewhere'), { recursive: true });
    await restore();
  }
});
