import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { onceAClock, onceAnEntry } from '../helpers/demos.js';
import { parseScript, runScript } from './script.js';

vi.mock('../../src/demo/organization.js', async (original) => onceAClock(await original()));
vi.mock('../../src/demo/entry.js', async (original) => onceAnEntry(await original()));

const FOLDER = import.meta.dirname;
const SCRIPTS = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

test.each(SCRIPTS)('%s', async (name) => {
  await runScript(parseScript(readFileSync(join(FOLDER, name), 'utf8')));
});

test('a script fails where what it says is not so, and names the line', async () => {
  for (const line of [
    'stdout "no such text"',
    '! exec auditlog actions',
    '! stdout member',
    'exit 2',
    'lines stdout 1',
    'exists x',
    'say',
  ])
    await expect(runScript(parseScript(`exec auditlog actions\n\n${line}\n`)), line).rejects.toThrow(/^line 3: /);
  await expect(runScript(parseScript('exec auditlog lisst\n'))).rejects.toThrow(/^line 1: /);
});
