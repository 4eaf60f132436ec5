import { expect, test } from 'vitest';
import { anyText, readPath } from '../../src/providers/value.js';

const value = JSON.parse(
  '{"a":{"b":[{"c":1},null]},"x.y":2,"d":{"e.f":{"g":3}},"__proto__":{"h":4},"n":null,"":{"":5}}',
);

test.each([
  ['a.b.0.c', 1],
  ['a.b.1', null],
  ['a.b.1.c', undefined],
  ['a.b.length', 2],
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
