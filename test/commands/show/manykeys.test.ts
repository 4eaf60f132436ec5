import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeHome, run } from '../../helpers/world.js';

const many = Object.fromEntries(Array.from({ length: 125_000 }, (_, at) => [`key${at}`, `value ${at}`]));
const entry = { id: 'a', created_at: '2026-11-01T00:00:00Z', action: 'member.joined' };

test.each([
  ['at its root', { ...entry, ...many }],
  ['in its metadata', { ...entry, metadata: many }],
])('an entry with 125,000 keys %s is shown', async (_, value) => {
  const home = await makeHome();
  await writeFile(join(home, 'in.ndjson'), `${JSON.stringify(value)}\n`);
  const { code, stdout, stderr } = await run('show a --input in.ndjson', { home });
  expect({ code, stderr: stderr.slice(0, 300) }).toMatchObject({ code: 0 });
  expect(stdout).toContain('key124999');
});
