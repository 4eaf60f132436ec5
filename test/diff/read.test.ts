import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesOf, readMetadata } from '../../src/diff/read.js';
import { shownValue, summary } from '../../src/diff/show.js';

function summaryOf(metadata: unknown): string {
  return summary(changesOf({ metadata, value: {} }));
}

describe('the shapes in which vendors tell what was changed', () => {
  test.each<[what: string, metadata: unknown, line: string]>([
    ['previous_ and new_', { previous_role: 'member', new_role: 'admin' }, 'role: member → admin'],
    ['camelCase', { previousRole: 'member', newRole: 'admin' }, 'role: member → admin'],
    ['camelCase with several words', { oldDisplayName: 'A', newDisplayName: 'B' }, 'displayName: A → B'],
    ['capitals stay', { previousURL: 'a', newURL: 'b' }, 'URL: a → b'],
    ['old_ and new_', { old_name: 'A', new_name: 'B' }, 'name: A → B'],
    ['old_ beside the plain name', { old_permission: 'read', permission: 'write' }, 'permission: read → write'],
    ['endings', { plan_before: 'free', plan_after: 'pro' }, 'plan: free → pro'],
    ['endings in camelCase', { planBefore: 'free', planAfter: 'pro' }, 'plan: free → pro'],
    ['previous_ and current_', { previous_plan: 'free', current_plan: 'pro' }, 'plan: free → pro'],
    ['from and to under the name', { role: { from: 'viewer', to: 'admin' } }, 'role: viewer → admin'],
    ['from and to alone', { from: 'viewer', to: 'admin' }, 'viewer → admin'],
    ['before and after', { status: { before: 'on', after: 'off' } }, 'status: on → off'],
    ['old and new', { status: { old: true, new: false } }, 'status: true → false'],
    ['maps of old and new', { old: { role: 'viewer', a: 1 }, new: { role: 'admin', a: 1 } }, 'role: viewer → admin'],
    ['maps of values', { previousValues: { seats: 5 }, newValues: { seats: 9 } }, 'seats: 5 → 9'],
    ['maps inside of maps', { old: { a: { b: 1, c: 2 } }, new: { a: { b: 1, c: 3 } } }, 'a.c: 2 → 3'],
    ['maps as text', { old: '{"role":"viewer"}', new: '{"role":"admin"}' }, 'role: viewer → admin'],
    ['people', { previous_owner: { id: 'u1' }, new_owner: { id: 'u2' } }, 'owner.id: u1 → u2'],
    [
      'a map of changes',
      { changes: { role: { from: 'a', to: 'b' }, seats: { old: 1, new: 2 } } },
      'role: a → b; seats: 1 → 2',
    ],
    ['a map of pairs', { changes: { role: ['member', 'admin'] } }, 'role: member → admin'],
    ['a list of changes', { changes: [{ field: 'role', old_value: 'a', new_value: 'b' }] }, 'role: a → b'],
    ['a list with names and from', { diff: [{ key: 'tags', from: ['x'], to: [] }] }, 'tags: ["x"] → []'],
    ['names alone', { changes: ['instructions', 'voice'] }, 'instructions; voice'],
    [
      'nested',
      { settings: { security: { previous_mfa: false, new_mfa: true } } },
      'settings.security.mfa: false → true',
    ],
    ['nothing before', { old: null, new: { role: 'admin' } }, 'role: (none) → admin'],
    ['removed from a map', { old: { role: 'admin' }, new: {} }, 'role: admin → (none)'],
    ['null is a value', { previous_role: null, new_role: 'admin' }, 'role: null → admin'],
    ['an empty text', { previous_note: '', new_note: 'x' }, 'note: "" → x'],
    [
      'pairs beside one another',
      { from: '2025', to: '2026', old: { plan: 'free' }, new: { plan: 'pro' } },
      '2025 → 2026; plan: free → pro',
    ],
    ['whatever their order', { to: '2026', old: 1, from: '2025', new: 2 }, '1 → 2; 2025 → 2026'],
    ['a pair and half of another', { old: 'x', previous: 'y', to: 'z', new: 'w' }, 'x → w; y → z'],
    [
      'values of two spellings',
      { old_values: { x: 1 }, new_values: { x: 2 }, oldValue: 3, newValue: 4 },
      'x: 1 → 2; 3 → 4',
    ],
    ['words that do not go together, alone', { previous: 'a', after: 'b' }, 'a → b'],
    ['metadata as text', '{"previous_role":"member","new_role":"admin"}', 'role: member → admin'],
  ])('%s', (_, metadata, line) => {
    expect(summaryOf(metadata)).toBe(line);
  });

  test('the fields of the entry itself tell it where a vendor has no metadata', () => {
    expect(summary(changesOf({ metadata: undefined, value: { action: 'x', old_login: 'ana', login: 'anna' } }))).toBe(
      'login: ana → anna',
    );
  });
});

