import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, runCli } from '../helpers/world.js';
import { fenced, readDocument } from './pages.js';

const [first = '', second = ''] = fenced(readDocument('README.md'), 'sh');

test('the first set-up command of the README shows a table', async () => {
  const [install, build, ...rest] = first.split(' && ');
  expect([install, build]).toEqual(['npm ci', 'npm run build']);
  expect(rest).toEqual(['node bin/auditlog.js list --demo']);
  // `npm test` has built the program.
  const { code, stdout } = await runCli(['list', '--demo']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Actor +Event +Resource/);
});

test('the second one runs what continuous integration runs', () => {
  expect(second).toBe('npm ci && npm test');
  const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8');
  expect(ci).toMatch(/^npm ci .*&& npm test /m);
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  expect(scripts.test).toMatch(/^npm run check && npm run build && vitest run /);
});
