import { describe, expect, test } from 'vitest';
import { chipp } from '../../src/providers/chipp.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { rpawatch } from '../../src/providers/rpawatch.js';
import { yura } from '../../src/providers/yura.js';
import { splitQuery } from '../../src/query/split.js';
import { EVERYTHING, type Query } from '../../src/query.js';
import { parseHours, UTC } from '../../src/time.js';
import { eventOf } from '../providers/reading.js';

const ann = { id: 'usr_1', name: 'Ann', email: 'Ann@Acme.test' };
const bob = { id: 'usr_2', name: 'Bob', email: 'bob@acme.test' };

const roleChanged = {
  action: 'member.role_changed',
  actor: ann,
  member: { id: 'mem_1', user: bob },
  source: 'app',
  country: 'DE',
  ip: '203.0.113.7',
  metadata: { previous_role: 'member', new_role: 'Administrator', seats: 1250 },
};
const assistantUpdated = {
  action: 'assistant.updated',
  actor: bob,
  assistant: { id: 'ast_1', name: 'Desk' },
  source: 'API',
};
const chatDeleted = { action: 'chat.deleted', actor: null, ip: '2001:db8::7' };
const domainCreated = { action: 'email.domain.created', actor: ann, user: bob, metadata: { domain: 'acme.test' } };
const all = { roleChanged, assistantUpdated, chatDeleted, domainCreated };

function split(query: Partial<Query>, provider: Provider = invent) {
  return splitQuery(provider, { ...EVERYTHING, ...query });
}

/** Which of the entries above our own filters keep. */
function kept(query: Partial<Query>, plan: 'per-action' | 'unfiltered' = 'unfiltered'): string[] {
  const local = split(query).localFor(plan);
  expect(local).toBeDefined();
  return Object.entries(all).flatMap(([name, entry]) => (local?.(eventOf(invent, entry)) ? [name] : []));
}

function refusal(query: Partial<Query>, provider: Provider = invent): string {
  try {
    split(query, provider);
  } catch (error) {
    expect(error).toMatchObject({ exitCode: 2 });
    return (error as Error).message;
  }
  return 'accepted';
}

describe('the server', () => {
  test('filters nothing if everything is wanted, and neither do we', () => {
    const whole = split({});
    expect(whole.base.filters).toEqual({});
    expect(whole.actionsExact).toBeUndefined();
    expect(whole.localFor('unfiltered')).toBeUndefined();
    expect(whole.wiresFor('unfiltered')).toEqual([{ filters: {} }]);
  });

  test('gets the range, for which no event need be made', () => {
    const range = split({ from: 1, before: 2 });
    expect([range.from, range.before]).toEqual([1, 2]);
    expect(range.localFor('unfiltered')).toBeUndefined();
  });

  test('filters by one id of each kind', () => {
    const one = split({
      users: ['usr_1'],
      assistants: ['ast_1'],
      workflows: ['wfl_1'],
      connections: ['con_1', 'con_1'],
    });
    expect(one.base.filters).toEqual({ user: 'usr_1', assistant: 'ast_1', workflow: 'wfl_1', connection: 'con_1' });
    expect(one.localFor('unfiltered')).toBeUndefined();
  });

  test('has one stream for each exact action, or one for all that is filtered here', () => {
    const two = split({ actions: ['member.left', 'chat.deleted', 'member.left'], users: ['usr_1'] });
    expect(two.actionsExact).toEqual(['member.left', 'chat.deleted']);
    expect(two.wiresFor('per-action')).toEqual([
      { filters: { user: 'usr_1', action: 'member.left' } },
      { filters: { user: 'usr_1', action: 'chat.deleted' } },
    ]);
    expect(two.localFor('per-action')).toBeUndefined();
    expect(two.wiresFor('unfiltered')).toEqual([{ filters: { user: 'usr_1' } }]);
    expect(two.localFor('unfiltered')).toBeDefined();
  });

  test('is not asked for actions that --not-action excludes', () => {
    expect(split({ actions: ['member.left', 'chat.deleted'], notActions: ['member.*'] }).actionsExact).toEqual([
      'chat.deleted',
    ]);
  });

  test('is not asked for globs: an action that was added yesterday must be found', () => {
    expect(split({ actions: ['member.left', 'org.*'] }).actionsExact).toBeUndefined();
    expect(split({ notActions: ['member.left'] }).actionsExact).toBeUndefined();
  });

  test('filters by the affected person, if the vendor does', () => {
    expect(split({ targets: ['u-2'], actions: ['member.invited'] }, chipp).wiresFor('per-action')).toEqual([
      { filters: { target: 'u-2', action: 'member.invited' } },
    ]);
    expect(split({ targets: ['u-2'] }, invent).base.filters).toEqual({});
  });

  test('filters by one type of resource, if the vendor does and knows it', () => {
    const job = { type: 'job', id: undefined };
    expect(split({ resources: [job] }, rpawatch).base.filters).toEqual({ resourceType: 'job' });
    expect(split({ resources: [job] }, rpawatch).localFor('unfiltered')).toBeUndefined();
    expect(split({ resources: [{ ...job, id: '7' }] }, rpawatch).localFor('unfiltered')).toBeDefined();
    expect(split({ resources: [job, { type: 'user', id: undefined }] }, rpawatch).base.filters).toEqual({});
    expect(split({ resources: [{ type: 'robot', id: undefined }] }, rpawatch).base.filters).toEqual({});
    expect(split({ resources: [{ type: 'assistant', id: 'ast_1' }] }).base.filters).toEqual({});
  });

  test('is not asked for actions whose name is joined from several fields', () => {
    expect(split({ actions: ['member.removed'] }, rpawatch).actionsExact).toBeUndefined();
    const local = split({ actions: ['member.removed'] }, rpawatch).localFor('unfiltered');
    for (const [action, wanted] of [
      ['delete', true],
      ['removed', true],
      ['update', false],
    ] as const) {
      expect(local?.(eventOf(rpawatch, { resource_type: 'member', action }))).toBe(wanted);
    }
  });
});

