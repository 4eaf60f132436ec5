import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openS3Client } from '../../../src/destinations/s3/client.js';
import { guardFolder } from '../../../src/destinations/s3/guard.js';
import { openJournal } from '../../../src/destinations/s3/journal.js';
import { type Mirrored, mirrorFolder } from '../../../src/destinations/s3/mirror.js';
import { restoreFolder } from '../../../src/destinations/s3/restore.js';
import { parseS3Url } from '../../../src/destinations/s3/url.js';
import { makeHome } from '../../helpers/world.js';
import { type Day, writeFolder } from './folder.js';
import { BUCKET, openStore, type Store, worldOf } from './store.js';

let store: Store;
beforeEach(async () => {
  store = await openStore();
});

const PREFIX = 'logs/org=acme/';

/** A host with its directory. */
interface Host {
  readonly home: string;
  readonly folder: string;
  /** What a collector does each time: reads back what is not here, writes, and brings the bucket up to it. */
  deliver(days?: Readonly<Record<string, Day>>): Promise<Mirrored>;
}

async function openHost(): Promise<Host> {
  const home = await makeHome();
  const folder = join(home, 'archive', 'org=acme');
  return {
    home,
    folder,
    deliver: async (days) => {
      const ctx = worldOf(home);
      const client = await openS3Client(ctx, parseS3Url(`s3://${BUCKET}/logs?endpoint=${store.endpoint}`, ctx.env));
      const journal = await openJournal(join(home, 'mirror', 'org=acme.ndjson'));
      try {
        const mirror = { client, journal, directory: folder, prefix: PREFIX };
        await restoreFolder(mirror);
        await guardFolder(mirror);
        if (days !== undefined) await writeFolder(folder, days);
        return await mirrorFolder(mirror);
      } finally {
        await journal.close();
        await client.close();
      }
    },
  };
}

async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
  const paths = names.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(
    await Promise.all(
      paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const),
    ),
  );
}

function inStore(): Record<string, string> {
  const mine = [...store.objects].filter(([key]) => key.startsWith(PREFIX)).sort();
  return Object.fromEntries(mine.map(([key, { body }]) => [key.slice(PREFIX.length), body.toString()]));
}

const puts = () =>
  store.asked.filter((each) => each.startsWith('PUT')).map((each) => each.slice(`PUT ${PREFIX}`.length));

const FIRST = { '2026-01-01': { text: 'one', sealed: true }, '2026-01-02': { text: 'two' } };
/** The same days as another host reads them. */
const OTHER = { '2026-01-01': { text: 'one', sealed: true, by: 'b' }, '2026-01-02': { text: 'two', by: 'b' } };
const SECOND = {
  '2026-01-01': { text: 'one', sealed: true },
  '2026-01-02': { text: 'two and more', sealed: true },
  '2026-01-03': { text: 'three' },
};

test('entries are put first, then manifests, then the chain, and the bucket holds what the folder holds', async () => {
  const host = await openHost();
  expect(await host.deliver(FIRST)).toEqual({ put: 7, removed: 0 });
  const endings = puts().map((name) => name.replace(/^date=.*\/events/, 'events'));
  expect(endings.slice(0, 4).sort()).toEqual(
    [1, 2, 3, 4].map((at) => (at < 3 ? 'events.ndjson.gz' : 'events.parquet')),
  );
  expect(endings.slice(4)).toEqual(['events.manifest.json', 'events.manifest.json', 'chain.json']);
  expect(inStore()).toEqual(await filesOf(host.folder));
});

test('an unchanged file is not put again, and costs one request', async () => {
  const host = await openHost();
  await host.deliver(FIRST);
  store.asked.length = 0;
  expect(await host.deliver()).toEqual({ put: 0, removed: 0 });
  expect(store.asked).toEqual([`HEAD ${PREFIX}chain.json`]);
  store.asked.length = 0;
  await host.deliver(SECOND);
  expect(puts().some((name) => name.startsWith('date=2026-01-01'))).toBe(false);
  expect(inStore()).toEqual(await filesOf(host.folder));
});

