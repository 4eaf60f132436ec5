import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGlobs, matchesGlob } from '../../src/providers/glob.js';

test.each([
  ['member.*', 'member.role_changed', true],
  ['member.*', 'org.sub_org_member_joined', false],
  ['*.deleted', 'email.domain.deleted', true],
  ['*.deleted', 'email.domain.deleted_twice', false],
  ['*', '', true],
  ['*member*', 'org.sub_org_member_joined', true],
  ['s??.*', 'sso.domain.created', true],
  ['member.?', 'member.', false],
  ['a.c', 'abc', false],
  ['a*b*c', 'a-b-b-c', true],
  ['[ab].*', 'a.x', false],
])('%s on %s: %s', (pattern, text, matches) => {
  expect(matchesGlob(pattern, text)).toBe(matches);
});

test('a pattern of many stars against a long text ends soon', () => {
  expect(matchesGlob('*a'.repeat(50), 'a'.repeat(49) + 'b'.repeat(20_000))).toBe(false);
});

test('matching agrees with a regular expression', () => {
  const letters = (all: string) => fc.string({ unit: fc.constantFrom(...all.split('')), maxLength: 8 });
  fc.assert(
    fc.property(letters('ab.*?'), letters('ab.'), (pattern, text) => {
      const source = pattern.replace(/\./g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.');
      expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${source}$`).test(text));
    }),
    { numRuns: 1000 },
  );
});

test('of several patterns one must match', () => {
  const matches = compileGlobs(['member.left', 'org.*']);
  expect(['member.left', 'org.updated', 'member.joined', 'member.*'].filter(matches)).toEqual([
    'member.left',
    'org.updated',
  ]);
});
