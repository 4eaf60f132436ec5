import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROVIDERS } from '../../../src/providers/index.js';
import { makeHome, run } from '../../helpers/world.js';

const DAYS = '--from 2026-11-13 --to 2026-11-17 --rate off';

test.each(PROVIDERS.map(({ name }) => name))('%s: --count prints the number of events that match', async (vendor) => {
  const home = await makeHome();
  const { stdout } = await run(`export --demo --provider ${vendor} ${DAYS} --kind delete`, { home });
  await writeFile(join(home, 'some.ndjson'), stdout);
  const number = `${stdout.split('\n').length - 1}\n`;
  expect(Number(number)).toBeGreaterThan(3);
  const counted = await run(`list --demo --provider ${vendor} ${DAYS} --kind delete --count`);
  expect([counted.code, counted.stdout]).toEqual([0, number]);
  expect(counted.stderr).toContain('Complete: the server reports the same count');
  const offline = await run(`list --input some.ndjson --provider ${vendor} --count --quiet`, { home });
  expect(offline).toEqual({ code: 0, stdout: number, stderr: '' });
});

test('the whole log is counted by the server in two requests, confirmed by its last page', async () => {
  const { code, stdout, stderr } = await run('list --demo --count --debug');
  expect([code, stderr.match(/debug: GET/g)?.length]).toEqual([0, 2]);
  const total = /of ([\d,]+)/.exec((await run('list --demo -n 1')).stderr)?.[1]?.replaceAll(',', '');
  expect(stdout).toBe(`${total}\n`);
});

test('--count exits with 3 if the number cannot be confirmed', async () => {
  const { code, stderr } = await run(`list --demo ${DAYS} --org c --org org_gone --count`);
  expect([code, stderr]).toEqual([3, expect.stringContaining('org_gone cannot be read')]);
});

test.each([
  ['list --demo --kind delete', 9],
  [`list --demo ${DAYS} --kind delete --count`, 9],
  [`export --demo ${DAYS} --kind delete`, 9],
  [`list --demo ${DAYS} --user nobody@acme.example`, 0],
  [`list --demo ${DAYS} --user nobody@acme.example --count`, 0],
  [`export --demo ${DAYS} --user nobody@acme.example`, 0],
  [`list --demo ${DAYS} --org c --org org_gone --user nobody@acme.example`, 3],
  ['list --demo --fail-if-any --page 2', 2],
])('%s --fail-if-any exits with %i', async (line, code) => {
  expect((await run(`${line} --fail-if-any`)).code).toBe(code);
});
