import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { members, textOf, tokenIn } from '../../src/json/tokens.js';

describe('reading tokens', () => {
  const text =
    '{"n":9007199254740993,"big":1e400,"a":{"b.c":[1.0,{"d":"\\"}"}],"e":null},"n":2,"k\\u0065y":"\\ud83d\\ude00"}';

  test('members keep every digit, every repeated key and every escape', () => {
    expect(members(text).map(({ key, token }) => [key, token])).toEqual([
      ['n', '9007199254740993'],
      ['big', '1e400'],
      ['a', '{"b.c":[1.0,{"d":"\\"}"}],"e":null}'],
      ['n', '2'],
      ['key', '"\\ud83d\\ude00"'],
    ]);
    expect(members('{}')).toEqual([]);
    expect(members('[]')).toEqual([]);
    expect(members('"text"')).toEqual([]);
  });

  test.each([
    ['n', '2'],
    ['a.e', 'null'],
    ['a.b.c', '[1.0,{"d":"\\"}"}]'],
    ['a.b.c.0', undefined],
    ['key', '"\\ud83d\\ude00"'],
    ['a.x', undefined],
    ['constructor', undefined],
    ['big.x', undefined],
  ])('at %s stands %s', (path, token) => {
    expect(tokenIn(members(text), path)).toBe(token);
  });

  test('elements of an array are found by their number', () => {
    expect(tokenIn(members('{"a":[10,[20,30]]}'), 'a.1.0')).toBe('20');
    expect(tokenIn(members('{"a":[10]}'), 'a.01')).toBeUndefined();
  });

  test('a string token gives its text and any other token itself', () => {
    expect(textOf('"a\\nb"')).toBe('a\nb');
    expect(textOf('1e400')).toBe('1e400');
    expect(textOf('{"a":1}')).toBe('{"a":1}');
  });

  test('members agree with JSON.parse for any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) => {
        const parsed = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
        const read = members(JSON.stringify(value)).map(({ key, token }) => [key, JSON.parse(token)]);
        expect(read).toEqual(Object.entries(parsed));
      }),
    );
  });
});
