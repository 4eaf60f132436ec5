import { expect, test } from 'vitest';
import { PROVIDERS } from '../../src/providers/index.js';
import { commandsOf, readDocument } from './pages.js';

test('docs/reference/products.md has commands for every built-in vendor', () => {
  const page = readDocument('docs/reference/products.md');
  const lines = commandsOf('docs/reference/products.md').map(({ line }) => line);
  expect(lines.length).toBeGreaterThan(80);
  for (const { name, title } of PROVIDERS) {
    expect(page).toContain(`\n## ${title}\n`);
    if (name !== 'invent') expect(lines.some((line) => line.includes(`--provider ${name}`))).toBe(true);
  }
  for (const name of ['github', 'slack']) expect(page).toContain(`--provider ${name}`);
});
