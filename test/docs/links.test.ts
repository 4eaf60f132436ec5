import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../helpers/world.js';
import { DOCUMENTS, readDocument } from './pages.js';

test.each(['CONTRIBUTING.md', 'docs/explanation/architecture.md'])('every path that %s names exists', (document) => {
  const text = read(document);
  const paths = [...text.matchAll(/\b(?:src|test|bin|docs|completions)\/[\w./-]*/g)].map(([path]) => path);
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

const read = readDocument;

test('no document hides exit 3 from whoever watches, or installs a package of npm that is not ours', () => {
  for (const name of DOCUMENTS) {
    const text = read(name);
    expect(text, name).not.toMatch(/SuccessExitStatus/);
    expect(text, name).not.toMatch(/npm i(nstall)? (-g|--global) auditlog|npx (-y )?auditlog/);
    // The cache action saves only after success.
    expect(text, name).not.toMatch(/uses: actions\/cache@/);
  }
});

test.each(DOCUMENTS)('the links of %s lead somewhere', (name) => {
  for (const [, path = '', anchor] of read(name).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)) {
    const target = path === '' ? name : join(dirname(name), path);
    expect(existsSync(join(ROOT, target)), target).toBe(true);
    if (anchor !== undefined) expect(anchors(target), `${target}#${anchor}`).toContain(anchor);
  }
});

test('every page of docs/ can be reached from its index, and those that people look for from the README', () => {
  const linked = (from: string) =>
    [...read(from).matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, path = '']) => join(dirname(from), path));
  const index = linked('docs/README.md');
  const pages = DOCUMENTS.filter((name) => name.startsWith('docs/') && name !== 'docs/README.md');
  expect(pages.filter((name) => !index.includes(name) && !index.includes(dirname(name)))).toEqual([]);
  const people = pages.filter((name) => /^docs\/(tutorial|howto|reference)/.test(name));
  expect(people.filter((name) => !linked('README.md').includes(name))).toEqual([]);
});

test('the README counts the vendors that come as files', () => {
  const files = readdirSync(join(ROOT, 'src/providers/catalogue')).filter((name) => name.endsWith('.json'));
  expect(read('README.md')).toContain(`[${files.length} more products](docs/providers)`);
});

test('the README has at most 12 KB', () => {
  expect(Buffer.byteLength(read('README.md'))).toBeLessThanOrEqual(12_288);
});

/** The anchors of the headings of a page, as GitHub makes them. */
function anchors(name: string): readonly string[] {
  return [...read(name).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}
