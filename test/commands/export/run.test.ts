import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stopped } from '../../../src/context.js';
import { type Demo, startDemo } from '../../../src/demo/server.js';
import { makeHome, NOW, run, runCli, spawnCli } from '../../helpers/world.js';

let demo: Demo;
let env: Record<string, string>;

beforeAll(async () => {
  demo = await startDemo({ now: NOW });
  env = { AUDITLOG_BASE_URL: demo.base.href, AUDITLOG_API_KEY: demo.key };
});

afterAll(() => demo.close());

const OCTOBER = '--from 2026-10-01 --to 2026-10-31';

/** What the server itself gives for October, by hand: page after page, cut to the days in UTC. */
async function octoberByHand(): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for (let page = 1; ; page += 1) {
    const url = new URL('/orgs/c/audit-logs', demo.base);
    url.search = `from=2026-09-29&to=2026-11-02&page=${page}`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${demo.key}` } });
    const entries = (await answer.json()) as Record<string, unknown>[];
    found.push(...entries);
    if (entries.length < 100) break;
  }
  // Of entries of one instant the one with the greater id stands first.
  const place = ({ created_at, id }: Record<string, unknown>) => `${created_at} ${id}`;
  return found
    .filter(({ created_at }) => String(created_at).startsWith('2026-10'))
    .sort((a, b) => (place(a) < place(b) ? 1 : -1));
}

function entries(ndjson: string): Record<string, unknown>[] {
  return ndjson
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function sameBytes(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([readFile(one), readFile(other)]);
  return a.length > 0 && a.equals(b);
}

/** The fields of a CSV text, quotes undone. */
function fields(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
    if (end === '') break;
  }
  return rows.filter((row) => row.length > 1);
}

describe('an export', () => {
  test('is exactly what the server has, newest first, and says that it equals the count', async () => {
    const { code, stdout, stderr } = await run(`export ${OCTOBER}`, { env });
    expect(code).toBe(0);
    const found = entries(stdout);
    expect(found).toEqual(await octoberByHand());
    const times = found.map(({ created_at }) => String(created_at));
    expect(times).toEqual([...times].sort().reverse());
    expect(stderr.split('\n')[0]).toBe('from 2026-10-01T00:00:00Z until 2026-11-01T00:00:00Z');
    expect(stderr).toMatch(
      new RegExp(
        `\\nExported ${found.length} events\\. Complete: the server reports the same count \\(checked 2026-11-20 14:0\\d UTC\\)\\.\\n[\\d,]+ events were read, [\\d,]+ of them outside the range because the API filters by whole days\\.\\n$`,
      ),
    );
  });

  test('of everything equals the count of everything', async () => {
    const { code, stdout, stderr } = await run('export --rate off', { env });
    const lines = entries(stdout).length;
    expect(code).toBe(0);
    expect(lines).toBeGreaterThan(10_000);
    expect(stderr).toMatch(
      /^Exported [\d,]+ events\. Complete: the server reports the same count \(checked 2026-11-20 14:\d\d UTC\)\.\n$/,
    );
    expect(Number(stderr.split(' ')[1]?.replaceAll(',', ''))).toBe(lines);
  });

  test('is the same in every format', async () => {
    const [ndjson, json, csv] = await Promise.all(
      ['ndjson', 'json', 'csv'].map((format) => run(`export ${OCTOBER} --format ${format}`, { env })),
    );
    const found = entries(ndjson?.stdout ?? '');
    expect(JSON.parse(json?.stdout ?? '')).toEqual(found);
    const [head = [], ...rows] = fields(csv?.stdout ?? '');
    expect(head[0]).toBe('id');
    expect(rows.map(([id]) => id)).toEqual(found.map(({ id }) => id));
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([head.length]));
  });

  test('of no events still has the heading of a CSV, and is an empty list in JSON', async () => {
    const nothing = 'export --user nobody@nowhere.example --from 2026-10-01 --to 2026-10-02';
    expect((await run(`${nothing} --format csv --columns id,action`, { env })).stdout).toBe('id,action\r\n');
    expect((await run(`${nothing} --format json`, { env })).stdout).toBe('[]\n');
    expect((await run(nothing, { env })).stdout).toBe('');
  });

  test('takes no organization under two names', async () => {
    const { code, stdout, stderr } = await run(`export --org c --org ${demo.org} --from 2026-11-19`, { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('are the same organization');
  });
});

describe('an exported file', () => {
  test.each([
    ['out.ndjson', (bytes: Buffer) => entries(bytes.toString())],
    ['out.jsonl', (bytes: Buffer) => entries(bytes.toString())],
    ['out.json', (bytes: Buffer) => JSON.parse(bytes.toString()) as Record<string, unknown>[]],
    ['out.ndjson.gz', (bytes: Buffer) => entries(gunzipSync(bytes).toString())],
    ['OUT.JSON.GZ', (bytes: Buffer) => JSON.parse(gunzipSync(bytes).toString()) as Record<string, unknown>[]],
  ])('named %s has the format of its ending, is private and alone', async (name, parse) => {
    const home = await makeHome();
    const { code, stdout } = await run(['export', ...OCTOBER.split(' '), '-o', name], { env, home });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(parse(await readFile(join(home, name)))).toEqual(await octoberByHand());
    expect((await stat(join(home, name))).mode & 0o777).toBe(0o600);
    expect(await readdir(home)).toEqual([name]);
  });

  test('as CSV has the same count and ids as NDJSON', async () => {
    const home = await makeHome();
    await run(`export ${OCTOBER} -o out.csv`, { env, home });
    const rows = fields(await readFile(join(home, 'out.csv'), 'utf8')).slice(1);
    expect(rows.map(([id]) => id)).toEqual((await octoberByHand()).map(({ id }) => id));
  });

  test('that exists is never replaced without --force', async () => {
    const home = await makeHome();
    await writeFile(join(home, 'out.ndjson'), 'mine');
    const { code, stderr } = await run('export --from 1d -o out.ndjson', { env, home });
    expect(code).toBe(2);
    expect(stderr).toContain('out.ndjson already exists');
    expect(await readFile(join(home, 'out.ndjson'), 'utf8')).toBe('mine');
    expect((await run('export --from 1d -o out.ndjson --force', { env, home })).code).toBe(0);
    expect(await readFile(join(home, 'out.ndjson'), 'utf8')).not.toBe('mine');
  });

  test('is not left behind when the key is rejected, or there is none', async () => {
    const home = await makeHome();
    const wrong = { ...env, AUDITLOG_API_KEY: 'wrong_key_0123456789abcdef' };
    expect((await run('export -o out.csv', { env: wrong, home })).code).toBe(4);
    expect((await run('export -o out.csv', { env: { ...env, AUDITLOG_API_KEY: undefined }, home })).code).toBe(4);
    expect((await run('export -o out.csv --columns ids', { env, home })).code).toBe(2);
    expect(await readdir(home)).toEqual([]);
  });
});

describe('a server that does not tell the truth', () => {
  let server: Server;
  let counted: string | undefined;
  let status = 200;
  const entry = (n: number) => ({ id: `al_${n}`, action: 'member.left', created_at: `2026-10-0${9 - n}T12:00:00Z` });

  beforeAll(async () => {
    server = createServer((_, response) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(counted === undefined ? {} : { 'pagination-count': counted }),
      });
      response.end(status === 200 ? JSON.stringify([1, 2, 3, 4].map(entry)) : '{"message":"no \u001b[31mway"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const lies = () => ({
    AUDITLOG_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AUDITLOG_API_KEY: 'key_0123456789abcdefghij',
  });

  test('makes the export end with 3: the file is there, and what is wrong is said even with --quiet', async () => {
    counted = undefined;
    const home = await makeHome();
    const { code, stderr } = await run('export -o out.ndjson --quiet', { env: lies(), home });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^Exported 4 events\. Incomplete/);
    expect(entries(await readFile(join(home, 'out.ndjson'), 'utf8'))).toHaveLength(4);
    expect(await readdir(home)).toEqual(['out.ndjson']);
  });

  test('is also reported by list', async () => {
    counted = '3';
    const { code, stdout, stderr } = await run('list --format ndjson', { env: lies() });
    expect(code).toBe(3);
    expect(entries(stdout)).toHaveLength(4);
    expect(stderr).toMatch(/^4 events\nIncomplete: a page has 4 events, but the server reports 3 \(checked /m);
  });

  test.each([
    [400, 2],
    [401, 4],
    [403, 4],
    [404, 2],
  ])('%i ends with %i, and nothing the server says moves the cursor', async (answered, exitCode) => {
    status = answered;
    const home = await makeHome();
    const { code, stdout, stderr } = await run('export -o out.csv', { env: lies(), home });
    status = 200;
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toContain(`(${answered})`);
    expect(stderr).not.toContain('\x1b');
    expect(await readdir(home)).toEqual([]);
  });
});

describe('an interrupted export', () => {
  /** Ends the run after some of it was written, as Ctrl-C would. */
  async function stopped(line: string, home: string, after: number): Promise<{ code: number; stderr: string }> {
    const stop = new AbortController();
    let asked = 0;
    return run(`${line} --rate off --debug`, {
      env,
      home,
      signal: stop.signal,
      onStderr: (text) => {
        if (text.startsWith('debug: GET') && ++asked === after) stop.abort(new Stopped('SIGINT'));
      },
    });
  }

  test.each([
    ['newest first', ''],
    ['oldest first', ' --reverse'],
  ])(
    'a file export, %s, keeps what is durable, exits 6, and its command goes on to the same bytes',
    async (_, order) => {
      const home = await makeHome();
      const line = `export --to 2026-11-17 --action 'member.*,assistant.*' -o out.csv${order}`;
      const { code, stderr } = await stopped(line, home, 90);
      expect(code).toBe(6);
      expect(stderr).toContain('error: stopped: the events read so far are in out.csv.partial');
      expect(stderr).toContain(`To resume: auditlog ${line} --rate off --debug\n`);
      expect((await readdir(home)).sort()).toEqual(['out.csv.partial', 'out.csv.partial.state']);

      const resumed = await run(`${line} --rate off`, { env, home });
      expect(resumed.code).toBe(0);
      expect(resumed.stderr).toMatch(/resuming after the [\d,]+ events in out\.csv\.partial/);
      const fresh = await makeHome();
      await run(`${line} --rate off`, { env, home: fresh });
      expect(await sameBytes(join(home, 'out.csv'), join(fresh, 'out.csv'))).toBe(true);
      expect(await readdir(home)).toEqual(['out.csv']);
    },
  );

  test('another question does not go on with that file, unless told to start again', async () => {
    const home = await makeHome();
    expect((await stopped('export --to 2026-11-17 -o out.ndjson', home, 90)).code).toBe(6);
    const other = await run('export --to 2026-11-16 -o out.ndjson', { env, home });
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('interrupted export of something else');
    const turned = await run('export --to 2026-11-17 -o out.ndjson --reverse', { env, home });
    expect([turned.code, turned.stderr]).toEqual([2, expect.stringContaining('order: none then, oldest first now')]);
    const anew = await run('export --from 2026-11-10 --to 2026-11-16 -o out.ndjson --restart', { env, home });
    expect(anew.code).toBe(0);
    expect(await readdir(home)).toEqual(['out.ndjson']);
  });

  test('before anything is durable it leaves nothing and exits as any program does', async () => {
    const home = await makeHome();
    const { code } = await stopped('export -o out.csv', home, 1);
    expect(code).toBe(130);
    expect(await readdir(home)).toEqual([]);
  });

  test('an export to standard output exits 130 after whole records', async () => {
    const stop = new AbortController();
    const { code, stdout, stderr } = await run('export', {
      env,
      signal: stop.signal,
      onStdout: () => stop.abort(new Stopped('SIGINT')),
    });
    expect(code).toBe(130);
    expect(stderr).toContain('stopped: the output is incomplete');
    expect(entries(stdout).length).toBeGreaterThan(0);
    expect(stdout.endsWith('\n')).toBe(true);
  });
});

describe('export as a process', () => {
  test('ends at once with 141 and without a message when piped to head', async () => {
    const { child, ended } = await spawnCli(['export'], { env });
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await ended).toMatchObject({ code: 141, stderr: '' });
  });

  test.concurrent.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends it with exit code %i', async (signal, exitCode) => {
    const { child, ended } = await spawnCli(['export', '--rate', '60'], { env });
    child.stdout?.once('data', () => child.kill(signal));
    expect(await ended).toMatchObject({ code: exitCode, signal: null });
  });

  test('kill -9 in the middle leaves what the same command goes on with', async () => {
    const home = await makeHome();
    const args = ['export', '--to', '2026-11-17', '-o', 'out.ndjson', '--rate', 'off', '--debug'];
    const { child, ended, stderr } = await spawnCli(args, { env, home });
    child.stderr?.on('data', () => {
      if (stderr().split('debug: GET').length > 90) child.kill('SIGKILL');
    });
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    const resumed = await runCli(args, { env, home });
    expect(resumed.code).toBe(0);
    const fresh = await makeHome();
    await runCli(args, { env, home: fresh });
    expect(await sameBytes(join(home, 'out.ndjson'), join(fresh, 'out.ndjson'))).toBe(true);
  });

  test('a full disk behind standard output is a local failure', async () => {
    const { promisify } = await import('node:util');
    const { execFile } = await import('node:child_process');
    const home = await makeHome();
    const failed = (await promisify(execFile)(
      'sh',
      [
        '-c',
        `"${process.execPath}" "$0" export --from 2d > /dev/full`,
        join(import.meta.dirname, '../../../bin/auditlog.js'),
      ],
      { env: { ...env, PATH: process.env.PATH, HOME: home, AUDITLOG_CONFIG_DIR: home } },
    ).catch((error: unknown) => error)) as { code: number; stderr: string };
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('no space is left on the device');
  });
});