test('a removed day is deleted after the chain; a day that lacks only its file is kept', async () => {
  const host = await openHost();
  await host.deliver(FIRST);
  store.asked.length = 0;
  expect(await host.deliver({ '2026-01-01': { text: 'one', sealed: true } })).toEqual({ put: 1, removed: 3 });
  expect(store.asked.findIndex((each) => each.startsWith('DELETE'))).toBeGreaterThan(
    store.asked.indexOf(`PUT ${PREFIX}chain.json`),
  );
  expect(inStore()).toEqual(await filesOf(host.folder));
  await rm(join(host.folder, 'date=2026-01-01', 'events.parquet'));
  expect(await host.deliver()).toEqual({ put: 0, removed: 0 });
  expect(Object.keys(inStore())).toContain('date=2026-01-01/events.parquet');
});

test('a pruned day is deleted from the bucket, too', async () => {
  const host = await openHost();
  await host.deliver(SECOND);
  await host.deliver({ ...SECOND, '2026-01-01': { text: 'one', sealed: true, pruned: true } });
  expect(Object.keys(inStore()).filter((name) => name.startsWith('date=2026-01-01'))).toEqual([
    'date=2026-01-01/events.manifest.json',
  ]);
  expect(inStore()).toEqual(await filesOf(host.folder));
});

for (const conditions of ['honoured', 'ignored'] as const) {
  test(`wherever a delivery is interrupted, the next one completes the bucket (conditions ${conditions})`, async () => {
    let requests = 0;
    for (let at = 1, ended = true; ended; at += 1) {
      store = await openStore();
      store.conditions = conditions;
      const host = await openHost();
      await host.deliver(FIRST);
      requests = 0;
      ended = false;
      // From then on nobody answers: what was asked may have been done or not.
      store.fault = () => {
        requests += 1;
        if (requests < at) return undefined;
        ended = true;
        return requests === at && at % 2 === 0 ? 'lost' : 'cut';
      };
      await host
        .deliver({ ...FIRST, '2026-01-02': { text: 'two again' }, '2026-01-03': { text: 'three' } })
        .catch(() => undefined);
      store.fault = undefined;
      await host.deliver(SECOND);
      expect(inStore()).toEqual(await filesOf(host.folder));
    }
    expect(requests).toBeGreaterThan(8);
  });
}

test('without its journal, a collector lists the bucket and puts only what differs', async () => {
  const host = await openHost();
  await host.deliver(FIRST);
  await rm(join(host.home, 'mirror'), { recursive: true });
  store.objects.set(`${PREFIX}notes.txt`, { body: Buffer.from('of somebody'), sha256: undefined });
  store.asked.length = 0;
  expect(await host.deliver()).toEqual({ put: 0, removed: 0 });
  expect(puts()).toEqual([]);
  await rm(join(host.home, 'mirror'), { recursive: true });
  await writeFolder(host.folder, SECOND);
  await host.deliver();
  expect(inStore()).toEqual({ ...(await filesOf(host.folder)), 'notes.txt': 'of somebody' });
});

test('another host continues with the bucket, and the first one notices', async () => {
  const a = await openHost();
  await a.deliver(FIRST);
  const b = await openHost();
  await b.deliver();
  expect(await filesOf(b.folder)).toEqual(inStore());
  await b.deliver({ ...FIRST, '2026-01-02': { text: 'two, read by b', by: 'b' } });
  await expect(a.deliver(SECOND)).rejects.toMatchObject({
    exitCode: 2,
    message: `another program has written to ${PREFIX}chain.json`,
  });
  expect(inStore()['date=2026-01-02/events.parquet']).toBe('events.parquet two, read by b');
});

