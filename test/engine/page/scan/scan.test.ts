import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstText, ScanError, scanPage, wantPaths } from '../../../../src/engine/page/scan/scan.js';
import { dropSpace } from '../../../../src/json/bytes.js';
import { escapeJsonText, isHazard } from '../../../../src/json/escape.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 0);

const wanted = wantPaths(['id', 'created_at', 'org.id']);

function scan(text: string, items = '') {
  return scanPage(Buffer.from(text), items, wanted);
}

function texts(text: string, items = ''): string[] {
  return scan(text, items).entries.map((row) => row.raw.toString());
}

function faultOf(body: Buffer | string, items = ''): string {
  try {
    scanPage(typeof body === 'string' ? Buffer.from(body) : body, items, wanted);
    return 'accepted';
  } catch (error) {
    if (error instanceof ScanError) return error.fault;
    throw error;
  }
}

describe('slicing a page into entries', () => {
  test('an entry keeps its own tokens: numbers, key order, doubled keys and escapes are not touched', () => {
    const entry = '{"id":9007199254740993,"b":1e400,"a":1.0,"a":"\\u00e9\\/","z":-0}';
    expect(texts(`[${entry}]`)).toEqual([entry]);
  });

  test('white space between tokens is dropped, and kept inside strings', () => {
    expect(texts('[ { "id" : "a b" ,\n\t"n" : [ 1 , 2 ] } ,\r\n {} ]')).toEqual(['{"id":"a b","n":[1,2]}', '{}']);
  });

  test('characters that could harm a terminal or split a line are written as escapes', () => {
    const page = '[{"id":"\u202eabc\u2028\u0085\u007f","e":"é😀"}]';
    expect(texts(page)).toEqual(['{"id":"\\u202eabc\\u2028\\u0085\\u007f","e":"é😀"}']);
  });

  test('a byte order mark before the page is dropped', () => {
    expect(texts('\ufeff[{"id":"1"}]')).toEqual(['{"id":"1"}']);
    expect(texts('\ufeff{"data":[{"id":"1"}]}', 'data')).toEqual(['{"id":"1"}']);
  });

  test('the wanted tokens are found at their paths only, the last of doubled keys, also behind escaped keys', () => {
    const page = '[{"meta":{"id":"no"},"id":"first","org":{"x":{"id":"no"},"id":"org_1"},"\\u0069d":"last"}]';
    const [row] = scan(page).entries;
    const tokens = [0, 1, 2].map((slot) =>
      page.slice(row?.places[row.first + 2 * slot], row?.places[row.first + 2 * slot + 1]),
    );
    expect(tokens).toEqual(['"last"', '', '"org_1"']);
  });

  test('items below an envelope are sliced, and the rest of the answer is parsed', () => {
    const page = '{"a":{"rows":[1]},"data":{"rows":[{"id":"1"},{"id":"2"}],"n":2},"total":7}';
    const scanned = scan(page, 'data.rows');
    expect(scanned.entries.map((row) => row.raw.toString())).toEqual(['{"id":"1"}', '{"id":"2"}']);
    expect(scanned.envelope).toEqual({ a: { rows: [1] }, data: { rows: [], n: 2 }, total: 7 });
  });

  test.each([
    ['[{"id":"1"}', 'cut'],
    ['[{"id":"1"},', 'cut'],
    ['[{"id":"1', 'cut'],
    ['[{"id":"\\u00', 'cut'],
    ['', 'cut'],
    ['[{"id":"1"}]]', 'malformed'],
    ['[{"id":"1"},]', 'malformed'],
    ['[{"id":01}]', 'malformed'],
    ['[{"id":"\\x"}]', 'malformed'],
    ['[{"id":"\u0001"}]', 'malformed'],
    ['{}', 'no-items'],
    ['nul', 'cut'],
    ['null,', 'malformed'],
    ['"text"', 'no-items'],
    ['[1,]', 'malformed'],
    ['[nul]', 'malformed'],
    [`[{"a":${'['.repeat(70)}${']'.repeat(69)}}]`, 'malformed'],
    [`[{"a":${'['.repeat(70)},${']'.repeat(70)}}]`, 'malformed'],
    [`[{"a":${'{"b":'.repeat(70)}1${'}'.repeat(69)}]`, 'malformed'],
    [`[{"a":${'{"b"'.repeat(70)}1${'}'.repeat(70)}}]`, 'malformed'],
    [`[{"a":${'['.repeat(100_000)}`, 'cut'],
  ])('%j is refused as %s', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });

  test('null in place of the list is an empty list that is marked as null', () => {
    expect(scanPage(Buffer.from(' null\n'), '', wantPaths([]))).toMatchObject({ entries: [], list: 'null' });
  });

  test('bytes that are no UTF-8 are refused, not replaced', () => {
    expect(faultOf(Buffer.from([0x5b, 0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d, 0x5d]))).toBe('encoding');
  });

  test('two lists at the place of the entries are refused', () => {
    expect(faultOf('{"data":[{}],"data":[{}]}', 'data')).toBe('malformed');
  });
});

