import { expect, test } from 'vitest';
import { makeHome, run } from '../../helpers/world.js';

const RANGE = '--from 2026-11-10';
const FILTERS = `--not-kind update,create --not-user '*priya*' --search a --search e --not-search "x,y" --not-country NO`;

test('a collector keeps opposites, patterns and several texts, brings what export finds, and rejects others later', async () => {
  const home = await makeHome();
  const made = await run(`collect t --create --demo --dest arch ${RANGE} ${FILTERS}`, { home });
  expect(made.code).toBe(0);
  expect((await run('collect show t', { home })).stdout).toMatch(/search +"a", "e"\n/);
  expect((await run(`collect t ${FILTERS}`, { home })).code).toBe(0);
  const whole = await run(`export --demo ${RANGE} ${FILTERS}`, { home });
  const kept = await run('export --input arch --quiet', { home });
  expect(kept.stdout.split('\n').length).toBeGreaterThan(5);
  expect(kept.stdout).toBe(whole.stdout);
  for (const other of ['--search a', '--search "a, e"', '--not-search x --not-search y', '--not-kind update']) {
    const { code, stderr } = await run(`collect t ${other}`, { home });
    expect([code, stderr], other).toEqual([2, expect.stringContaining('t was made for something else')]);
  }
});
