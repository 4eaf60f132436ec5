import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isManifest, type Manifest } from '../../../src/manifest/manifest.js';
import { makeHome, NOW, run } from '../../helpers/world.js';
import { makeEntries } from '../../model/makeentries.js';
import { type Model, startModel } from '../../model/server.js';

const DAY = 86_400_000;
/** The log begins here. */
const BEGIN = Date.parse('2026-11-02T10:00:00Z');
let model: Model;
let env: Record<string, string>;
let oldest: string;

beforeAll(async () => {
  const entries = makeEntries({ n: 400, from: BEGIN, to: NOW, grain: 1000 });
  model = await startModel({ entries, now: NOW });
  env = { AUDITLOG_BASE_URL: model.base.href, AUDITLOG_API_KEY: model.key };
  const times = entries.map(({ time }) => time);
  oldest = new Date(Math.min(...times)).toISOString();
});
afterAll(() => model.close());

const short = (time: string) => `${time.slice(0, 16).replace('T', ' ')} UTC`;

const RANGES = [
  ['', undefined],
  ['--from 2026-11-05', undefined],
  ['--from 2026-11-05 --to 2026-11-10', undefined],
  ['--from 2026-11-02', 'BEGINS'],
  ['--from 2025-01-01', 'BEGINS'],
  ['--from 2025-01-01 --to 2026-11-10', 'BEGINS'],
  ['--from 2025-01-01 --to 2025-02-01', 'BEGINS'],
  ['--from 2026-11-05 --to 2026-11-20', ' 2026-11-20 is not over yet.'],
  ['--from 2026-11-05 --to 2030-01-01', ' 2026-11-20 to 2030-01-01 are not over yet.'],
  ['--from 2025-01-01 --to 2026-11-21', 'BEGINS 2026-11-20 to 2026-11-21 are not over yet.'],
  ['--to 2026-11-25', ' 2026-11-20 to 2026-11-25 are not over yet.'],
] as const;

function wordsOf(words: string | undefined): string {
  return (words ?? '').replace('BEGINS', ` The log begins at ${short(oldest)}, after the start of the range.`);
}

describe('the last line says what of its range the log cannot answer for', () => {
  test.each(
    RANGES.flatMap(([range, words]) =>
      [
        'export',
        "export --action 'member.*'",
        'export --action member.joined',
        'stats --exact',
        'stats --every month',
      ].map((command) => [command, range, words] as const),
    ),
  )('%s %s', async (command, range, words) => {
    const { code, stderr } = await run(`${command} ${range}`, { env, now: NOW });
    expect(code).toBe(0);
    const last = stderr
      .split('\n')
      .filter((line) => /server reports|server reported/.test(line))
      .join('\n');
    const expected = wordsOf(words);
    if (expected === '') expect(last).not.toMatch(/not over yet|The log /);
    else expect(last).toContain(expected);
  });

  test('and where what was read shows it, nothing more is asked', async () => {
    const requests = async (line: string): Promise<number> => {
      const { stderr } = await run(`${line} --debug`, { env, now: NOW });
      return stderr.split('\n').filter((text) => text.startsWith('debug: GET')).length;
    };
    expect(await requests('export --from 2026-11-05 --to 2026-11-10')).toBe(
      await requests('list --all --from 2026-11-05 --to 2026-11-10'),
    );
    expect(await requests('export')).toBe(await requests('list --all'));
  });
});

describe('a manifest', () => {
  async function manifestFor(range: string): Promise<{ manifest: Manifest; home: string }> {
    const home = await makeHome();
    const { code } = await run(`export ${range} -o out.ndjson --manifest`, { env, home, now: NOW });
    expect(code).toBe(0);
    const manifest: unknown = JSON.parse(await readFile(join(home, 'out.ndjson.manifest.json'), 'utf8'));
    if (!isManifest(manifest)) throw new Error('not a manifest');
    return { manifest, home };
  }

  test('records it, and verify repeats it', async () => {
    const { manifest, home } = await manifestFor('--from 2025-01-01 --to 2026-11-25');
    expect(manifest.coverage).toEqual({
      oldest: expect.stringContaining(oldest.slice(0, 19)),
      reachesBack: false,
      open: { from: '2026-11-20', to: '2026-11-25' },
    });
    const verified = await run('verify out.ndjson', { home });
    expect(verified.code).toBe(0);
    expect(verified.stdout).toContain('out.ndjson: the range starts at 2025-01-01T00:00:00Z, but the log began at ');
    expect(verified.stdout).toContain(
      'out.ndjson: 2026-11-20 to 2026-11-25 were not over yet when it was read (2026-11-20T14:',
    );
  });

  test('of a range that the log covers says so, and verify is silent', async () => {
    const { manifest, home } = await manifestFor('--from 2026-11-05 --to 2026-11-10');
    expect(manifest.coverage).toEqual({ oldest: null, reachesBack: true, open: null });
    expect((await run('verify out.ndjson', { home })).stdout).not.toMatch(/the log |not over yet/);
  });

  test('without it stays valid', async () => {
    const { manifest } = await manifestFor('--from 2026-11-05 --to 2026-11-10');
    const { coverage: _, ...older } = manifest;
    expect(isManifest(older)).toBe(true);
  });

  test('of each day has it', async () => {
    const home = await makeHome();
    const line = `export --from 2026-10-30 --to ${new Date(NOW + DAY).toISOString().slice(0, 10)} --split day -o days`;
    const { code, stderr } = await run(line, { env, home, now: NOW });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain(wordsOf('BEGINS 2026-11-20 to 2026-11-21 are not over yet.'));
    const verified = await run('verify days', { home });
    expect(verified.code).toBe(0);
    expect(verified.stdout.match(/the log began at .*: days before that are empty/g)).toHaveLength(1);
    expect(verified.stdout).toContain('2026-11-20: not over yet when it was read');
  });
});
