import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DuckConnection, DuckDb, DuckInstance } from '../../src/archive/duckdb.js';
import { toSqlValue } from '../../src/archive/value.js';
import { scanPage, wantPaths } from '../../src/engine/page/scan/scan.js';
import { type ArchiveSite, filesBelow, HOUR, openArchiveSite } from '../archive/site.js';
import { someEntries } from '../days/site.js';
import { readParquet } from '../formats/readparquet.js';
import { NOW, type Ran, ROOT, run, spawnCli } from '../helpers/world.js';
import { inventEntry, type ModelEntry } from '../model/entry.js';
import { hostileEntries } from '../model/hostile.js';
import { MODEL_ORG } from '../model/makeentries.js';
import { type Chdb, hasChdb, startChdb } from './start/chdb.js';

/** A node_modules folder that has @duckdb/node-api. */
const DUCKDB = process.env.AUDITLOG_DUCKDB ?? '';
const hasDuckDb = DUCKDB !== '' && existsSync(join(DUCKDB, '@duckdb/node-api'));
process.stdout.write(`engine duckdb: ${hasDuckDb ? DUCKDB : 'NOT RUN, AUDITLOG_DUCKDB names no folder that has it'}\n`);
process.stdout.write(
  `engine chdb: ${hasChdb() ? process.env.AUDITLOG_CHDB : 'NOT RUN, AUDITLOG_CHDB names no folder that has it'}\n`,
);

/** An archive with hostile entries, late ones and two organizations; and all of it as a single file. */
let site: ArchiveSite;
let all: readonly ModelEntry[];

beforeAll(async () => {
  site = await openArchiveSite();
  const hostile = hostileEntries(NOW - 60 * HOUR).map((entry) => ({ ...entry, text: taken(entry.text) }));
  const early = [...hostile, ...someEntries(300).filter(({ time }) => time > NOW - 300 * HOUR)];
  const late = ['1', '2'].map((n) => ({
    ...entry(`al_late${n}`, '2026-11-16T12:00:00.123456Z', MODEL_ORG),
    time: Date.parse('2026-11-16T12:00:00.123Z') + 0.456,
  }));
  const theirs = [entry('al_other', '2026-11-16T01:02:03Z', { id: 'org_other', name: 'Other' })];
  await site.take({ entries: early });
  await site.take({ entries: early, now: NOW + 6 * HOUR });
  await site.take({ entries: [...early, ...late], now: NOW + 7 * HOUR });
  await site.take({ entries: theirs, org: 'other' });
  all = [...early, ...late, ...theirs];
  await ours('export --input archive -o all.parquet');
}, 120_000);

/** An entry's text as it is taken out of an answer. */
function taken(text: string): string {
  return scanPage(Buffer.from(`[${text}]`), '', wantPaths(['id'])).entries[0]?.raw.toString() ?? '';
}

function entry(id: string, time: string, org: object): ModelEntry {
  return inventEntry({ id, action: 'chat.deleted', created_at: time, org });
}

