import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryReader } from '../../src/engine/page/entries.js';
import { damageOf } from '../../src/input/damage.js';
import { jsonArrayEntries } from '../../src/input/json/array.js';
import { ndjsonEntries } from '../../src/input/json/lines.js';
import { invent } from '../../src/providers/invent.js';

async function* pieces(text: string | Buffer, size: number): AsyncGenerator<Buffer, void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The texts of the entries, or what is told of the damage. */
async function read(how: typeof ndjsonEntries, text: string | Buffer, size = 1 << 16): Promise<string[] | string> {
  const found: string[] = [];
  try {
    for await (const entries of how(pieces(text, size), entryReader(invent), damageOf('a.ndjson')))
      found.push(...entries.map(({ raw }) => raw.toString()));
  } catch (error) {
    return (error as Error).message;
  }
  return found;
}

const lines = (text: string | Buffer, size?: number) => read(ndjsonEntries, text, size);
const array = (text: string | Buffer, size?: number) => read(jsonArrayEntries, text, size);

const objects = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }), {
  maxLength: 20,
});

describe('one object a line', () => {
  test('each is an entry with its own text, id and time', async () => {
    const text = '{"id":"a","created_at":"2026-03-01T00:00:00Z","n":1.0}\n{"created_at":"no time"}\n';
    const found = [];
    for await (const entries of ndjsonEntries(pieces(text, 7), entryReader(invent), damageOf('a')))
      found.push(...entries);
    expect(found.map(({ raw, id, time }) => [raw.toString(), id, time])).toEqual([
      ['{"id":"a","created_at":"2026-03-01T00:00:00Z","n":1.0}', 'a', Date.parse('2026-03-01T00:00:00Z')],
      ['{"created_at":"no time"}', undefined, Number.NaN],
    ]);
  });

  test.each([1, 2, 5, 1000])('in any pieces, such as of %i bytes', async (size) => {
    expect(await lines('{"a":1}\n{"b":"é"}\n{"c":[{}]}\n', size)).toEqual(['{"a":1}', '{"b":"é"}', '{"c":[{}]}']);
  });

  test('what is not an object is an entry all the same', async () => {
    const odd = ['null', '"text"', '[1,{"a":2}]', '7', `{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`];
    expect(await lines(`{"a":1}\n${odd.join('\n')}\n`)).toEqual(['{"a":1}', ...odd]);
    expect(await lines(odd.join('\n'))).toEqual(odd);
  });

  test('spaces, empty lines, Windows line ends and a last line without end are as good', async () => {
    expect(await lines('{ "a" : 1 }\r\n\r\n  {"b":2}  \n\n{"c":3}')).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
    expect(await lines('')).toEqual([]);
    expect(await lines('\n\n')).toEqual([]);
  });

  test.each<[what: string, text: string, line: number]>([
    ['a cut last line', '{"a":1}\n{"b":', 2],
    ['a line in the middle', '{"a":1}\n{"b":\n{"c":1}\n', 2],
    ['two objects on a line', '{"a":1}\n{"b":1}{"c":1}\n', 2],
    ['two objects with a comma', '{"a":1}\n{"b":1},{"c":1}\n', 2],
    ['two broken lines that make up two objects', '{"a":1\n"b":2},{"c":3}\n', 1],
    ['a text cut by a line end', '{"a":"x\ny"},{"b":1}\n', 1],
    ['an open list', '{"a":1}\n[1\n', 2],
    ['two lines that make up a list', '{"a":1}\n[1\n2]\n', 2],
    ['a word', 'hello\n', 1],
    ['an array of lines', '{"a":1}\n\n]\n', 3],
    ['a heading', 'id,time\n', 1],
  ])('%s is told with its line', async (_, text, line) => {
    for (const size of [1, 3, 1000]) {
      expect(await lines(text, size)).toBe(`a.ndjson, line ${line}: this is not one JSON object`);
    }
  });

  test('bytes that are no UTF-8 are told with their line', async () => {
    expect(await lines(Buffer.from('{"a":1}\n{"b":"\xff"}\n', 'latin1'))).toBe(
      'a.ndjson, line 2: this is not one JSON object',
    );
  });

  test('a line without end is not held for ever', async () => {
    const endless = (async function* () {
      for (;;) yield Buffer.alloc(1 << 20, 'x');
    })();
    const all = async () => {
      for await (const _ of ndjsonEntries(endless, entryReader(invent), damageOf('a'))) void _;
    };
    await expect(all()).rejects.toThrow('a, line 1: the line is longer than any entry');
  });

  test('whatever the objects hold, in whatever pieces they come', async () => {
    await fc.assert(
      fc.asyncProperty(objects, fc.integer({ min: 1, max: 50 }), async (values, size) => {
        const found = await lines(values.map((value) => `${JSON.stringify(value)}\n`).join(''), size);
        expect((found as string[]).map((text) => JSON.parse(text))).toEqual(values.map(reparsed));
      }),
      { numRuns: 100 },
    );
  });
});

