import { describe, expect, test } from 'vitest';
import { openEventReader } from '../../../src/providers/event/reader.js';
import { invent } from '../../../src/providers/invent.js';
import { entryOf, eventOf } from '../reading.js';

const ann = { id: 'usr_1', name: 'Ann', email: 'ann@acme.test', avatar: null, seen_at: null };
const bob = { id: 'usr_2', name: 'Bob', email: 'bob@acme.test' };

test('an entry becomes an event in the same words for every vendor', () => {
  const metadata = { previous_role: 'member', new_role: 'admin' };
  const { entry, value, ...event } = eventOf(invent, {
    id: 'entry-1',
    action: 'member.role_changed',
    source: 'app',
    ip: '203.0.113.7',
    country: 'DE',
    agent: 'Mozilla/5.0',
    created_at: '2026-03-01T09:30:00Z',
    actor: ann,
    user: ann,
    assistant: null,
    member: { id: 'mem_1', role: 'admin', user: bob },
    org: { id: 'org_1', name: 'Acme' },
    metadata,
  });
  expect(event).toEqual({
    id: 'entry-1',
    time: 0,
    timeText: '2026-03-01T09:30:00Z',
    action: 'member.role_changed',
    actor: { id: 'usr_1', name: 'Ann', email: 'ann@acme.test' },
    target: { id: 'usr_2', name: 'Bob', email: 'bob@acme.test' },
    resource: { type: 'member', id: 'mem_1', name: 'Bob' },
    source: 'app',
    ip: '203.0.113.7',
    country: 'DE',
    userAgent: 'Mozilla/5.0',
    org: { id: 'org_1', name: 'Acme' },
    metadata,
  });
  expect(entry.id).toBe('entry-1');
  expect(value.action).toBe('member.role_changed');
});

describe('the actor', () => {
  const actorOf = (entry: object) => eventOf(invent, { action: 'member.left', ...entry }).actor;

  test('the actor of an automated event is undefined', () => {
    expect(actorOf({ actor: null, user: null })).toBeUndefined();
    expect(actorOf({})).toBeUndefined();
  });

  test('an actor without a name is an unknown person, not an automated event', () => {
    expect(actorOf({ actor: { id: null, name: null, email: null }, user: null })).toEqual({});
    expect(actorOf({ actor: {} })).toEqual({});
  });

  test('the actor is the user where there is no actor', () => {
    expect(actorOf({ actor: null, user: bob })).toEqual(bob);
    expect(actorOf({ actor: {}, user: bob })).toEqual(bob);
  });

  test('the actor is completed by a user of the same id, and by no other', () => {
    expect(actorOf({ actor: { id: 'usr_2' }, user: bob })).toEqual(bob);
    expect(actorOf({ actor: { id: 'usr_1', name: 'Ann' }, user: bob })).toEqual({ id: 'usr_1', name: 'Ann' });
    expect(actorOf({ actor: { name: 'Ann' }, user: bob })).toEqual({ name: 'Ann' });
  });

  test('the actor may be a bare id', () => {
    expect(actorOf({ actor: 'usr_1' })).toEqual({ id: 'usr_1' });
    expect(actorOf({ actor: 7 })).toEqual({ id: '7' });
  });

  test('the actor never takes a role from the affected member', () => {
    const actor = actorOf({ actor: ann, member: { id: 'mem_2', role: 'admin', user: bob } });
    expect(actor).toEqual({ id: 'usr_1', name: 'Ann', email: 'ann@acme.test' });
  });
});

describe('the target', () => {
  const targetOf = (entry: object) => eventOf(invent, entry).target;

  test('the target of an invitation is the invited address where there is no user yet', () => {
    const metadata = { email: 'new@acme.test', role: 'member' };
    expect(targetOf({ action: 'member.invited', member: null, metadata })).toEqual({ email: 'new@acme.test' });
    expect(targetOf({ action: 'member.invited', member: { id: 'mem_1', user: null }, metadata })).toEqual({
      email: 'new@acme.test',
    });
  });

  test('an address in the metadata that is no person is no target', () => {
    expect(targetOf({ action: 'email.identity.created', metadata: { email: 'sales@acme.test' } })).toBeUndefined();
  });
});