describe('filters here', () => {
  test('keep the actions of one unfiltered stream', () => {
    expect(kept({ actions: ['chat.deleted', 'member.*'] })).toEqual(['roleChanged', 'chatDeleted']);
    expect(kept({ notActions: ['*.deleted', 'member.role_changed'] })).toEqual(['assistantUpdated', 'domainCreated']);
    expect(kept({ actions: ['*.*'], notActions: ['email.*'] })).toEqual([
      'roleChanged',
      'assistantUpdated',
      'chatDeleted',
    ]);
  });

  test('find people by email in any case, and several people', () => {
    expect(kept({ users: ['ann@acme.test'] })).toEqual(['roleChanged', 'domainCreated']);
    expect(kept({ users: ['usr_1', 'bob@acme.test'] })).toEqual(['roleChanged', 'assistantUpdated', 'domainCreated']);
    expect(kept({ targets: ['usr_2'] })).toEqual(['roleChanged']);
    expect(kept({ targets: ['BOB@acme.test'] })).toEqual(['roleChanged']);
  });

  test('find a person also if actor and user differ, and then exclude others', () => {
    expect(kept({ users: ['bob@acme.test'] })).toEqual(['assistantUpdated', 'domainCreated']);
    expect(kept({ notUsers: ['bob@acme.test'] })).toEqual(['roleChanged', 'chatDeleted']);
  });

  test('find resources by type, by the beginning of a type, and by id', () => {
    expect(kept({ resources: [{ type: 'assistant', id: undefined }] })).toEqual(['assistantUpdated']);
    expect(kept({ resources: [{ type: 'email', id: undefined }] })).toEqual(['domainCreated']);
    expect(kept({ resources: [{ type: 'Member', id: 'mem_1' }] })).toEqual(['roleChanged']);
    expect(kept({ resources: [{ type: 'member', id: 'MEM_1' }] })).toEqual([]);
    expect(kept({ resources: [{ type: 'mem', id: undefined }] })).toEqual([]);
  });

  test('find several assistants', () => {
    expect(kept({ assistants: ['ast_1', 'ast_2'] })).toEqual(['assistantUpdated']);
  });

  test('find sources and countries in any case', () => {
    expect(kept({ sources: ['api', 'system'] })).toEqual(['assistantUpdated']);
    expect(kept({ countries: ['de'] })).toEqual(['roleChanged']);
  });

  test('find addresses and networks', () => {
    expect(kept({ ips: ['203.0.113.7'] })).toEqual(['roleChanged']);
    expect(kept({ ips: ['203.0.113.0/24', '2001:DB8:0::/32'] })).toEqual(['roleChanged', 'chatDeleted']);
    expect(kept({ ips: ['203.0.113.8', '198.51.100.0/24'] })).toEqual([]);
  });

  test('find text in any value, in any case', () => {
    expect(kept({ search: ['administrator'] })).toEqual(['roleChanged']);
    expect(kept({ search: ['1250'] })).toEqual(['roleChanged']);
    expect(kept({ search: ['ACME.TEST'] })).toEqual(['roleChanged', 'assistantUpdated', 'domainCreated']);
    expect(kept({ search: ['previous_role'] })).toEqual([]);
  });

  test('work together', () => {
    expect(kept({ users: ['ann@acme.test'], search: ['acme'], notActions: ['email.*'] })).toEqual(['roleChanged']);
    expect(kept({ actions: ['member.role_changed'], countries: ['FR'] }, 'per-action')).toEqual([]);
  });
});

