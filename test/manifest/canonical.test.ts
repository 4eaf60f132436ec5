import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type JsonValue } from '../../src/manifest/canonical.js';

test('canonical JSON orders keys by UTF-16 code units, without white space', () => {
  const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, ö: [true, null, {}] };
  expect(canonicalJson(value)).toBe(
    '{"\\r":2,"1":4,"\u0080":6,"\u00f6":[true,null,{}],"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
  );
});

test('canonical JSON writes strings as JSON.stringify does', () => {
  expect(canonicalJson('\u20ac$\u000f\nA\'B"\\\\"/')).toBe('"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
});

test('a value has the same canonical JSON in any order of its keys', () => {
  const value = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'binary' }).filter((text) => !/\p{Cs}/u.test(text)),
      fc.maxSafeInteger().map((number) => number + 0),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.string({ unit: 'binary' }).filter((text) => !/\p{Cs}/u.test(text)),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  })).value;
  const reversed = (one: JsonValue): JsonValue => {
    if (Array.isArray(one)) return one.map(reversed);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(
      Object.entries(one)
        .reverse()
        .map(([key, member]) => [key, reversed(member)]),
    );
  };
  fc.assert(
    fc.property(value, (one) => {
      const text = canonicalJson(one);
      expect(canonicalJson(reversed(one))).toBe(text);
      expect(JSON.parse(text)).toEqual(one);
    }),
    { numRuns: 100 },
  );
});

test.each([
  ['a fraction', 1.5],
  ['a number beyond the safe integers', 2 ** 53],
  ['minus zero', -0],
  ['not a number', Number.NaN],
  ['half of a surrogate pair', '\ud800'],
])('%s has no canonical text here', (_, value) => {
  expect(() => canonicalJson(value)).toThrow(RangeError);
});

test('canonical JSON rejects endless nesting without a stack overflow', () => {
  let deep: JsonValue = 1;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  expect(() => canonicalJson(deep)).toThrow('nested deeper than 32 levels');
});
