import { expect, test } from 'vitest';
import type { Kind } from '../../src/event.js';
import { actionWord, knownActions } from '../../src/providers/actions.js';
import { loadShipped, SHIPPED } from '../../src/providers/file/shipped.js';
import { PROVIDERS } from '../../src/providers/index.js';
import { forLog, logNames } from '../../src/providers/logs.js';
import type { Provider } from '../../src/providers/provider.js';
import { kindOfAction } from '../../src/providers/words.js';
import { run } from '../helpers/world.js';

test.each<[string, Kind]>([
  ['member.joined', 'create'],
  ['member.added', 'create'],
  ['api_key.created', 'create'],
  ['assistant.restored', 'create'],
  ['member.role_changed', 'update'],
  ['org.enabled', 'update'],
  ['org.disabled', 'update'],
  ['two_factor_disabled', 'update'],
  ['broadcast.paused', 'update'],
  ['broadcast.activated', 'update'],
  ['user.deactivated', 'update'],
  ['user.suspended', 'update'],
  ['account.locked', 'update'],
  ['project.archived', 'update'],
  ['app.published', 'update'],
  ['sso.profile.sessions.revoked', 'update'],
  ['session_revoked', 'update'],
  ['chat.deleted', 'delete'],
  ['member.removed', 'delete'],
  ['member.offboarded', 'delete'],
  ['member.left', 'delete'],
  ['integration.disconnected', 'delete'],
  ['api_key.revoked', 'delete'],
  ['member.invite_revoked', 'delete'],
  ['org.transferred', 'other'],
  ['user.login', 'other'],
])('the name %s is of the kind %s', (action, kind) => {
  expect(kindOfAction(action)).toBe(kind);
});

/** What the label of an action says, by its last words. */
const RULES: readonly (readonly [RegExp, Kind])[] = [
  [/\b(?:Created|Added|Invited|Joined)$/, 'create'],
  [/\b(?:Deleted|Removed|Offboarded|Disconnected|Left)$/, 'delete'],
  [/\b(?:Enabled|Disabled|(?:De|Re)?[Aa]ctivated|Paused|(?:Uns|S)uspended|(?:Unl|L)ocked|(?:Una|A)rchived)$/, 'update'],
  [/\b(?:Updated|Changed|Renamed|Sessions? Revoked)$/, 'update'],
];

/** The label's last word is about a right or an attribute of something that stays, or the event did not happen. */
const EXCEPTIONS: ReadonlySet<string> = new Set([
  'rpawatch api_key.delete',
  'gitlab inactive_scim_user_cannot_be_added',
  'hubspot add_admin_user',
  'hubspot remove_admin_user',
  'hubspot add_admin_permissions',
  'hubspot remove_admin_permissions',
  'tailscale node.create.attributes',
  'tailscale node.delete.attributes',
]);

const shipped = await Promise.all(SHIPPED.map(async (name) => (await loadShipped(name))!.provider));
const vendors: readonly Provider[] = [...PROVIDERS, ...shipped].flatMap((provider) =>
  provider.logs === undefined ? [provider] : logNames(provider).map((log) => forLog(provider, log)),
);

test(`each action of ${vendors.length} logs has the kind that its label says`, () => {
  const wrong = vendors.flatMap((provider) =>
    knownActions(provider).flatMap((action) => {
      const { label, kind } = actionWord(provider, action);
      const rule = RULES.find(([words]) => words.test(label));
      if (rule === undefined || rule[1] === kind || EXCEPTIONS.has(`${provider.name} ${action}`)) return [];
      return [`${provider.name} ${action}: ${label} is ${kind}, not ${rule[1]}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test('auditlog actions shows the kind of each', async () => {
  const { stdout } = await run('actions "broadcast.*"');
  expect(stdout).toBe(
    [
      'Action                 Event                Kind',
      '',
      'Broadcasts',
      '  broadcast.created    Broadcast Created    create',
      '  broadcast.deleted    Broadcast Deleted    delete',
      '  broadcast.activated  Broadcast Activated  update',
      '  broadcast.paused     Broadcast Paused     update',
      '',
    ].join('\n'),
  );
});