describe('the filters that a server claims', () => {
  test('are checked by the entries themselves', () => {
    const claim = split({}).claim({ filters: { action: 'member.role_changed', user: 'usr_1' } });
    expect(claim?.(eventOf(invent, roleChanged))).toBe(true);
    expect(claim?.(eventOf(invent, assistantUpdated))).toBe(false);
    expect(split({}).claim({ filters: {} })).toBeUndefined();
    expect(split({}).claim({ filters: { user: 'usr_2' } })?.(eventOf(invent, domainCreated))).toBe(true);
    expect(split({}).claim({ filters: { assistant: 'ast_1' } })?.(eventOf(invent, { assistant: 'ast_1' }))).toBe(true);
    expect(split({}).claim({ filters: { workflow: 'ast_1' } })?.(eventOf(invent, assistantUpdated))).toBe(false);
  });
});

describe('before any request', () => {
  test('an id that is too long for the vendor is rejected', () => {
    expect(refusal({ assistants: ['a'.repeat(128)] })).toBe('accepted');
    expect(refusal({ users: ['💥'.repeat(128)] })).toBe('accepted');
    expect(refusal({ assistants: ['a'.repeat(129)] })).toBe(
      '--assistant: an id is longer than the 128 characters that Invent accepts',
    );
    expect(refusal({ users: [`${'a'.repeat(150)}@acme.test`] })).toBe('accepted');
    expect(refusal({ targets: ['a'.repeat(129)] }, chipp)).toBe('accepted');
  });

  test('a question that the entries cannot answer is refused', () => {
    expect(refusal({ countries: ['DE'] }, yura)).toBe('--country does not apply to Yura: its entries have no country');
    expect(refusal({ sources: ['app'] }, rpawatch)).toBe(
      '--source does not apply to RPAWatch: its entries have no source',
    );
    expect(refusal({ targets: ['u1'] }, rpawatch)).toBe('accepted');
    expect(refusal({ targets: ['ann@acme.test'] }, rpawatch)).toBe(
      '--target ann@acme.test does not apply to RPAWatch: its entries have no email address there',
    );
    expect(refusal({ users: ['ann@acme.test'] }, yura)).toBe('accepted');
    expect(refusal({ assistants: ['a1'] }, chipp)).toBe(
      '--assistant does not apply to Chipp: its entries have no assistant',
    );
  });

  test('a value that is empty or no address is refused', () => {
    expect(refusal({ users: [''] })).toBe('--user has an empty value');
    expect(refusal({ search: [''] })).toBe('--search has an empty value');
    for (const ip of ['localhost', '1.2.3', '10.0.0.0/33', '::1/129', '10.0.0.0/', '1.2.3.4/8/9', 'fe80::1%eth0', '']) {
      expect(refusal({ ips: [ip] }), ip).toMatch(/^(?:invalid )?--ip/);
    }
  });

  test('a question without a possible answer is refused', () => {
    expect(refusal({ actions: ['member.left'], notActions: ['member.*'] })).toBe(
      '--not-action excludes every action that --action asks for',
    );
  });
});

test('people who have but a name are asked for by it', () => {
  const local = split({ users: ['Ann Example'] }, yura).localFor('unfiltered');
  expect(local?.(eventOf(yura, { modified_by: 'Ann Example' }))).toBe(true);
  expect(local?.(eventOf(yura, { modified_by: 'Bob Example' }))).toBe(false);
  expect(local?.(eventOf(yura, { modified_by: null }))).toBe(false);
});

describe('queries of an investigation', () => {
  const at = (time: string) => ({ time: Date.parse(time) });
  const isKept = (query: Partial<Query>, facts: { readonly id?: string; readonly time?: number }) =>
    split(query).localFor('unfiltered')?.({ ...eventOf(invent, roleChanged), ...facts });

  test('an id is looked for here, as no server of ours can be asked for one', () => {
    expect(split({ ids: ['al_1'] }).base.filters).toEqual({});
    expect(isKept({ ids: ['al_1', 'al_2'] }, { id: 'al_2' })).toBe(true);
    expect(isKept({ ids: ['al_1'] }, { id: 'al_11' })).toBe(false);
    expect(isKept({ ids: ['al_1'] }, {})).toBe(false);
    expect(split({ ids: [] }).localFor('unfiltered')).toBeUndefined();
  });

  test('a vendor without ids has none to be found by', () => {
    expect(refusal({ ids: ['1'] }, yura)).toBe("Yura's events have no ids");
  });

  test('the hours that are not wanted are left out', () => {
    const outside = parseHours('09:00-18:00', '--outside', { weekdays: true, zone: UTC });
    expect(isKept({ outside }, at('2026-03-11T12:00:00Z'))).toBe(false);
    expect(isKept({ outside }, at('2026-03-11T19:00:00Z'))).toBe(true);
    expect(isKept({ outside }, at('2026-03-14T12:00:00Z'))).toBe(true);
    expect(isKept({ outside }, at('no time'))).toBe(true);
  });
});
