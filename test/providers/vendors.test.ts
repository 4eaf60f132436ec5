import { describe, expect, test } from 'vitest';
import { KINDS } from '../../src/event.js';
import { actionWord } from '../../src/providers/actions.js';
import { chipp } from '../../src/providers/chipp.js';
import { findProvider, PROVIDERS } from '../../src/providers/index.js';
import { invent } from '../../src/providers/invent.js';
import { rpawatch } from '../../src/providers/rpawatch.js';
import { resourceTypes, resourceWarnings } from '../../src/providers/warnings.js';
import { yura } from '../../src/providers/yura.js';
import { eventOf } from './reading.js';

describe.each(PROVIDERS.map((provider) => [provider.name, provider] as const))('%s', (name, provider) => {
  test('is found by its name', () => {
    expect(findProvider(name)).toBe(provider);
  });

  test('is data that a JSON file could hold', () => {
    expect(JSON.parse(JSON.stringify(provider))).toEqual(provider);
  });

  test('has a word for each of its actions', () => {
    for (const [action, word] of Object.entries(provider.actions)) {
      expect(word.label, action).toMatch(/^[A-Z]/);
      expect(word.category, action).toMatch(/^[A-Z]/);
      expect(KINDS).toContain(word.kind);
    }
  });

  test('takes an address without a slash at its end', () => {
    expect(provider.base ?? 'https://example.test').toMatch(/^https:\/\/[^/]+$/);
    expect(provider.path).toMatch(/^\/.*[^/]$/);
  });
});

test('an unknown provider is refused with the nearest one', () => {
  expect(() => findProvider('invnt')).toThrow('provider "invnt" does not exist');
  expect(() => findProvider('invnt')).toThrow(
    expect.objectContaining({
      exitCode: 2,
      hint: 'Did you mean: invent, chipp, yura\nTo list all: auditlog provider list',
    }),
  );
  expect(() => findProvider('constructor')).toThrow('provider "constructor" does not exist');
});

describe('Chipp', () => {
  const told = {
    actor: { id: 'u-1', name: 'Ann', email: 'ann@acme.test' },
    target: { id: 'u-2', email: 'bob@acme.test' },
    resource: { type: 'workspace', id: 'w-1' },
    ip: '203.0.113.7',
    userAgent: 'Mozilla/5.0',
    timeText: '2026-03-01T09:30:00Z',
    action: 'member.role_changed',
    metadata: { previousRole: 'member', newRole: 'admin' },
  };
  const context = told.metadata;

  test('spells its fields in camel case', () => {
    const entry = {
      id: 'entry-1',
      action: 'member.role_changed',
      createdAt: '2026-03-01T09:30:00Z',
      actorUserId: 'u-1',
      actorEmail: 'ann@acme.test',
      actorName: 'Ann',
      targetUserId: 'u-2',
      targetEmail: 'bob@acme.test',
      resourceType: 'workspace',
      resourceId: 'w-1',
      ipAddress: '203.0.113.7',
      userAgent: 'Mozilla/5.0',
      context,
    };
    expect(eventOf(chipp, entry)).toMatchObject(told);
  });

  test('reads its fields in snake case, too', () => {
    const entry = {
      id: 'entry-1',
      action: 'member.role_changed',
      created_at: '2026-03-01T09:30:00Z',
      actor_user_id: 'u-1',
      actor_email: 'ann@acme.test',
      actor_name: 'Ann',
      target_user_id: 'u-2',
      target_email: 'bob@acme.test',
      resource_type: 'workspace',
      resource_id: 'w-1',
      ip_address: '203.0.113.7',
      user_agent: 'Mozilla/5.0',
      context,
    };
    expect(eventOf(chipp, entry)).toMatchObject(told);
  });

  test('has automated events without an actor', () => {
    const event = eventOf(chipp, { action: 'billing.top_up', actorUserId: null, actorEmail: null, actorName: null });
    expect(event.actor).toBeUndefined();
    expect(event.target).toBeUndefined();
  });

  test('has more event types than it names', () => {
    expect(actionWord(chipp, 'robot.painted')).toEqual({ category: 'Robot', label: 'Robot Painted', kind: 'other' });
    expect(actionWord(chipp, 'member.invite_revoked').kind).toBe('delete');
    expect(actionWord(chipp, 'oauth.disconnected').kind).toBe('delete');
  });
});

