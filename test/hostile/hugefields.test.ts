import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeHome, run } from '../helpers/world.js';

const NOW = Date.parse('2026-11-20T14:00:00Z');
const SIZE = 9_000_000;
const HUGE = {
  dots: 'a.'.repeat(SIZE / 2),
  spaces: ' '.repeat(SIZE),
  quotes: '\\"'.repeat(SIZE / 2),
} as const;
/** Each kind in the fields that are read in most ways; one kind in the others. */
const kindsOf = (name: string) => (['action', 'metadata'].includes(name) ? Object.keys(HUGE) : ['dots']);

const FIELDS: Readonly<Record<string, (huge: string) => string>> = {
  action: (huge) => `"action":"${huge}"`,
  email: (huge) => `"action":"member.left","actor":{"id":"u","email":"a@${huge}"}`,
  ip: (huge) => `"action":"member.left","ip":"${huge}"`,
  agent: (huge) => `"action":"member.left","agent":"Mozilla/5.0 ${huge}"`,
  time: (huge) => `"action":"member.left","created_at":"${huge}"`,
  metadata: (huge) =>
    `"action":"member.role_changed","metadata":{"old_role":"${huge}","new_role":"x","changes":"[${huge}"}`,
};

/** An entry whose one field is larger than any regular expression with a repeated group can read, beside a number that JavaScript cannot hold. */
describe.each(Object.entries(FIELDS))('an entry with megabytes in %s', (name, fieldOf) => {
  let home = '';
  beforeAll(async () => {
    home = await makeHome();
    const rest = name === 'time' ? '' : '"created_at":"2026-11-19T14:00:00Z",';
    const lines = Object.entries(HUGE)
      .filter(([kind]) => kindsOf(name).includes(kind))
      .map(([kind, huge]) => `{"id":"${kind}",${rest}${fieldOf(huge)},"org":{"id":"org_1"},"n":9007199254740993}`);
    await writeFile(join(home, 'in.ndjson'), `${lines.join('\n')}\n`);
  });
  const ask = (line: string) => run(`${line} --input in.ndjson`, { home, cwd: home, now: NOW });

  test.each(['csv', 'table'])('keeps its columns in %s', async (format) => {
    const { code, stdout, stderr } = await ask(`list --all --format ${format} --columns id,n,org.id`);
    expect(code, stderr).toBe(0);
    for (const kind of kindsOf(name)) expect(stdout).toContain(kind);
    if (format === 'csv') expect(stdout).toContain(`${kindsOf(name).at(-1)},9007199254740993,org_1`);
  });

  // The fields that are read in ways of their own there.
  test.each(['action', 'email', 'metadata'].includes(name) ? ['ocsf', 'ecs', 'cef'] : ['ecs'])(
    'keeps its text in %s',
    async (schema) => {
      const { code, stdout, stderr } = await ask(`list --all --schema ${schema}`);
      expect(code, stderr.slice(0, 500)).toBe(0);
      expect(stdout.trimEnd().split('\n')).toHaveLength(kindsOf(name).length);
      expect(stdout.match(/9007199254740993/g)?.length).toBeGreaterThanOrEqual(kindsOf(name).length);
    },
  );

  test('is shown, counted and found', async () => {
    const shown = await ask('show dots');
    expect(shown.code, shown.stderr.slice(0, 500)).toBe(0);
    expect(shown.stdout).toContain('9007199254740993');
    expect((await ask('stats --by action,actor')).code).toBe(0);
    const found = await ask('list --all --search 9007199254740993 --format csv --columns id');
    expect(found.stdout.trim().split('\r\n').slice(1).sort()).toEqual([...kindsOf(name)].sort());
  });
});
