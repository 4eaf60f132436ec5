import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { invent } from '../../../src/providers/invent.js';
import { HOUR, openArchiveSite } from '../../archive/site.js';
import { inventRow } from '../../helpers/rowserver.js';
import { serveVendor } from '../../helpers/vendorserver.js';
import { makeHome, NOW, run } from '../../helpers/world.js';
import { inventEntry } from '../../model/entry.js';

type Value = Readonly<Record<string, unknown>>;

/** `boss role_changed ana member>admin`: an entry of Invent's on a day of September. */
function event(id: string, day: number, line: string): Value {
  const [by = '', action = '', who, roles = ''] = line.split(' ');
  const [old, role] = roles.includes('>') ? roles.split('>') : [undefined, roles];
  const person = (name: string) => ({ id: `usr_${name}`, name, email: `${name}@acme.example` });
  const member = who === undefined ? null : { id: `mem_${who}`, role: role || old, user: person(who) };
  return {
    id,
    action: /^(joined|removed|role_changed)$/.test(action) ? `member.${action}` : action,
    created_at: `2026-09-${String(day).padStart(2, '0')}T10:00:00Z`,
    actor: person(by),
    member,
    metadata: old === undefined || !role ? null : { previous_role: old, new_role: role },
  };
}

const HISTORY = [
  event('al_1', 1, 'boss joined ana member'),
  event('al_2', 3, 'boss joined bob viewer'),
  event('al_3', 5, 'boss role_changed ana member>admin'),
  event('al_4', 8, 'ana assistant.updated'),
  event('al_5', 12, 'eve role_changed ana admin>viewer'),
  event('al_6', 20, 'ana removed bob viewer'),
];

