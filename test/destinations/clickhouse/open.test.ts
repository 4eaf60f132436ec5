import { beforeEach, describe, expect, test } from 'vitest';
import type { Destination, StreamDelivery } from '../../../src/destinations/destination.js';
import { openDestination } from '../../../src/destinations/index.js';
import { invent } from '../../../src/providers/invent.js';
import { openSchema } from '../../../src/schemas/index.js';
import { deliverAll, entries, failure, findings, ORG, world } from '../entries.js';
import { exception, type FakeClickHouse, startFakeClickHouse } from './server.js';

let server: FakeClickHouse;
beforeEach(async () => {
  server = await startFakeClickHouse();
});

function open(env: Readonly<Record<string, string>> = {}, user = ''): Promise<Destination> {
  const url = `clickhouse+http://${user}${server.host}/default.events`;
  return openDestination(world(env), url, { provider: invent, schema: undefined });
}

async function deliver(n: number): Promise<void> {
  const delivery = (await (await open()).open()) as StreamDelivery;
  await delivery.put({ org: ORG, entries: entries(n) });
  await delivery.flush();
  await delivery.close();
}

test('makes the table and inserts rows whose raw is the entry itself', async () => {
  const all = entries(250);
  expect(await deliverAll(await open(), all)).toBe(0);
  expect(server.rows().map(({ raw }) => raw)).toEqual(all.map(({ raw }) => raw.toString()));
  const made = server.statements.find((statement) => statement.startsWith('CREATE'));
  expect(made).toMatch(/^CREATE TABLE IF NOT EXISTS default\.events \(\n {4}org LowCardinality\(String\) COMMENT /);
  expect(made).toContain("\n    time DateTime64(3, 'UTC') COMMENT 'when it happened;");
  expect(made).toContain(
    '\n) ENGINE = ReplacingMergeTree(version)\nPARTITION BY toYYYYMM(time)\nORDER BY (org, time, id, digest)',
  );
});

test('a row has the columns of every vendor, and empty ones where the entry has no value', async () => {
  await deliver(1);
  const [row] = server.rows();
  const entry = JSON.parse(row?.raw ?? '{}') as { id: string; created_at: string; actor: { id: string } };
  expect(row).toMatchObject({
    org: ORG,
    id: entry.id,
    time: entry.created_at.replace('T', ' ').replace('Z', ''),
    digest: '0',
    version: expect.stringMatching(/^\d{13}$/),
    provider: 'invent',
    actor_id: entry.actor.id,
  });
  expect(row).not.toHaveProperty('user_agent');
});

test('a server from before DateTime64 gets a table without codecs, and times to the second', async () => {
  server.modern = false;
  server.settings = ['input_format_allow_errors_num'];
  await deliver(3);
  const made = server.statements.find((statement) => statement.startsWith('CREATE'));
  expect(made).toContain("\n    time DateTime('UTC') COMMENT ");
  expect(made).not.toMatch(/CODEC|LowCardinality|SETTINGS/);
  expect(server.rows()[0]?.time).toMatch(/^2026-11-\d\d \d\d:\d\d:\d\d$/);
  expect(server.inserts.map(({ parameters }) => Object.keys(parameters).sort())).toEqual([
    ['input_format_allow_errors_num', 'wait_end_of_query'],
  ]);
});

test("the settings of a user's profile do not change what a success means", async () => {
  await deliver(3);
  await deliver(1000);
  expect(server.inserts.map(({ parameters }) => parameters)).toEqual([
    {
      wait_end_of_query: '1',
      wait_for_async_insert: '1',
      input_format_allow_errors_num: '0',
      insert_deduplication_token: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
    {
      wait_end_of_query: '1',
      wait_for_async_insert: '1',
      async_insert: '0',
      input_format_allow_errors_num: '0',
      insert_deduplication_token: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ]);
});

describe('what happens on the way', () => {
  const all = entries(4000);
  const truth = () => {
    const raws = server.rows().map(({ raw }) => raw);
    expect(raws.sort()).toEqual(all.map(({ raw }) => raw.toString()).sort());
  };

  test('a batch whose answer is lost is sent again, and recognised by its token', async () => {
    server.mishap = (at) => (at % 3 === 2 ? 'cut-after' : undefined);
    expect(await deliverAll(await open(), all)).toBe(0);
    truth();
    expect(server.inserts.length).toBeGreaterThan(4);
    expect(server.stored()).toBe(all.length);
  });

  test('a batch whose answer is lost exists twice on a server without tokens, and once with FINAL', async () => {
    server.settings = [];
    server.mishap = (at) => (at % 3 === 2 ? 'cut-after' : undefined);
    await deliverAll(await open(), all);
    truth();
    expect(server.stored()).toBeGreaterThan(all.length);
  });

  test('nothing is lost by broken connections, limits and passing exceptions', async () => {
    const mishaps = [
      'cut-before',
      { status: 503, headers: { 'retry-after': '3' } },
      { status: 429 },
      exception(500, 252, 'Too many parts (300). Merges are processing significantly slower than inserts'),
      exception(200, 241, 'Memory limit (total) exceeded'),
      exception(404, 242, 'Table is in readonly mode'),
    ] as const;
    server.mishap = (at) => (at % 2 === 1 ? mishaps[((at - 1) / 2) % mishaps.length] : undefined);
    expect(await deliverAll(await open(), all, 500)).toBe(0);
    truth();
  });

  test('after a flush that failed, the same delivery takes it all again', async () => {
    const delivery = (await (await open()).open()) as StreamDelivery;
    const put = () => delivery.put({ org: ORG, entries: all });
    server.mishap = () => ({ status: 500 });
    await put();
    await expect(delivery.flush()).rejects.toMatchObject({
      exitCode: 5,
      hint: expect.stringContaining('Gave up after 8 attempts'),
    });
    server.mishap = () => undefined;
    await put();
    await delivery.flush();
    await delivery.close();
    truth();
  });

  test('a proxy that takes only small bodies gets smaller ones', async () => {
    server.largest = 20_000;
    expect(await deliverAll(await open(), all)).toBe(0);
    truth();
    expect(server.inserts.length).toBeGreaterThan(10);
  });

  test('a single row that is too large is an error, and nothing counts as delivered', async () => {
    server.largest = 5000;
    const huge = {
      id: 'al_huge',
      time: 0,
      raw: Buffer.from(`{"id":"al_huge","x":"${all.map(({ id }) => id).join('')}"}`),
    };
    expect(await failure(await open(), [huge])).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('answered 413'),
    });
  });
});

test.each([
  [
    'in the status',
    exception(400, 27, 'Cannot parse input: expected quote'),
    5,
    'refused the query (27): Cannot parse input: expected quote',
  ],
  [
    'in the body of a 200, after progress',
    {
      status: 200,
      body: Buffer.from(
        '\nCode: 349. DB::Exception: Cannot convert NULL value to non-Nullable type. (X) (version 25.8.1.1)\n',
      ),
    },
    5,
    'refused the query (349): Cannot convert NULL value to non-Nullable type',
  ],
  [
    'in the header of a 200',
    { status: 200, headers: { 'x-clickhouse-exception-code': '27' } },
    5,
    'refused the query (27): ',
  ],
  [
    'as older servers say it',
    {
      status: 500,
      body: Buffer.from(
        'Code: 243, e.displayText() = DB::Exception: Cannot reserve 1.00 MiB, e.what() = DB::Exception\n',
      ),
    },
    5,
    'has no room left on its disk (243): Cannot reserve 1.00 MiB',
  ],
  [
    'that is no exception',
    { status: 200, body: Buffer.from('OK\n') },
    5,
    'answered in an unknown shape: an insert is answered with nothing',
  ],
  [
    'as a web page',
    { status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from('<title>Welcome</title>') },
    5,
    'answered with a web page ("Welcome")',
  ],
  [
    'of what is not allowed',
    exception(403, 497, 'joe: Not enough privileges'),
    4,
    'does not allow its default user what delivering to default.events needs (497): joe: Not enough privileges',
  ],
  [
    'of a table that is gone',
    exception(404, 60, 'Table default.events does not exist'),
    2,
    'has no table default.events any more (60): Table default.events does not exist',
  ],
] as const)('an error %s is noticed and told', async (_, answer, exitCode, words) => {
  server.mishap = (__, { path }) => (path.includes('INSERT') ? answer : undefined);
  const error = await failure(await open(), entries(3));
  expect(error.message).toContain(`ClickHouse at ${server.host} ${words}`);
  expect(error).toMatchObject({ exitCode });
});

test('the rows that an exception quotes are not repeated', async () => {
  const words =
    'Cannot parse input: expected , before: secret-row: (while reading the value of key raw): (at row 17): {"raw":"secret"}';
  server.mishap = (_, { path }) => (path.includes('INSERT') ? exception(400, 27, words) : undefined);
  const error = await failure(await open(), entries(3));
  expect(error.message).not.toContain('"raw"');
});

test('a password is sent, and is in no message', async () => {
  server.account = 'joe:s3cret-Pässword 1';
  await deliverAll(await open({ AUDITLOG_DEST_SECRET: 's3cret-Pässword 1' }, 'joe@'), entries(3));
  expect(server.rows()).toHaveLength(3);
  const refused = await (await open({ AUDITLOG_DEST_SECRET: 'wr0ng-Password' }, 'joe@'))
    .open()
    .catch((error: Error) => error);
  expect(refused).toMatchObject({
    exitCode: 4,
    message: `ClickHouse at ${server.host} does not let joe in with the password from $AUDITLOG_DEST_SECRET (516): joe: Authentication failed: password is incorrect, or there is no user with such name (SOME_NAME)`,
  });
  expect(JSON.stringify([refused, (refused as Error).stack])).not.toContain('wr0ng');
});

test('entries of many months are inserted in batches of at most 50 months', async () => {
  const monthly = Array.from({ length: 120 }, (_, month) => {
    const time = Date.UTC(2010, month, 3);
    return {
      raw: Buffer.from(`{"id":"m${month}","created_at":"${new Date(time).toISOString()}"}`),
      id: `m${month}`,
      time,
    };
  });
  await deliverAll(await open(), monthly);
  expect(server.inserts.map(({ rows }) => rows)).toEqual([50, 50, 20]);
});

test('--schema is rejected', async () => {
  const schema = await openSchema('ocsf', { provider: invent });
  await expect(
    openDestination(world(), `clickhouse+http://${server.host}/default.events`, { provider: invent, schema }),
  ).rejects.toMatchObject({
    exitCode: 2,
    message: '--schema ocsf does not apply to ClickHouse: its table has its own columns',
  });
});

describe('checking', () => {
  test('a check reports what it found and creates nothing', async () => {
    expect(await findings(await open())).toMatchObject([
      { name: 'address', status: 'ok' },
      { name: 'tls', status: 'skipped', what: 'none: plain http, on this machine' },
      { name: 'sign-in', status: 'ok', what: 'the default user is let in' },
      { name: 'version', status: 'ok', what: 'ClickHouse 25.8.1.1' },
      { name: 'time zone', status: 'ok', what: "the server's is Europe/Berlin; the column time is UTC all the same" },
      { name: 'database', status: 'ok', what: 'default is there' },
      { name: 'table', status: 'ok', what: 'default.events is not there yet: it is made when the first events come' },
      { name: 'insert', status: 'skipped' },
    ]);
    expect(server.statements.join()).not.toContain('CREATE');
  });

  test('a check names the fault, with its fix and its exit code', async () => {
    server.databases = [];
    expect((await findings(await open())).filter(({ status }) => status === 'failed')).toEqual([
      {
        name: 'database',
        status: 'failed',
        what: 'database default does not exist, or is not visible',
        fix: 'Make it first: CREATE DATABASE default',
        exit: 2,
      },
    ]);
    server.account = 'joe:right';
    expect((await findings(await open())).find(({ status }) => status === 'failed')).toMatchObject({
      name: 'sign-in',
      exit: 4,
      fix: 'Name the user in the address: clickhouse://USER@host/database.table. To save the password: auditlog destination login URL\nOr set AUDITLOG_DEST_SECRET, or AUDITLOG_DEST_SECRET_FILE',
    });
    await server.stop();
    expect((await findings(await open())).map(({ name, status, exit }) => [name, status, exit]).slice(0, 2)).toEqual([
      ['address', 'failed', 5],
      ['tls', 'skipped', undefined],
    ]);
  });
});
