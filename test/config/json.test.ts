import fc from 'fast-check';
import { expect, test } from 'vitest';
import { badJsonLine } from '../../src/config/json.js';

const runs = Number(process.env.AUDITLOG_TEST_RUNS ?? 100);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('badJsonLine accepts what JSON.parse accepts', () => {
  const damage = fc.tuple(
    fc.json(),
    fc.nat(),
    fc.constantFrom('', ',', '{', '}', '[', ']', '"', ':', '0', '\n', '\\', 'a'),
  );
  fc.assert(
    fc.property(damage, ([json, at, mark]) => {
      const place = at % (json.length + 1);
      for (const text of [
        json,
        json.slice(0, place) + mark + json.slice(place),
        json.slice(0, place) + json.slice(place + 1),
      ])
        expect(badJsonLine(text) === undefined).toBe(isJson(text));
    }),
    { numRuns: runs * 5 },
  );
});

test.each<[string, number | undefined]>([
  ['{}', undefined],
  [' [1, 2.5e-3, "x\\u00e9", null, true]\n', undefined],
  ['{\n  "a": 1\n  "b": 2\n}', 3],
  ['{\n  "a": 1,\n}', 3],
  ['{\n  a: 1\n}', 2],
  ['{\n  "a": 01\n}', 2],
  ['{\n  "a": "x\n}', 2],
  ["{\n  'a': 1\n}", 2],
  ['{\n  "a": 1\n', 3],
  ['{}\n{}', 2],
  ['// a comment\n{}', 1],
  ['[1 2]', 1],
  ['[}', 1],
  ['', 1],
])('%j stops being JSON on line %s', (text, line) => {
  expect(badJsonLine(text)).toBe(line);
});
