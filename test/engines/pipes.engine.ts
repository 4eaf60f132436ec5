import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../helpers/world.js';
import { makeEntries } from '../model/makeentries.js';
import { type Model, startModel } from '../model/server.js';
import { engine } from './engine.js';
import { type Kafka, startKafka } from './start/kafka.js';
import { type Nats, startNats } from './start/nats.js';
import { type Postgres, startPostgres } from './start/postgres.js';

const kcat = await engine('kcat', '-V');
const natsServer = await engine('nats-server', '--version');
const postgresql = (await engine('pg_config', '--version')) && (await engine('psql', '--version'));

/** The lines of shell in docs/howto/pipes.md, by section. */
const recipes = new Map(
  readFileSync(join(ROOT, 'docs/howto/pipes.md'), 'utf8')
    .split(/^## /m)
    .map((section) => [
      section.slice(0, section.indexOf('\n')),
      [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, lines = '']) => lines),
    ]),
);

function recipe(section: string, at = 0): string {
  const found = recipes.get(section)?.[at];
  if (found === undefined) throw new Error(`docs/howto/pipes.md has no such recipe: ${section}, ${at}`);
  return `set -o pipefail\n${found.replaceAll(' --demo', '')}`;
}

const DAY = 86_400_000;

/** The log: what each store has to hold, line by line. */
let server: Model;
let truth: readonly string[];

/** Where the recipes run: beside the files that they name, with `auditlog` on the path. */
let folder: string;

beforeAll(async () => {
  const entries = makeEntries({ n: 5000, from: Date.now() - 5 * DAY, to: Date.now() - 60_000, shape: 'full' });
  server = await startModel({ entries, now: () => Date.now() });
  truth = entries.map(({ text }) => text).sort();
  folder = await mkdtemp(join(tmpdir(), 'auditlog-pipes-'));
  for (const name of await readdir(join(ROOT, 'docs/howto/pipes')))
    await copyFile(join(ROOT, 'docs/howto/pipes', name), join(folder, name));
  await mkdir(join(folder, 'bin'));
  const program = join(folder, 'bin/auditlog');
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/bin/auditlog.js" "$@"\n`);
  await chmod(program, 0o755);
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

interface Shell {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

function start(line: string, env: Readonly<Record<string, string>> = {}): Shell {
  const path = [join(folder, 'bin'), join(process.execPath, '..'), process.env.PATH].join(delimiter);
  const places = {
    HOME: folder,
    AUDITLOG_STATE_DIR: join(folder, 'state'),
    AUDITLOG_CONFIG_DIR: join(folder, 'config'),
  };
  const log = { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key };
  const child = spawn('bash', ['-c', line], {
    cwd: folder,
    env: { PATH: path, ...places, ...log, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that Ctrl-C reaches every program of a pipe, as on a terminal.
    detached: true,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => {
    stdout += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr }))) };
}

async function shell(line: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout, stderr } = await start(line, env).ended;
  expect({ line, code, stderr: code === 0 ? '' : stderr }).toEqual({ line, code: 0, stderr: '' });
  return stdout;
}

/** Runs the two programs of a pipe, and kills one of them after a while; the other ends by itself. */
async function killed(pipe: string, which: 'left' | 'right', after: number, env: Readonly<Record<string, string>>) {
  const [left = '', right = ''] = pipe.split(' | ');
  await shell('rm -f between && mkfifo between');
  const programs = {
    left: start(`exec ${left.trim()} > between`, env),
    right: start(`exec ${right.trim()} < between`, env),
  };
  await delay(after);
  programs[which].child.kill('SIGKILL');
  await Promise.all([programs.left.ended, programs.right.ended]);
}

describe.skipIf(kcat === undefined)('Kafka', () => {
  let kafka: Kafka;
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka?.close());

  test('gets each entry under its id; and again when it is given again', async () => {
    await shell(recipe('Kafka'), { KAFKA: kafka.brokers });
    const once = await kafka.messages('audit');
    for (const [key, value] of once) expect(key).toBe(JSON.parse(value).id);
    expect(once.map(([, value]) => value).sort()).toEqual(truth);
    await shell(recipe('Kafka'), { KAFKA: kafka.brokers });
    const twice = await kafka.messages('audit');
    expect(twice).toHaveLength(2 * truth.length);
    expect(new Map(twice)).toEqual(new Map(once));
  });

  test('gets entries as they happen, until Ctrl-C', async () => {
    const line = recipe('Kafka', 1).replaceAll('-t audit', '-t tail');
    const recent = truth.filter((text) => Date.parse(JSON.parse(text).created_at) > Date.now() - 3_600_000);
    const { child, ended } = start(line, { KAFKA: kafka.brokers });
    const count = async () => (await kafka.messages('tail').catch(() => [])).length;
    const until = Date.now() + 120_000;
    while ((await count()) < recent.length && Date.now() < until) await delay(500);
    process.kill(-child.pid!, 'SIGINT');
    await ended;
    const got = new Set((await kafka.messages('tail')).map(([, value]) => value));
    // One that was an hour old when the test began may have grown too old.
    expect(recent.filter((text) => !got.has(text)).length).toBeLessThanOrEqual(1);
    expect([...got].filter((text) => !truth.includes(text))).toEqual([]);
  });

  test('that is not there is an error', async () => {
    const { code } = await start(recipe('Kafka'), { KAFKA: '127.0.0.1:1' }).ended;
    expect(code).not.toBe(0);
  });
});