describe('the resource', () => {
  test.each([
    [
      { action: 'assistant.updated', assistant: { id: 'ast_1', name: 'Desk' } },
      { type: 'assistant', id: 'ast_1', name: 'Desk' },
    ],
    [
      { action: 'assistant.updated', assistant: 'ast_1' },
      { type: 'assistant', id: 'ast_1' },
    ],
    [
      { action: 'workflow.created', workflow: { id: 'wfl_1', name: 'Triage' } },
      { type: 'workflow', id: 'wfl_1', name: 'Triage' },
    ],
    [
      { action: 'connection.deleted', connection: { id: 'con_1', type: 'slack', name: 'Slack' } },
      { type: 'connection', id: 'con_1', name: 'Slack' },
    ],
    [
      { action: 'broadcast.paused', broadcast: { id: 'brd_1', name: 'News' } },
      { type: 'broadcast', id: 'brd_1', name: 'News' },
    ],
    [
      { action: 'member.left', member: { id: 'mem_1', user: bob } },
      { type: 'member', id: 'mem_1', name: 'Bob' },
    ],
    [
      { action: 'org.updated', org: { id: 'org_1', name: 'Acme' } },
      { type: 'org', id: 'org_1', name: 'Acme' },
    ],
    [
      { action: 'org.sub_org_member_joined', org: { id: 'org_1' }, member: { id: 'mem_1', user: bob } },
      { type: 'member', id: 'mem_1', name: 'Bob' },
    ],
    [
      { action: 'api_key.created', org: { id: 'org_1' }, metadata: { id: 'key_1', name: 'CI' } },
      { type: 'api_key', id: 'key_1', name: 'CI' },
    ],
    [
      { action: 'domain.created', metadata: { domain: 'acme.test' } },
      { type: 'domain', name: 'acme.test' },
    ],
    [
      { action: 'email.identity.created', metadata: { email: 'a@acme.test' } },
      { type: 'email.identity', name: 'a@acme.test' },
    ],
    [
      { action: 'sso.profile.sessions.revoked', metadata: { id: 'sso_1' } },
      { type: 'sso.profile', id: 'sso_1' },
    ],
    [
      { action: 'assistant.deleted', assistant: null, metadata: { id: 'ast_1', name: 'Desk' } },
      { type: 'assistant', id: 'ast_1', name: 'Desk' },
    ],
    [{ action: 'chat.deleted' }, { type: 'chat' }],
    [
      { action: 'chat.deleted', assistant: { id: 'ast_1', name: 'Desk' } },
      { type: 'assistant', id: 'ast_1', name: 'Desk' },
    ],
    [
      { action: 'workflow.deleted', assistant: { id: 'ast_1' }, workflow: { id: 'wfl_1' } },
      { type: 'workflow', id: 'wfl_1' },
    ],
    [
      { action: 'robot.painted', metadata: { id: 5 } },
      { type: 'robot', id: '5' },
    ],
  ])('of %j is %j', (entry, resource) => {
    expect(eventOf(invent, entry).resource).toEqual(resource);
  });

  test('an action without a dot names no resource', () => {
    expect(eventOf(invent, { action: 'ping' }).resource).toBeUndefined();
    expect(eventOf(invent, {}).resource).toBeUndefined();
  });
});

