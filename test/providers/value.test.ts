import { expect, test } from 'vitest';
import { anyText, isPath, readPath } from '../../src/providers/value.js';

const value = JSON.parse(
  '{"a":{"b":[{"c":1},null]},"x.y":2,"d":{"e.f":{"g":3}},"__proto__":{"h":4},"n":null,"":{"":5}}',
);

test.each([
  ['a.b.0.c', 1],
  ['a.b.1', null],
  ['a.b.1.c', undefined],
  ['a.b.length', undefined],
  ['a.b.map', undefined],
  ['a.z.c', undefined],
  ['x.y', 2],
  ['d.e.f', { g: 3 }],
  ['__proto__.h', 4],
  ['constructor', undefined],
  ['a.constructor.name', undefined],
  ['n', null],
  ['n.x', undefined],
  ['.', 5],
  ['', { '': 5 }],
])('at %s stands %j', (path, found) => {
  expect(readPath(value, path)).toEqual(found);
});

test.each([
  ['', false],
  ['a', true],
  ['a.0.@odata.nextLink', true],
  ['.tag', true],
  ['event_type..tag', true],
  ['event_type..tag.name', true],
  ['a..b', false],
  ['a..tags', false],
  ['.a', false],
  ['a.', false],
])('whether %j is meant as a path: %s', (text, isOne) => {
  expect(isPath(text)).toBe(isOne);
});

test('a value of any depth is written', () => {
  const deep = `${'{"a":['.repeat(20_000)}1,"\\u0001",null,[],{}${',{"b":0}]}'.repeat(20_000)}`;
  expect(anyText(JSON.parse(deep))).toBe(deep);
});

test('a value as text is what a person would copy', () => {
  expect([null, undefined, '', 'a', 0, false, [1], { a: null }].map(anyText)).toEqual([
    undefined,
    undefined,
    '',
    'a',
    '0',
    'false',
    '[1]',
    '{"a":null}',
  ]);
});