describe.skipIf(natsServer === undefined)('NATS JetStream', () => {
  let nats: Nats;
  beforeAll(async () => {
    nats = await startNats();
    await nats.addStream('AUDIT', ['audit.>'], 3_600_000);
  });
  afterAll(() => nats?.close());

  test('stores each entry once, however often it comes and to whichever server', async () => {
    for (const url of nats.urls) await shell(recipe('NATS JetStream'), { NATS_URL: url });
    expect([...(await nats.messages('AUDIT'))].sort()).toEqual(truth);
  });

  test('holds each entry once after programs were killed in the middle of the pipe', async () => {
    await nats.addStream('KILLED', ['killed.>'], 3_600_000);
    const pipe = 'auditlog export --from 7d | node nats.mjs killed.events';
    const env = { NATS_URL: nats.urls[0]! };
    await killed(pipe, 'right', 600, env);
    await killed(pipe, 'left', 800, env);
    await killed(pipe, 'right', 1000, env);
    await shell(`set -o pipefail; ${pipe}`, env);
    expect([...(await nats.messages('KILLED'))].sort()).toEqual(truth);
  });

  test('loses a server, and stores everything all the same', async () => {
    await nats.addStream('LOST', ['lost.>'], 3_600_000);
    const line = 'set -o pipefail; auditlog export --from 7d | node nats.mjs lost.events';
    await nats.kill(0);
    // The others choose a leader first.
    for (let tries = 0; (await start(line, { NATS_URL: nats.urls[1]! }).ended).code !== 0; tries += 1)
      expect(tries).toBeLessThan(20);
    expect([...(await nats.messages('LOST'))].sort()).toEqual(truth);
  });

  test('without a stream, or a line without an end, is an error', async () => {
    const { code, stderr } = await start('echo {} | node nats.mjs nobody.x', { NATS_URL: nats.urls[2]! }).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'nats: no stream takes nobody.x: nats stream add\n' });
    const cut = await start(`printf '{"id":1}' | node nats.mjs audit.x`, { NATS_URL: nats.urls[2]! }).ended;
    expect(cut).toMatchObject({ code: 1, stderr: expect.stringContaining('the last line has no end') });
  });
});

