import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toEvent } from '../../src/providers/event/normalize.js';
import { loadShipped } from '../../src/providers/file/shipped.js';
import { invent } from '../../src/providers/invent.js';
import { yura } from '../../src/providers/yura.js';
import { openSchema } from '../../src/schemas/index.js';
import { entryOf, hostileValue } from '../formats/arbitrary.js';
import { bareEntry, eventOf, everyVendor, MS, richEntry, TIME } from './samples.js';

/** The fields that are used, from elastic.co/docs/reference/ecs: kw a keyword, [] a list of them. */
const FIELDS: Readonly<Record<string, 'kw' | 'kw[]' | 'ip' | 'ip[]' | 'date'>> = {
  '@timestamp': 'date',
  message: 'kw',
  'ecs.version': 'kw',
  'event.id': 'kw',
  'event.kind': 'kw',
  'event.category': 'kw[]',
  'event.type': 'kw[]',
  'event.action': 'kw',
  'event.outcome': 'kw',
  'event.module': 'kw',
  'event.dataset': 'kw',
  'event.provider': 'kw',
  'event.original': 'kw',
  'user.id': 'kw',
  'user.full_name': 'kw',
  'user.email': 'kw',
  'user.target.id': 'kw',
  'user.target.full_name': 'kw',
  'user.target.email': 'kw',
  'user.changes.roles': 'kw[]',
  'group.id': 'kw',
  'group.name': 'kw',
  'source.address': 'kw',
  'source.ip': 'ip',
  'source.geo.country_iso_code': 'kw',
  'user_agent.original': 'kw',
  'organization.id': 'kw',
  'organization.name': 'kw',
  'related.ip': 'ip[]',
  'related.user': 'kw[]',
  'labels.resource_type': 'kw',
  'labels.resource_id': 'kw',
  'labels.resource_name': 'kw',
  'labels.source': 'kw',
};

/** The types that ECS expects in each category. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  authentication: ['start', 'end', 'info'],
  configuration: ['access', 'change', 'creation', 'deletion', 'info'],
  iam: ['admin', 'change', 'creation', 'deletion', 'group', 'info', 'user'],
};

const IP = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f:.]*:[\da-f:.]*)$/i;
const VALUES = {
  kw: (value: unknown) => typeof value === 'string',
  ip: (value: unknown) => typeof value === 'string' && IP.test(value),
  date: (value: unknown) => typeof value === 'string' && new Date(value).toISOString() === value,
};

function faults(document: object): readonly string[] {
  const found: string[] = [];
  const walk = (value: unknown, path: string): void => {
    const type = FIELDS[path];
    if (type === undefined) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) found.push(`${path} is unknown`);
      else for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`);
      return;
    }
    const one = VALUES[type.replace('[]', '') as keyof typeof VALUES];
    const isRight = type.endsWith('[]') ? Array.isArray(value) && value.length > 0 && value.every(one) : one(value);
    if (!isRight) found.push(`${path} is no ${type}: ${JSON.stringify(value)}`);
  };
  walk(document, '');
  const { event } = document as { event: { category: string[]; type: string[]; kind: string; outcome: string } };
  for (const category of event.category)
    for (const type of event.type) if (!TYPES[category]?.includes(type)) found.push(`${category} has no type ${type}`);
  if (event.kind !== 'event' || !['unknown', 'failure'].includes(event.outcome)) found.push('event');
  return found;
}

/** As much of a document as is looked at here. */
interface Ecs {
  readonly event: object;
  readonly source?: object;
  readonly related?: object;
}

async function written(provider: Parameters<typeof eventOf>[0], entry: object | string): Promise<Ecs> {
  return JSON.parse((await openSchema('ecs', { provider })).line(eventOf(provider, entry)));
}

