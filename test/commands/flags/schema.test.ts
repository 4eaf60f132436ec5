import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stopped } from '../../../src/context.js';
import { type Demo, startDemo } from '../../../src/demo/server.js';
import { makeHome, NOW, run, runCli, spawnCli } from '../../helpers/world.js';
import { givePage, KEY, startAnswering } from '../../hostile/answering.js';
import { readCef } from '../../schemas/readcef.js';
import { ocsfFaults } from '../../schemas/required.js';

let demo: Demo;
let env: Record<string, string>;

beforeAll(async () => {
  demo = await startDemo({ now: NOW });
  env = { AUDITLOG_BASE_URL: demo.base.href, AUDITLOG_API_KEY: demo.key };
});

afterAll(() => demo.close());

const lines = (text: string): string[] => text.split('\n').slice(0, -1);
const rawData = (line: string): string => (JSON.parse(line) as { raw_data: string }).raw_data;

describe('list and export with --schema', () => {
  test('give the same events in the words of another system, with their own text in them', async () => {
    const own = await run('list -n 30 --format ndjson', { env });
    const ocsf = await run('list -n 30 --schema ocsf', { env });
    expect(ocsf).toMatchObject({ code: 0, stderr: own.stderr });
    expect(lines(ocsf.stdout).map(rawData)).toEqual(lines(own.stdout));
    expect(lines(ocsf.stdout).flatMap((line) => ocsfFaults(JSON.parse(line)))).toEqual([]);
    const ecs = await run('list -n 30 --schema ecs --format json', { env });
    const documents = JSON.parse(ecs.stdout) as { event: { original: string } }[];
    expect(documents.map(({ event }) => event.original)).toEqual(lines(own.stdout));
    const cef = await run('list -n 30 --schema cef', { env });
    expect(lines(cef.stdout).map((line) => readCef(line).fields.get('rawEvent'))).toEqual(lines(own.stdout));
  });

  test('an export begins to write NDJSON of a version that was asked for, or an array', async () => {
    const { stdout } = await run('export --from 2d --schema ocsf --ocsf-version 1.6.0 --format json', { env });
    const events = JSON.parse(stdout) as { metadata: { version: string } }[];
    expect(events.length).toBeGreaterThan(10);
    expect(new Set(events.map(({ metadata }) => metadata.version))).toEqual(new Set(['1.6.0']));
  });

  test.each([
    ['list --schema ocsf --format csv', 'OCSF is written as NDJSON or JSON, not as csv'],
    ['list --schema ecs --format table', 'ECS is written as NDJSON or JSON, not as table'],
    ['list --schema cef --format ndjson', '--format and --schema cef cannot be combined: CEF is lines of text'],
    ['list --schema ocsf --columns id', '--columns does not apply to OCSF: it has its own fields'],
    ['list --schema ocsf --diff', '--diff needs a table'],
    ['list --schema leef', 'expected ocsf, ecs, cef'],
    ['list --ocsf-version 1.8.0', '--ocsf-version needs --schema ocsf'],
    ['list --schema cef --ocsf-version 1.8.0', '--ocsf-version needs --schema ocsf'],
    ['list --schema ocsf --ocsf-version 1.0.0', 'expected 1.8.0, 1.7.0, 1.6.0, 1.5.0, 1.4.0'],
    ['list --follow --schema ocsf --format json', 'following has no end'],
    ['export --schema ocsf -o a.csv', 'OCSF is written as NDJSON or JSON, not as csv'],
    ['export --schema ocsf -o a.parquet', 'OCSF is written as NDJSON or JSON, not as parquet'],
    ['export --schema cef -o a.json', 'a.json ends like json, but the format is CEF'],
    ['export --schema ocsf --split day -o days/', '--split and --schema cannot be combined'],
    ['export --schema cef --manifest -o a.cef', '--manifest cannot be combined with CEF'],
  ])('%s is refused before anything is asked', async (line, message) => {
    const { code, stdout, stderr } = await run(line, { env: { ...env, AUDITLOG_BASE_URL: 'http://127.0.0.1:9' } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('files in a schema', () => {
  test.each([
    ['ocsf', 'a.ndjson'],
    ['ocsf', 'a.json.gz'],
    ['ecs', 'a.ndjson.gz'],
  ])('of %s, such as %s, have a manifest that verify checks', async (schema, file) => {
    const home = await makeHome();
    const made = await run(`export --from 2026-11-10 --schema ${schema} --manifest -o ${file}`, { env, home });
    expect(made.code).toBe(0);
    const manifest = JSON.parse(await readFile(join(home, `${file}.manifest.json`), 'utf8'));
    expect(manifest.query.flags).toMatchObject({ schema });
    expect(manifest.file.first.id).toMatch(/^al_/);
    expect(await run(`verify ${file}`, { home })).toMatchObject({ code: 0 });
    const own = await run('export --from 2026-11-10 --manifest -o own.ndjson', { env, home });
    expect(own.code).toBe(0);
    const { file: other } = JSON.parse(await readFile(join(home, 'own.ndjson.manifest.json'), 'utf8'));
    expect(manifest.file.ids).toEqual(other.ids);
    await writeFile(join(home, file), 'changed');
    expect(await run(`verify ${file}`, { home })).toMatchObject({ code: 7 });
  });

  test('of CEF are lines, with any ending', async () => {
    const home = await makeHome();
    for (const file of ['a.cef', 'a.log', 'a.cef.gz'])
      expect(await run(`export --from 2d --schema cef -o ${file}`, { env, home })).toMatchObject({ code: 0 });
    const plain = await readFile(join(home, 'a.cef'), 'utf8');
    expect(await readFile(join(home, 'a.log'), 'utf8')).toBe(plain);
    expect(gunzipSync(await readFile(join(home, 'a.cef.gz'))).toString()).toBe(plain);
    expect(lines(plain).map((line) => readCef(line).header[1])).toEqual(lines(plain).map(() => 'Invent'));
  });

  test('that were interrupted are gone on with by the same schema and version, and by no other', async () => {
    const home = await makeHome();
    const words = ['export', '--to', '2026-11-17', '-o', 'out.ndjson', '--schema', 'ocsf'];
    const { child, ended } = await spawnCli([...words, '--rate', '2000'], { env, home });
    const state = join(home, 'out.ndjson.partial.state');
    while (!(await readFile(state, 'utf8').catch(() => '')).includes('"segments":[{')) await delay(10);
    child.kill('SIGKILL');
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    const other = await runCli([...words, '--ocsf-version', '1.6.0'], { env, home });
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('schema: ocsf 1.8.0 then, ocsf 1.6.0 now');
    const none = await runCli(words.slice(0, -2), { env, home });
    expect(none.stderr).toContain('schema: ocsf 1.8.0 then, none now');
    expect((await runCli([...words, '--rate', 'off'], { env, home })).code).toBe(0);
    const fresh = await makeHome();
    expect((await runCli([...words, '--rate', 'off'], { env, home: fresh })).code).toBe(0);
    expect((await readFile(join(home, 'out.ndjson'))).equals(await readFile(join(fresh, 'out.ndjson')))).toBe(true);
  });

  test.each([
    ['ocsf', 'holds events in the schema OCSF', 'raw_data'],
    ['ecs', 'holds events in the schema ECS', 'event.original'],
    ['cef', 'holds events in the schema CEF', 'export'],
  ])('of %s are not read as entries', async (schema, message, hint) => {
    const { stdout } = await run(`list -n 3 --schema ${schema}`, { env });
    const { code, stderr } = await run('list --input -', { stdin: stdout });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });
});

describe('an event that a schema has no words for', () => {
  const entry = (id: string, action: string, time = '2026-11-20T10:00:00Z') =>
    JSON.stringify({ id, action, created_at: time });
  const odd = [
    entry('1', 'robot.exploded'),
    entry('2', 'robot.created'),
    entry('3', 'robot.exploded'),
    entry('4', '__proto__'),
    entry('5', '\u202e\u001b[31m'),
    entry('6', 'robot.deleted', 'never'),
  ].join('\n');

  test.each(['ocsf', 'ecs'])('is counted and told at the end, in %s', async (schema) => {
    const { code, stdout, stderr } = await run(`export --input - --schema ${schema}`, { stdin: `${odd}\n` });
    expect(code).toBe(0);
    expect(lines(stdout).length).toBe(6);
    const shown = schema.toUpperCase();
    expect(stderr).toContain(
      `warning: 4 events have actions without a mapping to ${shown}, written as "other": robot.exploded 2, `,
    );
    expect(stderr).toContain('__proto__ 1');
    expect(stderr).toContain('\\u{202e}\\x1b[31m 1');
    expect(stderr).toContain(`warning: 1 event has no valid time, so ${shown} has none either`);
  });

  test('is told of no more than some actions', async () => {
    const stdin = Array.from({ length: 15 }, (_, n) => `${entry(`${n}`, `robot.foo${n}`)}\n`).join('');
    const { stderr } = await run('list --all --input - --schema ocsf', { stdin });
    expect(stderr).toContain('15 events have actions without a mapping to OCSF');
    expect(stderr).toContain('robot.foo9 1, 5 other actions');
  });

  test('is told when what is followed is ended', async () => {
    const time = new Date(Date.now() - 1000).toISOString();
    const server = await startAnswering((_, response) => givePage(response, [entry('1', 'robot.exploded', time)]));
    const stop = new AbortController();
    try {
      const { code, stdout, stderr } = await run('tail --since 1h --schema ocsf', {
        env: { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: KEY },
        now: Date.now(),
        signal: stop.signal,
        onStdout: () => stop.abort(new Stopped('SIGINT')),
      });
      expect(code).toBe(0);
      expect(lines(stdout).map(rawData)).toEqual([entry('1', 'robot.exploded', time)]);
      expect(stderr).toContain('1 event has an action without a mapping to OCSF, written as "other": robot.exploded 1');
    } finally {
      await server.close();
    }
  });
});