describe.skipIf(postgresql === undefined)('PostgreSQL', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.close());

  const lines = async () => (await postgres.query('select line from audit_events')).split('\n').slice(0, -1).sort();

  test('holds each entry once, however often it comes, and answers', async () => {
    const env = { POSTGRES: postgres.url };
    await shell(recipe('PostgreSQL'), env);
    await shell(recipe('PostgreSQL'), env);
    expect(await lines()).toEqual(truth);
    expect(await shell(recipe('PostgreSQL', 1), env)).toMatch(/^[a-z_.]+\|\d+\n/);
  });

  test('holds each entry once after a program was killed in the middle of the pipe', async () => {
    await postgres.query('truncate audit_events');
    const pipe = recipe('PostgreSQL').split('\n')[1]!;
    const env = { POSTGRES: postgres.url };
    await killed(pipe, 'right', 400, env);
    await killed(pipe, 'left', 800, env);
    await killed(pipe, 'right', 1000, env);
    await shell(recipe('PostgreSQL'), env);
    expect(await lines()).toEqual(truth);
  });

  test('keeps every line as it is, also what jsonb cannot hold, and another text of the same id', async () => {
    const odd = [
      '{"id":"odd","text":"\\u0000"}',
      '{"id":"odd","text":"\\ud800"}',
      '{"id":"odd","n":9007199254740993,"n":1e400}',
      '{"id":"odd","text":"a\\tb\\\\n\\"quoted\\", \\\\. |=;"}',
      '{"text":"no id"}',
    ];
    const file = join(folder, 'odd.ndjson');
    await writeFile(file, `${odd.join('\n')}\n`);
    const load = 'psql "$POSTGRES" -X -q -v ON_ERROR_STOP=1 -f postgres.sql < odd.ndjson';
    for (let times = 0; times < 2; times += 1) await shell(load, { POSTGRES: postgres.url });
    const where = `id = 'odd' or line like '%no id%'`;
    const stored = await postgres.query(`select line from audit_events where ${where}`);
    expect(stored.split('\n').slice(0, -1).sort()).toEqual([...odd].sort());
    expect(await postgres.query(`select count(*) from audit_events where id = 'odd' and event is null`)).toBe('2\n');
    const exact = `select event -> 'n' = '1e400'::jsonb from audit_events where line like '%"n":%' and id = 'odd'`;
    expect(await postgres.query(exact)).toBe('t\n');
    await postgres.query(`delete from audit_events where id in ('odd', '')`);
  });

  test('gets what a collector writes, through files that go when they are stored', async () => {
    await postgres.query('truncate audit_events');
    const env = { POSTGRES: postgres.url };
    await shell(recipe('With a collector'), env);
    const run = recipe('With a collector', 1);
    await mkdir(join(folder, 'spool'));
    // As a run leaves it that is killed in the middle of a line, and one that wrote nothing.
    await writeFile(join(folder, 'spool/1'), `${truth[0]}\n${truth[1]!.slice(0, 50)}`);
    await writeFile(join(folder, 'spool/2'), '');
    await shell(run, env);
    await shell(run, env);
    expect(await readdir(join(folder, 'spool'))).toEqual([]);
    expect(await lines()).toEqual(truth);
    // While another run holds the lock, nothing is touched.
    await writeFile(join(folder, 'spool/3'), `${truth[0]}\n`);
    await shell(`flock spool.lock bash -c '${run.replaceAll("'", `'\\''`)}'`, env);
    expect(await readdir(join(folder, 'spool'))).toEqual(['3']);
  });

  test('that is away leaves the files where they are', async () => {
    const { stderr } = await start(recipe('With a collector', 1), { POSTGRES: 'postgresql://x@127.0.0.1:1/x' }).ended;
    expect(stderr).toContain('127.0.0.1');
    expect((await readdir(join(folder, 'spool'))).length).toBeGreaterThan(0);
    await shell(recipe('With a collector', 1), { POSTGRES: postgres.url });
    expect(await readdir(join(folder, 'spool'))).toEqual([]);
  });
});
