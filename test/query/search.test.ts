import { expect, test } from 'vitest';
import { addressMatcher } from '../../src/query/address.js';
import { textMatcher } from '../../src/query/search.js';

test('text is found at any depth, in strings and numbers, not in names of fields', () => {
  const value = { a: [{ b: { name: 'Zürich', count: 1250, on: true, none: null } }] };
  for (const text of ['zürich', 'ZÜRICH', 'Zu\u0308rich', '125', 'true'])
    expect(textMatcher(text)(value), text).toBe(true);
  for (const text of ['name', 'zurich', '1251', 'null', 'object']) expect(textMatcher(text)(value), text).toBe(false);
});

test('a very wide and a very deep value are searched to the end', () => {
  const wide = Array.from({ length: 300_000 }, (_, i) => i);
  expect(textMatcher('299999')(wide)).toBe(true);
  expect(textMatcher('needle')(JSON.parse(`${'['.repeat(100_000)}"needle"${']'.repeat(100_000)}`))).toBe(true);
});

test('an address is the same however it is spelled', () => {
  const matches = addressMatcher(['2001:db8::1', '10.0.0.1']);
  if (typeof matches === 'string') throw new Error(matches);
  for (const ip of ['2001:db8::1', '2001:0DB8:0:0::0:1', '10.0.0.1', '::ffff:10.0.0.1'])
    expect(matches(ip), ip).toBe(true);
  for (const ip of ['2001:db8::2', '10.0.0.10', '', 'unknown', '10.0.0.1 ', '010.0.0.1'])
    expect(matches(ip), ip).toBe(false);
});