const ours = (line: string | readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  run(line, { home: site.home, cwd: site.home, env: { AUDITLOG_DUCKDB: DUCKDB, ...env } });

/** Everything but the partitions, as plain values: times as text with microseconds. */
type Rows = readonly Readonly<Record<string, unknown>>[];

/** What hyparquet, a reader of its own kin, reads; times to the microsecond from the vendor's own text. */
async function expected(): Promise<Rows> {
  const rows = await readParquet(await readFile(join(site.home, 'all.parquet')));
  return sorted(rows.map((row) => ({ ...row, time: row.time instanceof Date ? row.time.toISOString() : null })));
}

function sorted(rows: Rows): Rows {
  return [...rows].sort((a, b) => (String(a.raw) < String(b.raw) ? -1 : 1));
}

/** The SQL of a part of docs/howto/query.md, statement by statement, about this archive. */
function documented(heading: string): readonly string[] {
  const text = readFileSync(join(ROOT, 'docs/howto/query.md'), 'utf8');
  const block = /```sql\n(.*?)```/s.exec(text.slice(text.indexOf(heading)))?.[1] ?? '';
  return block
    .replaceAll(/^--.*$/gm, '')
    .replaceAll("'archive/", `'${site.root}/`)
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

describe.skipIf(!hasDuckDb)('DuckDB', () => {
  let instance: DuckInstance;
  let connection: DuckConnection;
  beforeAll(async () => {
    const path = createRequire(join(DUCKDB, 'x.js')).resolve('@duckdb/node-api');
    const { DuckDBInstance } = (await import(pathToFileURL(path).href)) as DuckDb;
    instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' });
    connection = await instance.connect();
    await connection.run("SET TimeZone='UTC'");
  });
  afterAll(() => instance?.closeSync());

  async function sql(statement: string): Promise<Rows> {
    const result = await connection.stream(statement);
    const names = result.columnNames();
    const rows: Rows[number][] = [];
    for await (const chunk of result)
      for (const row of chunk.getRows())
        rows.push(Object.fromEntries(names.map((name, at) => [name, toSqlValue(row[at])])));
    return rows;
  }

  test('reads the values that were written, from one file and from the archive as it is', async () => {
    const wanted = await expected();
    expect(wanted.length).toBe(all.length);
    expect(wanted.map(({ raw }) => raw).sort()).toEqual(all.map(({ text }) => text).sort());
    const millis = "strftime(time, '%Y-%m-%dT%H:%M:%S.%gZ') AS time";
    const read = (from: string) => sql(`SELECT * REPLACE (${millis}) FROM ${from}`);
    expect(sorted(await read(`'${join(site.home, 'all.parquet')}'`))).toEqual(wanted);
    const everywhere = `read_parquet('${site.root}/**/*.parquet', hive_partitioning=true)`;
    const found = await sql(
      `SELECT * REPLACE (${millis}), org = org_id AS own, date = time::DATE AS dated FROM ${everywhere}`,
    );
    expect(sorted(found.map(({ org: _, date: __, own: ___, dated: ____, ...row }) => row))).toEqual(wanted);
    expect(found.every(({ own, dated }) => own === true && dated === true)).toBe(true);
    const [late] = await sql(`SELECT epoch_us(time) AS us FROM ${everywhere} WHERE id = 'al_late1'`);
    expect(late?.us).toBe(BigInt(Date.parse('2026-11-16T12:00:00.123Z')) * 1000n + 456n);
  });

  test('answers with query what stats answers', async () => {
    const asked = await ours(
      'query --input archive -f ndjson "select action, count(*) as events from events group by all"',
    );
    expect(asked).toMatchObject({ code: 0 });
    const counted = await ours('stats --input archive --by action --format ndjson');
    const pairs = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { action: string; events: number })
        .map(({ action, events }) => `${action ?? ''} ${events}`)
        .sort();
    expect(pairs(asked.stdout)).toEqual(pairs(counted.stdout));
  });

  test('gives whole entries back through query, in every format', async () => {
    const { stdout } = await ours('query --input archive -f ndjson "select raw from events"');
    const raws = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { raw: string }).raw);
    expect(raws.sort()).toEqual(all.map(({ text }) => text).sort());
    const table = await ours('query --input archive "from events"');
    expect(table.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
    expect(await ours('query --input archive -f csv "select actor_name from events"')).toMatchObject({
      code: 0,
      stdout: expect.not.stringMatching(/^"?[=+@-]/m),
    });
    expect((await ours('query --input archive -o out.csv.gz "from events"')).code).toBe(0);
    expect((await ours(['query', 'select count(*) from events', '--input', 'all.parquet', '-f', 'csv'])).stdout).toBe(
      `count_star()\r\n${all.length}\r\n`,
    );
  });

  test('answers what the manual asks', async () => {
    const asked = documented('## `auditlog query`');
    expect(asked.length).toBe(4);
    for (const statement of asked)
      expect(await ours(['query', statement, '--input', 'archive', '-f', 'csv']), statement).toMatchObject({ code: 0 });
    const [parquet = '', lines = ''] = documented('**DuckDB**');
    expect((await sql(parquet)).length).toBeGreaterThan(3);
    await expect(sql(lines)).rejects.toThrow('no low surrogate in string');
    expect((await sql(lines.replace('/**/', '/org=org_other/**/'))).length).toBe(1);
  });

  test('reads one day for a question about one day', async () => {
    // DuckDB looks into the first of all files to know the columns.
    const damaged = await mkdtemp(join(tmpdir(), 'auditlog-test-'));
    await cp(site.root, join(damaged, 'archive'), { recursive: true });
    const folder = join(damaged, 'archive', `org=${MODEL_ORG.id}`);
    for (const day of await readdir(folder))
      if (day.startsWith('date=') && day !== 'date=2026-11-16' && day !== 'date=2026-11-20')
        await writeFile(join(folder, day, 'events.parquet'), 'not Parquet');
    const ask = (where: string) =>
      run(['query', `select count(*) as n from events where ${where}`, '-f', 'ndjson', '--input', 'archive'], {
        cwd: damaged,
        env: { AUDITLOG_DUCKDB: DUCKDB },
      });
    const day = all.filter(({ time }) => new Date(time).toISOString().startsWith('2026-11-16'));
    expect((await ask(`date = '2026-11-16'`)).stdout).toBe(`{"n":${day.length}}\n`);
    expect((await ask(`org = 'org_other'`)).stdout).toBe('{"n":1}\n');
    expect(await ask('true')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/error: .*events\.parquet' too small to be a Parquet file/),
    });
    await rm(join(folder, 'date=2026-11-14/events.parquet'));
    expect(await ask('true')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/error: archive\/org=\S+\/date=2026-11-14\/events\.parquet: the file is not there/),
    });
    await rm(damaged, { recursive: true });
  });

  test('tells of what was removed because of its age', async () => {
    const home = await mkdtemp(join(tmpdir(), 'auditlog-test-'));
    await cp(site.root, join(home, 'archive'), { recursive: true });
    const there = { cwd: home, env: { AUDITLOG_DUCKDB: DUCKDB } };
    expect((await run('archive prune archive --older-than 5d --yes', there)).code).toBe(0);
    const { code, stdout, stderr } = await run(
      'query "select min(time) as first from events" -f ndjson --input archive',
      there,
    );
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `archive/org=${MODEL_ORG.id}: what was older than 2026-11-15 was removed because of its age\n1 row\n`,
    });
    expect(stdout).toMatch(/"first":"2026-11-15T/);
    await rm(home, { recursive: true });
  });

  test.each([
    "copy events to 'archive/x.csv'",
    "copy (select 1) to '/tmp/auditlog-should-not-be.csv'",
    "explain analyze copy (select 1) to 'archive/y.csv'",
    "attach 'archive/z.db'",
    "export database 'archive/db'",
    'create table t (a int)',
    'drop view events',
    'set enable_external_access=true',
    'reset lock_configuration',
    'install httpfs',
    'load httpfs',
    'call enable_logging()',
    "from read_text('/etc/passwd')",
    "from glob('/etc/*')",
    "from read_csv('https://example.com/a.csv')",
    'select 1; select 2',
    '',
  ])('is not let to do %s', async (statement) => {
    const before = await filesBelow(site.root);
    const { code, stdout, stderr } = await ours(['query', statement, '--input', 'archive']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(await filesBelow(site.root)).toEqual(before);
    expect(existsSync('/tmp/auditlog-should-not-be.csv')).toBe(false);
  });

  test('stops at Ctrl-C in the middle of a question, and leaves nothing behind', async () => {
    const { child, ended } = await spawnCli(
      ['query', 'select max(md5(a.raw || b.raw || c.raw)) from events a, events b, events c', '--input', 'archive'],
      { home: site.home, env: { AUDITLOG_DUCKDB: DUCKDB, TMPDIR: site.home } },
    );
    while (child.exitCode === null && !(await readdir(site.home)).some((name) => name.startsWith('auditlog-query-')))
      await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stdout: '' });
    expect((await readdir(site.home)).filter((name) => name.startsWith('auditlog-query-'))).toEqual([]);
  });
});

