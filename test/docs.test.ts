import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './helpers/world.js';

test.each(['CONTRIBUTING.md', 'docs/architecture.md'])('every path that %s names exists', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const paths = [...text.matchAll(/\b(?:src|test|bin|docs|completions)\/[\w./-]*/g)].map(([path]) => path);
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('no document hides exit 3 from whoever watches, or installs a package of npm that is not ours', () => {
  for (const name of ['README.md', 'docs/collect.md', 'docs/scale.md', 'docs/pipes.md', 'docs/recipes.md']) {
    const text = readFileSync(join(ROOT, name), 'utf8');
    expect(text, name).not.toMatch(/SuccessExitStatus/);
    expect(text, name).not.toMatch(/npm i(nstall)? (-g|--global) auditlog|npx (-y )?auditlog/);
    // The cache action saves only after success.
    expect(text, name).not.toMatch(/uses: actions\/cache@/);
  }
});
