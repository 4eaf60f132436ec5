import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReadSheet, readXlsx } from '../../formats/readxlsx.js';
import { makeHome, run } from '../../helpers/world.js';
import { type StaticServer, startServer } from '../../model/static.js';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-20T14:00:00Z');

let server: StaticServer;
let env: Record<string, string>;
let ndjson: string;
beforeAll(async () => {
  server = await startServer({ n: 150, from: NOW - 60 * DAY, to: NOW, now: NOW, shape: 'small' });
  env = { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key };
  ndjson = (await run('export --rate off', { env })).stdout;
});
afterAll(() => server.close());

async function sheetsOf(home: string, name: string): Promise<readonly ReadSheet[]> {
  return readXlsx(await readFile(join(home, name)));
}

/** The rows of *About*, by label. */
function about(sheets: readonly ReadSheet[]): Readonly<Record<string, string | number | undefined>> {
  return Object.fromEntries((sheets.at(-1)?.rows ?? []).map(([label, value]) => [label, value]));
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const files = async (home: string) => (await readdir(home)).filter((name) => name !== 'config').sort();
const ids = (sheets: readonly ReadSheet[]) => sheets[0]?.rows.slice(1).map((row) => row.at(-1));

describe('export to a workbook', () => {
  test('holds the same events as NDJSON in the same order, and says so with their hash', async () => {
    const home = await makeHome();
    const { code } = await run('export --rate off -o out.xlsx --tz Europe/Oslo', { env, home });
    expect(code).toBe(0);
    expect(await files(home)).toEqual(['out.xlsx']);
    const sheets = await sheetsOf(home, 'out.xlsx');
    const lines = ndjson.trimEnd().split('\n');
    expect(ids(sheets)).toEqual(lines.map((line) => JSON.parse(line).id));
    expect(about(sheets)).toMatchObject({
      'Audit log': 'Invent',
      'Time zone': 'Europe/Oslo; times are shown to the second',
      Events: 150,
      Filters: 'none',
      'Cut cells': 'none',
      'SHA-256 as NDJSON': sha256(ndjson),
    });
    expect(about(sheets).Range).toMatch(/^the beginning of the log until 2026-11-20 15:00:\d\d \(Europe\/Oslo\)$/);
    expect(about(sheets).Verdict).toContain('150 events');
  });

  test('goes on after an interruption, to the same events', async () => {
    const home = await makeHome();
    const large = await startServer({ n: 2500, from: NOW - 60 * DAY, to: NOW, now: NOW, shape: 'small' });
    const env = { AUDITLOG_BASE_URL: large.base.href, AUDITLOG_API_KEY: large.key };
    const stop = new AbortController();
    let pages = 0;
    const stopped = await run('export --rate off --debug -o out.xlsx --manifest', {
      env,
      home,
      signal: stop.signal,
      onStderr: (text) => {
        pages += text.split('debug: GET').length - 1;
        if (pages > 15) stop.abort(new Error('stopped by the test'));
      },
    });
    expect(stopped.code).not.toBe(0);
    expect(await files(home)).toContain('out.xlsx.entries.partial');
    const resumed = await run('export --rate off -o out.xlsx --manifest', { env, home });
    expect(resumed).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^resuming after the \S+ events in out\.xlsx\.entries\.partial\n/),
    });
    expect(await files(home)).toEqual(['out.xlsx', 'out.xlsx.manifest.json']);
    const whole = (await run('export --rate off', { env })).stdout;
    expect(about(await sheetsOf(home, 'out.xlsx'))['SHA-256 as NDJSON']).toBe(sha256(whole));
    expect(await run('verify out.xlsx', { home })).toMatchObject({ code: 0 });
    await large.close();
  });

  test('has a manifest with both hashes, which verify compares', async () => {
    const home = await makeHome();
    await run('export --rate off -o out.xlsx --manifest', { env, home });
    const manifest = JSON.parse(await readFile(join(home, 'out.xlsx.manifest.json'), 'utf8'));
    const bytes = await readFile(join(home, 'out.xlsx'));
    expect(manifest).toMatchObject({ kind: 'export', status: 'verified', file: null });
    expect(manifest.workbook).toEqual({
      name: 'out.xlsx',
      format: 'xlsx',
      bytes: bytes.length,
      sha256: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
      rows: 150,
      ndjson: `sha256:${sha256(ndjson)}`,
    });
    expect(await run('verify out.xlsx', { home })).toMatchObject({ code: 0 });
    bytes[bytes.length - 1] = 1;
    await writeFile(join(home, 'out.xlsx'), bytes);
    const changed = await run('verify out.xlsx', { home });
    expect(changed).toMatchObject({ code: 7, stdout: expect.stringContaining('out.xlsx') });
  });

  test('is made of an earlier export, and by list: only the newest, which About says', async () => {
    const home = await makeHome();
    await writeFile(join(home, 'a.ndjson'), ndjson);
    await run('export --input a.ndjson -o a.xlsx', { home });
    expect(about(await sheetsOf(home, 'a.xlsx'))).toMatchObject({
      Source: 'a.ndjson',
      Events: 150,
      'SHA-256 as NDJSON': sha256(ndjson),
    });
    expect((await run('list -n 5 --rate off -o b.xlsx --action "*.*"', { env, home })).code).toBe(0);
    const list = about(await sheetsOf(home, 'b.xlsx'));
    expect(list).toMatchObject({ Events: 5, Selection: 'the 5 newest events, page 1' });
    expect(list.Filters).toContain('*.*');
  });

  test('goes through a pipe, but not to a terminal', async () => {
    const piped: Buffer[] = [];
    await run('list --format xlsx', { env, onStdout: (chunk) => void piped.push(Buffer.from(chunk)) });
    expect(Buffer.concat(piped).subarray(0, 2).toString()).toBe('PK');
    expect(await run('export --format xlsx', { env, tty: { columns: 80 } })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('a workbook cannot be shown on a terminal\nWrite a file: -o FILE.xlsx'),
    });
  });

  test.each([
    ['export -o a.xlsx.gz', 'a.xlsx.gz: a workbook is already compressed'],
    ['export --split day --format xlsx -o days', 'For one workbook of all days: auditlog export -o FILE.xlsx'],
    ['list --follow --format xlsx', 'following has no end, and neither would a workbook'],
    ['export --schema ocsf -o a.xlsx', 'OCSF is written as NDJSON or JSON'],
    ['export -o a.xlsx --delimiter ;', '--delimiter needs CSV: the format is xlsx'],
    [
      'export -o a.xls',
      'cannot tell the format from the file name "a.xls"\nAdd one of .ndjson .jsonl .json .csv .xlsx',
    ],
    ['export --input a.xlsx', 'a.xlsx is a workbook'],
  ])('rejects %s with the reason', async (line, why) => {
    const home = await makeHome();
    await writeFile(join(home, 'a.xlsx'), 'PK\x03\x04');
    const ran = await run(line, { env: line.includes('--input') ? {} : env, home });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
  });
});