describe('one array', () => {
  test.each([1, 2, 5, 1000])('in any pieces, such as of %i bytes', async (size) => {
    expect(await array('[\n{"a":1},\n{"b":"]},{\\""}\n]\n', size)).toEqual(['{"a":1}', '{"b":"]},{\\""}']);
    expect(await array(' [ ] ', size)).toEqual([]);
    expect(await array('\n[{"a" : [1, 2]}\n ,{}]', size)).toEqual(['{"a":[1,2]}', '{}']);
  });

  test('what is not an object is an entry all the same', async () => {
    expect(await array('[{"a":1},null,\n"text",[1 ,2],7]')).toEqual(['{"a":1}', 'null', '"text"', '[1,2]', '7']);
  });

  test.each<[what: string, text: string, message: string]>([
    ['nothing', '', 'line 1: the array has no end: the text is cut off'],
    ['an object', '{"a":1}', 'line 1: this is not a JSON array'],
    ['a cut array', '[\n{"a":1},\n{"b":1}', 'line 2: the array has no end: the text is cut off'],
    ['a cut array after a comma', '[\n{"a":1},\n', 'line 2: the array has no end: the text is cut off'],
    ['no last entry', '[\n{"a":1},\n]\n', 'line 3: there is no whole JSON object where an entry is due'],
    [
      'a broken entry',
      '[\n{"a":1},\n{"b" 1},\n{"c":1}]\n',
      'line 3: there is no whole JSON object where an entry is due',
    ],
    ['two words', '[{"a":1},\nnull true]', 'line 2: there is no whole JSON object where an entry is due'],
    ['no comma', '[{"a":1}\n{"b":1}]', 'line 2: there is no whole JSON object where an entry is due'],
    ['two commas', '[{"a":1},,{"b":1}]', 'line 1: there is no whole JSON object where an entry is due'],
    ['a bracket too many', '[{"a":1}]]', 'line 1: something stands behind the end of the array'],
    ['two arrays', '[{"a":1}]\n[{"b":1}]', 'line 1: something stands behind the end of the array'],
  ])('%s is told with its line', async (_, text, message) => {
    expect(await array(text)).toBe(`a.ndjson, ${message}`);
    expect(await array(text, 1)).toMatch(/^a\.ndjson, line \d/);
  });

  test('whatever the objects hold, in whatever pieces they come', async () => {
    await fc.assert(
      fc.asyncProperty(objects, fc.integer({ min: 1, max: 50 }), fc.nat(4), async (values, size, indent) => {
        const found = await array(JSON.stringify(values, null, indent), size);
        expect((found as string[]).map((text) => JSON.parse(text))).toEqual(values.map(reparsed));
      }),
      { numRuns: 100 },
    );
  });
});

/** As JSON gives it back: without the sign of -0. */
function reparsed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
