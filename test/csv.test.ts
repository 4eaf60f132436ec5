import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvError, CsvParser } from '../src/csv.js';
import { loadCsvLines } from '../src/formats/csv/line.js';

/** The records of a text that comes in chunks of these sizes, and the line on which each begins. */
function parsed(text: string, sizes: readonly number[] = [], isLineFeedEnough = false): readonly [string[], number][] {
  const found: [string[], number][] = [];
  const parser = new CsvParser((cells, line) => found.push([[...cells], line]), isLineFeedEnough);
  const bytes = Buffer.from(text);
  let at = 0;
  for (const size of sizes) {
    const chunk = Buffer.from(bytes.subarray(at, at + size));
    parser.push(chunk);
    chunk.fill(0x7a);
    at += size;
  }
  parser.push(bytes.subarray(at));
  parser.end();
  return found;
}

function faultOf(text: string): string {
  try {
    parsed(text);
  } catch (error) {
    if (error instanceof CsvError) return error.fault;
    throw error;
  }
  return 'none';
}

describe('records of CSV', () => {
  test('come back as they were written, whatever their cells hold and wherever the chunks end', async () => {
    const lines = await loadCsvLines(2);
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\r', '\n', "'", 'é', '日', '😀') });
    const row = fc.tuple(cell, cell);
    fc.assert(
      fc.property(fc.array(row), fc.array(fc.nat(9)), (rows, sizes) => {
        expect(parsed(lines(rows), sizes).map(([cells]) => cells)).toEqual(rows);
      }),
    );
  });

  test('tell the line on which they begin, and may end with LF alone where that is enough', () => {
    expect(parsed('a,"b\nc"\nd,""\r\n', [], true)).toEqual([
      [['a', 'b\nc'], 1],
      [['d', ''], 3],
    ]);
  });

  test('are decoded in the wanted columns only, and cells that begin with an apostrophe are counted in all', () => {
    const found: (readonly string[])[] = [];
    const parser = new CsvParser((cells) => found.push(cells), false);
    parser.wanted = new Set([1]);
    parser.push(Buffer.from('\'a,b,"\'c"\r\n'));
    expect([found, parser.apostrophes]).toEqual([[['', 'b', '']], 2]);
  });

  test.each([
    ['a"b,c\r\n', 'quote-inside'],
    ['"a"b\r\n', 'text-after-quote'],
    ['"a"\n', 'text-after-quote'],
    ['a\n', 'line-end'],
    ['a\rb', 'line-end'],
    ['"a', 'open-quote'],
    ['a,', 'no-end'],
    ['"a"', 'no-end'],
    ['a\r', 'no-end'],
  ])('%j has the fault %s', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });
});
