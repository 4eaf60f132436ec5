import { expect, test } from 'vitest';
import { placeIn } from '../../src/json/place.js';
import { members, tokenIn } from '../../src/json/tokens.js';
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

const listed = JSON.parse(
  '{"p":[{"name":"a.b","value":1},null,{"name":"c","value":{"d":2}},{"name":"c","value":3}],"q":{"p":[{"t":7}]},"s":"x"}',
);

test.each([
  ['p[name=a.b].value', 1],
  ['p[name=c].value.d', 2],
  ['p[name=c]', { name: 'c', value: { d: 2 } }],
  ['p[name=z].value', undefined],
  ['p[name=].value', undefined],
  ['q.p[t=7].t', undefined],
  ['s[name=c].value', undefined],
  ['p[length=4].value', undefined],
])('every reader finds at %s %j', (path, found) => {
  const text = JSON.stringify(listed);
  const token = found === undefined ? undefined : JSON.stringify(found);
  expect(readPath(listed, path)).toEqual(found);
  expect(tokenIn(members(text), path)).toBe(token);
  for (const spaced of [text, JSON.stringify(listed, null, 2)]) {
    const place = placeIn(Buffer.from(spaced), 0, path);
    expect(place && JSON.parse(spaced.slice(place.start, place.end))).toEqual(found);
  }
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
