import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROVIDERS } from '../src/providers/index.js';
import { ROOT, run, words } from './helpers/world.js';

const PAGE = readFileSync(join(ROOT, 'docs/reference/products.md'), 'utf8');

/** Every command of the page that names the demo, or asks nobody, each once. */
const COMMANDS = [...new Set([...PAGE.matchAll(/`(auditlog [^`]+)`/g)].map(([, line = '']) => line))].filter(
  (line) => (line.includes('--demo') || line.startsWith('auditlog actions')) && !line.includes('|'),
);

describe('docs/reference/products.md', () => {
  test('has commands for every vendor', () => {
    expect(COMMANDS.length).toBeGreaterThan(80);
    for (const { name, title } of PROVIDERS) {
      expect(PAGE).toContain(`\n## ${title}\n`);
      if (name !== 'invent') expect(COMMANDS.some((line) => line.includes(`--provider ${name}`))).toBe(true);
    }
    for (const name of ['github', 'slack']) expect(PAGE).toContain(`--provider ${name}`);
  });

  test.each(COMMANDS)('%s', async (line) => {
    const { code, stdout, stderr } = await run(words(line).slice(1));
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('not reconciled');
    // A heading alone would show nothing.
    if (!line.includes('--format json')) expect(stdout.trimEnd().split('\n').length, stdout).toBeGreaterThan(1);
  });
});
