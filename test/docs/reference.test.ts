import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeProgram } from '../../src/commands/program.js';
import { realContext } from '../../src/context.js';
import { ROOT } from '../helpers/world.js';
import { commandsPage } from './commands.js';

/** Whether the pages are to be written, as `npm run docs` does, and not compared. */
const IS_WRITING = process.env.AUDITLOG_WRITE_DOCS === '1';

function held(name: string, text: string): void {
  const file = join(ROOT, 'docs/reference', `${name}.md`);
  if (IS_WRITING) writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
}

test('docs/reference/commands.md has every command and flag (npm run docs)', async () => {
  held('commands', commandsPage(await describeProgram(realContext())));
});
