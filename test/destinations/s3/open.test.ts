import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addToOrgList } from '../../../src/manifest/orglist.js';
import { makeHome, NOW, type Ran, run } from '../../helpers/world.js';
import { makeEntries, makeEntry } from '../../model/makeentries.js';
import { type Model, startModel } from '../../model/server.js';
import { ACCESS_KEY, BUCKET, openStore, SECRET_KEY, type Store } from './store.js';

const DAY = 86_400_000;
let store: Store;
let model: Model;

beforeEach(async () => {
  store = await openStore();
  model = await startModel({ entries: makeEntries({ n: 120, from: NOW - 6 * DAY, to: NOW, seed: 5 }), now: NOW });
});
afterEach(() => model.close());

const url = (prefix: string) => `s3://${BUCKET}/${prefix}?endpoint=${store.endpoint}`;

/** A host with a collector to a prefix. */
async function openHost(prefix = 'logs') {
  const home = await makeHome();
  const env = {
    AUDITLOG_BASE_URL: model.base.href,
    AUDITLOG_API_KEY: model.key,
    AUDITLOG_STATE_DIR: join(home, 'state'),
    AWS_ACCESS_KEY_ID: ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: SECRET_KEY,
  };
  const auditlog = (line: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> => {
    // The store's clock is the model's.
    store.ahead = model.now() - Date.now();
    return run(line, { env: { ...env, ...more }, home, now: model.now() });
  };
  const made = await auditlog(`collect lake --create --rate off --dest ${url(prefix)}`);
  expect(made.code, made.stderr).toBe(0);
  return { auditlog, directory: join(home, 'state', 'collectors', 'lake', 'destination') };
}

const textsIn = (prefix: string) =>
  [...store.objects]
    .filter(([key]) => key.startsWith(`${prefix}/`) && key.endsWith('.ndjson.gz'))
    .flatMap(([, { body }]) => gunzipSync(body).toString().split('\n').slice(0, -1))
    .sort();

const truth = () =>
  model
    .truth()
    .map(({ text }) => text)
    .sort();

test('a collector puts all entries into the bucket as an archive, and then the new ones', async () => {
  const host = await openHost();
  expect(await host.auditlog('collect lake')).toMatchObject({ code: 0 });
  expect(textsIn('logs')).toEqual(truth());
  const keys = [...store.objects.keys()];
  const [, org] = /^logs\/(org=[^/]+)\/date=2026-11-18\/events\.parquet$/m.exec(keys.join('\n')) ?? [];
  expect(keys).toContain(`logs/${org}/date=2026-11-18/events.manifest.json`);
  expect(keys).toContain(`logs/${org}/chain.json`);
  model.setNow(NOW + DAY);
  model.insert(makeEntry(NOW + DAY / 2, 9, 1));
  expect(await host.auditlog('collect lake')).toMatchObject({ code: 0 });
  expect(textsIn('logs')).toEqual(truth());
});

test('a cycle without new entries puts only manifests and the chain', async () => {
  const host = await openHost();
  await host.auditlog('collect lake');
  store.asked.length = 0;
  expect(await host.auditlog('collect lake')).toMatchObject({ code: 0 });
  const put = store.asked.filter((each) => each.startsWith('PUT')).map((each) => each.replace(/.*\//, ''));
  expect(new Set(put)).toEqual(new Set(['events.manifest.json', 'chain.json']));
});

test('an emptied bucket is filled again, even without new entries', async () => {
  const host = await openHost();
  await host.auditlog('collect lake');
  await host.auditlog('collect lake');
  store.objects.clear();
  expect(await host.auditlog('collect lake')).toMatchObject({ code: 0 });
  expect(textsIn('logs')).toEqual(truth());
});

test('--deep puts an object again that was deleted from the bucket, and says so', async () => {
  const host = await openHost();
  await host.auditlog('collect lake');
  const whole = new Map(store.objects);
  const key = [...whole.keys()].find((each) => each.endsWith('date=2026-11-17/events.ndjson.gz'))!;
  store.objects.delete(key);
  const ran = await host.auditlog('collect lake --deep');
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stderr).toContain(`${key} was deleted from the bucket: putting it again\n`);
  expect(store.objects.get(key)?.body).toEqual(whole.get(key)?.body);
  expect(textsIn('logs')).toEqual(truth());
  expect((await host.auditlog('collect lake --deep')).stderr).not.toContain('deleted');
});

test('--deep ends with an error that names an object that was replaced in the bucket', async () => {
  const host = await openHost();
  await host.auditlog('collect lake');
  const key = [...store.objects.keys()].find((each) => each.endsWith('date=2026-11-17/events.ndjson.gz'))!;
  store.objects.set(key, { body: Buffer.from('x'), sha256: undefined });
  const ran = await host.auditlog('collect lake --deep');
  expect(ran).toMatchObject({ code: 2 });
  expect(ran.stderr).toContain(`error: another program has written to ${key}\n`);
});

test.each([
  [
    'a damaged file',
    (archive: string, org: string) => writeFile(join(archive, org, 'date=2026-11-15/events.ndjson.gz'), ''),
  ],
  ['a removed day', (archive: string, org: string) => rm(join(archive, org, 'date=2026-11-15'), { recursive: true })],
])('%s in the copy on this machine is read back from the bucket', async (_, harm) => {
  const host = await openHost();
  for (let n = 0; n < 3; n += 1) {
    await host.auditlog('collect lake');
    model.advance(DAY);
  }
  const archive = join(host.directory, 'archive');
  const org = (await readdir(archive)).find((name) => name.startsWith('org='))!;
  await harm(archive, org);
  const ran = await host.auditlog('collect lake');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stderr).toContain('was damaged: it was read back from the bucket\n');
  expect(textsIn('logs')).toEqual(truth());
  expect(await host.auditlog(`verify ${archive}`)).toMatchObject({ code: 0 });
});

test('keys that no longer work are an error, even without new entries', async () => {
  const host = await openHost();
  await host.auditlog('collect lake');
  await host.auditlog('collect lake');
  expect(await host.auditlog('collect lake', { AWS_SECRET_ACCESS_KEY: `${SECRET_KEY}x` })).toMatchObject({ code: 4 });
});

test('a failing store leaves the checkpoint as it was, and the next run continues', async () => {
  const host = await openHost();
  store.fault = (method, key) =>
    method === 'PUT' && key.endsWith('chain.json') ? { status: 403, code: 'AccessDenied' } : undefined;
  const failed = await host.auditlog('collect lake');
  expect(failed.code).toBe(4);
  expect(failed.stderr).toContain(
    `the access key …${ACCESS_KEY.slice(-4)} from AWS_ACCESS_KEY_ID may not put objects (403 AccessDenied)`,
  );
  expect(failed.stderr).toContain('It needs s3:PutObject on arn:aws:s3:::lake/logs/*');
  expect(failed.stderr).not.toContain(SECRET_KEY);
  store.fault = undefined;
  expect(await host.auditlog('collect lake')).toMatchObject({ code: 0 });
  expect(textsIn('logs')).toEqual(truth());
});

test('another host takes over the bucket, and the first one gets an error', async () => {
  const first = await openHost();
  await first.auditlog('collect lake');
  const second = await openHost();
  model.insert(makeEntry(NOW - DAY, 9, 2));
  expect(await second.auditlog('collect lake')).toMatchObject({ code: 0 });
  expect(textsIn('logs')).toEqual(truth());
  const told = await first.auditlog('collect lake');
  expect(told.code).toBe(2);
  expect(told.stderr).toMatch(/another program has written to logs\/org=.*\/chain\.json/);
  const [, folder = ''] = /a backup restored an older (\S+): /.exec(told.stderr) ?? [];
  expect(folder.startsWith(join(first.directory, 'archive', 'org='))).toBe(true);
  await rm(folder, { recursive: true });
  expect(await first.auditlog('collect lake')).toMatchObject({ code: 0 });
  expect(textsIn('logs')).toEqual(truth());
});

test('the address from the environment is part of the collector', async () => {
  const host = await openHost();
  expect(await host.auditlog('collect lake')).toMatchObject({ code: 0 });
  const other = await host.auditlog('collect lake', { AWS_REGION: 'eu-west-3' });
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('&region=us-east-1, but the address now means s3://lake/logs?endpoint=');
});

test('a collector that lost its directory reads the bucket back', async () => {
  const host = await openHost();
  await host.auditlog('collect lake');
  const archive = join(host.directory, 'archive');
  const folder = (await readdir(archive)).find((name) => name.startsWith('org=')) ?? '';
  await rm(join(archive, folder), { recursive: true });
  const before = store.objects.size;
  expect(await host.auditlog('collect lake')).toMatchObject({ code: 0 });
  expect(store.objects.size).toBe(before);
  expect(textsIn('logs')).toEqual(truth());
});

test('a check tries every request of a collector, and leaves nothing', async () => {
  const host = await openHost();
  const checked = await host.auditlog(`destination check ${url('some/where')}`);
  expect(checked.stdout).toContain(
    'If-None-Match and If-Match are honoured: two collectors on one prefix stop one another',
  );
  expect(checked.code).toBe(0);
  expect([...store.objects.keys()]).toEqual([]);
  for (const [conditions, what] of [
    ['ignored', 'the store knows no conditional writes (If-None-Match): what is there is overwritten'],
    ['refused', 'the store knows no conditional writes (If-None-Match): what is there is overwritten'],
  ] as const) {
    store.conditions = conditions;
    const warned = await host.auditlog(`destination check ${url('some/where')}`);
    expect(warned.stdout).toContain(what);
    expect(warned.code).toBe(0);
  }
  store.fault = (method) => (method === 'PUT' ? { status: 403, code: 'AccessDenied' } : undefined);
  const denied = await host.auditlog(`destination check ${url('some/where')}`);
  expect(denied.stdout).toContain('It needs s3:PutObject on arn:aws:s3:::lake/some/where/*');
  expect(denied.code).toBe(4);
  store.fault = undefined;
  store.ahead += 300_000;
  const skewed = await run(`destination check ${url('some/where')}`, {
    env: { AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: SECRET_KEY },
    now: model.now(),
  });
  expect(skewed.stdout).toMatch(/(299|300|301) s behind the store's, which takes no request that is 900 s off/);
});

test('a key in the address is refused, and not kept', async () => {
  const refused = await run('collect lake --create --demo --dest s3://AK:SECRETTEXT@lake/logs?region=x');
  expect(refused.code).toBe(2);
  expect(refused.stdout + refused.stderr).not.toContain('SECRETTEXT');
});

const LIST = 'logs/organizations.json';
const organizations = () => JSON.parse(store.objects.get(LIST)?.body.toString() ?? '{}').organizations;
const verify = async (host: Awaited<ReturnType<typeof openHost>>) => {
  const { code, stdout } = await host.auditlog(`verify ${url('logs')}`);
  return { code, said: stdout.split('\n').filter((line) => /: (?:missing|extra|changed): /.test(line)) };
};

describe('the list of organizations is in the bucket', () => {
  test('as it is in the directory, after all that it lists', async () => {
    const host = await openHost();
    await host.auditlog('collect lake');
    const archive = join(host.directory, 'archive');
    expect(store.objects.get(LIST)?.body).toEqual(await readFile(join(archive, 'organizations.json')));
    const puts = store.asked.filter((asked) => asked.startsWith('PUT'));
    expect(puts.at(-1)).toBe(`PUT ${LIST}`);
    expect(await verify(host)).toEqual({ code: 0, said: [] });
    store.asked.length = 0;
    await host.auditlog('collect lake');
    expect(store.asked.filter((asked) => asked.includes('organizations.json'))).toEqual([`HEAD ${LIST}`]);
  });

  test('so that a removed organization is a difference, and is put again by the next cycle', async () => {
    const host = await openHost();
    await host.auditlog('collect lake');
    const [org] = organizations();
    for (const key of [...store.objects.keys()]) if (key.includes('org=')) store.objects.delete(key);
    expect(await verify(host)).toEqual({
      code: 7,
      said: [`s3://lake/logs/${org}: missing: organizations.json lists this organization`],
    });
    expect(await host.auditlog('collect lake')).toMatchObject({ code: 0 });
    expect(await verify(host)).toEqual({ code: 0, said: [] });
    expect(textsIn('logs')).toEqual(truth());
  });

  test.each([
    ['deleted', () => store.objects.delete(LIST)],
    ['damaged', () => store.objects.set(LIST, { body: Buffer.from('{}'), sha256: undefined })],
    ['put by hand, the same', () => store.objects.set(LIST, { ...store.objects.get(LIST)!, sha256: undefined })],
  ])('%s, and put again by the next cycle', async (_, harm) => {
    const host = await openHost();
    await host.auditlog('collect lake');
    const { body } = store.objects.get(LIST)!;
    harm();
    expect(await host.auditlog('collect lake')).toMatchObject({ code: 0 });
    expect(store.objects.get(LIST)?.body).toEqual(body);
    expect(await verify(host)).toEqual({ code: 0, said: [] });
  });

  test('and is kept when the directory is lost: what was removed meanwhile is told', async () => {
    const host = await openHost();
    await host.auditlog('collect lake');
    const archive = join(host.directory, 'archive');
    const [org] = organizations();
    await addToOrgList(archive, ['org=other']);
    await host.auditlog('collect lake');
    expect(organizations()).toEqual([org, 'org=other']);
    await rm(host.directory, { recursive: true });
    expect(await host.auditlog('collect lake')).toMatchObject({ code: 0 });
    expect(organizations()).toEqual([org, 'org=other']);
    expect(await verify(host)).toEqual({
      code: 7,
      said: ['s3://lake/logs/org=other: missing: organizations.json lists this organization'],
    });
    expect(await host.auditlog(`verify ${archive}`)).toMatchObject({ code: 7 });
  });

  test('and names the organizations of all collectors on a prefix', async () => {
    const host = await openHost();
    await host.auditlog('collect lake');
    const [org] = organizations();
    const other = await makeHome();
    await addToOrgList(other, ['org=theirs']);
    const theirs = await readFile(join(other, 'organizations.json'));
    store.objects.set(LIST, { body: theirs, sha256: createHash('sha256').update(theirs).digest('hex') });
    expect(await host.auditlog('collect lake')).toMatchObject({ code: 0 });
    expect(organizations()).toEqual([org, 'org=theirs']);
  });
});
