import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SHIPPED } from '../../../src/providers/file/shipped.js';
import { IS_WRITING, readSection, writeSection } from '../catalogue/coverage.js';
import { faultOf, USES } from '../catalogue/uses.js';
import { FILES, matrixText, pathOf, readMatrixFile, VENDORS } from './vendors.js';

test('each vendor has a file that is there, or a reason', () => {
  const there = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.json'));
  expect([...FILES].sort()).toEqual(there.map((name) => name.replace('.json', '')).sort());
  const named = new Set(VENDORS.flatMap(({ shipped }) => shipped ?? []));
  expect([...named].filter((name) => !SHIPPED.includes(name))).toEqual([]);
  expect(VENDORS.filter(({ shipped, file, why }) => (shipped ?? file ?? why) === undefined)).toEqual([]);
});

test('the document says how many there are', () => {
  if (IS_WRITING) writeSection('matrix', matrixText());
  expect(readSection('matrix'), 'run npm run providers').toBe(matrixText());
});

/** All are tried where the document is written; these tell the most. */
const TRIED = IS_WRITING ? USES : (['list', 'export', 'tail'] as const);

describe.each(FILES)('%s, against a server that its file describes', (name) => {
  test.each(TRIED)('%s gives the truth', async (use) => {
    const fault = await faultOf(readMatrixFile(name), use, { named: pathOf(name), days: 34 });
    if (fault !== undefined) expect.fail(fault);
  });
});
