import { expect, test } from 'vitest';
import type { Kind } from '../../src/event.js';
import { actionWord } from '../../src/providers/actions.js';
import { invent } from '../../src/providers/invent.js';

function shown(kind: Kind): string[] {
  return Object.keys(invent.actions).filter((action) => invent.actions[action]?.kind === kind);
}

test('all 61 actions of the documentation are known', () => {
  expect(Object.keys(invent.actions)).toHaveLength(61);
  expect(invent.actionsComplete).toBe(true);
});

test('actions are grouped as on the page of the product', () => {
  const groups = new Map<string, number>();
  for (const { category } of Object.values(invent.actions)) groups.set(category, (groups.get(category) ?? 0) + 1);
  expect(Object.fromEntries(groups)).toEqual({
    Organization: 13,
    Members: 5,
    Assistants: 6,
    Actions: 4,
    Integrations: 5,
    Connections: 3,
    Broadcasts: 4,
    Workflows: 3,
    Domains: 6,
    SSO: 9,
    Conversations: 1,
    'API Keys': 2,
  });
});

test.each([
  ['member.role_changed', 'Member Role Changed'],
  ['api_key.created', 'API Key Created'],
  ['org.transferred_to', 'Organization Transferred To'],
  ['org.sub_org_member_role_changed', 'Sub-Organization Member Role Changed'],
  ['email.domain.created', 'Email Domain Created'],
  ['sso.profile.sessions.revoked', 'SSO Profile Sessions Revoked'],
  ['sso.domain.create_code_requested', 'SSO Domain Create Code Requested'],
  ['assistant.duplicated_from', 'Assistant Duplicated From'],
  ['chat.deleted', 'Chat Deleted'],
])('%s is shown as %s', (action, label) => {
  expect(actionWord(invent, action).label).toBe(label);
});

test('an action that creates something is a create', () => {
  expect(shown('create')).toEqual([
    'org.restored',
    'org.sub_org_created',
    'org.sub_org_member_joined',
    'member.invited',
    'member.joined',
    'assistant.created',
    'assistant.restored',
    'assistant.duplicated',
    'assistant.duplicated_from',
    'action.created',
    'integration.created',
    'connection.created',
    'broadcast.created',
    'workflow.created',
    'workflow.restored',
    'domain.created',
    'email.domain.created',
    'email.identity.created',
    'sso.profile.created',
    'sso.domain.created',
    'api_key.created',
  ]);
});

test('an action that changes, enables or disables something is an update', () => {
  expect(shown('update')).toEqual([
    'org.updated',
    'org.disabled',
    'org.enabled',
    'org.sub_org_updated',
    'org.sub_org_member_role_changed',
    'member.role_changed',
    'assistant.updated',
    'action.enabled',
    'action.disabled',
    'integration.updated',
    'integration.enabled',
    'integration.disabled',
    'connection.updated',
    'broadcast.activated',
    'broadcast.paused',
    'sso.profile.updated',
    'sso.profile.sessions.revoked',
    'sso.domain.updated',
  ]);
});

test('an action that takes something away is a delete', () => {
  expect(shown('delete')).toEqual([
    'org.deleted',
    'org.detached',
    'org.detached_from',
    'member.removed',
    'member.left',
    'assistant.deleted',
    'action.deleted',
    'integration.deleted',
    'connection.deleted',
    'broadcast.deleted',
    'workflow.deleted',
    'domain.deleted',
    'email.domain.deleted',
    'email.identity.deleted',
    'sso.profile.deleted',
    'sso.domain.deleted',
    'chat.deleted',
    'api_key.deleted',
  ]);
});

test('transfers and requests of codes are other actions', () => {
  expect(shown('other')).toEqual([
    'org.transferred',
    'org.transferred_to',
    'sso.domain.create_code_requested',
    'sso.domain.delete_code_requested',
  ]);
});
