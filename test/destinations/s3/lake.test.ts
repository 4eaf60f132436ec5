import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeHome, NOW, run } from '../../helpers/world.js';
import { makeEntries, makeEntry } from '../../model/makeentries.js';
import { type Model, startModel } from '../../model/server.js';
import { ACCESS_KEY, BUCKET, openStore, SECRET_KEY, type Store } from './store.js';

const DAY = 86_400_000;
let store: Store;
let model: Model;

beforeEach(async () => {
  store = await openStore();
  model = await startModel({ entries: makeEntries({ n: 150, from: NOW - 3 * DAY, to: NOW, seed: 5 }), now: NOW });
  store.ahead = NOW - Date.now();
});
afterEach(() => model.close());

interface Event {
  readonly metadata: { readonly uid: string };
  readonly raw_data: string;
  readonly unmapped?: string;
  readonly class_uid: number;
  readonly time: bigint;
}

async function eventsIn(key: string): Promise<readonly Event[]> {
  const file = new Uint8Array(store.objects.get(key)!.body).buffer;
  return (await parquetReadObjects({
    file,
    compressors: { GZIP: (block) => gunzipSync(block) },
  })) as unknown as Event[];
}

async function openHome() {
  const home = await makeHome();
  const env = {
    AUDITLOG_BASE_URL: model.base.href,
    AUDITLOG_API_KEY: model.key,
    AUDITLOG_STATE_DIR: join(home, 'state'),
    AWS_ACCESS_KEY_ID: ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: SECRET_KEY,
  };
  return { home, auditlog: (line: string) => run(line, { env, home, now: model.now() }) };
}

const openHost = async () => (await openHome()).auditlog;

const url = (rest = '&account=123456789012') => `s3://${BUCKET}/ext/acme?endpoint=${store.endpoint}${rest}`;
const KEY =
  /^ext\/acme-(\d{4})\/region=us-east-1\/accountId=123456789012\/eventDay=(\d{8})\/[A-Za-z0-9_-]+-[0-9a-f]{16}\.parquet$/;

test('a data lake gets each event once, as OCSF, by class and day, in the order of their times', async () => {
  const auditlog = await openHost();
  expect(await auditlog(`collect lake --create --rate off --dest ${url()}`)).toMatchObject({ code: 0 });
  expect(await auditlog('collect lake')).toMatchObject({ code: 0 });
  const first = [...store.objects.keys()];
  model.insert(makeEntry(NOW - DAY, 9, 1));
  expect(await auditlog('collect lake')).toMatchObject({ code: 0 });
  // What is in the objects is remembered.
  expect(store.asked.filter((asked) => /^GET .*\.parquet$/.test(asked))).toEqual([]);
  expect(first.length).toBeLessThan(store.objects.size);
  const raw: string[] = [];
  for (const key of store.objects.keys()) {
    const [, uid, day] = KEY.exec(key) ?? [];
    const events = await eventsIn(key);
    for (const event of events) {
      expect(event.class_uid).toBe(Number(uid));
      expect(new Date(Number(event.time)).toISOString().slice(0, 10).replaceAll('-', '')).toBe(day);
      raw.push(event.raw_data);
    }
    const times = events.map(({ time }) => Number(time));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  }
  const truth = model.truth().map(({ text }) => text);
  expect(raw.sort()).toEqual(truth.sort());
});

test('events delivered again after a failure replace the same objects', async () => {
  const auditlog = await openHost();
  await auditlog(`collect lake --create --rate off --dest ${url()}`);
  let puts = 0;
  store.fault = (method) => (method === 'PUT' && ++puts === 4 ? { status: 403, code: 'AccessDenied' } : undefined);
  expect(await auditlog('collect lake')).toMatchObject({ code: 4 });
  const before = [...store.objects.keys()];
  expect(before.length).toBe(3);
  store.fault = undefined;
  expect(await auditlog('collect lake')).toMatchObject({ code: 0 });
  const ids = (await Promise.all([...store.objects.keys()].map(eventsIn))).flat().map(({ metadata }) => metadata.uid);
  expect(ids.length).toBe(150);
  expect(new Set(ids).size).toBe(150);
});

