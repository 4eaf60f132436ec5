import { describe, expect, test } from 'vitest';
import { type AccessAnswer, type AccessQuestion, personText } from '../../src/access/answer.js';
import { toProviderFile } from '../../src/providers/file/parse.js';
import { answerOf, toEntry } from './log.js';

const { provider } = toProviderFile(
  {
    name: 'acme',
    base: 'https://api.acme.example',
    path: '/v1/audit',
    auth: { header: 'authorization' },
    paging: { style: 'none' },
    fields: {
      id: 'id',
      time: 'at',
      action: 'action',
      actor: { id: 'by', email: 'mail' },
      target: { id: 'who', email: 'whom' },
    },
    access: {
      rules: [
        { actions: ['invite'], does: 'invite', role: 'role' },
        { actions: ['uninvite'], does: 'uninvite' },
        { actions: ['accept'], does: 'accept', role: 'role' },
        { actions: ['add'], does: 'grant', role: 'role', scope: 'team' },
        { actions: ['change'], does: 'change', role: 'role', oldRole: 'old' },
        { actions: ['make_admin'], does: 'change', role: { is: 'admin' } },
        { actions: ['remove'], does: 'revoke', oldRole: 'old', scope: 'team' },
        { actions: ['transfer'], does: 'unclear' },
      ],
      ignores: ['login_failed'],
    },
  },
  'test',
);

/** `1 boss add ana member`: the second at which it happens, who does it, what, to whom, and roles as `new` or `old>new`. */
function log(...lines: readonly string[]) {
  return lines.map((line, at) => {
    const [second = '', by = '', action = '', who, roles, team] = line.split(' ');
    const [old, role] = roles?.includes('>') ? roles.split('>') : [undefined, roles];
    const time = new Date(Date.UTC(2026, 8, 1) + Number(second) * 1000).toISOString();
    const person = (text: string | undefined, id: string, mail: string) =>
      text === undefined || text === '-' ? {} : text.includes('@') ? { [mail]: text } : { [id]: text };
    const roleParts = { ...(old ? { old } : {}), ...(role && role !== '-' ? { role } : {}), ...(team ? { team } : {}) };
    const value = { id: `e${at}`, at: time, action, ...person(by, 'by', 'mail'), ...person(who, 'who', 'whom') };
    return toEntry({ ...value, ...roleParts }, `e${at}`, time);
  });
}

function replay(lines: readonly string[], question: AccessQuestion = {}): AccessAnswer {
  return answerOf(log(...lines), question, { provider });
}

const at = (second: number): number => Date.UTC(2026, 8, 1) + second * 1000;
const state = (answer: AccessAnswer): string[] => [
  ...answer.rows.map(({ person, role, since }) => `${personText(person)} ${role} e${since?.id?.slice(1)}`),
  ...answer.unknown.map(({ person, seen }) => `${personText(person)} ? ${seen.id}`),
];
const breaks = (answer: AccessAnswer): string[] =>
  answer.breaks.map(({ kind, person, before, after }) => `${kind} ${personText(person)} ${before.id} ${after.id}`);

describe('who has which role', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['whoever is added', ['1 boss add ana member'], ['ana member e0', 'boss ? e0']],
    [
      'the newest role counts',
      ['1 boss add ana member', '2 boss change ana member>admin'],
      ['ana admin e1', 'boss ? e0'],
    ],
    ['whoever is removed has none', ['1 boss add ana member', '2 boss remove ana'], ['boss ? e0']],
    ['a change without a new role', ['1 boss add ana member', '2 boss change ana'], ['ana ? e1', 'boss ? e0']],
    ['a role that the action says', ['1 boss make_admin ana'], ['ana admin e0', 'boss ? e0']],
    [
      'the same role again is no new one',
      ['1 boss add ana member', '2 boss change ana member'],
      ['ana member e0', 'boss ? e0'],
    ],
    ['an invitation gives no access', ['1 boss invite ana@a.example member'], ['boss ? e0']],
    ['acting shows a member, not a role', ['1 ana edit'], ['ana ? e0']],
    ['what everybody may do shows nothing', ['1 ana login_failed'], []],
    ['a member from before the log', ['1 boss change ana viewer>member'], ['ana member e0', 'boss ? e0']],
    [
      'added again after a removal',
      ['1 boss add ana member', '2 boss remove ana', '3 boss add ana viewer'],
      ['ana viewer e2', 'boss ? e0'],
    ],
    ['an automated event', ['1 - add ana member'], ['ana member e0']],
    [
      'roles of a team are apart',
      ['1 boss add ana member', '2 boss add ana lead red', '3 boss remove ana - red'],
      ['ana member e0', 'boss ? e0'],
    ],
  ])('%s', (_, lines, expected) => {
    const answer = replay(lines);
    expect(state(answer)).toEqual(expected);
    expect(breaks(answer)).toEqual([]);
  });

  test('a person is found by id, and by an email that came with it', () => {
    const lines = log('1 boss invite ana@a.example member', '2 - edit', '3 - edit');
    const both = toEntry(
      {
        id: 'x',
        at: '2026-09-01T00:00:04Z',
        action: 'accept',
        by: 'ana',
        mail: 'Ana@a.example',
        who: 'ana',
        whom: 'Ana@a.example',
        role: 'member',
      },
      'x',
      '2026-09-01T00:00:04Z',
    );
    const answer = answerOf([...lines, both], {}, { provider });
    expect(answer.rows.map(({ person, since }) => [person.id, person.email, since?.by?.id])).toEqual([
      ['ana', 'Ana@a.example', 'boss'],
    ]);
  });

  test('an id decides: a new account with the email of an old one is another person', () => {
    const one = (id: string, second: number, action: string) =>
      toEntry(
        {
          id: `${id}${action}`,
          at: new Date(at(second)).toISOString(),
          action,
          by: 'boss',
          who: id,
          whom: 'ana@a.example',
          role: 'member',
        },
        `${id}${action}`,
        new Date(at(second)).toISOString(),
      );
    const answer = answerOf([one('u1', 1, 'add'), one('u1', 2, 'remove'), one('u2', 3, 'add')], {}, { provider });
    expect(answer.rows.map(({ person }) => person.id)).toEqual(['u2']);
    expect(answer.breakCount).toBe(0);
  });

  test('a range has whoever had a role in it, with who ended it', () => {
    const lines = [
      '1 boss add ana admin',
      '5 eve change ana admin>member',
      '9 boss add bob admin',
      '12 boss remove ana',
    ];
    const answer = replay(lines, { from: at(2), before: at(10), spans: true });
    const shown = answer.rows.map(({ person, role, since, until }) =>
      [personText(person), role, since?.id, since?.by?.id, until?.id, until?.by?.id].join(' '),
    );
    expect(shown).toEqual(['ana admin e0 boss e1 eve', 'bob admin e2 boss  ', 'ana member e1 eve  ']);
  });

  test('an old role tells what a member from before the log had', () => {
    const answer = replay(['1 ana edit', '5 boss change ana admin>member'], { from: at(2), spans: true });
    expect(answer.rows.map(({ role, since, until }) => [role, since?.id, until?.id])).toEqual([
      ['admin', undefined, 'e1'],
      ['member', 'e1', undefined],
    ]);
  });
});

