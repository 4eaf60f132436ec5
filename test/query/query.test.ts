import { describe, expect, test } from 'vitest';
import { describeQuery, EVERYTHING, parseResource, queryIdentity } from '../../src/query.js';
import { parseHours, UTC } from '../../src/time.js';

const query = {
  ...EVERYTHING,
  actions: ['member.*', 'chat.deleted'],
  from: Date.parse('2026-03-01T00:00:00Z'),
  before: Date.parse('2026-04-01T00:00:00Z'),
  users: ['ann@acme.test'],
  resources: [parseResource('assistant'), parseResource('member:mem_1')],
  search: ['two "words"'],
};

test('a resource is a type, or a type and an id', () => {
  expect(parseResource('assistant')).toEqual({ type: 'assistant', id: undefined });
  expect(parseResource('member:mem_1')).toEqual({ type: 'member', id: 'mem_1' });
  expect(parseResource('arn:aws:s3')).toEqual({ type: 'arn', id: 'aws:s3' });
  for (const text of ['', ':', 'member:', ':mem_1']) expect(() => parseResource(text), text).toThrow('a part is empty');
});

test('a query is described in one line', () => {
  expect(describeQuery(query, UTC)).toBe(
    '2026-03-01T00:00:00Z until 2026-04-01T00:00:00Z; actions member.*, chat.deleted; by ann@acme.test; on assistant, member:mem_1; containing "two \\"words\\""',
  );
  expect(describeQuery(EVERYTHING, UTC)).toBe('everything');
});

describe('the identity of a query', () => {
  test('does not depend on the order of flags', () => {
    expect(queryIdentity(query)).toBe(
      '{"from":1772323200000,"before":1775001600000,"actions":["chat.deleted","member.*"],"by":["ann@acme.test"],"on":["assistant","member:mem_1"],"containing":["\\"two \\\\\\"words\\\\\\"\\""]}',
    );
    expect(queryIdentity({ ...query, actions: ['chat.deleted', 'member.*', 'chat.deleted'] })).toBe(
      queryIdentity(query),
    );
  });

  test('differs where the events may', () => {
    const others = [
      { ...query, notActions: ['org.*'] },
      { ...query, users: [], notUsers: ['ann@acme.test'] },
      { ...query, before: undefined },
      { ...query, search: [] },
      { ...query, assistants: ['a'] },
      { ...query, workflows: ['a'] },
      { ...query, ips: ['10.0.0.0/8'] },
      EVERYTHING,
    ].map((other) => queryIdentity(other));
    expect(new Set([queryIdentity(query), ...others]).size).toBe(9);
  });

  test('may use times as written, so that "7d" tomorrow is still the same query', () => {
    const written = { from: '7d', to: undefined, zone: 'UTC' };
    const later = { ...query, from: query.from + 86_400_000, before: undefined };
    expect(queryIdentity(query, written)).toBe(queryIdentity(later, written));
    expect(queryIdentity(query, written)).not.toBe(queryIdentity(query, { ...written, from: '8d' }));
    expect(queryIdentity(query, written)).not.toBe(queryIdentity(query, { ...written, zone: 'Europe/Paris' }));
  });
});

test('hours and ids are part of a query', () => {
  const outside = parseHours('09:00-18:00', '--outside', { weekdays: true, zone: UTC });
  const asked = { ...EVERYTHING, ids: ['al_1'], outside };
  expect(describeQuery(asked, UTC)).toBe('id al_1; outside 09:00-18:00 on weekdays, UTC');
  expect(queryIdentity(asked)).not.toBe(queryIdentity({ ...asked, outside: { ...outside, weekdays: false } }));
});
