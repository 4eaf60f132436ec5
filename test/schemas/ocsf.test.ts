import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inventLog } from '../../src/demo/entry.js';
import { demoOrganization } from '../../src/demo/organization.js';
import { TRANSLATIONS, translatedLog } from '../../src/demo/vendors/index.js';
import { chipp } from '../../src/providers/chipp.js';
import { toEvent } from '../../src/providers/event/normalize.js';
import { loadShipped } from '../../src/providers/file/shipped.js';
import { findProvider } from '../../src/providers/index.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { yura } from '../../src/providers/yura.js';
import { openSchema } from '../../src/schemas/index.js';
import { OTHERS } from '../../src/schemas/schema.js';
import { entryOf, hostileValue } from '../formats/arbitrary.js';
import { NOW } from '../helpers/world.js';
import { ocsfFaults } from './required.js';
import { bareEntry, eventOf, everyVendor, MS, richEntry, TIME } from './samples.js';

const HAZARD = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u;
const runs = { numRuns: Number(process.env.AUDITLOG_TEST_RUNS ?? 200) };

/** As much of an event as is looked at here. */
interface Ocsf {
  readonly metadata: object;
  readonly actor: object;
  readonly user?: object;
  readonly entity?: object;
  readonly src_endpoint?: object;
  readonly unmapped?: object;
}

async function written(provider: Provider, entry: object | string, time = MS, org?: string): Promise<Ocsf> {
  const schema = await openSchema('ocsf', { provider });
  return JSON.parse(schema.line(eventOf(provider, entry, time), org));
}

test('an event is told whole: what was done, by whom, to what, from where, and in the words of its entry', async () => {
  const entry = {
    id: 'al_1',
    action: 'assistant.updated',
    source: 'app',
    ip: '2001:db8::7',
    country: 'no',
    agent: 'curl/8.14.1',
    created_at: TIME,
    actor: { id: 'usr_1', name: 'Ann', email: 'ann@acme.example' },
    assistant: { id: 'asst_1', name: 'Helper' },
    org: { id: 'org_1', name: 'Acme' },
    metadata: { changes: ['tone'] },
  };
  expect(await written(invent, entry)).toEqual({
    time: 1795179791250,
    category_uid: 3,
    category_name: 'Identity & Access Management',
    class_uid: 3004,
    class_name: 'Entity Management',
    activity_id: 3,
    activity_name: 'Update',
    type_uid: 300403,
    type_name: 'Entity Management: Update',
    severity_id: 1,
    severity: 'Informational',
    message: 'Assistant Updated',
    metadata: {
      version: '1.8.0',
      uid: 'al_1',
      event_code: 'assistant.updated',
      log_name: 'audit',
      original_time: '2026-11-20T13:03:11.250Z',
      tenant_uid: 'org_1',
      product: { name: 'Invent', vendor_name: 'Invent' },
    },
    actor: {
      user: { uid: 'usr_1', name: 'Ann', email_addr: 'ann@acme.example', org: { uid: 'org_1', name: 'Acme' } },
      app_name: 'app',
    },
    entity: { type_id: 99, type: 'assistant', uid: 'asst_1', name: 'Helper' },
    src_endpoint: { ip: '2001:db8::7', location: { country: 'NO' } },
    http_request: { user_agent: 'curl/8.14.1' },
    unmapped: { source: 'app', metadata: { changes: ['tone'] } },
    raw_data: JSON.stringify(entry),
  });
});

