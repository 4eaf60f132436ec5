import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './helpers/world.js';

test('installing runs no script, so that npm asks for no permission, and a packed package is built', async () => {
  const { scripts, files } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
    files: readonly string[];
  };
  for (const name of ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'])
    expect(scripts[name]).toBeUndefined();
  expect(scripts.prepack).toContain('npm run build');
  expect(files).toContain('dist');
});
