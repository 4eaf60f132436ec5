import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { realFiles } from '../../src/files/files.js';
import { loadState, saveState } from '../../src/files/state.js';
import { isNumber, objectOf } from '../../src/json/is.js';
import { makeHome } from '../helpers/world.js';

const NAMED = { format: 'auditlog-test-1', key: 'value', largest: 1000, is: objectOf({ n: isNumber }) };
const PLAIN = { key: 'checkpoint', is: objectOf({ n: isNumber }) };

test.each([
  ['with its format named first', NAMED, '{"format":"auditlog-test-1","sha256":"'],
  ['without a format', PLAIN, '{"sha256":"'],
])('a value is read as it was saved, %s', async (_, kind, start) => {
  const path = join(await makeHome(), 'state');
  await saveState(realFiles, path, kind, { n: 1 });
  expect((await readFile(path, 'utf8')).startsWith(start)).toBe(true);
  expect(await loadState(realFiles, path, kind)).toEqual({ n: 1 });
  await saveState(realFiles, path, kind, { n: 2 });
  expect(await loadState(realFiles, path, kind)).toEqual({ n: 2 });
});

test.each<[string, (text: string) => string]>([
  ['cut', (text) => text.slice(0, -1)],
  ['empty', () => ''],
  ['changed in one byte', (text) => text.replace('1}', '2}')],
  ['of another format', (text) => text.replace('test-1', 'test-2')],
  ['longer than it may be', (text) => text.replace('\n', `${' '.repeat(1000)}\n`)],
  ['another JSON value', () => '{}\n'],
])('a file that is %s is damaged', async (_, change) => {
  const path = join(await makeHome(), 'state');
  await saveState(realFiles, path, NAMED, { n: 1 });
  await writeFile(path, change(await readFile(path, 'utf8')));
  expect(await loadState(realFiles, path, NAMED)).toBe('damaged');
});

test('a valid state file with another value is damaged, and a missing one is undefined', async () => {
  const home = await makeHome();
  const path = join(home, 'state');
  expect(await loadState(realFiles, path, NAMED)).toBeUndefined();
  await saveState(realFiles, path, NAMED, { n: 'one' });
  expect(await loadState(realFiles, path, NAMED)).toBe('damaged');
  await saveState(realFiles, path, NAMED, { n: 1 });
  await symlink(path, join(home, 'link'));
  expect(await loadState(realFiles, join(home, 'link'), NAMED)).toBe('damaged');
});
