import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeProgram } from '../../src/commands/program.js';
import { TOPICS } from '../../src/commands/topics/index.js';
import { topicMarkdown } from '../../src/commands/topics/topic.js';
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

test.each(TOPICS.map((topic) => [topic.name, topic] as const))(
  'docs/reference/%s.md says what auditlog help says (npm run docs)',
  (name, topic) => {
    const text = readFileSync(join(ROOT, 'docs/reference', `${name}.md`), 'utf8');
    const [begin, end] = [`<!-- topic ${name}: made by npm run docs -->\n`, '<!-- end of topic -->'];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    expect(from, begin).toBeGreaterThan(0);
    held(name, `${text.slice(0, from)}${begin}\n${topicMarkdown(topic)}\n${text.slice(to)}`);
  },
);
