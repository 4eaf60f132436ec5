import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROVIDERS } from '../../../src/providers/index.js';
import { makeHome, run } from '../../helpers/world.js';

const RANGE = '--from 2026-11-13 --to 2026-11-17 --quiet';

function turned(lines: string): string {
  return lines
    .trimEnd()
    .split('\n')
    .reverse()
    .map((line) => `${line}\n`)
    .join('');
}

describe.each(PROVIDERS.map(({ name }) => name))('%s, --reverse', (vendor) => {
  const demo = `--demo --rate off --provider ${vendor} ${RANGE}`;

  test('is the exact reverse: from the server, from a file in either order, as pages of a list', async () => {
    const home = await makeHome();
    const newest = await run(`export ${demo}`);
    const oldest = await run(`export ${demo} --reverse`);
    expect([newest.code, oldest.code, oldest.stderr]).toEqual([0, 0, '']);
    expect(oldest.stdout.split('\n').length).toBeGreaterThan(100);
    expect(oldest.stdout).toBe(turned(newest.stdout));
    await writeFile(join(home, 'newest.ndjson'), newest.stdout);
    await writeFile(join(home, 'oldest.ndjson'), oldest.stdout);
    for (const file of ['newest', 'oldest']) {
      const read = await run(`export --input ${file}.ndjson --provider ${vendor} --reverse --quiet`, { home });
      expect([read.code, read.stdout === oldest.stdout], file).toEqual([0, true]);
    }
    const lines = oldest.stdout.trimEnd().split('\n');
    for (const from of [demo, `--input newest.ndjson --provider ${vendor} --quiet`]) {
      for (const page of [1, 2]) {
        const listed = await run(`list ${from} --reverse --format ndjson -n 30 --page ${page}`, { home });
        // Without ids, lists keep the server's order of equal times.
        expect(listed.stdout.trimEnd().split('\n').sort()).toEqual(lines.slice(30 * (page - 1), 30 * page).sort());
      }
    }
  });
});

test('a file, its manifest and its CSV are oldest first, and verify confirms them', async () => {
  const home = await makeHome();
  const made = await run(`export --demo ${RANGE} --reverse -o oldest.csv --manifest`, { home });
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect((await run('verify oldest.csv', { home })).code).toBe(0);
  const { file, query } = JSON.parse(await readFile(join(home, 'oldest.csv.manifest.json'), 'utf8'));
  expect(file.first.time < file.last.time).toBe(true);
  expect(query.flags.reverse).toBe(true);
  expect((await run(`list --demo ${RANGE} --reverse -n 1 --format csv`)).stdout.split('\r\n')[1]).toBe(
    (await readFile(join(home, 'oldest.csv'), 'utf8')).split('\r\n')[1],
  );
});

test('the list below says which of how many these are', async () => {
  const { stderr } = await run('list --demo --reverse -n 3');
  expect(stderr).toMatch(/1–3 of [\d,]+/);
});