test('an event is told whole', async () => {
  const entry = {
    id: 'al_1',
    action: 'member.role_changed',
    source: 'api',
    ip: '192.0.2.7',
    country: 'no',
    agent: 'curl/8.14.1',
    created_at: TIME,
    actor: { id: 'usr_1', name: 'Ann', email: 'ann@acme.example' },
    member: { id: 'mem_2', role: 'admin', user: { id: 'usr_2', name: 'Bo', email: 'bo@acme.example' } },
    org: { id: 'org_1', name: 'Acme' },
    metadata: { previous_role: 'member', new_role: 'admin' },
  };
  expect(await written(invent, entry)).toEqual({
    '@timestamp': '2026-11-20T13:03:11.250Z',
    ecs: { version: '9.0.0' },
    event: {
      id: 'al_1',
      kind: 'event',
      category: ['iam'],
      type: ['user', 'change'],
      action: 'member.role_changed',
      outcome: 'unknown',
      module: 'invent',
      dataset: 'invent.audit',
      provider: 'Invent',
      original: JSON.stringify(entry),
    },
    message: 'Member Role Changed',
    user: {
      id: 'usr_1',
      full_name: 'Ann',
      email: 'ann@acme.example',
      target: { id: 'usr_2', full_name: 'Bo', email: 'bo@acme.example' },
      changes: { roles: ['admin'] },
    },
    source: { address: '192.0.2.7', ip: '192.0.2.7', geo: { country_iso_code: 'NO' } },
    user_agent: { original: 'curl/8.14.1' },
    organization: { id: 'org_1', name: 'Acme' },
    related: {
      ip: ['192.0.2.7'],
      user: ['usr_1', 'Ann', 'ann@acme.example', 'usr_2', 'Bo', 'bo@acme.example'],
    },
    labels: { resource_type: 'member', resource_id: 'mem_2', resource_name: 'Bo', source: 'api' },
  });
});

describe('only fields of ECS, with values that Elasticsearch takes', () => {
  test('for every action that a vendor documents', async () => {
    const wrong: string[] = [];
    for (const provider of await everyVendor()) {
      for (const action of Object.keys(provider.actions)) {
        for (const entry of [bareEntry(provider, action), richEntry(provider, action)]) {
          const found = faults(await written(provider, entry));
          wrong.push(...found.map((fault) => `${provider.name} ${action}: ${fault}`));
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('whatever is in an entry, on one line that harms no terminal, with its id and its own text', async () => {
    const schema = await openSchema('ecs', { provider: invent });
    fc.assert(
      fc.property(hostileValue, (value) => {
        const entry = { ...entryOf(value), time: MS };
        const line = schema.line(toEvent(invent, entry));
        expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u);
        const document = JSON.parse(line);
        expect(faults(document)).toEqual([]);
        expect(document.event.original).toBe(entry.raw.toString());
        expect(document.event.id).toBe(entry.id);
      }),
      { numRuns: Number(process.env.AUDITLOG_TEST_RUNS ?? 200) },
    );
  });
});

test('an address that is none stands where any text may', async () => {
  const { source, related } = await written(invent, {
    created_at: TIME,
    action: 'chat.deleted',
    ip: '10.0.0.1, 10.0.0.2',
  });
  expect(source).toEqual({ address: '10.0.0.1, 10.0.0.2' });
  expect(related).toBeUndefined();
});

test('whoever signs in is the user, and only a login that failed has an outcome', async () => {
  const login = await written(yura, { category: 'login', action: 'login', occurred_at: TIME, modified_by: 'Ann' });
  expect(login).toMatchObject({
    event: { category: ['authentication'], type: ['start'], outcome: 'unknown' },
    user: { full_name: 'Ann' },
  });
  const slack = (await loadShipped('slack'))!.provider;
  const failed = await written(slack, { id: 'a', date_create: 1, action: 'user_login_failed' });
  expect(failed.event).toMatchObject({ type: ['start'], outcome: 'failure' });
});

test('no time is made up, and what no rule maps is told as that', async () => {
  const schema = await openSchema('ecs', { provider: invent });
  const document = JSON.parse(
    schema.line(eventOf(invent, { id: 'a', created_at: '', action: 'x.exploded' }, Number.NaN)),
  );
  expect(document).not.toHaveProperty('@timestamp');
  expect(document.event).toMatchObject({ category: ['configuration'], type: ['info'], action: 'x.exploded' });
  expect(schema.undated()).toBe(1);
  expect(schema.unmapped()).toEqual(new Map([['x.exploded', 1]]));
});