for (const conditions of ['honoured', 'ignored'] as const)
  test(`two hosts that begin on one prefix are an error (conditions ${conditions})`, async () => {
    store.conditions = conditions;
    const [a, b] = [await openHost(), await openHost()];
    // The second one begins after the first has looked, and before it has written.
    let begun = false;
    let second: Promise<unknown> = Promise.resolve();
    store.fault = (method, key) => {
      if (!begun && method === 'PUT' && key.startsWith(PREFIX)) {
        begun = true;
        second = b.deliver(OTHER).catch((error: Error) => error.message);
      }
      return undefined;
    };
    const outcomes = [await a.deliver(FIRST).catch((error: Error) => error.message), await second];
    for (const host of [a, b]) outcomes.push(await host.deliver().catch((error: Error) => error.message));
    expect(
      outcomes.filter(
        (one) =>
          typeof one === 'string' && /^(another program has written to|objects of unknown origin are under)/.test(one),
      ).length,
    ).toBeGreaterThan(0);
  });

test('an unfinished copy of somebody else is an error, and nothing is added to it', async () => {
  const host = await openHost();
  store.objects.set(`${PREFIX}date=2026-01-01/events.manifest.json`, {
    body: Buffer.from('of somebody'),
    sha256: undefined,
  });
  await expect(host.deliver(FIRST)).rejects.toMatchObject({
    exitCode: 2,
    message: `objects of unknown origin are under ${PREFIX}date=2026-01-01/events.manifest.json: no chain says whose they are`,
  });
  store.objects.clear();
  await host.deliver();
  expect(inStore()).toEqual(await filesOf(host.folder));
});

test('a lost folder is read back, also after an interruption', async () => {
  const host = await openHost();
  await host.deliver(SECOND);
  for (let at = 2; at < 12; at += 3) {
    await rm(host.folder, { recursive: true });
    let requests = 0;
    store.fault = () => (++requests >= at ? 'cut' : undefined);
    await host.deliver().catch(() => undefined);
    store.fault = undefined;
    await host.deliver();
    expect(await filesOf(host.folder)).toEqual(inStore());
  }
});

test('an object that reads back with other bytes is rejected, also where ETags are no hashes', async () => {
  const host = await openHost();
  store.encrypts = true;
  await host.deliver(FIRST);
  const key = `${PREFIX}date=2026-01-01/events.parquet`;
  const { body, sha256 } = store.objects.get(key)!;
  await rm(host.folder, { recursive: true });
  store.objects.set(key, { body: Buffer.from(body.toString().replace('one', 'two')), sha256 });
  await expect(host.deliver()).rejects.toMatchObject({
    exitCode: 5,
    message: /object .*events\.parquet differs from what was just stored/,
  });
  store.objects.set(key, { body, sha256 });
  await host.deliver();
  expect(await filesOf(host.folder)).toEqual(inStore());
});

test('a sealed file that was changed here does not reach the bucket', async () => {
  const host = await openHost();
  await host.deliver(SECOND);
  const before = inStore();
  const changed = { ...SECOND, '2026-01-01': { text: 'something else', sealed: true } };
  await expect(host.deliver(changed)).rejects.toMatchObject({
    exitCode: 1,
    message: /date=2026-01-01\/.* is not what was put into the bucket/,
  });
  expect(inStore()).toEqual(before);
});

test('keys that lead elsewhere are not read back', async () => {
  const host = await openHost();
  await host.deliver(FIRST);
  for (const name of ['../../escaped.json', 'date=2026-01-01/../x.json', 'notes.txt'])
    store.objects.set(`${PREFIX}${name}`, { body: Buffer.from('x'), sha256: undefined });
  await rm(host.folder, { recursive: true });
  await host.deliver();
  expect(Object.keys(await filesOf(host.home)).filter((name) => /escaped|x\.json|notes/.test(name))).toEqual([]);
});

test('an emptied bucket is filled again, and so is an open day with missing objects', async () => {
  const host = await openHost();
  await host.deliver(FIRST);
  store.objects.clear();
  await host.deliver();
  expect(inStore()).toEqual(await filesOf(host.folder));
  store.objects.delete(`${PREFIX}date=2026-01-02/events.parquet`);
  await host.deliver(SECOND);
  expect(inStore()).toEqual(await filesOf(host.folder));
});
