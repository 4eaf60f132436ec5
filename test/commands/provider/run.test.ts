import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SHIPPED } from '../../../src/providers/file/shipped.js';
import { makeHome, run } from '../../helpers/world.js';

const acme = {
  name: 'acme',
  title: 'Acme',
  base: 'https://api.acme.example',
  path: '/v1/audit',
  auth: { header: 'x-api-key' },
  paging: { style: 'cursor', cursor: 'after', size: 'limit', max: 50, next: 'meta.next' },
  items: 'data',
  total: { path: 'meta.total' },
  fields: {
    id: 'id',
    time: 'at',
    action: 'what',
    actor: { name: 'who.name', email: 'who.mail' },
    resource: [{ type: { path: 'on.type' }, id: 'on.id' }],
    ip: 'from',
  },
};
const entry = {
  id: 'e1',
  at: '2026-03-01T09:30:00Z',
  what: 'robot.painted',
  who: { name: 'Ann' },
  on: { type: 'robot', id: 'r2' },
  colour: 'red',
};

/** A home with files of one's own in the folder of vendors, and others beside. */
async function homeWith(own: Readonly<Record<string, unknown>>, others: Readonly<Record<string, unknown>> = {}) {
  const home = await makeHome();
  await mkdir(join(home, 'config', 'providers'), { recursive: true });
  const write = (path: string, value: unknown) =>
    writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
  for (const [name, value] of Object.entries(own)) await write(join(home, 'config', 'providers', name), value);
  for (const [name, value] of Object.entries(others)) await write(join(home, name), value);
  return home;
}

describe('auditlog provider list', () => {
  test('shows the built-in vendors, those that come as files, and where one puts one’s own', async () => {
    const { code, stdout, stderr } = await run('provider list');
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(lines.slice(0, 4)).toEqual([
      ['invent', 'Invent', 'built in', 'https://api.useinvent.com'],
      ['chipp', 'Chipp', 'built in', 'https://build.chipp.ai'],
      ['rpawatch', 'RPAWatch', 'built in', 'https://rpawatch.com'],
      ['yura', 'Yura', 'built in', '(no public address)'],
    ]);
    expect(lines.flatMap(([name = '']) => (name.includes('/') ? [] : [name])).slice(4)).toEqual(SHIPPED);
    expect(lines).toContainEqual(['1password/sign-ins', 'Sign-in attempts']);
    expect(lines).toContainEqual(['github', 'GitHub', 'file of the program', 'https://api.github.com']);
    expect(lines).toContainEqual(['slack', 'Slack', 'file of the program', 'https://api.slack.com']);
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(110);
    expect(stderr).toMatch(/^To add a vendor, put its file into .*config\/providers\n$/);
  });

  test('shows one’s own, in place of a built-in one of that name, and the broken ones with what is wrong', async () => {
    const home = await homeWith({
      'acme.json': acme,
      'chipp.json': { ...acme, name: 'chipp' },
      'bad.json': '{',
      'x.txt': '',
    });
    const { code, stdout } = await run('provider list', { home });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^chipp +Acme +yours +https:\/\/api\.acme\.example$/m);
    expect(stdout).toMatch(/^acme +Acme +yours +https:\/\/api\.acme\.example$/m);
    expect(stdout).toMatch(
      /^bad +\? +yours +cannot be used: .*bad\.json, line 1, column 2: unexpected end: a bracket is not closed$/m,
    );
    expect(stdout).not.toContain('x.txt');
  });
});

describe('auditlog provider show', () => {
  test('prints what a file would hold, which then is the same vendor', async () => {
    const { stdout } = await run('provider show chipp');
    const home = await homeWith({}, { 'mine.json': stdout });
    const again = await run('provider show ./mine.json', { home });
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(stdout));
    expect((await run('provider show github')).stdout).toContain('"examples"');
  });

  test('suggests the nearest name, one’s own included', async () => {
    const home = await homeWith({ 'acme.json': acme });
    const { code, stderr } = await run('provider show akme', { home });
    expect(code).toBe(2);
    expect(stderr).toContain('provider "akme" does not exist');
    expect(stderr).toContain('Did you mean: acme, ');
  });
});