describe('RPAWatch', () => {
  const entry = {
    id: 'entry-1',
    timestamp: '2026-03-01T09:30:00Z',
    user: { id: 'u1', name: 'Ann', email: 'ann@acme.test' },
    action: 'update',
    resource_type: 'member',
    resource_id: 'm1',
    details: { old: { role: 'viewer' }, new: { role: 'admin' } },
    account_id: 'acc1',
    tenant_id: 'ten1',
  };

  test('has actions of a type and a verb', () => {
    expect(eventOf(rpawatch, entry)).toMatchObject({
      action: 'member.update',
      actor: { id: 'u1', name: 'Ann', email: 'ann@acme.test' },
      resource: { type: 'member', id: 'm1' },
      org: { id: 'ten1' },
      metadata: { old: { role: 'viewer' }, new: { role: 'admin' } },
    });
    expect(eventOf(rpawatch, { ...entry, resource_type: 'Process', action: 'DELETED' }).action).toBe('process.deleted');
    expect(eventOf(rpawatch, { ...entry, resource_type: null }).action).toBe('update');
  });

  test('names the same event in both spellings', () => {
    for (const [bare, own] of [
      ['member.delete', 'member.removed'],
      ['member.update', 'member.role_updated'],
      ['process.assign', 'process.member_added'],
      ['api_key.deactivate', 'api_key.deactivated'],
      ['invitation.accept', 'invitation.accepted'],
      ['job.complete', 'job.completed'],
    ] as const) {
      expect(actionWord(rpawatch, bare)).toEqual(actionWord(rpawatch, own));
    }
    expect(new Set(Object.values(rpawatch.actions).map((word) => word.label)).size).toBe(19);
  });

  test('has the documented types of resources', () => {
    expect(resourceTypes(rpawatch)).toEqual([
      'account',
      'api_key',
      'invitation',
      'job',
      'license',
      'member',
      'process',
      'settings',
      'user',
    ]);
  });
});

describe('Yura', () => {
  test('knows people by name, has no ids, and calls the address the source', () => {
    const entry = {
      category: 'Login',
      entity: 'Agent',
      action: 'Login',
      modified_by: 'Ann Example',
      occurred_at: '2026-03-01T09:30:00Z',
      source: '203.0.113.7',
    };
    const event = eventOf(yura, entry);
    expect(event).toMatchObject({
      action: 'login.login',
      actor: { name: 'Ann Example' },
      resource: { type: 'Login', name: 'Agent' },
      ip: '203.0.113.7',
    });
    expect(event.source).toBeUndefined();
    expect(actionWord(yura, 'login.login').label).toBe('Login');
    expect(actionWord(yura, 'bot settings.updated')).toMatchObject({ label: 'Bot Settings Updated', kind: 'update' });
  });

  test('needs an address, as it has no public one', () => {
    expect(yura.base).toBeUndefined();
    expect(yura.dates.defaultDays).toBe(7);
  });
});

test('a resource of an unknown type is looked for with a warning, unless all types are known', () => {
  expect(resourceWarnings(invent, ['member', 'email', 'sso', 'org', 'api_key'])).toEqual([]);
  expect(resourceWarnings(invent, ['Assistant'])).toEqual([]);
  expect(() => resourceWarnings(invent, ['asistant'])).toThrow(
    'invalid --resource "asistant": Invent has no such type',
  );
  expect(resourceWarnings(rpawatch, ['proces'])).toEqual([
    'RPAWatch documents no resource type proces; looking for it anyway. Did you mean process?',
  ]);
  expect(resourceWarnings(yura, ['robot'])[0]).toContain('Known types: login, logout.');
});
