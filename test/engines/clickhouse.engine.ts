import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Context } from '../../src/context.js';
import type { DeliveredEntry, Delivery, StreamDelivery } from '../../src/destinations/destination.js';
import { openDestination } from '../../src/destinations/index.js';
import { escapeJsonText } from '../../src/json/escape.js';
import { invent } from '../../src/providers/invent.js';
import { deliverAll, entries, findings, ORG, world } from '../destinations/entries.js';
import { hostileEntries } from '../model/hostile.js';
import { engine } from './engine.js';
import { type Chdb, hasChdb, startChdb } from './start/chdb.js';
import { type ClickHouseServer, startClickHouse } from './start/clickhouse.js';

const version = await engine('clickhouse-client', '--version');

/** A world where waits take their time: a server needs some to come back. */
function patientWorld(env: Readonly<Record<string, string>> = {}): Context {
  const sleep = async (ms: number) => void (await delay(ms));
  return { ...world(env), clock: { now: () => Date.now(), monotonic: () => performance.now(), sleep } };
}

describe.skipIf(version === undefined)('a ClickHouse server', () => {
  let server: ClickHouseServer;
  beforeAll(async () => {
    server = await startClickHouse();
  });
  afterAll(() => server.close());

  const open = (table: string, { user = '', env = {} } = {}) =>
    openDestination(patientWorld(env), `${server.url.replace('//', `//${user}`)}/default.${table}`, {
      provider: invent,
      schema: undefined,
    });

  const deliver = async (table: string, some: readonly DeliveredEntry[]) => {
    const delivery = (await (await open(table)).open()) as StreamDelivery;
    await delivery.put({ org: ORG, entries: some });
    await delivery.flush();
    await delivery.close();
  };

  const count = async (table: string, what = 'count()') =>
    (await server.query(`SELECT ${what} FROM ${table} FINAL`)).trim();

  test('holds what was delivered, and once however often it was', async () => {
    const all = entries(3000);
    await deliverAll(await open('once'), all);
    await deliverAll(await open('once'), all.slice(1000, 2000));
    expect(await count('once')).toBe('3000');
    expect(await count('once', 'uniqExact(id), min(time), max(time)')).toMatch(/^3000\t2026-11-10 .*\t2026-11-19 /);
    const raw = await server.query('SELECT raw FROM once FINAL ORDER BY time, id FORMAT TSVRaw');
    expect(raw.trimEnd().split('\n').sort()).toEqual(all.map((entry) => entry.raw.toString()).sort());
  });

  test('killed and started again in the middle of it, it holds exactly what was delivered', async () => {
    const all = entries(60_000, { shape: 'full' });
    const destination = await open('killed');
    let over = false;
    let times = 0;
    const kills = (async () => {
      for (; times < 4 && !over; times += 1) {
        await delay(300 + times * 400);
        await server.kill();
        await delay(200);
        await server.start();
      }
    })();
    await deliverAll(destination, all, 4000);
    over = true;
    await kills;
    expect(times).toBeGreaterThan(1);
    expect(await count('killed', 'count(), uniqExact(id)')).toBe('60000\t60000');
    const sums = 'SELECT count(), sum(cityHash64(raw))';
    await server.query('CREATE TABLE truth (raw String) ENGINE = Memory');
    await server.query(
      `INSERT INTO truth FORMAT JSONEachRow ${all.map(({ raw }) => JSON.stringify({ raw: raw.toString() })).join('\n')}`,
    );
    expect(await server.query(`${sums} FROM killed FINAL`)).toBe(await server.query(`${sums} FROM truth`));
  });

  test('holds the text of every hostile entry as it came, and columns that are UTF-8', async () => {
    const hostile = hostileEntries(Date.parse('2026-11-01T00:00:00Z'), { huge: true }).map(toEntry);
    await deliver('hostile', hostile);
    const rows = (await server.query('SELECT id, raw, actor_name, extra FROM hostile FINAL FORMAT JSONEachRow'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<'id' | 'raw' | 'actor_name' | 'extra', string>);
    expect(new Map(rows.map(({ id, raw }) => [id, raw]))).toEqual(
      new Map(hostile.map(({ id, raw }) => [id, raw.toString()])),
    );
    const halves = rows.find(({ raw }) => raw.includes('\\ud800'));
    expect(halves?.actor_name).toBe('\ufffd lone \ufffd \u{1f600} pair \ufffd');
    expect(halves?.extra).toContain('\\ud800 lone \\udc00');
  });

  test('keeps entries apart that share an id, or have none', async () => {
    const one = entries(1)[0]!;
    const changed = { ...one, raw: Buffer.from(one.raw.toString().replace('"action"', '"was":1,"action"')) };
    const bare = {
      raw: Buffer.from('{"action":"a.b","created_at":"2026-11-19T00:00:00Z"}'),
      id: undefined,
      time: one.time,
    };
    const all = [one, changed, bare, { ...bare, ordinal: 1 }];
    await deliver('apart', all);
    await deliver('apart', all);
    expect(await count('apart')).toBe('4');
    expect(await count('apart', "countIf(id = ''), uniqExact(id), uniqExact(digest)")).toBe('2\t2\t4');
  });

  test('takes entries of many years, and of no time at all', async () => {
    const monthly = Array.from({ length: 260 }, (_, month) => {
      const time = Date.UTC(2000, month, 3);
      const at = new Date(time).toISOString();
      return { raw: Buffer.from(`{"id":"al_${month}","action":"a.b","created_at":"${at}"}`), id: `al_${month}`, time };
    });
    const odd = (id: string, at: string): DeliveredEntry => {
      const raw = Buffer.from(`{"id":"${id}","action":"a.b","created_at":"${at}"}`);
      return { raw, id, time: Date.parse(at) };
    };
    const strange = [
      odd('never', 'soon'),
      odd('far', '9999-12-31T23:59:59.999Z'),
      odd('early', '1899-01-01T00:00:00Z'),
    ];
    await deliver('years', [...strange, ...monthly]);
    expect(await count('years', 'count(), uniqExact(toYYYYMM(time))')).toBe('263\t261');
    expect(await server.query('SELECT id, extra FROM years FINAL WHERE time = 0 ORDER BY id')).toBe(
      'early\t{"created_at":"1899-01-01T00:00:00Z"}\nfar\t{"created_at":"9999-12-31T23:59:59.999Z"}\nnever\t{"created_at":"soon"}\n',
    );
  });

  test('lets in whoever has the password, and nobody else', async () => {
    const env = { AUDITLOG_DEST_SECRET: 'pass word \u00fc' };
    await deliverAll(await open('secret', { user: 'loader@', env }), entries(10));
    expect(await count('secret')).toBe('10');
    const wrong = await open('secret', { user: 'loader@', env: { AUDITLOG_DEST_SECRET: 'guess4711' } });
    const refused = await wrong.open().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(
        /^ClickHouse at 127.0.0.1:\d+ does not let loader in with the password from \$AUDITLOG_DEST_SECRET \(193\)/,
      ),
    });
    expect(JSON.stringify(refused)).not.toContain('guess4711');
    await expect((await open('secret', { user: 'reader@' })).open().then(flushOne)).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('does not allow reader what delivering to default.secret needs (164)'),
    });
  });

  test('hands rows on to the tables of a cluster, and waits until these have them', async () => {
    await deliver('shard', []);
    await server.query(
      'CREATE TABLE spread AS shard ENGINE = Distributed(here, default, shard, cityHash64(id, digest))',
    );
    await deliver('spread', entries(500));
    expect(await count('shard')).toBe('500');
    expect(await count('spread')).toBe('500');
  });

  test('is refused a table that would lose events, and told why', async () => {
    await server.query('CREATE TABLE other (a String) ENGINE = Memory');
    await expect((await open('other')).open()).rejects.toMatchObject({
      exitCode: 2,
      message: 'default.other is not a table for events: column org is missing',
    });
    await server.query(
      'CREATE TABLE plain AS shard ENGINE = MergeTree PARTITION BY toYYYYMM(time) ORDER BY (org, time, id, digest)',
    );
    await expect((await open('plain')).open()).rejects.toMatchObject({
      exitCode: 2,
      message: 'default.plain has the engine MergeTree, which keeps twice what is delivered twice',
    });
    await server.query(
      'CREATE TABLE narrow AS shard ENGINE = ReplacingMergeTree(version) PARTITION BY toYYYYMM(time) ORDER BY (org, time, id)',
    );
    await expect((await open('narrow')).open()).rejects.toMatchObject({
      exitCode: 2,
      message:
        'default.narrow is ordered by (org, time, id), without digest: different entries would replace one another',
    });
  });

  test('is refused a table whose times are of another zone', async () => {
    await server.query(
      "CREATE TABLE local (org String, time DateTime('Europe/Berlin'), id String, digest UInt64, raw String, version UInt64) ENGINE = ReplacingMergeTree(version) PARTITION BY toYYYYMM(time) ORDER BY (org, time, id, digest)",
    );
    await expect((await open('local')).open()).rejects.toMatchObject({
      exitCode: 2,
      message: "the column time of default.local is a DateTime('Europe/Berlin'), not DateTime64(3, 'UTC')",
    });
  });

  test('takes a table with fewer columns', async () => {
    await server.query(
      "CREATE TABLE few (org String, time DateTime('UTC'), id String, digest UInt64, raw String, version UInt64, action String, mine UInt8 DEFAULT 7) ENGINE = ReplacingMergeTree(version) PARTITION BY toYYYYMM(time) ORDER BY (org, time, id, digest)",
    );
    await deliver('few', entries(10));
    expect(await count('few', "count(), sum(mine), countIf(action = '')")).toBe('10\t70\t0');
    expect((await findings(await open('few'))).find(({ name }) => name === 'table')).toEqual({
      name: 'table',
      status: 'warning',
      what: expect.stringContaining('default.few has no provider, actor_id, '),
      fix: expect.stringMatching(
        /^ALTER TABLE default\.few ADD COLUMN provider String COMMENT 'whose audit log', ADD COLUMN actor_id String COMMENT/,
      ),
    });
  });

  test('is checked without a row or a table being made', async () => {
    const before = await server.query('SHOW TABLES');
    const found = await findings(await open('never_made'));
    expect(found.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'address ok',
      'tls skipped',
      'sign-in ok',
      'version warning',
      'time zone ok',
      'database ok',
      'table ok',
      'insert skipped',
    ]);
    expect(await server.query('SHOW TABLES')).toBe(before);
    const rows = await count('shard');
    expect((await findings(await open('shard'))).at(-1)).toEqual({
      name: 'insert',
      status: 'ok',
      what: 'rows may be inserted (none was)',
    });
    expect(await count('shard')).toBe(rows);
    const reader = await findings(await open('shard', { user: 'reader@' }));
    expect(reader.at(-1)).toMatchObject({ name: 'insert', status: 'failed', exit: 4 });
  });
});

