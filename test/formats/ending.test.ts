import { expect, test } from 'vitest';
import { formatOfFile } from '../../src/formats/ending.js';

test.each([
  ['a.csv', 'csv', false],
  ['a.ndjson', 'ndjson', false],
  ['a.jsonl', 'ndjson', false],
  ['a.json', 'json', false],
  ['A.CSV.GZ', 'csv', true],
  ['dir.csv/a.json.gz', 'json', true],
])('%s is %s', (path, format, gzip) => {
  expect(formatOfFile(path)).toEqual({ format, gzip });
});

test('a format that is asked for decides where the ending tells none', () => {
  expect(formatOfFile('log.txt', 'csv')).toEqual({ format: 'csv', gzip: false });
  expect(formatOfFile('log.gz', 'json')).toEqual({ format: 'json', gzip: true });
  expect(formatOfFile('log.csv', 'csv')).toEqual({ format: 'csv', gzip: false });
});

test('a format that the ending contradicts is refused', () => {
  expect(() => formatOfFile('log.json', 'csv')).toThrow('the name log.json says json, but --format says csv');
});

test.each(['log', 'log.txt', 'log.gz', 'csv', 'log.csv.zip'])(
  '%s is refused with the endings that are known',
  (path) => {
    expect(() => formatOfFile(path)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        hint: 'Use one of .csv .csv.gz .ndjson .ndjson.gz .jsonl .jsonl.gz .json .json.gz, or name the format with --format.',
      }),
    );
  },
);