describe('breaks', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['another old role', ['1 b add ana member', '2 b change ana viewer>admin'], ['role ana e0 e1']],
    ['another old role of a removal', ['1 b add ana member', '2 b remove ana admin>-'], ['role ana e0 e1']],
    ['removed twice', ['1 b add ana member', '2 b remove ana', '3 b remove ana'], ['removal ana e1 e2']],
    ['removed, though only invited', ['1 b invite ana member', '2 b remove ana'], ['removal ana e0 e1']],
    ['added twice', ['1 b add ana member', '2 b add ana member'], ['added ana e0 e1']],
    [
      'acts after removal',
      ['1 b add ana member', '2 b remove ana', '3 ana edit', '4 ana edit'],
      ['after-removal ana e1 e2'],
    ],
    ['a role after removal', ['1 b remove ana', '2 b change ana member>admin'], ['after-removal ana e0 e1']],
    ['acts before being added', ['1 ana edit', '2 ana edit', '3 b add ana member'], ['before-adding ana e1 e2']],
    [
      'acts, though only invited',
      ['1 b invite ana member', '2 ana edit', '3 b change ana member>admin'],
      ['before-adding ana e0 e1'],
    ],
    [
      'each break once, and the later event counts',
      ['1 b add ana member', '2 b change ana viewer>admin', '3 b change ana admin>viewer'],
      ['role ana e0 e1'],
    ],
  ])('%s', (_, lines, expected) => {
    const answer = replay(lines);
    expect(breaks(answer)).toEqual(expected);
    expect(answer.breakCount).toBe(expected.length);
  });

  test.each<[string, readonly string[]]>([
    ['a log that begins later: removed', ['1 b remove ana member>-']],
    ['a log that begins later: changed', ['1 b change ana member>admin', '2 b remove ana admin>-']],
    ['a log that begins later: acts, then changed', ['1 ana edit', '2 b change ana member>admin']],
    ['roles in other letters', ['1 b add ana Member', '2 b change ana MEMBER>admin']],
    ['leaves by their own hand', ['1 b add ana member', '2 ana remove ana']],
    ['accepted, then added by the program', ['1 b invite ana m', '2 ana accept ana m', '3 - add ana m']],
    ['added, then accepted', ['1 b invite ana m', '2 - add ana m', '3 ana accept ana m']],
    ['failed sign-ins after removal', ['1 b add ana m', '2 b remove ana', '3 ana login_failed']],
    ['two changes of one instant, in the wrong order', ['1 b add ana a', '2 b change ana b>c', '2 b change ana a>b']],
    ['removed and added again in one instant', ['1 b add ana a', '2 b add ana a', '2 b remove ana']],
    ['acts in the instant of the removal', ['1 b add ana a', '2 ana edit', '2 b remove ana']],
    ['invited again', ['1 b invite ana a', '2 b uninvite ana', '3 b invite ana a', '4 ana accept ana a']],
  ])('none: %s', (_, lines) => {
    expect(breaks(replay(lines))).toEqual([]);
  });

  test('what may change roles is named, and nothing follows from it', () => {
    const answer = replay(['1 b add ana member', '2 b transfer']);
    expect(answer.unclear.map(({ id }) => id)).toEqual(['e1']);
    expect(state(answer)).toEqual(['ana member e0', 'b ? e0']);
  });

  test('events that cannot be used are named: without a time, without a person', () => {
    const bad = toEntry({ id: 'x', at: 'soon', action: 'add', by: 'b', who: 'ana' }, 'x', 'soon');
    const answer = answerOf([bad, ...log('1 b add -', '2 b invite -')], {}, { provider });
    expect([answer.untimed, answer.nobody]).toEqual([['x'], ['e0']]);
  });
});
