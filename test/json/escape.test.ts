import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeJsonText } from '../../src/json/escape.js';

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
