import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeHome, ROOT, run } from './helpers/world.js';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const RECIPES = ['security', 'admin', 'compliance']
  .map((name) => readFileSync(join(ROOT, `docs/howto/${name}.md`), 'utf8'))
  .join('\n');

/** The commands of both that ask the demo for times, and what they were told before that: the demo's story moves with the clock. */
const LINES = [...new Set([...`${README}\n${RECIPES}`.matchAll(/^auditlog (.+)$|`auditlog ([^`]*--demo[^`]*)`/gm)])]
  .map(([, line, inline]) => line ?? inline ?? '')
  .filter((line) => /--demo .*--(from|to|around|every|outside)\b/.test(line) && !/\||>|tail|collect/.test(line));

test('no command asks the demo for a day that passes by', () => {
  expect(LINES.length).toBeGreaterThan(20);
  expect(LINES.filter((line) => /\d{4}-\d\d/.test(line))).toEqual([]);
});

/** A Sunday that begins a month, a Monday, a leap day: hours at which days, weeks and months have only begun or are almost over. */
const DATES = ['2027-08-01T00:30:00Z', '2028-02-28T23:30:00Z', '2028-02-29T12:00:00Z'].map((date) => Date.parse(date));

test.each(LINES)('%s has an answer at any date', async (line) => {
  // Each line at one of the dates, which together see all of them.
  const now = DATES[LINES.indexOf(line) % DATES.length]!;
  const { code, stderr, stdout } = await run(line, { home: await makeHome(), now });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stderr).not.toMatch(/^0 |^no events?\b|nothing matche/im);
  if (!line.includes(' -o ')) expect(stdout.split('\n').length).toBeGreaterThan(2);
});

test.each(DATES.slice(1))('the incident is found as the recipes say (at %i)', async (now) => {
  const home = await makeHome();
  const shown = async (line: string) => (await run(line, { home, now })).stdout;
  const [around = ''] = RECIPES.match(/(?<=^auditlog )list --demo --around .*$/m) ?? [];
  expect(await shown(around)).toMatch(/(?:Rowan Pike .* MD 192\.0\.2\.203.*\n){40}/);
  const [mass = ''] =
    RECIPES.match(/(?<=^auditlog )stats --demo --kind delete --by actor --every hour --over 20$/m) ?? [];
  expect(await shown(mass)).toMatch(/\n\d{4}-\d\d-\d\dT02:00Z +rowan\.pike@lumenharbor\.example +44 /);
});
