import { expect, test, vi } from 'vitest';
import { onceAClock, onceAnEntry } from '../helpers/demos.js';
import { readDocument } from './pages.js';
import { SHOWS } from './shows.js';
import { COMMANDS, PAGES, runsAt } from './typed.js';

vi.mock('../../src/demo/organization.js', async (original) => onceAClock(await original()));
vi.mock('../../src/demo/entry.js', async (original) => onceAnEntry(await original()));

test('there are many commands, and each that is held to something is one of them', () => {
  const lines = [...COMMANDS.values()].flat().map(({ line }) => line);
  expect(lines.length).toBeGreaterThan(150);
  expect(Object.keys(SHOWS).filter((line) => !lines.includes(line))).toEqual([]);
});

// A Friday.
runsAt('2026-11-20T14:00:00Z');

test('no page asks the demo for a day that passes by', () => {
  for (const name of PAGES) {
    const text = readDocument(name);
    const dated = [...text.matchAll(/^auditlog .*$|`auditlog [^`]*`/gm)]
      .map(([line]) => line)
      .filter((line) => /--demo/.test(line) && /\d{4}-\d\d/.test(line));
    expect(dated, name).toEqual([]);
  }
});
