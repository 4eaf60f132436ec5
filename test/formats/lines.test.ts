import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../src/event.js';
import type { FormatName, FormatOptions } from '../../src/formats/format.js';
import { formatFor } from '../../src/formats/index.js';
import { invent } from '../../src/providers/invent.js';
import { UTC } from '../../src/time.js';
import { entryOf, hostileValue } from './arbitrary.js';

async function written(
  name: FormatName,
  batches: readonly (readonly Entry[])[],
  resumedAfter?: number,
): Promise<string> {
  const options: FormatOptions = {
    provider: invent,
    colorLevel: 0,
    isTTY: false,
    width: 0,
    zone: UTC,
    now: 0,
    resumedAfter,
  };
  const format = await formatFor(name, options);
  const pieces = [format.open(), ...batches.map((entries) => format.write({ entries, org: 'c' })), format.close()];
  expect(format.facts().rows).toBe(batches.flat().length);
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece))).toString();
}

const raw = (text: string): Entry => ({ raw: Buffer.from(text), id: undefined, time: Number.NaN });
const ONE = raw('{"id":"a","n":9007199254740993,"n":1e400}');
const TWO = raw('{"id":"b","name":"\\u202eé日"}');
const THREE = raw('{}');

describe('NDJSON', () => {
  test('is one entry a line in its own tokens', async () => {
    expect(await written('ndjson', [[ONE, TWO], [], [THREE]])).toBe(
      '{"id":"a","n":9007199254740993,"n":1e400}\n{"id":"b","name":"\\u202eé日"}\n{}\n',
    );
    expect(await written('ndjson', [])).toBe('');
  });

  test('gives back every value, and no line has a character that could split it or harm a terminal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileValue, { maxLength: 4 }), async (values) => {
        const text = await written('ndjson', [values.map(entryOf)]);
        const lines = text.split(/[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
        expect(lines.pop()).toBe('');
        expect(lines.map((line) => JSON.parse(line))).toEqual(values.map((value) => JSON.parse(JSON.stringify(value))));
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
      { numRuns: Number(process.env.AUDITLOG_TEST_RUNS ?? 200) },
    );
  });
});

describe('JSON', () => {
  test('is one array with an entry a line', async () => {
    expect(await written('json', [[ONE, TWO], [], [THREE]])).toBe(
      '[\n{"id":"a","n":9007199254740993,"n":1e400},\n{"id":"b","name":"\\u202eé日"},\n{}\n]\n',
    );
  });

  test('is an empty array when there is nothing', async () => {
    expect(await written('json', [])).toBe('[]\n');
    expect(await written('json', [[]])).toBe('[]\n');
  });

  test.each([
    ['with rows before it', [ONE], [TWO]],
    ['with none before it', [], [TWO]],
    ['with none after it', [ONE], []],
    ['with none at all', [], []],
  ])('an interruption %s leaves no trace', async (_name, before, after) => {
    const whole = await written('json', [before, after]);
    const first = (await written('json', [before])).replace(/\n?\]\n$/, '');
    expect(first + (await written('json', [after], before.length))).toBe(whole);
  });
});
