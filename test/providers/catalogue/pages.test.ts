import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadShipped, SHIPPED } from '../../../src/providers/file/shipped.js';
import { ROOT } from '../../helpers/world.js';
import { IS_WRITING, readCoverage, writeCoverage } from './coverage.js';
import { pageOf } from './pages.js';

const FOLDER = join(ROOT, 'docs/providers');

test('there is a page for every vendor that comes as a file, and a line in the table, and for no other', () => {
  if (IS_WRITING) {
    mkdirSync(FOLDER, { recursive: true });
    for (const file of readdirSync(FOLDER))
      if (!SHIPPED.includes(file.replace(/\.md$/, ''))) rmSync(join(FOLDER, file));
    for (const name of SHIPPED)
      if (!readdirSync(FOLDER).includes(`${name}.md`)) writeFileSync(join(FOLDER, `${name}.md`), '');
    writeCoverage(new Map(), SHIPPED);
  }
  const pages = readdirSync(FOLDER).map((file) => file.replace(/\.md$/, ''));
  expect(pages.sort(), 'run npm run providers').toEqual([...SHIPPED].sort());
  if (!IS_WRITING) expect([...readCoverage().keys()], 'run npm run providers').toEqual([...SHIPPED]);
});

describe('the page of a vendor', () => {
  test.each(SHIPPED)('%s is what its file says', async (name) => {
    const { provider } = (await loadShipped(name))!;
    const file = join(FOLDER, `${name}.md`);
    if (IS_WRITING) writeFileSync(file, pageOf(provider));
    expect(readFileSync(file, 'utf8'), 'run npm run providers').toBe(pageOf(provider));
  });
});