test('values without an OCSF attribute keep all their digits', async () => {
  const auditlog = await openHost();
  model.remove(...model.truth().map(({ id }) => id ?? ''));
  const text = makeEntry(NOW - DAY, 9, 1).text;
  const metadata = '{"count":9007199254740993,"share":1e400}';
  model.insert({
    ...makeEntry(NOW - DAY, 9, 1),
    text: text.replace(/"metadata":(\{[^{}]*\}|null)/, `"metadata":${metadata}`),
  });
  expect(model.truth()[0]?.text).toContain(metadata);
  await auditlog(`collect lake --create --rate off --dest ${url()}`);
  expect(await auditlog('collect lake')).toMatchObject({ code: 0 });
  const [event] = await eventsIn([...store.objects.keys()][0] ?? '');
  expect(event?.unmapped).toContain(metadata);
});

test('an address and a schema that contradict each other are rejected', async () => {
  const auditlog = await openHost();
  const told = async (line: string) => {
    const { code, stderr } = await auditlog(`collect x --create --dest ${line}`);
    return `${code}: ${stderr.split('\n')[0]}`;
  };
  expect(await told(`${url('')} --schema ocsf`)).toBe('2: error: missing account of the lake');
  expect(await told(`${url()} --schema cef`)).toMatch(
    /^2: error: --schema cef does not apply to a bucket: expected ocsf, for a data lake/,
  );
  expect(await told(`s3://${BUCKET}?endpoint=${store.endpoint}&account=123456789012`)).toBe(
    '2: error: missing source of the events',
  );
  const checked = await auditlog(`destination check ${url()}`);
  expect(checked.code).toBe(0);
  expect(store.asked.filter((each) => each.startsWith('PUT'))[0]).toBe('PUT ext/acme-3004/auditlog-check.txt');
});

/** Forgets what was delivered, and what objects hold. */
async function forgetAll(home: string): Promise<void> {
  await rm(join(home, 'state'), { recursive: true });
}

test('after lost state nothing is put again where nothing has changed, and only the objects with changed events are', async () => {
  const { auditlog, home } = await openHome();
  await auditlog(`collect lake --create --rate off --dest ${url()}`);
  await auditlog('collect lake');
  const before = new Map(store.objects);
  const puts = () => store.asked.filter((asked) => asked.startsWith('PUT'));
  const again = async () => {
    await forgetAll(home);
    store.asked.length = 0;
    await auditlog(`collect lake --create --rate off --dest ${url()}`);
    expect(await auditlog('collect lake')).toMatchObject({ code: 0 });
  };
  await again();
  expect(puts()).toEqual([]);
  const [changed] = model.truth();
  model.remove(changed!.id as string);
  model.insert({ ...changed!, text: changed!.text.replace(/\}$/, ',"seen":"now"}') });
  await again();
  expect(puts()).toHaveLength(1);
  expect([...store.objects.keys()].sort()).toEqual([...before.keys()].sort());
  const events = (await Promise.all([...store.objects.keys()].map(eventsIn))).flat();
  expect(
    events.filter(({ raw_data: raw }) => raw.includes('"seen":"now"')).map(({ metadata }) => metadata.uid),
  ).toEqual([changed!.id]);
  expect(new Set(events.map(({ metadata }) => metadata.uid)).size).toBe(150);
});

test('an object that another collector replaces meanwhile is not overwritten', async () => {
  const { auditlog, home } = await openHome();
  await auditlog(`collect lake --create --rate off --dest ${url()}`);
  await auditlog('collect lake');
  for (const entry of [...model.truth()]) {
    model.remove(entry.id as string);
    model.insert({ ...entry, text: entry.text.replace(/\}$/, ',"seen":"now"}') });
  }
  await forgetAll(home);
  await auditlog(`collect lake --create --rate off --dest ${url()}`);
  store.fault = (method) => {
    if (method === 'PUT')
      for (const [key, object] of store.objects)
        store.objects.set(key, { ...object, body: Buffer.concat([object.body, Buffer.of(0)]) });
    return undefined;
  };
  const { code, stderr } = await auditlog('collect lake');
  expect(stderr).toContain('error: another program has written to ext/acme-');
  expect(code).toBe(2);
});
