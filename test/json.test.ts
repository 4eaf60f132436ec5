import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeJsonText, hasHazard, members, textOf, tokenIn } from '../src/json.js';

describe('escaping one JSON text', () => {
  test('hazardous characters become escapes and all others stay as they are', () => {
    const text = '{"name":"evil\u202e\u0085","note":"日本 é 😀","tag":"\u{e0041}"}';
    expect(escapeJsonText(text)).toBe('{"name":"evil\\u202e\\u0085","note":"日本 é 😀","tag":"\\udb40\\udc41"}');
  });

  test('half of a surrogate pair is kept as its escape', () => {
    expect(escapeJsonText('"a\ud800b"')).toBe('"a\\ud800b"');
    expect(escapeJsonText('"\udc00"')).toBe('"\\udc00"');
  });

  test('escapes that the vendor wrote, numbers and repeated keys are not touched', () => {
    const text = '{"a":9007199254740993,"a":1e400,"b":"\\u00e9\\/\\ud83d\\ude00"}';
    expect(escapeJsonText(text)).toBe(text);
  });

  test('a text is hazardous exactly when escaping changes it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const text = JSON.stringify(value);
        expect(hasHazard(text)).toBe(escapeJsonText(text) !== text);
      }),
    );
  });

  test('any JSON value comes back equal from one printable line', () => {
    const surrogates = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 });
    const anyString = fc.oneof(
      fc.string({ unit: 'binary' }),
      surrogates.map((units) => String.fromCharCode(...units)),
      fc.constantFrom('a\nb', 'a\r\nb', '\u2028', '\u0085', '\u202egpj', '\ufeff', '\u{e0001}', '\ud800'),
    );
    fc.assert(
      fc.property(fc.dictionary(anyString, fc.oneof(fc.jsonValue(), anyString)), (value) => {
        const line = escapeJsonText(JSON.stringify(value));
        expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(Buffer.from(line, 'utf8').toString('utf8')).toBe(line);
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u);
      }),
    );
  });
});

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
