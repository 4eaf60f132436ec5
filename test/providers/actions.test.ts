import { describe, expect, test } from 'vitest';
import type { AuditlogError } from '../../src/errors.js';
import { actionWord, isCategory, matchActions, spellings } from '../../src/providers/actions.js';
import { chipp } from '../../src/providers/chipp.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { rpawatch } from '../../src/providers/rpawatch.js';
import { checkActions, checkCategories, splitList } from '../../src/providers/warnings.js';

function refusal(provider: Provider, ...values: string[]): string {
  try {
    checkActions(provider, values);
  } catch (error) {
    const { exitCode, message, hint } = error as AuditlogError;
    expect(exitCode).toBe(2);
    return `${message}\n${hint}`;
  }
  return 'accepted';
}

describe('an action that nobody documented', () => {
  test.each([
    ['member.suspended', 'Members', 'Member Suspended', 'update'],
    ['workflow.run.completed', 'Workflows', 'Workflow Run Completed', 'other'],
    ['mcp.server_connected', 'MCP', 'MCP Server Connected', 'create'],
    ['billing.plan_changed', 'Billing', 'Billing Plan Changed', 'update'],
    ['two_factor_disabled', 'Two Factor', 'Two Factor Disabled', 'update'],
    ['sso.thing.renamed', 'SSO', 'SSO Thing Renamed', 'update'],
    ['constructor', 'Other', 'Constructor', 'other'],
    ['__proto__', 'Other', 'Proto', 'other'],
    ['bot settings.updated', 'Bot Settings', 'Bot Settings Updated', 'update'],
    ['', 'Other', '(no action)', 'other'],
    ['...', 'Other', '...', 'other'],
    ['user_login', 'User', 'User Login', 'other'],
    ['api-key-created', 'API Key', 'API Key Created', 'create'],
    ['userLoggedIn', 'User', 'User Logged In', 'other'],
    ['CreateAccessKey', 'Access Key', 'Create Access Key', 'create'],
    ['oauthAppRevoked', 'OAuth App', 'OAuth App Revoked', 'delete'],
    ['OAuthTokenIssued', 'OAuth Token', 'OAuth Token Issued', 'create'],
    ['CHANGE_USER_PASSWORD', 'User Password', 'Change User Password', 'update'],
    ['invite_revoked', 'Other', 'Invite Revoked', 'delete'],
    ['USER_REMOVED', 'User', 'User Removed', 'delete'],
    ['iam:DeleteRole', 'Iam', 'Iam Delete Role', 'delete'],
    ['projects/update', 'Projects', 'Projects Update', 'update'],
    ['User was added to team', 'User', 'User was added to team', 'create'],
    ['Add member to role', 'Member', 'Add member to role', 'create'],
    ['remove the user who was added', 'User', 'Remove the user who was added', 'delete'],
    ['Disable account', 'Account', 'Disable Account', 'update'],
    ['login', 'Other', 'Login', 'other'],
    ['1000', 'Other', '1000', 'other'],
    ['-', 'Other', '-', 'other'],
    ['ÄNDERUNG_GEMACHT', 'Änderung', 'Änderung Gemacht', 'other'],
    ['日本語', 'Other', '日本語', 'other'],
  ])('%s gets its words from its name', (action, category, label, kind) => {
    expect(actionWord(invent, action)).toEqual({ category, label, kind });
  });
});

test('patterns choose from the vocabulary in its own order', () => {
  expect(matchActions(invent, ['*.paused', 'member.*'])).toEqual([
    'member.invited',
    'member.joined',
    'member.removed',
    'member.left',
    'member.role_changed',
    'broadcast.paused',
  ]);
  expect(matchActions(invent, [])).toHaveLength(61);
  expect(matchActions(invent, ['nothing.*'])).toEqual([]);
});