async function logFile(values: readonly Value[]): Promise<string> {
  const home = await makeHome();
  await writeFile(join(home, 'log.ndjson'), values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  return home;
}

async function ask(line: string, values: readonly Value[] = HISTORY) {
  const home = await logFile(values);
  return { home, ...(await run(`access --input log.ndjson ${line}`, { home, cwd: home })) };
}

describe('auditlog access', () => {
  test('shows who has which role, and apart whose role no event says', async () => {
    const { code, stdout, stderr } = await ask('');
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'Person  Role    Since             Given by  Last seen acting',
        'ana     viewer  2026-09-12 10:00  eve       2026-09-20 10:00',
        '',
        'Role unknown: no event says it',
        'Person  First seen        By                   Last seen acting',
        'boss    2026-09-01 10:00  member.joined        2026-09-05 10:00',
        'eve     2026-09-12 10:00  member.role_changed  2026-09-12 10:00',
        '',
      ].join('\n'),
    );
    expect(stderr).toContain('1 person with a known role, 2 people whose role no event says, at 2026-11-20T14:');
    expect(stderr).toContain('from 5 events that give, change or take access; the log begins at 2026-09-01T10:00:00Z');
  });

  test('--at is the end of that day, in --tz, whatever comes later', async () => {
    const rows = async (line: string) => (await ask(`--quiet ${line}`)).stdout.split('\n\n')[0]!.split('\n').slice(1);
    expect(await rows('--at 2026-09-05')).toEqual([
      'ana     admin   2026-09-05 10:00  boss      never',
      'bob     viewer  2026-09-03 10:00  boss      never',
    ]);
    expect(await rows('--at 2026-09-04')).toEqual([
      'ana     member  2026-09-01 10:00  boss      never',
      'bob     viewer  2026-09-03 10:00  boss      never',
    ]);
    expect(await rows('--at 2026-09-05 --tz Pacific/Kiritimati')).toEqual([
      'ana     member  2026-09-02 00:00  boss      never',
      'bob     viewer  2026-09-04 00:00  boss      never',
    ]);
  });

  test('who was an admin in a period, since when, by whose hand, is one command', async () => {
    const expected = [
      'Person  Role   Since             Until             Given by  Ended by  Last seen acting',
      'ana     admin  2026-09-05 10:00  2026-09-12 10:00  boss      eve       2026-09-20 10:00',
      '',
    ].join('\n');
    expect((await ask('--role admin --from 2026-09-10 --to 2026-09-30 --quiet')).stdout).toBe(expected);
    expect((await ask('--role Admin --during last-month --quiet')).stdout.split('\n')).toHaveLength(2);
    const { stderr } = await ask('--role admin --from 2026-09-10 --to 2026-09-30');
    expect(stderr).toContain('any of those whose role no event says may be admin');
  });

  test('--changes says who got or lost what, by whom; --person is one history', async () => {
    const changes = await ask('--changes --from 2026-09-05 --quiet');
    expect(changes.stdout).toBe(
      [
        'When              Person  Change        Old role  New role  By    Event',
        '2026-09-05 10:00  ana     role changed  member    admin     boss  al_3',
        '2026-09-12 10:00  ana     role changed  admin     viewer    eve   al_5',
        '2026-09-20 10:00  bob     removed       viewer              ana   al_6',
        '',
      ].join('\n'),
    );
    const bob = await ask('--person BOB@acme.example');
    expect(
      bob.stdout
        .split('\n')
        .slice(1, -1)
        .map((line) => line.trim().split(/ {2,}/).slice(1, 3)),
    ).toEqual([
      ['bob', 'added'],
      ['bob', 'removed'],
    ]);
    expect(bob.stderr).toContain('bob (bob@acme.example) at 2026-11-20T14:');
    expect(bob.stderr).toContain(': not a member\n');
    expect((await ask('--person "*an*"')).stderr).toContain('viewer since 2026-09-12T10:00:00Z, given by eve');
  });

  test.each([60, 80, 120])(
    'on a terminal of %i columns no time and no id is cut, and a line says what is hidden',
    async (columns) => {
      const home = await logFile(HISTORY);
      const look = async (line: string) => {
        const options = { home, cwd: home, tty: { columns }, env: { NO_COLOR: '1' } };
        return (await run(`access --input log.ndjson --quiet ${line}`, options)).stdout;
      };
      for (const line of ['', '--from 2026-09-10', '--changes']) {
        const text = await look(line);
        expect(text, text).toMatch(/2026-09-12/);
        expect(text, text).not.toMatch(/2026[-\d: ]*…|al_…|role cha…|admi…|membe…/);
        expect(text.includes('Given by') || line === '--changes', text).toBe(true);
        for (const row of text.split('\n')) expect(row.length, row).toBeLessThanOrEqual(columns);
      }
    },
  );

  test('JSON, NDJSON and CSV have the same rows', async () => {
    const { members, role_unknown, changes, breaks, verdict } = JSON.parse((await ask('-f json --quiet')).stdout);
    expect(members).toMatchObject([
      {
        'person.email': 'ana@acme.example',
        role: 'viewer',
        since: '2026-09-12T10:00:00Z',
        'since.event': 'al_5',
        given_by: 'eve',
        until: null,
        last_acted: '2026-09-20T10:00:00Z',
      },
    ]);
    expect([role_unknown.length, changes.length, breaks, verdict]).toEqual([2, 5, [], 'uncounted']);
    const ndjson = (await ask('-f ndjson --quiet')).stdout.trimEnd().split('\n');
    expect(ndjson.map((line) => JSON.parse(line))).toEqual([...members, ...role_unknown]);
    const csv = (await ask('-f csv --quiet')).stdout.trimEnd().split('\r\n');
    expect(csv[0]).toMatch(/^org,scope,person\.id,person\.name,person\.email,role,since,since\.event,given_by,/);
    expect(csv).toHaveLength(4);
  });

  test('-o writes a private file whole, and overwrites none unasked', async () => {
    const home = await logFile(HISTORY);
    const once = (line: string) => run(`access --input log.ndjson ${line}`, { home, cwd: home });
    expect((await once('-o who.csv')).code).toBe(0);
    expect((await stat(join(home, 'who.csv'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(home, 'who.csv'), 'utf8')).toBe((await once('-f csv --quiet')).stdout);
    expect(await once('-o who.csv')).toMatchObject({ code: 2, stderr: expect.stringContaining('already exists') });
    expect((await once('-o who.csv --force')).code).toBe(0);
    expect((await once('-o who.parquet')).code).toBe(2);
  });

  test('a break shows the two events around it; --strict exits 3', async () => {
    const broken = HISTORY.filter(({ id }) => id !== 'al_3');
    const { code, stdout, stderr } = await ask('', broken);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining(
        [
          '1 break in the log',
          '  ana: the old role is admin, but the role last known is member',
          '    before 2026-09-01T10:00:00Z  member.joined  al_1',
          '    after  2026-09-12T10:00:00Z  member.role_changed  al_5',
          'A break means a missing event, a change by another road, or a log that began later.',
        ].join('\n'),
      ),
    });
    expect(stderr).toContain('1 break in the log: the two events of each are listed by\n  auditlog access --breaks');
    expect((await ask('--strict', broken)).code).toBe(3);
    expect((await ask('--strict')).code).toBe(0);
    const breaks = await ask('--breaks -f ndjson --quiet', broken);
    expect(JSON.parse(breaks.stdout)).toMatchObject({
      kind: 'role',
      'person.name': 'ana',
      'before.event': 'al_1',
      'after.event': 'al_5',
    });
    expect((await ask('--breaks')).stdout).toBe('no breaks: no two events of the log contradict each other\n');
  });

  test('an event that cannot be used makes the answer uncertain: exit 3', async () => {
    const nobody = { ...HISTORY[5], id: 'al_7', member: null, created_at: '2026-09-21T10:00:00Z' };
    const { code, stderr } = await ask('', [...HISTORY, nobody]);
    expect(code).toBe(3);
    expect(stderr).toContain('left out 1 event (al_7) about access that name no person');
    const untimed = { ...HISTORY[5], id: 'al_8', created_at: 'soon' };
    expect((await ask('', [...HISTORY, untimed])).stderr).toContain('(al_8) about access without a valid time');
  });

  test('a time before the log begins is not answered with nobody: exit 3', async () => {
    const { code, stderr } = await ask('--at 2026-08-01');
    expect(code).toBe(3);
    expect(stderr).toContain('the log has no event before 2026-08-02T00:00:00Z: nothing is known of that time');
  });

  test.each([
    [
      '--role amdin',
      'role "amdin" does not exist in this log\nDid you mean --role admin? Roles: admin, member, viewer',
    ],
    ['--person an', 'Did you mean --person "ana"?'],
    ['--from 2026-10-01 --to 2026-09-01', 'the range from 2026-10-01 is empty'],
    ['--force', '--force needs -o FILE'],
  ])('%s is refused, with what was meant', async (line, message) => {
    const { code, stdout, stderr } = await ask(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('a vendor whose file has no rules says what is missing, before any request', async () => {
    const { code, stderr } = await run('access --demo --provider okta');
    expect(code).toBe(2);
    expect(stderr).toContain('Okta: no rules for access: the provider file has no "access"');
    expect(stderr).toContain('auditlog provider show okta > okta.json');
  });

  test('a role of a vendor that tells none is refused, and its members are listed', async () => {
    const created = {
      category: 'Members',
      entity: 'Ana',
      action: 'Created',
      modified_by: 'Boss',
      occurred_at: '2026-09-01T10:00:00Z',
      source: '192.0.2.1',
    };
    expect((await ask('--provider yura --quiet', [created])).stdout).toContain(
      '\nAna     2026-09-01 10:00  members.created',
    );
    expect(await ask('--provider yura --role admin', [created])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('roles are not in this log of Yura'),
    });
  });

  test('a reading that is not complete says so and exits 3', async () => {
    const server = await serveVendor(invent, HISTORY, NOW, { count: (matching) => matching + 3 });
    try {
      const { code, stderr, stdout } = await run('access --max-wait 1s', {
        env: { AUDITLOG_BASE_URL: server.base, AUDITLOG_API_KEY: server.key },
      });
      expect({ code, stderr }).toMatchObject({ code: 3 });
      expect(stderr).toMatch(/not reconciled with the server|incomplete/i);
      expect(stdout).toContain('ana     viewer');
    } finally {
      await server.close();
    }
  });

  test('hostile names cannot control the terminal, nor a spreadsheet', async () => {
    const name = '=cmd|x\u001b[31m\u202eevil';
    const value = { ...HISTORY[0], member: { role: '@SUM(1)', user: { id: 'usr_x', name, email: null } } };
    const table = await ask('--quiet', [value]);
    expect(table.stdout).not.toMatch(/[\u001b\u202e]/);
    const csv = await ask('-f csv --quiet', [value]);
    expect(csv.stdout).toContain("'=cmd|x");
    expect(csv.stdout).toContain("'@SUM(1)");
  });
});

test('an archive says which events came late, so that an earlier answer may differ', async () => {
  const site = await openArchiveSite();
  const entries = HISTORY.map((value) => inventEntry(value));
  const [late, ...early] = [entries[2]!, ...entries.filter((_, at) => at !== 2)];
  const days = { from: '2026-09-01', to: '2026-09-20' };
  await site.take({ ...days, entries: early });
  await site.take({ ...days, entries: early, now: NOW + 6 * HOUR });
  const ask = (line: string) => run(`access --input archive ${line}`, { home: site.home, cwd: site.home });
  const before = await ask('--at 2026-09-06');
  expect(before.stdout).toContain('ana     member  2026-09-01 10:00');
  expect(before.stderr).not.toContain('late');
  await site.take({ ...days, entries: [...early, late], now: NOW + 7 * HOUR });
  const after = await ask('--at 2026-09-06');
  expect(after.stdout).toContain('ana     admin   2026-09-05 10:00');
  expect(after.stderr).toContain(
    '1 of them came late, after their day had been closed: member.role_changed al_3; an earlier answer for this time may differ',
  );
  expect((await ask('--at 2026-09-02')).stderr).not.toContain('late');
});

test('a log without an event about access says that nothing is known: exit 3', async () => {
  const { code, stderr } = await ask('', [JSON.parse(inventRow('al_1', '2026-09-01T00:00:00Z', 'chat.deleted'))]);
  expect(code).toBe(3);
  expect(stderr).toContain('no event of this log gives, changes or takes access: nothing is known of roles');
});
