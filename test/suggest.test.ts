import { expect, test } from 'vitest';
import { suggest } from '../src/suggest.js';

const actions = ['member.joined', 'member.removed', 'member.role_changed', 'org.updated', 'api_key.created'];

test.each([
  ['member.remvoed', 'member.removed'],
  ['member.role_change', 'member.role_changed'],
  ['MEMBER.JOINED', 'member.joined'],
  ['apikey.created', 'api_key.created'],
  ['org', 'org.updated'],
])('the suggestion for %s is %s', (word, meant) => {
  expect(suggest(word, actions)).toBe(meant);
});

test.each(['zzz', '', 'x'.repeat(5000), 'member', 'ab'])('nothing is suggested for %s', (word) => {
  expect(suggest(word, actions)).toBeUndefined();
});

test('a short word is no suggestion for another short word', () => {
  expect(suggest('ab', ['cd', 'xy'])).toBeUndefined();
});
