import { cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHome, run } from '../helpers/world.js';
import { type StaticServer, startServer } from '../model/static.js';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-20T14:00:00Z');

/** A log of forty days, of which thirty are exported by days: at first those that are sealed, then all. */
let server: StaticServer;
let env: Record<string, string>;
let home: string;
let whole: string;

beforeAll(async () => {
  home = await makeHome();
  server = await startServer({ n: 1500, from: NOW - 40 * DAY, to: NOW, now: NOW, shape: 'small' });
  env = { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key };
  const range = '--from 2026-10-20 --rate off --quiet';
  expect((await run(`export ${range} --split day --format ndjson.gz -o days`, { env, home })).code).toBe(0);
  whole = (await run(`export ${range}`, { env })).stdout;
});
afterAll(() => server.close());

const ask = (line: string) => run(line, { home });

/** A copy of the directory, to be spoiled. */
async function copyDays(name: string): Promise<string> {
  const path = join(home, name);
  await cp(join(home, 'days'), path, { recursive: true });
  return path;
}

function linesOf(text: string): string[] {
  return text.trimEnd().split('\n');
}

describe('a directory of day files answers', () => {
  test('an export with all of it, newest first, as the server gave it', async () => {
    const { code, stdout, stderr } = await ask('export --input days');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `Exported ${linesOf(whole).length.toLocaleString('en')} events from days.\n`,
    });
    expect(stdout).toBe(whole);
  });

  test('a list with the newest, without reading further back than that takes', async () => {
    await rename(join(home, 'days/2026-10-30.ndjson.gz'), join(home, 'hidden'));
    try {
      const { code, stdout, stderr } = await ask('list --input days --format ndjson -n 3');
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: 'Showing 1–3. More: --page 2, or --all\n',
      });
      expect(linesOf(stdout)).toEqual(linesOf(whole).slice(0, 3));
      const page = await ask('list --input days --format ndjson -n 10 --page 4');
      expect(linesOf(page.stdout)).toEqual(linesOf(whole).slice(30, 40));
      expect(await ask('list --input days --all')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('error: days/2026-10-30.ndjson.gz: the file is not there\n'),
      });
    } finally {
      await rename(join(home, 'hidden'), join(home, 'days/2026-10-30.ndjson.gz'));
    }
  });

  test('show with the event, however far back', async () => {
    const last = linesOf(whole).at(-1) as string;
    const { id } = JSON.parse(last) as { id: string };
    expect(await ask(`show ${id} --input days --format json`)).toMatchObject({ code: 0, stdout: `${last}\n` });
  });

  test('stats counts as it does on the server', async () => {
    for (const by of ['--by action', '--every day', '--by actor --top 3 --format json']) {
      const asked = await run(`stats ${by} --from 2026-10-20 --exact --rate off --quiet`, { env });
      const found = await ask(`stats ${by} --from 2026-10-20 --input days --quiet`);
      expect(found.stdout).toBe(asked.stdout);
    }
  });
});

