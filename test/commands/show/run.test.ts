import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { eventPage } from '../../../src/commands/show/page.js';
import { chipp } from '../../../src/providers/chipp.js';
import { toEvent } from '../../../src/providers/event/normalize.js';
import { invent } from '../../../src/providers/invent.js';
import type { Provider } from '../../../src/providers/provider.js';
import { rpawatch } from '../../../src/providers/rpawatch.js';
import { yura } from '../../../src/providers/yura.js';
import { width } from '../../../src/terminal/text.js';
import { parseTimestamp, UTC } from '../../../src/time.js';
import { NOW, run } from '../../helpers/world.js';

function page(
  value: object,
  { provider = invent as Provider, level = 0 as 0 | 1, isTTY = false, id = 'al_1' } = {},
): string {
  const time = parseTimestamp('2026-11-13T16:48:00.136Z');
  const event = toEvent(provider, { raw: Buffer.from(JSON.stringify(value)), id, time });
  return eventPage(event, { provider, zone: UTC, now: NOW, chalk: new Chalk({ level }), isTTY });
}

const ROLE_CHANGED = {
  id: 'al_1',
  action: 'member.role_changed',
  created_at: '2026-11-13T16:48:00.136Z',
  source: 'app',
  ip: '198.51.100.24',
  country: 'US',
  agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
  actor: { id: 'usr_1', name: 'Dana Whitfield', email: 'dana@acme.example', avatar: 'https://a.example/1.png' },
  user: { id: 'usr_1', name: 'Dana Whitfield', email: 'dana@acme.example', avatar: 'https://a.example/1.png' },
  member: { id: 'mem_2', role: 'admin', user: { id: 'usr_2', name: 'Rowan Pike', email: 'rowan@acme.example' } },
  assistant: null,
  org: { id: 'org_1', name: 'Acme' },
  metadata: { previous_role: 'developer', new_role: 'admin', reason: 'on call' },
};

describe('the page of an event', () => {
  test('tells who, what, on what, where from, when, what was changed, and all the rest', () => {
    expect(page(ROLE_CHANGED)).toBe(`Member Role Changed

  Id          al_1
  When        2026-11-13T16:48:00.136Z (Friday, 6d ago)
  Action      member.role_changed
  Who         Dana Whitfield <dana@acme.example>, usr_1
  On          member, Rowan Pike, mem_2
  Target      Rowan Pike <rowan@acme.example>, usr_2
  From        US 198.51.100.24
  With        Firefox 144 on Linux
  User agent  Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0
  Source      app
  Org         Acme, org_1

Changed
  role  developer → admin

Details
  reason  on call

Also in the entry
  actor.avatar  https://a.example/1.png
  member.role   admin
`);
  });

  test('colours what was, what is, and the action by its kind', () => {
    const coloured = page(ROLE_CHANGED, { level: 1 });
    expect(coloured).toContain('\x1b[31mdeveloper\x1b[39m → \x1b[32madmin\x1b[39m');
    expect(coloured.startsWith('\x1b[94m\x1b[1mMember Role Changed\x1b[22m\x1b[39m\n')).toBe(true);
  });

  test('shows long texts line by line, and only the lines that differ', () => {
    const lines = Array.from({ length: 40 }, (_, n) => `line ${n}`);
    const now = lines.with(20, 'another line').join('\n');
    const shown = page({ action: 'assistant.updated', metadata: { old_prompt: lines.join('\n'), new_prompt: now } });
    expect(shown).toContain(`Changed
  prompt
    … 20 lines the same
    - line 20
    + another line
    … 19 lines the same
`);
  });

  test('an automated event is the work of the System', () => {
    expect(page({ action: 'chat.deleted', actor: null })).toContain('Who     System (an automated event)\n');
  });

  test('an entry without a valid time shows the vendor’s text of it', () => {
    const event = toEvent(invent, { raw: Buffer.from('{"created_at":"soon"}'), id: undefined, time: Number.NaN });
    const shown = eventPage(event, {
      provider: invent,
      zone: UTC,
      now: NOW,
      chalk: new Chalk({ level: 0 }),
      isTTY: false,
    });
    expect(shown).toContain('  When  soon\n');
  });

  test.each<[string, Provider, object, string]>([
    [
      'Chipp',
      chipp,
      {
        action: 'member.role_changed',
        actorEmail: 'admin@company.example',
        targetEmail: 'team@company.example',
        context: { previousRole: 'member', newRole: 'admin' },
      },
      'role  member → admin',
    ],
    [
      'RPAWatch',
      rpawatch,
      { resource_type: 'member', action: 'update', details: { old: { role: 'viewer' }, new: { role: 'admin' } } },
      'role  viewer → admin',
    ],
    ['Yura', yura, { category: 'Roles', entity: 'Agent', action: 'Updated', modified_by: 'Ann' }, 'Who     Ann\n'],
  ])('reads %s’s entries too', (_, provider, entry, line) => {
    expect(page(entry, { provider })).toContain(line);
  });

  test('what an attacker writes stays on its line and does nothing', () => {
    const hostile = page(
      {
        action: 'member.role_changed',
        agent: 'x\x1b]0;pwned\x07\r\nWho  nobody',
        'evil\x1b[2Jkey\n': 'v\u202ealue',
        metadata: { previous_name: 'a\nChanged\n  role  x', new_name: '\x1b[31mb' },
      },
      { isTTY: true },
    );
    expect(hostile).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
    expect(hostile.split('\n').filter((line) => /^(Changed|Who)/.test(line))).toEqual(['Changed']);
    expect(hostile).toContain('    - Changed\n');
  });
});