describe('what is no change', () => {
  test.each<[what: string, metadata: unknown]>([
    ['nothing at all', undefined],
    ['null', null],
    ['a text', 'previous_role'],
    ['a list', ['member', 'admin']],
    ['a new thing only', { new_id: 'as_2', new_name: 'Copy' }],
    ['an old thing only', { previous_role: 'member' }],
    ['addresses', { from_email: 'a@x.example', to_email: 'b@x.example' }],
    ['two of anything', { tags: ['a', 'b'] }],
    ['words that only begin alike', { oldest: 1, newest: 2, newsletter: 3, olds: 4 }],
    ['the same on both sides', { old: { a: 1 }, new: { a: 1 } }],
  ])('%s', (_, metadata) => {
    expect(summaryOf(metadata)).toBe('');
  });
});

test('everything that is no change is kept as a detail, under its own name', () => {
  const metadata = {
    reason: 'promotion',
    previous_role: 'member',
    new_role: 'admin',
    sub_org: { id: 'o1', tags: [1, 2] },
    changes: { note: 'x' },
    old: { same: 1 },
    new: { same: 1 },
    empty: {},
  };
  expect(readMetadata({ metadata, value: {} })).toEqual({
    changes: [{ path: 'role', before: 'member', after: 'admin' }],
    details: [
      { path: 'same', value: 1 },
      { path: 'reason', value: 'promotion' },
      { path: 'sub_org.id', value: 'o1' },
      { path: 'sub_org.tags', value: [1, 2] },
      { path: 'changes.note', value: 'x' },
      { path: 'empty', value: {} },
    ],
  });
});

test('a value that looks like a change of its own is put in quotes', () => {
  const metadata = { previous_name: 'x', new_name: 'y; role: member → admin' };
  expect(summaryOf(metadata)).toBe('name: x → "y; role: member → admin"');
});

test('keys that mean something to JavaScript are names like any other', () => {
  const metadata: unknown = JSON.parse('{"old":{"__proto__":1,"constructor":2},"new":{"__proto__":3,"constructor":4}}');
  expect(summaryOf(metadata)).toBe('__proto__: 1 → 3; constructor: 2 → 4');
  expect(Object.hasOwn(Object.prototype, 'old')).toBe(false);
});

test('values are shown as people read them', () => {
  expect([undefined, null, '', 'x', 0, false, [1], { a: 1 }].map(shownValue)).toEqual([
    '(none)',
    'null',
    '""',
    'x',
    '0',
    'false',
    '[1]',
    '{"a":1}',
  ]);
});

test('no metadata breaks it, and nothing in it is lost', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (metadata) => {
      const { changes, details } = readMetadata({ metadata, value: {} });
      expect(changes.length + details.length).toBeGreaterThan(0);
      expect(typeof summary(changes)).toBe('string');
    }),
  );
});

test('an entry that nests deeper than any is read as far as that', () => {
  let metadata: unknown = { previous_a: 1, new_a: 2 };
  for (let depth = 0; depth < 5000; depth += 1) metadata = { changes: metadata };
  expect(() => changesOf({ metadata, value: {} })).not.toThrow();
});