describe('auditlog provider check', () => {
  test('shows the request and what an entry comes to', async () => {
    const home = await homeWith({}, { 'acme.json': acme, 'entry.json': entry });
    const { code, stdout } = await run('provider check acme.json --sample entry.json', { home });
    expect(stdout).toBe(
      [
        'acme.json describes Acme.',
        '',
        'Asks   https://api.acme.example/v1/audit?limit=50',
        'with   x-api-key: KEY',
        '',
        'Entry 1 of 1 comes out as',
        '  id             e1',
        '  time           2026-03-01T09:30:00Z',
        '  action         robot.painted  (Robot Painted; Robot; other)',
        '  actor.name     Ann',
        '  resource.type  robot',
        '  resource.id    r2',
        '  extra          {"colour":"red"}',
        '',
        'Missing: actor.email: no entry has anything at who.mail',
        'Missing: ip: no entry has anything at from',
        'Not told: actor.id, target.id, target.email, resource.name, source, country, user_agent, org.id, org.name, metadata: the file names no place for them',
        'Nothing is wrong.',
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
  });

  test('a whole answer shows whether paging and counts are where the file says', async () => {
    const answer = { data: [entry], meta: { next_cursor: 'x', total: '12' } };
    const home = await homeWith({}, { 'acme.json': acme, 'answer.json': answer });
    const { code, stdout } = await run('provider check acme.json --sample answer.json', { home });
    expect(code).toBe(2);
    expect(stdout).toContain('Wrong: $.total.path: there is no number at meta.total in the answer\n');
    expect(stdout).toContain('Wrong: $.paging.next: there is nothing at meta.next in the answer\n');
  });

  test('a list of entries that stands elsewhere is found', async () => {
    const home = await homeWith(
      {},
      { 'acme.json': acme, 'answer.json': { result: { logs: [entry] }, meta: { next: null, total: 1 } } },
    );
    const { code, stdout } = await run('provider check acme.json --sample answer.json', { home });
    expect(code).toBe(2);
    expect(stdout).toContain('Wrong: $.items: "data" is not where the entries are: did you mean result.logs?\n');
    expect(stdout).toContain('Entry 1 of 1 comes out as\n  id             e1\n');
  });

  test('times in another format and paths that lead nowhere are wrong', async () => {
    const home = await homeWith(
      {},
      {
        'acme.json': {
          ...acme,
          examples: [
            { ...entry, at: 1772357400, what: undefined },
            { ...entry, id: null },
          ],
        },
      },
    );
    const { code, stdout } = await run('provider check acme.json', { home });
    expect(code).toBe(2);
    expect(stdout).toContain(
      'Wrong: $.timeFormat: "1772357400" is not a time in the format rfc3339, in 1 of 2 entries: did you mean "timeFormat": "epoch-s"?\n',
    );
    expect(stdout).toContain('Wrong: $.fields.action: nothing is there in 1 of 2 entries\n');
    expect(stdout).toContain('Wrong: $.fields.id: nothing is there in 1 of 2 entries\n');
  });

  test('what is wrong with the file itself is told with its path', async () => {
    const home = await homeWith({}, { 'acme.json': { ...acme, paging: { ...acme.paging, style: 'pages' }, bse: 1 } });
    const { code, stdout, stderr } = await run('provider check acme.json', { home });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(
      '$.paging.style: "pages" is not one of page, offset, cursor, link, none: did you mean page?',
    );
    expect(stderr).toContain('$.bse: unknown key: did you mean base?');
  });

  test('hostile text in a file cannot reach the terminal as it is', async () => {
    const home = await homeWith(
      {},
      { 'acme.json': { ...acme, title: 'A\u001b[2J\u202eB', examples: [{ ...entry, id: '\u001b]0;x\u0007' }] } },
    );
    const { stdout } = await run('provider check acme.json', { home });
    expect(stdout).not.toMatch(/[\u001b\u0007\u202e]/);
    const shown = await run('provider show ./acme.json', { home });
    expect(shown.stdout).not.toMatch(/[\u001b\u0007\u202e]/);
    expect(JSON.parse(shown.stdout).title).toBe('A\u001b[2J\u202eB');
  });
});

describe('--provider', () => {
  test('a file that is not there, a name that is not the file’s own, and a path that depends on the folder are refused', async () => {
    const home = await homeWith({ 'acme.json': { ...acme, name: 'other' } });
    const list = (provider: string) => run(['list', '--provider', provider], { home, env: { AUDITLOG_API_KEY: 'k' } });
    expect((await list('./nowhere.json')).stderr).toContain('--provider: no such file: ./nowhere.json');
    expect((await list('acme')).stderr).toContain('$.name: "other" is not the file\'s own name, acme');
    const saved = await run(['config', 'set', 'provider', './acme.json'], { home });
    expect(saved.code).toBe(2);
    expect(saved.stderr).toContain('a relative path depends on the current folder');
  });

  test('one’s own name can be saved and its actions shown', async () => {
    const actions = { 'robot.painted': { category: 'Robots', label: 'Robot Painted', kind: 'update' } };
    const home = await homeWith({ 'acme.json': { ...acme, actions } });
    expect((await run('config set provider acme', { home })).code).toBe(0);
    expect((await run('actions', { home })).stdout).toMatch(
      /^Action +Event +Kind\n\nRobots\n {2}robot.painted {2}Robot Painted {2}update\n$/,
    );
  });

  test('a vendor whose address names an organization needs its name', async () => {
    const { code, stderr } = await run('list --provider github', { env: { AUDITLOG_API_KEY: 'k' } });
    expect(code).toBe(2);
    expect(stderr).toContain("missing --org: the API of GitHub needs the organization's name");
  });
});

test('auditlog provider schema prints a JSON Schema', async () => {
  const { stdout } = await run('provider schema');
  expect(JSON.parse(stdout)).toMatchObject({ type: 'object', required: ['name', 'auth', 'paging', 'fields'] });
});