describe('rows that are not entries', () => {
  const deep = (levels: number) => `{"id":"x","a":${'['.repeat(levels - 1)} ${']'.repeat(levels - 1)}}`;

  test.each([
    ['null', 'null', 'not-an-object'],
    [' true ', 'true', 'not-an-object'],
    ['-1.50e+3', '-1.50e+3', 'not-an-object'],
    ['"\u202e\\u0041"', '"\\u202e\\u0041"', 'not-an-object'],
    ['[ 1 , {"id":"no"} ]', '[1,{"id":"no"}]', 'not-an-object'],
    [deep(64), deep(64).replace(' ', ''), undefined],
    [deep(65), deep(65).replace(' ', ''), 'too-deep'],
    [deep(100_000), deep(100_000).replace(' ', ''), 'too-deep'],
    ['['.repeat(100_000) + ']'.repeat(100_000), '['.repeat(100_000) + ']'.repeat(100_000), 'not-an-object'],
  ])('%.40s is kept as its text', (row, raw, odd) => {
    for (const [page, items] of [
      [`[{"id":"1"},${row},{"id":"2"}]`, ''],
      [`{"a":{"b":{"c":[{"id":"1"},${row},{"id":"2"}]}}}`, 'a.b.c'],
    ] as const) {
      const { entries: rows } = scan(page, items);
      expect(rows.map((one) => one.raw.toString() === raw)).toEqual([false, true, false]);
      expect(rows.map((one) => one.odd)).toEqual([undefined, odd, undefined]);
      expect(rows.map((one) => firstText(one, 0, 1))).toEqual(['1', raw.startsWith('{') ? 'x' : undefined, '2']);
    }
  });

  test('fields of an entry that is too deep are read, before and behind what is deep, and at any depth', () => {
    const path = Array.from({ length: 100 }, () => 'd').join('.');
    const row = `{"id":"1","deep":${'[{"x":'.repeat(80)}"]}"${'}]'.repeat(80)},"d":${'{"d":'.repeat(99)}7${'}'.repeat(99)},"at":"t"}`;
    const body = Buffer.from(`[${row}]`);
    const [found] = scanPage(body, '', wantPaths(['id', 'at', path])).entries;
    expect([0, 1, 2].map((slot) => firstText(found!, slot, slot + 1))).toEqual(['1', 't', '7']);
  });

  test('what stands around the rows may not be deeper than 64 levels', () => {
    expect(faultOf(`{"a":${'['.repeat(70)}${']'.repeat(70)},"data":[]}`, 'data')).toBe('too-deep');
  });
});

test('every character there is, is held for hazardous exactly when escaping would change it', () => {
  for (let code = 0x20; code <= 0x10ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const text = String.fromCodePoint(code);
    if (isHazard(Buffer.from(text), 0) !== (escapeJsonText(text) !== text)) expect.fail(code.toString(16));
  }
});

describe('agreement with JSON.parse', () => {
  test('whatever objects a page holds, its slices parse to the same values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 5 }))),
        fc.nat(3),
        (rows, indent) => {
          const page = JSON.stringify(rows, undefined, indent);
          expect(texts(page).map((text) => JSON.parse(text))).toEqual(JSON.parse(page));
        },
      ),
    );
  });

  test('a damaged page is accepted exactly when JSON.parse accepts it', () => {
    const good = '[{"id":"a\\n\\u00e9","n":-1.5e+3,"t":true,"f":false,"z":null,"o":{"k":[1,2,{}]}}, {"id":0}]';
    fc.assert(
      fc.property(
        fc.nat(good.length),
        fc.constantFrom('', ' ', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '.', 'e', '-', 'x', '\n'),
        fc.boolean(),
        (at, put, replace) => {
          const text = good.slice(0, at) + put + good.slice(replace ? at + 1 : at);
          let parsed: unknown;
          try {
            parsed = JSON.parse(text);
          } catch {
            expect(['cut', 'malformed']).toContain(faultOf(text));
            return;
          }
          if (Array.isArray(parsed)) expect(texts(text).map((row) => JSON.parse(row))).toEqual(parsed);
          else if (parsed === null) expect(texts(text)).toEqual([]);
          else expect(faultOf(text)).toBe('no-items');
        },
      ),
      { numRuns: Math.max(500, RUNS) },
    );
  });

  test('cut anywhere, a page is never taken for whole', () => {
    const page = JSON.stringify([{ id: 'x', deep: { list: [1, 'two', null] } }, { id: 'y' }]);
    for (let end = 0; end < page.length; end += 1) expect(faultOf(page.slice(0, end))).toBe('cut');
  });

  test('dropping white space changes no value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(dropSpace(Buffer.from(JSON.stringify(value, undefined, 2))).toString()).toBe(JSON.stringify(value));
      }),
    );
  });
});
