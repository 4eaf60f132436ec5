import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../../src/event.js';
import type { Format, FormatOptions } from '../../src/formats/format.js';
import { formatFor } from '../../src/formats/index.js';
import { openKeys } from '../../src/manifest/ids.js';
import { openRowReader } from '../../src/manifest/measure.js';
import type { FileRow } from '../../src/manifest/rows/reader.js';
import type { TextFormat } from '../../src/manifest/shape/file.js';
import { invent } from '../../src/providers/invent.js';
import { parseTimestamp, UTC } from '../../src/time.js';

const OPTIONS: FormatOptions = { provider: invent, colorLevel: 0, isTTY: false, width: 0, zone: UTC, now: 0 };
const FIELDS = {
  ndjson: { id: ['id'], time: ['created_at'] },
  json: { id: ['id'], time: ['created_at'] },
  csv: { id: ['id'], time: ['time'] },
} as const;

function entryOf(value: Readonly<Record<string, unknown>>): Entry {
  const { id, created_at } = value;
  return {
    raw: Buffer.from(JSON.stringify(value)),
    id: typeof id === 'string' ? id : undefined,
    time: typeof created_at === 'string' ? parseTimestamp(created_at) : Number.NaN,
  };
}

async function written(name: TextFormat, entries: readonly Entry[], csvRaw = false): Promise<Buffer> {
  const format: Format = await formatFor(name, { ...OPTIONS, csvRaw });
  return Buffer.concat(
    [format.open(), format.write({ entries, org: 'c' }), format.close()].map((part) => Buffer.from(part)),
  );
}

function readBack(name: TextFormat, bytes: Buffer, cut = bytes.length, guarded = true): FileRow[] {
  const rows: FileRow[] = [];
  const reader = openRowReader(name, FIELDS[name], guarded, (row) => rows.push(row));
  for (let at = 0; at < bytes.length; at += cut) reader.push(bytes.subarray(at, at + cut));
  reader.end();
  return rows;
}

const text = fc.string({
  unit: fc.constantFrom('a', '=', "'", '"', ',', '\r', '\n', ';', '\t', 'ö', '\u{1f600}', '\\', '[', ']', '{', '}'),
});
const value = fc.record(
  {
    id: text.map((id) => `i${id}`),
    created_at: fc.constantFrom('2026-03-01T09:30:00Z', '2026-03-01T09:30:00.5+01:00', 'soon'),
    x: text,
  },
  { requiredKeys: [] },
);

test.each(['ndjson', 'json'] as const)('the entries of a %s file are read from pieces of any size', async (name) => {
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 6 }), fc.integer({ min: 1, max: 50 }), async (values, cut) => {
      const entries = values.map(entryOf);
      const rows = readBack(name, await written(name, entries), cut);
      expect(rows.map(({ raw }) => raw?.toString())).toEqual(entries.map(({ raw }) => raw.toString()));
      expect(rows.map(({ id }) => id)).toEqual(entries.map(({ id }) => id));
      expect(rows.map(({ time }) => time)).toEqual(values.map(({ created_at }) => created_at));
    }),
    { numRuns: 100 },
  );
});

test('the ids of a CSV file are read without the guarding apostrophe', async () => {
  const guardable = fc.record({
    id: fc.tuple(fc.constantFrom('=', "'", 'a', '"', ','), text).map(([a, b]) => a + b.replace(/[;\t\r\n]/g, '')),
    x: text,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(guardable, { maxLength: 6 }),
      fc.integer({ min: 1, max: 50 }),
      fc.boolean(),
      async (values, cut, raw) => {
        const rows = readBack('csv', await written('csv', values.map(entryOf), raw), cut, !raw);
        expect(rows.map(({ id }) => id)).toEqual(values.map(({ id }) => id));
      },
    ),
    { numRuns: 100 },
  );
});

test('the number of guarded cells is read from a CSV file', async () => {
  const format = await formatFor('csv', OPTIONS);
  const entries = [entryOf({ id: '=1', source: '+x' }), entryOf({ id: "'a", ip: '"-' })];
  const bytes = Buffer.concat([format.open(), format.write({ entries, org: 'c' })].map((part) => Buffer.from(part)));
  const reader = openRowReader('csv', FIELDS.csv, true, () => {});
  reader.push(bytes);
  reader.end();
  expect(reader.guardedCells?.()).toBe(format.facts().guardedCells);
  expect(format.facts().guardedCells).toBe(3);
});

test.each([
  ['ndjson', '{"id":"a"}', 'the last line has no end'],
  ['ndjson', '{"id":"a"}\n\n', 'a line is not one JSON object'],
  ['ndjson', '{"id":"a"},{"id":"b"}\n', 'a line is not one JSON object'],
  ['ndjson', '[\n', 'a line is not one JSON object'],
  ['ndjson', '{"id":"a"}]\n[{"id":"b"}\n', 'a line is not one JSON object'],
  ['json', '', 'it is not one JSON array'],
  ['json', '[\n{"id":"a"}', 'it is not one JSON array'],
  ['json', '{"id":"a"},\n{"id":"b"}\n]\n', 'it is not one JSON array'],
  ['csv', '', 'there is no line of names'],
  ['csv', 'id\n', 'a record does not end with CRLF'],
  ['csv', 'id,time\r\na\r\n', 'a record has another number of cells than there are names'],
  ['csv', 'id\r\n"a"b\r\n', 'something stands after a quoted cell'],
  ['csv', 'id\r\na"b\r\n', 'a quote stands inside a cell'],
  ['csv', 'id\r\na', 'the last record has no end'],
  ['csv', 'id\r\n"a\r\n', 'the last record has no end'],
] as const)('%s: %j is not a file of ours', (name, bytes, why) => {
  expect(() => readBack(name, Buffer.from(bytes))).toThrow(why);
});

test('two equal entries without an id count as two, anywhere in a file', () => {
  const keyOf = openKeys();
  const row = (raw: string): FileRow => ({ id: undefined, time: undefined, raw: Buffer.from(raw) });
  const keys = ['{"a":1}', '{"a":2}', '{"a":1}'].map((raw) => keyOf(row(raw)));
  expect(new Set(keys).size).toBe(3);
  expect(keys[0]).toMatch(/^[0-9a-f]{64}#1$/);
  expect(keys[2]).toMatch(/^[0-9a-f]{64}#2$/);
});

test('quotes in a CSV cell are read alike in pieces of any size', async () => {
  const ids = ['=""', '"', '""""', 'a"",""b'];
  const bytes = await written(
    'csv',
    ids.map((id) => entryOf({ id })),
    true,
  );
  for (const cut of [1, 2, 3, 1000]) expect(readBack('csv', bytes, cut, false).map(({ id }) => id)).toEqual(ids);
});