const newest = hasChdb();
process.stdout.write(
  `engine chdb: ${newest ? 'there' : 'NOT RUN, $AUDITLOG_CHDB names no node_modules folder with the package chdb'}\n`,
);

describe.skipIf(!newest)('the newest ClickHouse', () => {
  let server: Chdb;
  beforeAll(async () => {
    server = await startChdb();
  });
  afterAll(() => server.close());

  const open = (table: string) =>
    openDestination(patientWorld(), `${server.url}/default.${table}`, { provider: invent, schema: undefined });

  test('makes the table with fine times, codecs, durability and a memory for batches', async () => {
    await (await (await open('made')).open()).close();
    const made = await server.query('SHOW CREATE TABLE made FORMAT TSVRaw');
    expect(made).toContain("`time` DateTime64(3, 'UTC') COMMENT ");
    expect(made).toContain('`action` LowCardinality(String) COMMENT ');
    expect(made).toContain('CODEC(ZSTD(3))');
    expect(made).toContain(
      'ENGINE = ReplacingMergeTree(version)\nPARTITION BY toYYYYMM(time)\nORDER BY (org, time, id, digest)',
    );
    expect(made).toMatch(
      /fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000/,
    );
  });

  test('holds what was delivered, exactly and once', async () => {
    const all = [...entries(3000), ...hostileEntries(Date.parse('2026-11-01T00:00:00Z'), { huge: true }).map(toEntry)];
    const destination = await open('events');
    await deliverAll(destination, all);
    await deliverAll(destination, all.slice(1000, 2000));
    const rows = (
      await server.query('SELECT id, raw, toUnixTimestamp64Milli(time) AS at FROM events FINAL FORMAT JSONEachRow')
    )
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; raw: string; at: string | number });
    expect(rows).toHaveLength(all.length);
    expect(new Map(rows.map(({ id, raw, at }) => [id, [raw, Number(at)]]))).toEqual(
      new Map(all.map(({ id, raw, time }) => [id, [raw.toString(), time]])),
    );
    expect(await server.query("SELECT count() FROM events FINAL WHERE position(extra, 'created_at') > 0")).toBe('0\n');
  });

  test('knows a batch that it has got already, without FINAL', async () => {
    const delivery = (await (await open('batches')).open()) as StreamDelivery;
    for (let times = 0; times < 3; times += 1) {
      await delivery.put({ org: ORG, entries: entries(1500) });
      await delivery.flush();
    }
    await delivery.close();
    expect(await server.query('SELECT count() FROM batches')).toBe('1500\n');
  });

  test('understands what stands in the docs, and answers what is asked there', async () => {
    const docs = readFileSync('docs/destinations/clickhouse.md', 'utf8');
    const statements = [...docs.matchAll(/```sql\n([^`]+)```/g)]
      .flatMap(([, block = '']) => block.replace(/^--.*$/gm, '').split(/;\n/))
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '');
    await deliverAll(await open('audit_events'), entries(300));
    expect(statements.length).toBeGreaterThan(8);
    for (const statement of statements) {
      if (statement.startsWith('SELECT')) {
        expect(statement).toMatch(/ FINAL\n/);
        await server.query(statement);
      } else await server.query(`EXPLAIN AST ${statement}`);
    }
    const made = await server.query('SHOW CREATE TABLE audit_events FORMAT TSVRaw');
    await server.query('DROP TABLE audit_events SYNC');
    await server.query(
      statements.find((statement) => statement.startsWith('CREATE TABLE IF NOT EXISTS default.audit_events (')) ?? '',
    );
    expect(await server.query('SHOW CREATE TABLE audit_events FORMAT TSVRaw')).toBe(made);
  });

  test('is checked, and nothing is wrong', async () => {
    const found = await findings(await open('events'));
    expect(found.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'address ok',
      'tls skipped',
      'sign-in ok',
      'version ok',
      'time zone ok',
      'database ok',
      'table ok',
      'insert ok',
    ]);
  });
});

const toEntry = ({ text, id, time }: { text: string; id: string | undefined; time: number }): DeliveredEntry => ({
  raw: Buffer.from(escapeJsonText(text)),
  id,
  time,
});

async function flushOne(delivery: Delivery): Promise<void> {
  const stream = delivery as StreamDelivery;
  await stream.put({ org: ORG, entries: entries(1) });
  await stream.flush().finally(() => stream.close());
}