describe.skipIf(!hasChdb())('ClickHouse', () => {
  let chdb: Chdb;
  beforeAll(async () => {
    chdb = await startChdb();
  });
  afterAll(() => chdb?.close());

  async function sql(statement: string): Promise<Rows> {
    const text = await chdb.query(`${statement} FORMAT JSONEachRow SETTINGS session_timezone='UTC'`);
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Rows[number]);
  }

  test('reads the values that were written, from one file and from the archive as it is', async () => {
    const wanted = await expected();
    const millis =
      "formatDateTime(time, '%Y-%m-%dT%H:%i:%S.') || leftPad(toString(intDiv(toUnixTimestamp64Micro(time) % 1000000, 1000)), 3, '0') || 'Z' AS time";
    expect(
      sorted(
        await sql(
          `SELECT * REPLACE (${millis.replace(' AS time', '')} AS time) FROM file('${join(site.home, 'all.parquet')}', Parquet)`,
        ),
      ),
    ).toEqual(wanted);
    const rows = await sql(`SELECT id, raw FROM file('${site.root}/*/*/*.parquet', Parquet)`);
    expect(rows.map(({ raw }) => raw).sort()).toEqual(all.map(({ text }) => text).sort());
    const lines = await sql(`SELECT count() AS n FROM file('${site.root}/*/*/*.ndjson.gz', LineAsString)`);
    expect(Number(lines[0]?.n)).toBe(all.length);
  });

  test('answers what the manual asks', async () => {
    const asked = documented('**ClickHouse**');
    expect(asked.length).toBe(2);
    for (const statement of asked)
      expect((await chdb.query(`${statement} FORMAT JSONEachRow`)).split('\n').length).toBeGreaterThan(3);
  });

  test('takes the folders for columns', async () => {
    const rows = await sql(
      `SELECT date, count() AS n FROM file('${site.root}/org=${MODEL_ORG.id}/date=*/*.parquet', Parquet) WHERE date = '2026-11-16' GROUP BY date`,
    );
    const day = all.filter(
      ({ time, text }) => new Date(time).toISOString().startsWith('2026-11-16') && text.includes(MODEL_ORG.id),
    );
    expect(rows.map(({ n }) => Number(n))).toEqual([day.length]);
  });
});