describe('a hostile or broken entry', () => {
  test.each<[raw: string, value: unknown]>([
    ['null', null],
    ['[]', []],
    ['"text"', 'text'],
    ['7', 7],
    ['9007199254740993', '9007199254740993'],
    ['[{"action":"member.left"}]', [{ action: 'member.left' }]],
    ['', ''],
    ['{', '{'],
    ['{"action":', '{"action":'],
    ['\u0000', '\u0000'],
  ])('%s tells nothing of an event, does no harm, and is not lost', (raw, kept) => {
    const { entry, value, ...event } = eventOf(invent, raw);
    expect(value).toEqual({ '': kept });
    const actor = raw.startsWith('{') ? undefined : {};
    expect(event).toEqual({ id: 'entry-1', time: 0, timeText: '', action: '', actor });
  });

  test('values of wrong types are shown as JSON, or not at all', () => {
    const event = eventOf(invent, {
      action: ['member.left'],
      source: { from: 'app' },
      ip: 7,
      country: true,
      agent: ['a', { b: null }],
      created_at: 12,
      actor: [ann],
      user: 'usr_9',
      assistant: { id: { deep: 1 }, name: ['x'] },
      member: 'mem_1',
      org: [],
      metadata: 'text',
    });
    expect(event).toMatchObject({
      action: '["member.left"]',
      source: '{"from":"app"}',
      ip: '7',
      country: 'true',
      userAgent: '["a",{"b":null}]',
      timeText: '12',
      actor: { id: 'usr_9' },
      resource: { type: 'member', id: 'mem_1' },
      metadata: 'text',
    });
    expect(event.org).toBeUndefined();
  });

  test('a path reaches only own members of an entry', () => {
    const event = eventOf(
      invent,
      '{"action":"constructor.created","__proto__":{"source":"fake","actor":{"id":"fake"}},"constructor":{"name":"x"},"metadata":{"__proto__":{"id":"fake"}}}',
    );
    expect(event.source).toBeUndefined();
    expect(event.actor).toBeUndefined();
    expect(event.resource).toEqual({ type: 'constructor' });
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    expect(({} as { source?: unknown }).source).toBeUndefined();
  });

  test('a very deep value is still read', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const event = eventOf(invent, `{"action":"member.left","source":${deep},"metadata":${deep}}`);
    expect(event.action).toBe('member.left');
    expect(event.source).toBe(deep);
  });

  test.each([
    ['a string', `"blob":"${'x'.repeat(9_000_000)}"`],
    ['a string of escapes', `"blob":"${'\\"'.repeat(4_500_000)}"`],
    ['a number', `"blob":${'1'.repeat(9_000_000)}`],
    ['a fraction', `"blob":0.${'0'.repeat(9_000_000)}1`],
  ])('with %s of many megabytes and a long number keeps all fields and digits', (_, blob) => {
    const raw = `{"action":"member.left",${blob},"metadata":{"n":9007199254740993},"ip":"192.0.2.1"}`;
    for (const event of [eventOf(invent, raw), openEventReader(invent)(entryOf(raw))]) {
      expect(event.action).toBe('member.left');
      expect(event.ip).toBe('192.0.2.1');
      expect(event.metadata).toEqual({ n: '9007199254740993' });
      expect(Object.keys(event.value)).toEqual(['action', 'blob', 'metadata', 'ip']);
    }
  });

  test('numbers that JavaScript cannot hold keep every digit', () => {
    const event = eventOf(
      invent,
      '{"action":"api_key.created","actor":{"id":9007199254740993},"ip":1e400,"source":-0.12345678901234567890,"country":12,"metadata":{"id":123456789012345678901,"note":"says \\"n\\":9007199254740993, \\\\"}}',
    );
    expect(event.actor).toEqual({ id: '9007199254740993' });
    expect(event.ip).toBe('1e400');
    expect(event.source).toBe('-0.12345678901234567890');
    expect(event.country).toBe('12');
    expect(event.resource).toEqual({ type: 'api_key', id: '123456789012345678901' });
    expect(event.metadata).toEqual({ id: '123456789012345678901', note: 'says "n":9007199254740993, \\' });
  });
});
