import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ScanError, scanPage, wantPaths } from '../../src/engine/page/scan/scan.js';
import type { Entry } from '../../src/event.js';
import { dropSpace } from '../../src/json/bytes.js';
import { Outline } from '../../src/json/outline.js';
import { placeIn } from '../../src/json/place.js';
import { members, tokenIn } from '../../src/json/tokens.js';
import { toEvent } from '../../src/providers/event/normalize.js';
import { openEventReader } from '../../src/providers/event/reader.js';
import { invent } from '../../src/providers/invent.js';
import { readPath } from '../../src/providers/value.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 2000);

/** What a path means, said another way: as many steps as possible, and what is left of the path as one key. */
function oracle(value: unknown, path: string): unknown {
  const steps = path.split('.');
  for (let single = steps.length - 1; single >= 0; single -= 1) {
    const keys = [...steps.slice(0, single), steps.slice(single).join('.')];
    const found = keys.reduce((at, key) => child(at, key), value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function child(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(key) && String(Number(key)) === key ? value[Number(key)] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}

/** The value at a path as each reader finds it, as JSON; undefined where it finds none. */
const READERS: Readonly<Record<string, (text: string, path: string) => string | undefined>> = {
  'of parsed values': (text, path) => JSON.stringify(readPath(JSON.parse(text), path)),
  'of tokens': (text, path) => tokenIn(members(dense(text)), path),
  'of bytes': (text, path) => {
    const bytes = Buffer.from(text);
    const place = placeIn(bytes, text.length - text.trimStart().length, path);
    return place && bytes.toString('utf8', place.start, place.end);
  },
  'of pages': (text, path) => {
    const body = Buffer.from(`[${text}, ${text}]`);
    const { entries: rows } = scanPage(body, '', wantPaths(['id', path, 'a', path, 'a.b.c']));
    const [one, other] = rows.map(({ places, first }) =>
      [1, 3].map((slot) => token(body, places[first + 2 * slot]!, places[first + 2 * slot + 1]!)),
    );
    expect(other).toEqual(one);
    expect(one?.[1]).toBe(one?.[0]);
    return one?.[0];
  },
  'of outlines, or else of entries in full': (text, path) => {
    const outline = new Outline([path, 'a', 'a.b.c']);
    const raw = Buffer.from(dense(text));
    if (!outline.read(raw)) return JSON.stringify(readPath(JSON.parse(text), path));
    const node = outline.nodeAt(path);
    return token(raw, outline.start[node]!, outline.end[node]!);
  },
};

function token(bytes: Buffer, from: number, to: number): string | undefined {
  return from < 0 ? undefined : bytes.toString('utf8', from, to);
}

function dense(text: string): string {
  return dropSpace(Buffer.from(text)).toString();
}

function same(found: string | undefined): string | undefined {
  return found === undefined ? undefined : JSON.stringify(JSON.parse(found));
}

describe.each(Object.entries(READERS))('a reader %s', (_, read) => {
  test.each([
    ['{"a":{"b":1}}', 'a.b', '1'],
    ['{"a":[{"b":1},{"b":2}]}', 'a.1.b', '2'],
    ['{"a":[1]}', 'a.01', undefined],
    ['{"a":[1]}', 'a.-1', undefined],
    ['{"a":[1]}', 'a.length', undefined],
    ['{"a":"text"}', 'a.length', undefined],
    ['{"a":{"0":7}}', 'a.0', '7'],
    ['{"@odata.nextLink":"x"}', '@odata.nextLink', '"x"'],
    ['{"a":{"@odata.count":5}}', 'a.@odata.count', '5'],
    ['{".tag":"added"}', '.tag', '"added"'],
    ['{"a":{".tag":1}}', 'a..tag', '1'],
    ['{"a":{},"a.b":1}', 'a.b', '1'],
    ['{"a.b":1,"a":{"b":2}}', 'a.b', '2'],
    ['{"a":{"b":2},"a.b":1}', 'a.b', '2'],
    ['{"a":{"b":null},"a.b":1}', 'a.b', 'null'],
    ['{"a":[{"b.c":1}]}', 'a.0.b.c', '1'],
    ['{"a":1,"a":2}', 'a', '2'],
    ['{"a":{"b":1},"a":{"c":2}}', 'a.b', undefined],
    ['{"a":{"b":1},"a":3}', 'a.b', undefined],
    ['{"a":{"b.c":1},"a":{},"a.b.c":2}', 'a.b.c', '2'],
    ['{"\\u0061":{"\\u0062":1}}', 'a.b', '1'],
    ['{"a\\u002eb":1}', 'a.b', '1'],
    ['{ "a" : { "b" : [ 1 , 2 ] } }', 'a.b.1', '2'],
    ['{"a":1}', 'constructor', undefined],
    ['{"__proto__":{"b":1}}', '__proto__.b', '1'],
  ])('finds in %s at %s: %s', (text, path, found) => {
    expect(read(text, path)).toBe(found);
  });

  test('means by a path what all others mean, in any object', () => {
    fc.assert(
      fc.property(anyObject, anyPath, (text, path) => {
        expect(same(read(text, path))).toBe(JSON.stringify(oracle(JSON.parse(text), path)));
      }),
      { numRuns: RUNS },
    );
  });
});

test('fields of events are read from bytes as from parsed entries, whatever the path', () => {
  fc.assert(
    fc.property(anyObject, anyPath, anyPath, (text, path, other) => {
      const provider = {
        ...invent,
        fields: { ...invent.fields, source: path, actor: { id: path, name: other }, ip: [other, path] },
      };
      const entry: Entry = { raw: Buffer.from(dense(text)), id: undefined, time: Number.NaN };
      const [lazy, whole] = [openEventReader(provider)(entry), toEvent(provider, entry)];
      const told = ({ source, actor, ip }: typeof whole) => ({ source, actor, ip });
      expect(told(lazy)).toEqual(told(whole));
    }),
    { numRuns: RUNS },
  );
});

describe('the list of an answer', () => {
  const wanted = wantPaths([]);

  /** The rows, or what is at the place of the list; `refused` where there are two of them. */
  function listOf(text: string, path: string): unknown {
    try {
      const { entries: rows, list } = scanPage(Buffer.from(text), path, wanted);
      return list === 'given' ? rows.map(({ raw }) => JSON.parse(raw.toString())) : list;
    } catch (error) {
      if (error instanceof ScanError) return error.fault === 'malformed' ? 'refused' : error.fault;
      throw error;
    }
  }

  test.each([
    ['{"data":[{"items":[1,2]}]}', 'data.0.items', [1, 2]],
    ['{"data":[{},{"items":[1,2]}]}', 'data.1.items', [1, 2]],
    ['{"@odata.value":[1]}', '@odata.value', [1]],
    ['{"a":{"@odata.value":[1]}}', 'a.@odata.value', [1]],
    ['{"@odata":{"value":[1]}}', '@odata.value', [1]],
    ['{"@odata":{},"@odata.value":[1]}', '@odata.value', [1]],
    ['{"d":{"\\u0076":[1]}}', 'd.v', [1]],
    ['{"d":{"x":1},"d":{"v":[1]}}', 'd.v', [1]],
    ['{"d":{"v":[1]},"d":{"x":1}}', 'd.v', 'refused'],
    ['{"v":[1],"v":[2]}', 'v', 'refused'],
    ['{"v":[1],"v":null}', 'v', 'refused'],
    ['{"v":null}', 'v', 'null'],
    ['{"d":{"v":null}}', 'd.v', 'null'],
    ['{"d":{}}', 'd.v', 'left out'],
    ['{"d":null}', 'd.v', 'left out'],
    ['{}', 'd.v', 'left out'],
    ['{"data":[]}', 'data.0.v', 'left out'],
    ['{"d":"x"}', 'd.v', 'no-items'],
    ['{"d":[{"v":[1]}]}', 'd.v', 'no-items'],
    ['{"d":{"v":"x"}}', 'd.v', 'no-items'],
    ['{"d":{"v":{}}}', 'd.v', 'no-items'],
    ['{"d":{"v":false}}', 'd.v', 'no-items'],
    ['null', 'v', 'no-items'],
    ['[]', 'v', 'no-items'],
    ['"x"', 'v', 'no-items'],
  ])('in %s at %s is %j', (text, path, found) => {
    expect(listOf(text, path)).toEqual(found);
  });

  test('is what the path means, or is refused where the answer has it twice', () => {
    fc.assert(
      fc.property(
        anyObject,
        anyPath.filter((path) => path !== ''),
        (text, path) => {
          const found = listOf(text, path);
          const meant = oracle(JSON.parse(text), path);
          if (Array.isArray(meant)) expect([meant, 'refused']).toContainEqual(found);
          else if (meant === null) expect(['null', 'refused']).toContain(found);
          else if (meant === undefined) expect(['left out', 'no-items', 'refused']).toContain(found);
          else expect(['no-items', 'refused']).toContain(found);
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('is never refused where no key is repeated and none holds dots', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', '0'), fc.jsonValue({ maxDepth: 3 })),
        anyPath,
        (value, path) => {
          expect(listOf(JSON.stringify(value), path)).not.toBe('refused');
        },
      ),
      { numRuns: RUNS },
    );
  });
});

const KEYS = [
  'a',
  'b',
  'c',
  '0',
  '1',
  'a.b',
  'b.c',
  'a.b.c',
  '0.b',
  'length',
  '',
  '.b',
  '@odata',
  '@odata.b',
  '__proto__',
];

const anyPath = fc
  .array(fc.constantFrom('a', 'b', 'c', '0', '1', '01', 'length', '', '@odata', '__proto__'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((steps) => steps.join('.'));

/** Objects with few keys, often repeated, written in any way. */
const anyObject: fc.Arbitrary<string> = anyValue(4, 'object');

function anyValue(depth: number, what: 'object' | 'any'): fc.Arbitrary<string> {
  const gap = fc.constantFrom('', '', '', ' ', '\n\t');
  const leaf = fc.constantFrom('null', '1', '-2.5e3', 'true', '"x"', '"{\\"a\\":[,]}"', '[]', '{}', '""');
  const inner =
    depth === 0
      ? leaf
      : fc.oneof(
          leaf,
          fc.constant(0).chain(() => anyValue(depth - 1, 'any')),
        );
  const key = fc
    .tuple(fc.constantFrom(...KEYS), fc.nat(9))
    .map(([name, n]) => (n === 0 ? escaped(name) : JSON.stringify(name)));
  const object = fc
    .array(fc.tuple(key, gap, gap, inner, gap), { maxLength: 5 })
    .map(
      (all) =>
        `{${all.map(([name, one, two, value, three]) => `${one}${name}${two}:${one}${value}${three}`).join(',')}}`,
    );
  if (what === 'object') return object;
  const array = fc
    .array(fc.tuple(gap, inner, gap), { maxLength: 3 })
    .map((all) => `[${all.map((parts) => parts.join('')).join(',')}]`);
  return fc.oneof(leaf, object, array);
}

function escaped(name: string): string {
  const units = [...name].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${units.join('')}"`;
}