describe('what OCSF requires is there', () => {
  test('for every action that a vendor documents, whether its entry tells much or nothing', async () => {
    const wrong: string[] = [];
    for (const provider of await everyVendor()) {
      const schema = await openSchema('ocsf', { provider });
      for (const action of Object.keys(provider.actions)) {
        for (const entry of [bareEntry(provider, action), richEntry(provider, action)]) {
          const faults = ocsfFaults(JSON.parse(schema.line(eventOf(provider, entry))));
          wrong.push(...faults.map((fault) => `${provider.name} ${action}: ${fault}`));
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test.each(['invent', ...Object.keys(TRANSLATIONS)])('for the entries of the demo, as %s tells them', async (name) => {
    const provider = findProvider(name);
    const organization = demoOrganization(NOW);
    const log = name === 'invent' ? inventLog(organization) : translatedLog(provider, organization);
    const schema = await openSchema('ocsf', { provider });
    const wrong = new Map<string, string>();
    // Other vendors tell the same things in other words: every third of them will do.
    for (const row of log.rows.filter((_, n) => name === 'invent' || n % 3 === 0)) {
      const line = schema.line(eventOf(provider, log.view.text(row), log.view.time(row)));
      for (const fault of ocsfFaults(JSON.parse(line))) wrong.set(fault, line);
    }
    expect([...wrong]).toEqual([]);
    expect(schema.unmapped()).toEqual(new Map());
  });

  test('whatever is in an entry, and its line is one line that harms no terminal', async () => {
    const schema = await openSchema('ocsf', { provider: invent });
    fc.assert(
      fc.property(hostileValue, (value) => {
        const entry = { ...entryOf(value), time: MS };
        const line = schema.line(toEvent(invent, entry));
        expect(line).not.toMatch(HAZARD);
        const event = JSON.parse(line);
        expect(ocsfFaults(event)).toEqual([]);
        expect(event.raw_data).toBe(entry.raw.toString());
        expect(event.metadata.uid).toBe(entry.id);
      }),
      runs,
    );
  });
});

describe('an id and the own text', () => {
  test('are those of the entry, to the last digit', async () => {
    const text =
      '{"id":"\\u202eid","created_at":"x","action":"chat.deleted","metadata":{"n":9007199254740993,"big":1e400,"n":1.10}}';
    const schema = await openSchema('ocsf', { provider: invent });
    const line = schema.line(eventOf(invent, text));
    expect(line).toContain('"unmapped":{"metadata":{"n":9007199254740993,"big":1e400,"n":1.10}}');
    expect(JSON.parse(line).raw_data).toBe(text);
    expect(JSON.parse(line).metadata.uid).toBe('\u202eid');
    expect(line).toContain('"uid":"\\u202eid"');
  });

  test('of an entry without an id there is none', async () => {
    const event = await written(yura, { category: 'Login', action: 'login', occurred_at: TIME, modified_by: 'Ann' });
    expect(event.metadata).not.toHaveProperty('uid');
    expect(event).toMatchObject({ class_uid: 3002, activity_id: 1, user: { name: 'Ann' }, service: { name: 'Yura' } });
  });
});

describe('who and whom', () => {
  const role = (more: object) => ({ id: 'a', created_at: TIME, action: 'member.role_changed', ...more });

  test('an automated event was done by what it came from, else by the vendor', async () => {
    expect((await written(invent, role({ source: 'system', actor: null }))).actor).toEqual({ app_name: 'system' });
    expect((await written(invent, role({}))).actor).toEqual({ app_name: 'Invent' });
    expect((await written(invent, role({ actor: {} }))).actor).toEqual({ app_name: 'Invent' });
  });

  test.each([
    [{ metadata: { previous_role: 'member', new_role: 'admin' } }, ['role:admin']],
    [{ metadata: { role: { from: 'member', to: 'admin' } } }, ['role:admin']],
    [{ metadata: { roles: { old: [], new: ['a', 'b'] } } }, ['role:a', 'role:b']],
    [{ metadata: { role: 'viewer' } }, ['role:viewer']],
    [{ member: { role: 'viewer', user: { id: 'u' } }, metadata: {} }, ['role:viewer']],
    [{ metadata: { previous_role: 'admin' } }, ['Unknown']],
    [{ metadata: { previous_role: 'admin' }, member: { role: 'viewer' } }, ['role:viewer']],
    [{ metadata: { reason: 'none' } }, ['Unknown']],
  ])('the privileges of %j are %j', async (more, privileges) => {
    expect(await written(invent, role(more))).toMatchObject({ class_uid: 3005, activity_id: 1, privileges });
  });

  test('whoever joins or leaves is affected, but not whoever removes somebody unnamed', async () => {
    const actor = { id: 'u1', name: 'Ann' };
    const user = async (action: string) => (await written(invent, { created_at: TIME, action, actor })).user;
    expect(await user('member.left')).toEqual({ uid: 'u1', name: 'Ann' });
    expect(await user('member.joined')).toEqual({ uid: 'u1', name: 'Ann' });
    expect(await user('member.removed')).toEqual({ name: 'Unknown' });
  });

  test('a target whose email is not an address has it as its name', async () => {
    const target = { targetEmail: 'no address', targetUserId: 'u9' };
    const event = await written(chipp, { createdAt: TIME, action: 'member.invited', ...target });
    expect(event.user).toEqual({ uid: 'u9', name: 'no address' });
  });

  test('a member of something is in a group', async () => {
    const entry = {
      createdAt: TIME,
      action: 'workspace.member_added',
      resourceType: 'workspace',
      resourceId: 'w1',
      targetUserId: 'u9',
    };
    expect(await written(chipp, entry)).toMatchObject({
      class_uid: 3006,
      activity_id: 3,
      group: { uid: 'w1', type: 'workspace' },
      user: { uid: 'u9' },
    });
  });
});

describe('what it was done to', () => {
  const entity = async (provider: Provider, entry: object) => (await written(provider, entry)).entity;

  test.each([
    [
      { action: 'org.updated', org: { id: 'o', name: 'O' } },
      { type_id: 4, type: 'Organization', uid: 'o', name: 'O', org: { uid: 'o', name: 'O' } },
    ],
    [
      { action: 'org.sub_org_created', org: { id: 'o' }, metadata: { id: 's', name: 'S' } },
      { type_id: 99, type: 'sub_org', uid: 's', name: 'S' },
    ],
    [
      { action: 'sso.profile.sessions.revoked', metadata: { id: 'p', name: 'Entra' } },
      { type_id: 99, type: 'sso.profile.sessions', uid: 'p', name: 'Entra' },
    ],
    [
      { action: 'sso.domain.create_code_requested', metadata: { domain: 'acme.example' } },
      { type_id: 99, type: 'sso.domain.create_code', name: 'acme.example' },
    ],
    [{ action: 'chat.deleted' }, { type_id: 99, type: 'chat', name: 'Unknown' }],
    [
      { action: 'chat.deleted', workflow: { id: 'w' } },
      { type_id: 99, type: 'workflow.chat', uid: 'w' },
    ],
    [{ action: '' }, { type_id: 99, type: 'Unknown', name: 'Unknown' }],
  ])('of %j', async (entry, expected) => {
    expect(await entity(invent, { created_at: TIME, ...entry })).toEqual(expected);
  });

  test('a hook of a repository is not the repository', async () => {
    const github = (await loadShipped('github'))!.provider;
    const entry = { '@timestamp': 1, action: 'hook.create', actor: 'a', repo: 'acme/site', repo_id: 7 };
    expect(await entity(github, entry)).toEqual({ type_id: 99, type: 'repo.hook', uid: '7', name: 'acme/site' });
    expect(await entity(github, { ...entry, action: 'git.clone' })).toMatchObject({ type: 'repo', uid: '7' });
  });
});

describe('where from', () => {
  const from = (more: object) => written(invent, { created_at: TIME, action: 'chat.deleted', ...more });

  test.each([
    [{ ip: '192.0.2.7' }, { ip: '192.0.2.7' }, undefined],
    [{ ip: '::ffff:192.0.2.7', country: 'de' }, { ip: '::ffff:192.0.2.7', location: { country: 'DE' } }, undefined],
    [{ ip: '192.0.2.7', country: 'Germany' }, { ip: '192.0.2.7' }, { country: 'Germany' }],
    [{ ip: 'fe80::1%eth0' }, undefined, { ip: 'fe80::1%eth0' }],
    [{ ip: '192.0.2.7, 10.0.0.1', country: 'DE' }, undefined, { ip: '192.0.2.7, 10.0.0.1', country: 'DE' }],
    [{ country: 'DE' }, undefined, { country: 'DE' }],
    [{}, undefined, undefined],
  ])('%j', async (more, endpoint, unmapped) => {
    const event = await from(more);
    expect(event.src_endpoint).toEqual(endpoint);
    expect(event.unmapped).toEqual(unmapped);
  });

  test('where an entry does not name its organization, the one that was asked is named, but no alias', async () => {
    const entry = { created_at: TIME, action: 'chat.deleted' };
    expect((await written(invent, entry, MS, 'org_9')).metadata).toHaveProperty('tenant_uid', 'org_9');
    expect((await written(invent, entry, MS, 'c')).metadata).not.toHaveProperty('tenant_uid');
  });
});

test('no time is ever made up: an entry without a valid one has none, and is counted', async () => {
  const schema = await openSchema('ocsf', { provider: invent });
  const entry = { id: 'a', created_at: 'tomorrow', action: 'chat.deleted' };
  for (const time of [Number.NaN, 1e300, -1e300, Number.POSITIVE_INFINITY]) {
    const event = JSON.parse(schema.line(eventOf(invent, entry, time)));
    expect(ocsfFaults(event)).toEqual(['event.time is not there']);
    expect(event.metadata.original_time).toBe('tomorrow');
  }
  expect(schema.undated()).toBe(4);
  expect(JSON.parse(schema.line(eventOf(invent, entry, MS + 0.875))).time).toBe(MS);
  expect(schema.undated()).toBe(4);
});

describe('actions that no rule maps', () => {
  test.each([
    '',
    '.',
    '..',
    '__proto__',
    'constructor',
    'toString',
    'x.__proto__',
    'chat.exploded',
    'x'.repeat(5000),
    '*',
    '\u202e.a',
  ])('%j is Other, with its own word, and valid', async (action) => {
    const schema = await openSchema('ocsf', { provider: invent });
    const event = JSON.parse(schema.line(eventOf(invent, { created_at: TIME, action })));
    expect(ocsfFaults(event)).toEqual([]);
    expect(event).toMatchObject({ class_uid: 3004, activity_id: 99, type_name: 'Entity Management: Other' });
    expect(event.activity_name).toBe(action.slice(action.lastIndexOf('.') + 1) || 'Other');
    expect([...schema.unmapped().values()]).toEqual([1]);
  });

  test('are counted by action, and many different ones together', async () => {
    const schema = await openSchema('ocsf', { provider: invent });
    for (let n = 0; n < 1500; n += 1) schema.line(eventOf(invent, { created_at: TIME, action: `a.foo${n % 1250}` }));
    expect(schema.unmapped().get('a.foo0')).toBe(2);
    expect(schema.unmapped().get(OTHERS)).toBe(250);
    expect(schema.unmapped().size).toBe(1001);
  });
});

describe('versions', () => {
  test.each(['1.8.0', '1.7.0', '1.6.0', '1.5.0', '1.4.0'])('%s is told in every event', async (version) => {
    const schema = await openSchema('ocsf', { provider: invent, version });
    const line = schema.line(eventOf(invent, { created_at: TIME, action: 'chat.deleted' }));
    expect([schema.version, JSON.parse(line).metadata.version]).toEqual([version, version]);
  });

  test('others are refused, with those that are there', async () => {
    await expect(openSchema('ocsf', { provider: invent, version: '1.0.0' })).rejects.toMatchObject({
      exitCode: 2,
      message: 'OCSF 1.0.0 is not known',
      hint: 'Choose one of 1.8.0, 1.7.0, 1.6.0, 1.5.0, 1.4.0',
    });
  });
});
