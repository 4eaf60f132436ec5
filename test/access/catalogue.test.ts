import { expect, test } from 'vitest';
import { personText } from '../../src/access/answer.js';
import { toProviderFile } from '../../src/providers/file/parse.js';
import { loadShipped, shippedFile } from '../../src/providers/file/shipped.js';
import { run } from '../helpers/world.js';
import { answerOf, toEntry } from './log.js';

/** Entries in the shape that the vendor documents, oldest first: their times, and what they come to. */
const HISTORIES: Readonly<Record<string, readonly [readonly object[], readonly string[]]>> = {
  slack: [
    [
      { id: '1', action: 'user_created', actor: user('W1', 'Nell'), entity: user('W2', 'Arlo') },
      { id: '2', action: 'role_change_to_admin', actor: user('W1', 'Nell'), entity: user('W2', 'Arlo') },
      { id: '3', action: 'user_created', actor: user('W1', 'Nell'), entity: user('W3', 'Mo') },
      { id: '4', action: 'user_deactivated', actor: user('W2', 'Arlo'), entity: user('W3', 'Mo') },
      { id: '5', action: 'user_login_failed', actor: user('W3', 'Mo'), entity: user('W3', 'Mo') },
    ],
    ['Arlo admin by Nell', 'Nell ?'],
  ],
  tailscale: [
    [
      { target: { id: 'u2', name: 'jon@a.example', type: 'USER' }, action: 'CREATE', actor: actor('u1') },
      {
        target: { id: 'u2', name: 'jon@a.example', type: 'USER', property: 'USER_ROLE' },
        action: 'UPDATE',
        old: 'member',
        new: 'admin',
        actor: actor('u1'),
      },
      {
        target: { id: 'u2', name: 'jon@a.example', type: 'USER', property: 'USER_ROLE' },
        action: 'UPDATE',
        old: 'admin',
        new: 'auditor',
        actor: actor('u1'),
      },
    ],
    ['jon@a.example auditor by u1 of Acme', 'u1 of Acme ?'],
  ],
  asana: [
    [
      {
        gid: '1',
        event_type: 'user_workspace_admin_role_changed',
        actor: { gid: '11', name: 'Dana' },
        resource: { gid: '22', name: 'Sam' },
        details: { old_value: 'member', new_value: 'admin' },
      },
      {
        gid: '2',
        event_type: 'user_deprovisioned',
        actor: { gid: '22', name: 'Sam' },
        resource: { gid: '33', name: 'Kim' },
        details: {},
      },
    ],
    ['Dana ?', 'Sam admin by Dana'],
  ],
  github: [
    [
      { _document_id: '1', action: 'org.add_member', actor: 'octocat', user: 'mona', permission: 'read' },
      {
        _document_id: '2',
        action: 'org.update_member',
        actor: 'octocat',
        user: 'mona',
        permission: 'admin',
        old_permission: 'read',
      },
      { _document_id: '3', action: 'org.remove_member', actor: 'mona', user: 'hubot' },
    ],
    ['mona admin by octocat', 'octocat ?'],
  ],
};

function user(id: string, name: string): object {
  return { type: 'user', user: { id, name, email: `${name.toLowerCase()}@a.example` } };
}

function actor(id: string): object {
  return { id, loginName: `${id}@a.example`, displayName: `${id} of Acme` };
}

test.each(Object.keys(HISTORIES))('%s: its documented events come to members and roles', async (name) => {
  const { provider } = (await loadShipped(name))!;
  const [values, expected] = HISTORIES[name]!;
  const entries = values.map((value, at) => toEntry(value, `e${at}`, `2026-09-0${at + 1}T00:00:00Z`));
  const answer = answerOf(entries, {}, { provider });
  const shown = [...answer.rows, ...answer.unknown].map(({ person, role, since }) =>
    role === undefined ? `${personText(person)} ?` : `${personText(person)} ${role} by ${personText(since?.by ?? {})}`,
  );
  expect(shown.sort()).toEqual(expected);
  expect([answer.breaks, answer.nobody]).toEqual([[], []]);
});

test('provider check prints the rules, and what an entry does to access', async () => {
  const { code, stdout } = await run('provider check tailscale');
  expect(code).toBe(0);
  expect(stdout).toContain('Access change   user.update.user_role\n');
  expect(stdout).toContain('  access         change jon.berg@acme.example from member to admin\n');
});

test.each<[string, object, string]>([
  ['no target', { fields: { time: 't', action: 'a', actor: { id: 'b' } } }, '$.access.rules[0].person: missing'],
  [
    'a role after a removal',
    { access: { rules: [{ actions: ['x.left'], does: 'revoke', role: 'r', person: 'actor' }] } },
    '$.access.rules[0].role: no role is left after revoke',
  ],
  [
    'an effect that is none',
    { access: { rules: [{ actions: ['x'], does: 'add' }] } },
    '$.access.rules[0].does: "add" is not one of grant, accept',
  ],
  [
    'an action that there is not',
    {
      actionsComplete: true,
      actions: { 'x.joined': { category: 'X', label: 'X', kind: 'create' } },
      access: { rules: [{ actions: ['y.*'], does: 'grant', person: 'actor' }] },
    },
    '$.access.rules[0].actions: "y.*" matches none of $.actions',
  ],
])('a file whose rules contradict it is refused: %s', async (_, change, message) => {
  const { $schema: __, ...file } = (await shippedFile('slack')) as Record<string, unknown>;
  expect(() => toProviderFile({ ...file, ...change }, 'slack.json')).toThrow(message);
});
