import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '../../src/demo/random.js';
import { openDestination } from '../../src/destinations/index.js';
import { openS3Client } from '../../src/destinations/s3/client.js';
import { putFile } from '../../src/destinations/s3/parts.js';
import { parseS3Url } from '../../src/destinations/s3/url.js';
import { AuditlogError } from '../../src/errors.js';
import { escapeJsonText } from '../../src/json/escape.js';
import { invent } from '../../src/providers/invent.js';
import { Killed, openCollector } from '../collect/site.js';
import { worldOf } from '../destinations/s3/store.js';
import { makeHome, NOW, runCli, spawnCli } from '../helpers/world.js';
import { PROFILES } from '../model/faults.js';
import { makeEntries, makeEntry } from '../model/makeentries.js';
import { type Model, startModel } from '../model/server.js';
import { engine } from './engine.js';
import { type Ceph, startCeph } from './start/ceph.js';
import { type Chdb, hasChdb, startChdb } from './start/chdb.js';

const version = await engine('radosgw', '--version');
const DAY = 86_400_000;
const BUCKET = 'lake';

describe.skipIf(version === undefined)('a bucket of Ceph', () => {
  let ceph: Ceph;
  beforeAll(async () => {
    ceph = await startCeph();
    await ceph.makeBucket(BUCKET);
  }, 120_000);
  afterAll(() => ceph?.close());

  const urlOf = (prefix: string) => `s3://${BUCKET}/${prefix}?endpoint=${ceph.endpoint}`;

  /** A host that collects to a prefix. */
  const openHost = async (model: Model, prefix: string, more = '') => {
    const home = await makeHome();
    const env = {
      ...ceph.env,
      AUDITLOG_API_KEY: model.key,
      AUDITLOG_BASE_URL: model.base.origin,
      AUDITLOG_STATE_DIR: join(home, 'state'),
    };
    const auditlog = (...args: string[]) => runCli(args, { env, home });
    expect(
      await auditlog('collect', 'lake', '--create', '--rate', 'off', '--dest', `${urlOf(prefix)}${more}`),
    ).toMatchObject({
      code: 0,
    });
    return {
      home,
      auditlog,
      start: () => spawnCli(['collect', 'lake'], { env, home }),
      staged: join(home, 'state', 'collectors', 'lake', 'destination', 'archive'),
    };
  };

  /** Everything below a prefix, by the rest of the key. */
  const contents = async (prefix: string): Promise<Map<string, Buffer>> => {
    const found = new Map<string, Buffer>();
    for (const key of await ceph.keys(BUCKET, `${prefix}/`)) {
      const path = key.split('/').map(encodeURIComponent).join('/');
      found.set(key.slice(prefix.length + 1), await ceph.ask('GET', `/${BUCKET}/${path}`));
    }
    return found;
  };

  const download = async (files: ReadonlyMap<string, Buffer>, to: string) => {
    for (const [name, bytes] of files) {
      await mkdir(dirname(join(to, name)), { recursive: true });
      await writeFile(join(to, name), bytes);
    }
  };

  const linesIn = (files: ReadonlyMap<string, Buffer>) =>
    [...files].flatMap(([name, bytes]) =>
      name.endsWith('.ndjson.gz') ? gunzipSync(bytes).toString().split('\n').slice(0, -1) : [],
    );

  const truthOf = (model: Model) =>
    model
      .truth()
      .map(({ text }) => text)
      .sort();

  const filesIn = async (folder: string): Promise<Map<string, Buffer>> => {
    const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
    const paths = names.map(({ parentPath, name }) => join(parentPath, name)).sort();
    return new Map(
      await Promise.all(paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path)] as const)),
    );
  };

  const startLog = (n: number) =>
    startModel({ entries: makeEntries({ n, from: NOW - 20 * DAY, to: NOW, seed: 3 }), now: NOW });

  test('is checked step by step, and told what is not allowed', async () => {
    const home = await makeHome();
    const fine = await runCli(['destination', 'check', urlOf('checked')], { home, env: ceph.env });
    expect(fine.stdout).toContain('If-None-Match and If-Match are honoured');
    expect(fine.code).toBe(0);
    expect(await ceph.keys(BUCKET, 'checked')).toEqual([]);
    const wrong = await runCli(['destination', 'check', urlOf('checked')], {
      home,
      env: { ...ceph.env, AWS_SECRET_ACCESS_KEY: 'another' },
    });
    expect(wrong.stdout).toContain('is not the right one (SignatureDoesNotMatch)');
    expect(wrong.code).toBe(4);
    const reader = await runCli(['destination', 'check', urlOf('checked')], { home, env: ceph.reader });
    expect(reader.stdout).toContain('It needs s3:ListBucket on arn:aws:s3:::lake.');
    expect(reader.code).toBe(4);
    const principal = { AWS: ['arn:aws:iam:::user/reader'] };
    const reading = {
      Effect: 'Allow',
      Principal: principal,
      Action: ['s3:ListBucket', 's3:GetObject'],
      Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
    };
    await ceph.ask(
      'PUT',
      `/${BUCKET}?policy=`,
      Buffer.from(JSON.stringify({ Version: '2012-10-17', Statement: [reading] })),
    );
    const allowed = await runCli(['destination', 'check', urlOf('checked')], { home, env: ceph.reader });
    expect(allowed.stdout).toContain('It needs s3:PutObject on arn:aws:s3:::lake/checked/*.');
    expect(allowed.code).toBe(4);
  });

  test('holds what the collector holds, and all of the truth, once', async () => {
    const model = await startLog(2000);
    const host = await openHost(model, 'plain');
    expect(await host.auditlog('collect', 'lake')).toMatchObject({ code: 0 });
    const there = await contents('plain');
    expect(there).toEqual(await filesIn(host.staged));
    expect(linesIn(there).sort()).toEqual(truthOf(model));
    expect(await host.auditlog('collect', 'lake')).toMatchObject({ code: 0 });
    expect(linesIn(await contents('plain')).sort()).toEqual(truthOf(model));
    await model.close();
  });

  test('killed again and again while events come, some of them late, it holds the truth, once', async () => {
    const model = await startLog(1500);
    const host = await openHost(model, 'killed');
    let kills = 0;
    for (let day = 1; day <= 8; day += 1) {
      model.setNow(NOW + day * DAY);
      for (const [at, age] of [0.1, 0.2, 0.5, 1.1, 3, 5 + 2 * day].entries())
        model.insert(makeEntry(NOW + (day - age) * DAY, 77, day * 10 + at));
      for (const wait of [150, 400, 650, 900, 1200]) {
        const run = await host.start();
        await Promise.race([delay(wait + 40 * day), run.ended]);
        if (run.child.kill('SIGKILL')) kills += 1;
        await run.ended;
      }
      if (day % 2 === 0) expect(await host.auditlog('collect', 'lake')).toMatchObject({ code: 0 });
    }
    expect(kills).toBeGreaterThan(20);
    const last = await host.auditlog('collect', 'lake');
    expect(last.code, last.stderr).toBe(0);
    const there = await contents('killed');
    expect(linesIn(there).sort()).toEqual(truthOf(model));
    expect(there).toEqual(await filesIn(host.staged));
    expect([...there.keys()].some((name) => name.includes('late-'))).toBe(true);
    // What anybody has who downloads it.
    const copy = join(host.home, 'copy');
    await download(there, copy);
    const [folder = ''] = await readdir(copy);
    const verified = await host.auditlog('verify', join(copy, folder));
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
    await model.close();
  });

  test('is gone on with by another host, and the first one is told', async () => {
    const model = await startLog(800);
    const first = await openHost(model, 'moved');
    expect(await first.auditlog('collect', 'lake')).toMatchObject({ code: 0 });
    const second = await openHost(model, 'moved');
    model.setNow(NOW + DAY);
    model.insert(makeEntry(NOW + DAY / 2, 78, 1));
    expect(await second.auditlog('collect', 'lake')).toMatchObject({ code: 0 });
    expect(linesIn(await contents('moved')).sort()).toEqual(truthOf(model));
    const told = await first.auditlog('collect', 'lake');
    expect(told.code, told.stderr).toBe(2);
    expect(told.stderr).toContain('another program has written to moved/org=');
    await rm(first.staged, { recursive: true });
    expect(await first.auditlog('collect', 'lake')).toMatchObject({ code: 0 });
    expect(linesIn(await contents('moved')).sort()).toEqual(truthOf(model));
    await model.close();
  });

  test('sixty virtual days of bursts, late entries, faults and kills: it holds the truth, once, and verify agrees', async () => {
    const random = randomFrom(61);
    const began = Date.parse('2026-09-01T09:00:00Z');
    const end = began + 60 * DAY;
    const coming = [
      ...makeEntries({ n: 1500, from: began - 10 * DAY, to: end, seed: 611, grain: 1000 }),
      ...makeEntries({ n: 400, from: began + 20 * DAY, to: began + 20 * DAY + 60_000, seed: 612, grain: 1000 }),
    ].map((entry) => ({ entry, shown: entry.time + (random.percent(4) ? random.below(25 * 24) * 3_600_000 : 0) }));
    const shownBy = (from: number, to: number) =>
      coming.filter(({ shown }) => shown > from && shown <= to).map(({ entry }) => entry);
    const model = await startModel({
      entries: shownBy(0, began),
      now: began,
      seed: 61,
      faults: PROFILES.mild,
      zone: 9,
    });
    let lives = Number.POSITIVE_INFINITY;
    const collector = await openCollector(model, async (ctx, home) => {
      const killing = new AbortController();
      if (lives < Number.POSITIVE_INFINITY) setTimeout(() => killing.abort(new Killed()), lives);
      const own = { ...ctx, env: ceph.env, signal: killing.signal, clock: worldOf(home).clock };
      const options = { provider: invent, schema: undefined, directory: join(home, 'destination') };
      return (await openDestination(own, urlOf('sixty'), options)).open();
    });
    const tally = { killed: 0, failed: 0 };
    const live = async (): Promise<void> => {
      for (;;) {
        lives = random.percent(40) ? random.below(400) : Number.POSITIVE_INFINITY;
        try {
          await collector.cycle(random.percent(20) ? { steps: random.below(40) } : {});
          return;
        } catch (error) {
          if (error instanceof Killed) tally.killed += 1;
          else if (error instanceof AuditlogError) tally.failed += 1;
          else throw error;
        }
      }
    };
    let passed = began;
    const pass = (to: number): void => {
      model.setNow(Math.max(to, model.now()));
      model.insert(...shownBy(passed, model.now()));
      passed = model.now();
    };
    while (passed < end) {
      pass(passed + (1 + random.below(36)) * 3_600_000);
      await live();
    }
    pass(end + 26 * DAY);
    lives = Number.POSITIVE_INFINITY;
    for (let left = 30; left > 0; left -= 1) {
      const sure = await collector.isSure();
      const ran = await collector.cycle({ deep: left === 30 }).catch(() => undefined);
      if (ran?.exitCode === 0 && sure) break;
    }
    const truth = coming.map(({ entry }) => escapeJsonText(entry.text));
    expect(model.truth()).toHaveLength(truth.length);
    const there = await contents('sixty');
    expect(linesIn(there).sort()).toEqual(truth.sort());
    expect(there).toEqual(await filesIn(join(collector.folder, '..', 'destination', 'archive')));
    expect(tally.killed).toBeGreaterThan(5);
    const copy = join(await makeHome(), 'copy');
    await download(there, copy);
    const env = { AUDITLOG_API_KEY: model.key, AUDITLOG_BASE_URL: model.base.origin };
    const [folder = ''] = await readdir(copy);
    const offline = await runCli(['verify', join(copy, folder)], { env });
    expect(offline.code, offline.stdout + offline.stderr).toBe(0);
    await model.close();
  });

  test('takes a large file in parts', async () => {
    const home = await makeHome();
    const path = join(home, 'large');
    const bytes = randomBytes(12 << 20);
    await writeFile(path, bytes);
    const ctx = worldOf(home, ceph.env);
    const client = await openS3Client(ctx, parseS3Url(urlOf('large'), ctx.env));
    const written = {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      size: bytes.length,
      stamp: '',
      sealed: false,
    };
    const put = () =>
      putFile(client, { key: 'large/file', path, written }, { absent: true }, { whole: 6 << 20, part: 5 << 20 });
    const first = await put();
    expect(first.done).toBe(true);
    expect((await ceph.ask('GET', `/${BUCKET}/large/file`)).equals(bytes)).toBe(true);
    expect(await put()).toEqual(first);
    await client.close();
  });

  describe.skipIf(!hasChdb())('read by the newest ClickHouse ($AUDITLOG_CHDB)', () => {
    let chdb: Chdb;
    beforeAll(async () => {
      chdb = await startChdb();
    });
    afterAll(() => chdb?.close());

    test('it is a table as it is', async () => {
      const model = await startLog(1000);
      const host = await openHost(model, 'queried');
      expect(await host.auditlog('collect', 'lake')).toMatchObject({ code: 0 });
      const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret } = ceph.env;
      const table = (files: string, format: string) =>
        `s3('${ceph.endpoint}/${BUCKET}/queried/org=*/date=*/${files}', '${key}', '${secret}', '${format}')`;
      const settings = 'SETTINGS use_hive_partitioning = 1, s3_max_connections = 4 FORMAT TSV';
      const count = await chdb.query(
        `SELECT count(), uniqExact(id), count(DISTINCT date) FROM ${table('*.parquet', 'Parquet')} ${settings}`,
      );
      const days = new Set(model.truth().map(({ time }) => new Date(time).toISOString().slice(0, 10))).size;
      expect(count).toBe(`1000\t1000\t${days}\n`);
      const lines = await chdb.query(`SELECT count() FROM ${table('*.ndjson.gz', 'JSONAsString')} ${settings}`);
      expect(lines).toBe('1000\n');
      await model.close();
    });

    test('a data lake of OCSF is one, too', async () => {
      const model = await startLog(600);
      const host = await openHost(model, 'ext/acme', '&account=123456789012');
      expect(await host.auditlog('collect', 'lake')).toMatchObject({ code: 0 });
      const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret } = ceph.env;
      const count = async (uid: number) => {
        const objects = `${ceph.endpoint}/${BUCKET}/ext/acme-${uid}/region=*/accountId=*/eventDay=*/*.parquet`;
        const what = `count(), uniqExact(metadata.version), uniqExact(metadata.uid), countIf(class_uid != ${uid})`;
        const text = await chdb.query(
          `SELECT ${what} FROM s3('${objects}', '${key}', '${secret}', 'Parquet') FORMAT TSV`,
        );
        return text.trim().split('\t').map(Number);
      };
      const keys = await ceph.keys(BUCKET, 'ext/');
      const classes = new Set(keys.map((each) => Number(/^ext\/acme-(\d+)\//.exec(each)?.[1])));
      let all = 0;
      for (const uid of classes) {
        const [rows = 0, versions, ids, others] = await count(uid);
        expect({ versions, ids, others }).toEqual({ versions: 1, ids: rows, others: 0 });
        all += rows;
      }
      expect(all).toBe(600);
      await model.close();
    });
  });
});
