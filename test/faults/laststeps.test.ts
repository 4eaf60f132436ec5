import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tried } from '../helpers/tried.js';
import { makeHome, run } from '../helpers/world.js';
import { type StaticServer, startServer } from '../model/static.js';
import { failingAt } from './failing.js';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-20T14:00:00Z');
let server: StaticServer;
let env: Record<string, string>;

beforeAll(async () => {
  server = await startServer({ n: 230, from: NOW - 9 * DAY, to: NOW, now: NOW, shape: 'small' });
  env = { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key };
});
afterAll(() => server.close());

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Every file under a folder but settings, by name. */
async function filesOf(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const wanted = names.filter((name) => !name.startsWith(join(folder, 'config'))).sort();
  return new Map(
    await Promise.all(wanted.map(async (name) => [name.slice(folder.length + 1), await readFile(name)] as const)),
  );
}

/** The bytes of data files; of manifests, which say when they were made, only that they are there. */
async function dataOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const bytes = await filesOf(folder);
  return Object.fromEntries([...bytes].map(([name, data]) => [name, name.endsWith('.json') ? '' : sha256(data)]));
}

/** A process that is gone leaves its lock, which the next run takes over. Here both are one process. */
async function unlock(folder: string): Promise<void> {
  for (const name of (await filesOf(folder)).keys()) if (/lock(\.|$)/.test(name)) await rm(join(folder, name));
}

/** Whether everything was read and that was made durable. */
async function isEnded(folder: string): Promise<boolean> {
  const files = await filesOf(folder);
  const isSealed = [...files].some(([name, data]) => name.endsWith('.state') && data.includes('"ended":{'));
  return isSealed || files.has('days/entries');
}

const RANGE = '--from 2026-11-11 --to 2026-11-16 --rate off';
const CASES = [
  ['a file and its manifest', `export ${RANGE} -o out.ndjson --manifest`, 'verify out.ndjson'],
  ['a compressed file and its manifest', `export ${RANGE} -o out.csv.gz --manifest`, 'verify out.csv.gz'],
  ['a file and its manifest with --force', `export ${RANGE} -o out.ndjson --manifest --force`, 'verify out.ndjson'],
  ['a file without a manifest', `export ${RANGE} -o out.json`, undefined],
  ['a Parquet file', `export ${RANGE} -o out.parquet`, undefined],
  ['days and their manifests', `export ${RANGE} --split day -o days`, 'verify days'],
] as const;

test.each(CASES.flatMap((row) => (['kill', 'ENOSPC'] as const).map((how) => [...row, how] as const)))(
  '%s: the same command finishes what a run left at any call of the file system (%s, %s, %s)',
  { timeout: 240_000 },
  async (_, line, verify, how) => {
    const clean = await makeHome();
    const watch = await failingAt(clean, Number.POSITIVE_INFINITY, how);
    const whole = await run(line, { env, home: clean, now: NOW }).finally(watch.restore);
    expect(whole).toMatchObject({ code: 0 });
    const wanted = await dataOf(clean);
    let finished = 0;
    for (let at = 0; at < watch.calls; at += line.includes('--split') ? 3 : 1) {
      const home = await makeHome();
      const options = { env, home, now: NOW };
      tried('a call of -o');
      const failing = await failingAt(home, at, how);
      const first = await run(line, options).finally(failing.restore);
      await unlock(home);
      const hasEnded = await isEnded(home);
      const left = await dataOf(home);
      if (first.code === 0 || (!hasEnded && Object.keys(wanted).every((name) => name in left))) {
        // Only the end of the tidying up was left.
        expect(left, `${how} at ${at}`).toMatchObject(wanted);
        await rm(home, { recursive: true });
        continue;
      }
      if (how === 'ENOSPC' && hasEnded) expect(first.stderr, `at ${at}`).toContain('(ENOSPC)');
      const before = server.requests();
      const second = await run(line, options);
      expect({ at, code: second.code, stderr: second.stderr }).toMatchObject({ at, code: 0 });
      expect(second.stderr, `${how} at ${at}`).toContain('Complete: the server reports the same count');
      expect(await dataOf(home), `${how} at ${at}`).toEqual(wanted);
      if (hasEnded) {
        finished += 1;
        expect(server.requests() - before, `${how} at ${at}`).toBe(0);
      }
      if (verify !== undefined) expect(await run(verify, options), `${how} at ${at}`).toMatchObject({ code: 0 });
      await rm(home, { recursive: true });
    }
    expect(finished).toBeGreaterThan(0);
  },
);