describe('a question about one day', () => {
  /** Everything but the files of that day is gone. */
  test('opens the files of that day, and no others', async () => {
    const path = await copyDays('one');
    for (const name of await readdir(path))
      if (name !== 'chain.json' && !name.startsWith('2026-11-05')) await rm(join(path, name));
    const { code, stdout, stderr } = await ask('export --input one --from 2026-11-05 --to 2026-11-05 --quiet');
    const wanted = linesOf(whole).filter((line) => line.includes('"created_at":"2026-11-05'));
    expect({ code, stderr, lines: linesOf(stdout) }).toEqual({ code: 0, stderr: '', lines: wanted });
    expect(wanted.length).toBeGreaterThan(10);
  });

  test('a day of another zone opens the files of two days', async () => {
    const { stdout } = await ask('export --input days --from 2026-11-05 --to 2026-11-05 --tz Asia/Tokyo --quiet');
    const asked = await run('export --from 2026-11-05 --to 2026-11-05 --tz Asia/Tokyo --quiet --rate off', { env });
    expect(stdout).toBe(asked.stdout);
    expect(stdout).toMatch(/"created_at":"2026-11-04/);
  });
});

describe('what is not as it should be is an error that names the file', () => {
  test.each([
    ['a file is gone', 'rm', /days-rm\/2026-11-05\.ndjson\.gz: the file is not there/],
    ['a day is gone', 'day', /days-day: nothing is there of 2026-11-05/],
    ['a file was cut', 'cut', /days-cut\/2026-11-05\.ndjson\.gz: it has \d+ bytes, and its manifest tells \d+/],
    [
      'an entry was taken out',
      'less',
      /days-less\/2026-11-05\.ndjson\.gz: it has \d+ (?:bytes|entries), and its manifest tells \d+/,
    ],
    ['a manifest names another file', 'name', /days-name\/2026-11-05\.manifest\.json: it is not/],
    ['the chain is no chain', 'chain', /days-chain\/chain\.json: it is not valid JSON/],
  ])('%s', async (_, how, error) => {
    const path = await copyDays(`days-${how}`);
    await SPOIL[how]?.(path);
    const { code, stdout, stderr } = await ask(`stats --input days-${how}`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(error);
  });

  const SPOIL: Readonly<Record<string, (path: string) => Promise<void>>> = {
    rm: (path) => rm(join(path, '2026-11-05.ndjson.gz')),
    day: async (path) => {
      await rm(join(path, '2026-11-05.ndjson.gz'));
      await rm(join(path, '2026-11-05.manifest.json'));
    },
    cut: (path) => truncate(join(path, '2026-11-05.ndjson.gz'), 100),
    less: async (path) => {
      const file = join(path, '2026-11-05.ndjson.gz');
      const lines = linesOf(gunzipSync(await readFile(file)).toString());
      await writeFile(file, gzipSync(`${lines.slice(1).join('\n')}\n`));
    },
    name: async (path) => {
      const file = join(path, '2026-11-05.manifest.json');
      await writeFile(
        file,
        (await readFile(file, 'utf8')).replaceAll('2026-11-05.ndjson', '../days/2026-11-05.ndjson'),
      );
    },
    chain: (path) => writeFile(join(path, 'chain.json'), 'x'),
  };

  test('a Parquet file is told as that, and so is the folder of a day', async () => {
    await writeFile(join(home, 'a.parquet'), 'PAR1 and so on');
    expect(await ask('list --input a.parquet')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('error: a.parquet is Parquet, which only auditlog query reads\nauditlog query'),
    });
    await mkdir(join(home, 'date=2026-11-05'));
    expect(await ask('list --input date=2026-11-05')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Name the archive that it is in, and the day: --from DAY --to DAY'),
    });
  });

  test('a directory of something else is told as that', async () => {
    await mkdir(join(home, 'other'));
    expect(await ask('list --input other')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('other is neither an archive nor a directory of day files'),
    });
  });
});

describe('several organizations in one archive', () => {
  beforeAll(async () => {
    await mkdir(join(home, 'archive'));
    await copyDays('archive/org=org_a');
    await mkdir(join(home, 'archive/org=org_new'));
    const other = await startServer({ n: 300, from: NOW - 20 * DAY, to: NOW, now: NOW, shape: 'small' });
    const env = { AUDITLOG_BASE_URL: other.base.href, AUDITLOG_API_KEY: other.key };
    expect(
      (await run('export --from 2026-11-01 --split day -o archive/org=org_b --rate off', { env, home })).code,
    ).toBe(0);
    await other.close();
  });

  test('are asked together, newest first, and one that has nothing yet is told of', async () => {
    const { code, stdout, stderr } = await ask('export --input archive');
    const total = linesOf(whole).length + linesOf((await ask('export --input archive --org org_b')).stdout).length;
    expect(code).toBe(0);
    expect(linesOf(stdout).length).toBe(total);
    expect(stderr).toContain('archive/org=org_new: nothing was finished there yet\n');
    const times = linesOf(stdout).map((line) => /"created_at":"([^"]+)"/.exec(line)?.[1] ?? '');
    expect(times).toEqual([...times].sort().reverse());
  });

  test('are asked apart with --org, and no other is opened', async () => {
    await rename(join(home, 'archive/org=org_b/chain.json'), join(home, 'chain'));
    const { stdout } = await ask('export --input archive --org org_a --quiet');
    await rename(join(home, 'chain'), join(home, 'archive/org=org_b/chain.json'));
    expect(stdout).toBe(whole);
    expect(await ask('list --input archive --org org_z')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('archive has no org_z\nIt has org_a, org_b, org_new'),
    });
  });
});
