import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readParquet } from '../../formats/readparquet.js';
import { makeHome, run, runCli, spawnCli } from '../../helpers/world.js';
import { type StaticServer, startServer } from '../../model/static.js';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-20T14:00:00Z');

let server: StaticServer;
let env: Record<string, string>;
beforeAll(async () => {
  server = await startServer({ n: 2500, from: NOW - 60 * DAY, to: NOW, now: NOW, shape: 'small' });
  env = { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key };
});
afterAll(() => server.close());

async function rowsOf(path: string): Promise<readonly Record<string, unknown>[]> {
  return readParquet(await readFile(path));
}

const files = async (home: string) => (await readdir(home)).filter((name) => name !== 'config').sort();

describe('export to Parquet', () => {
  test('holds the same entries as NDJSON, in the same order', async () => {
    const home = await makeHome();
    const ndjson = await run('export --rate off', { env });
    const { code, stderr } = await run('export --rate off -o out.parquet', { env, home });
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Exported 2,500 events\. Complete: the server reports the same count/),
    });
    expect(await files(home)).toEqual(['out.parquet']);
    const rows = await rowsOf(join(home, 'out.parquet'));
    expect(rows.map(({ raw }) => `${raw}\n`).join('')).toBe(ndjson.stdout);
  });

  test('goes on after an interruption, to the same bytes', async () => {
    const home = await makeHome();
    await run('export --rate off -o whole.parquet', { env, home });
    const stop = new AbortController();
    const args = 'export --rate off --debug -o out.parquet';
    let pages = 0;
    const stopped = await run(args, {
      env,
      home,
      signal: stop.signal,
      onStderr: (text) => {
        pages += text.split('debug: GET').length - 1;
        if (pages > 15) stop.abort(new Error('stopped by the test'));
      },
    });
    expect(stopped.code).not.toBe(0);
    expect(await files(home)).toEqual([
      'out.parquet.entries.partial',
      'out.parquet.entries.partial.state',
      'whole.parquet',
    ]);
    const resumed = await run('export --rate off -o out.parquet', { env, home });
    expect(resumed).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /^resuming after the \S+ events in out\.parquet\.entries\.partial\nExported 2,500 events/,
      ),
    });
    expect(await files(home)).toEqual(['out.parquet', 'whole.parquet']);
    const [whole, out] = await Promise.all(['whole', 'out'].map((name) => readFile(join(home, `${name}.parquet`))));
    expect(out?.equals(whole as Buffer)).toBe(true);
  });

  test('killed at any moment, it goes on to the same bytes', async () => {
    const home = await makeHome();
    const log = { n: 6000, from: NOW - 90 * DAY, to: NOW - 3 * DAY, now: NOW, shape: 'small' } as const;
    const [fast, slow] = await Promise.all([startServer(log), startServer({ ...log, latency: 250 })]);
    const quick = { env: { ...env, AUDITLOG_BASE_URL: fast.base.href }, home };
    await run('export --rate off -o whole.parquet', quick);
    const place = { home, env: { ...env, AUDITLOG_BASE_URL: slow.base.href } };
    const args = ['export', '--rate', 'off', '-o', 'out.parquet'];
    const { child, ended } = await spawnCli(args, place);
    const state = join(home, 'out.parquet.entries.partial.state');
    while (child.exitCode === null && !(await readFile(state, 'utf8').catch(() => '')).includes('"end":'))
      await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    expect(await runCli(args, place)).toMatchObject({ code: 0, stderr: expect.stringContaining('resuming after the') });
    await Promise.all([fast.close(), slow.close()]);
    expect(await files(home)).toEqual(['out.parquet', 'whole.parquet']);
    const [whole, out] = await Promise.all(['whole', 'out'].map((name) => readFile(join(home, `${name}.parquet`))));
    expect(out?.equals(whole as Buffer)).toBe(true);
  });

  test('asks nothing where the file exists, and replaces it with --force', async () => {
    const home = await makeHome();
    await writeFile(join(home, 'out.parquet'), 'mine');
    const before = server.requests();
    expect(await run('export -o out.parquet', { env, home })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('out.parquet already exists'),
    });
    expect(server.requests()).toBe(before);
    expect((await run('export -o out.parquet --force --rate off --from 2026-11-18', { env, home })).code).toBe(0);
    expect((await rowsOf(join(home, 'out.parquet'))).length).toBeGreaterThan(10);
    expect(await files(home)).toEqual(['out.parquet']);
  });

  test('is made of an earlier export, with the columns that were asked for', async () => {
    const home = await makeHome();
    await writeFile(join(home, 'a.ndjson'), (await run('export --rate off', { env })).stdout);
    await run('export --input a.ndjson -o a.parquet --columns time,actor.email,raw', { home });
    const rows = await rowsOf(join(home, 'a.parquet'));
    expect(rows.length).toBe(2500);
    expect(Object.keys(rows[0] ?? {})).toEqual(['time', 'actor_email', 'raw']);
  });

  test('goes through a pipe, but not to a terminal', async () => {
    const piped: Buffer[] = [];
    await run('list --format parquet', { env, onStdout: (chunk) => void piped.push(Buffer.from(chunk)) });
    expect(Buffer.concat(piped).subarray(0, 4).toString()).toBe('PAR1');
    expect(await run('export --format parquet', { env, tty: { columns: 80 } })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Parquet cannot be shown on a terminal'),
    });
  });

  test.each([
    ['export -o a.parquet.gz', 'a.parquet.gz: Parquet is already compressed'],
    ['export -o a.parquet --manifest', '--manifest does not support Parquet'],
    ['export --split day --format parquet -o days', '--split day cannot write Parquet'],
    ['list --follow --format parquet', 'following has no end, and neither would Parquet'],
    ['export --schema ocsf -o a.parquet', 'OCSF is written as NDJSON or JSON'],
    ['export -o a.csv --format parquet', 'a.csv ends like csv, but --format says parquet'],
  ])('rejects %s with the reason', async (line, why) => {
    expect(await run(line, { env })).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
  });
});