describe('auditlog show', () => {
  test('--latest shows the newest event that matches', async () => {
    const { code, stdout } = await run('show --demo --latest --action member.role_changed');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Member Role Changed\n\n {2}Id +al_\w+\n {2}When +2026-/);
    expect(stdout).toMatch(/\nChanged\n {2}role {2}\w+ → \w+\n/);
  });

  test('an id is found however far back, and the entry is given in its own text', async () => {
    const all = await run('list --demo --format ndjson --all --quiet --action workflow.created');
    const oldest = all.stdout.trimEnd().split('\n').at(-1) ?? '';
    const { id } = JSON.parse(oldest) as { id: string };
    const { code, stdout, stderr } = await run(`show --demo ${id} --format json`);
    expect(code).toBe(0);
    expect(stdout).toBe(`${oldest}\n`);
    expect(stderr).toMatch(/^found among the [\d,]+ (newest of [\d,]+ events|events that were looked at)\n$/);
  });

  test('an id that is nowhere is told, with how far it looked', async () => {
    const { code, stdout, stderr } = await run('show --demo al_none --from 3d');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /error: no event al_none among the \d+ events of these times that were looked at\nWas it at another time\?/,
    );
  });

  test.each([
    ['show --demo', 'missing id of an event'],
    ['show --demo al_1 --latest', 'an ID, --nth and --latest cannot be combined: each names an event'],
    ['show --demo al_1 --nth 1', 'an ID, --nth and --latest cannot be combined: each names an event'],
    ['show --demo --latest --action member.join', 'Invent has no action "member.join"'],
    [
      'show --demo --latest --from 2020-01-01 --to 2020-01-02',
      'no events match from 2020-01-01T00:00:00Z until 2020-01-03T00:00:00Z\nWas it at another time?',
    ],
    [
      'show --demo --latest --user dana',
      `no events match in the whole log: by dana\nno actor has the id or email "dana"; to match part of a name: --user '*dana*'\n`,
    ],
  ])('show %s is rejected', async (line, message) => {
    const { code, stderr } = await run(line);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${message}`);
  });
});

describe('auditlog list --diff', () => {
  test('has the change in a column', async () => {
    const { code, stdout } = await run('list --demo --diff --action member.role_changed -n 3 --quiet');
    expect(code).toBe(0);
    const [heading = '', ...rows] = stdout.trimEnd().split('\n');
    expect(heading).toMatch(/Actor +Event +Resource +Change +Source +Location +Date/);
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row).toMatch(/ {2}role: \w+ → \w+ {2}/);
  });

  test('goes with chosen columns, and fits a terminal', async () => {
    const chosen = await run('list --demo --diff --columns time,action --action member.role_changed -n 1 --quiet');
    expect(chosen.stdout).toMatch(/^time +action +Change\n\S+ +member\.role_changed +role: \w+ → \w+\n$/);
    const narrow = await run('list --demo --diff --no-pager --quiet -n 20', { tty: { columns: 60 } });
    for (const line of narrow.stdout.split('\n'))
      expect(width(line.replace(/\x1b\[\d+m|[\u2068\u2069]/g, ''))).toBeLessThanOrEqual(60);
  });

  test('is rejected for other formats than tables', async () => {
    expect(await run('list --demo --diff --format csv')).toMatchObject({ code: 2, stdout: '' });
  });
});