describe('what --action was given', () => {
  test('--action values are split at commas, each once', () => {
    expect(checkActions(invent, ['member.left,org.*', 'member.left', ' chat.deleted '])).toEqual({
      patterns: ['member.left', 'org.*', 'chat.deleted'],
      warnings: [],
    });
  });

  test('--action all asks for every action', () => {
    for (const all of ['all', 'ALL', 'member.left,all']) {
      expect(checkActions(invent, [all])).toEqual({ patterns: [], warnings: [] });
    }
  });

  test('an unknown action is rejected with a suggestion where the vocabulary is complete', () => {
    expect(refusal(invent, 'member.role_change')).toBe(
      'Invent has no action "member.role_change"\nDid you mean member.role_changed?\nTo list all: auditlog actions\nA pattern is not checked: --action \'member.role_change*\'',
    );
    expect(refusal(invent, 'member.deleted')).toContain('Did you mean member.removed?');
    expect(refusal(invent, 'assistant.modified')).toContain('Did you mean assistant.updated?');
    expect(refusal(invent, 'Member Removed')).toBe(
      'Invent has no action "Member Removed"\nDid you mean member.removed?\nTo list all: auditlog actions',
    );
    expect(refusal(invent, 'constructor')).toContain('Invent has no action "constructor"');
    expect(refusal(invent, 'member.left,')).toContain('--action has an empty value');
  });

  test('an unknown action is a warning where the vendor has undocumented ones', () => {
    expect(checkActions(chipp, ['member.invite', 'app.renamed'])).toEqual({
      patterns: ['member.invite', 'app.renamed'],
      warnings: [
        'Chipp documents no action member.invite; asking anyway. Did you mean member.invited?',
        'Chipp documents no action app.renamed; asking anyway. Did you mean app.created?',
      ],
    });
  });

  test('a pattern without a known match is a warning', () => {
    expect(checkActions(invent, ['robot.*'])).toEqual({
      patterns: ['robot.*'],
      warnings: ['no known action of Invent matches robot.*; asking anyway'],
    });
  });

  test('--not-action all is rejected', () => {
    expect(() => checkActions(invent, ['all'], '--not-action')).toThrow('--not-action all leaves nothing');
  });
});

describe('what --category was given', () => {
  test.each([
    ['API Keys', 'api-keys', true],
    ['API Keys', 'apikeys', true],
    ['API Keys', 'keys', true],
    ['Members', 'member', true],
    ['Users & Members', 'members', true],
    ['Member Management', 'members', true],
    ['Organization', 'organization settings', false],
    ['Members', 'membership', false],
    ['Members', '&', false],
  ])('%s is asked for by %s: %s', (category, wanted, is) => {
    expect(isCategory(category, wanted)).toBe(is);
  });

  test('an unknown category is rejected with a suggestion where the vocabulary is complete, else a warning', () => {
    expect(checkCategories(invent, ['members', 'api keys'])).toEqual([]);
    expect(() => checkCategories(invent, ['membrs'])).toThrow('Invent has no category "membrs"');
    expect(() => checkCategories(invent, ['membrs'])).toThrow(
      expect.objectContaining({
        hint: expect.stringContaining('Did you mean Members? Categories: Organization, Members,'),
      }),
    );
    expect(checkCategories(chipp, ['robots', 'app lifecicle'])).toEqual([
      'Chipp documents no category app lifecicle; looking for it anyway: did you mean App Lifecycle?',
    ]);
  });
});

test('values of any flag are split at commas', () => {
  expect(splitList(['a,b', 'c', 'a'], '--user')).toEqual(['a', 'b', 'c']);
  for (const value of ['', 'a,,b', ','])
    expect(() => splitList([value], '--user')).toThrow('--user has an empty value');
});

test('an action leads to its other spellings, where the vendor may have several', () => {
  expect(spellings(rpawatch, 'member.removed')).toEqual(['member.removed', 'member.remove', 'member.delete']);
  expect(spellings(invent, 'member.removed')).toEqual(['member.removed']);
  expect(spellings(rpawatch, 'robot.painted')).toEqual(['robot.painted']);
});

test('a pattern leads to the other spellings of its matches', () => {
  expect(spellings(rpawatch, '*.deactivated')).toEqual(['*.deactivated', 'api_key.deactivate', 'api_key.delete']);
  expect(spellings(rpawatch, 'member.*')).toEqual(['member.*']);
  expect(spellings(invent, '*.deleted')).toEqual(['*.deleted']);
});
