import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import { formatFor } from '../../src/formats/index.js';
import { invent } from '../../src/providers/invent.js';
import { safe, width } from '../../src/terminal/text.js';
import { UTC } from '../../src/time.js';
import { entryOf, hostileValue } from '../formats/arbitrary.js';
import { readCsv } from '../formats/readcsv.js';
import { engine, output, testWith } from './engine.js';
import { comparable, openSheet, trimmed } from './sheet.js';

const ROWS = 3000;
const SEED = 20261120;

const python = await engine('python3', '--version');
const office = await engine('soffice', '--version');

let folder: string;
let file: string;
/** What our own reader finds in the file. */
let expected: string[][];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auditlog-engines-'));
  file = join(folder, 'hostile.csv');
  const values = fc.sample(hostileValue, { numRuns: ROWS, seed: SEED });
  const options = { provider: invent, colorLevel: 0, isTTY: false, width: 0, zone: UTC, now: 0 } as const;
  const format = await formatFor('csv', options);
  const text = `${format.open()}${format.write({ entries: values.map(entryOf), org: 'c' })}${format.close()}`;
  await writeFile(file, text);
  expected = readCsv(text);
  expect(expected).toHaveLength(ROWS + 1);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

testWith(python, "Python's csv reads the same cells from hostile rows", async () => {
  const program = [
    'import csv, json, sys',
    'csv.field_size_limit(10 ** 9)',
    "rows = list(csv.reader(open(sys.argv[1], newline='', encoding='utf-8'), strict=True))",
    'print(json.dumps(rows))',
  ].join('\n');
  expect(JSON.parse(await output('python3', ['-c', program, file]))).toEqual(expected);
});

testWith(python, "Python's table of widths agrees with ours for every character that both know", async () => {
  const program = [
    'import unicodedata, json',
    "known = [c for c in range(0x20, 0x110000) if unicodedata.category(chr(c))[0] not in 'CM']",
    "print(json.dumps([[c, 2 if unicodedata.east_asian_width(chr(c)) in 'WF' else 1] for c in known]))",
  ].join('\n');
  const known = JSON.parse(await output('python3', ['-c', program])) as [number, number][];
  const wrong = known.filter(([code, cells]) => {
    const character = String.fromCodePoint(code);
    return safe(character) === character && !isUnsettled(code) && width(character) !== cells;
  });
  expect(wrong.map(([code]) => code.toString(16))).toEqual([]);
});

/** Characters that Unicode has made wide only lately, or that terminals draw wider than Unicode says: we leave room. */
function isUnsettled(code: number): boolean {
  const ranges: readonly (readonly [number, number])[] = [
    [0x2630, 0x2637],
    [0x268a, 0x268f],
    [0x3248, 0x324f],
    [0x4dc0, 0x4dff],
    [0x1d300, 0x1d376],
    [0x1f1e6, 0x1f1ff],
    [0x1f200, 0x1f2ff],
  ];
  return ranges.some(([first, last]) => code >= first && code <= last);
}

testWith(office, 'LibreOffice opens hostile rows without a formula', async () => {
  const sheet = await openSheet(file, 'formulas', `44,34,76,1,,0,false,true`);
  expect(sheet.formulas).toEqual([]);
  expect(sheet.cells).toHaveLength(ROWS + 1);
});

testWith(office, 'LibreOffice opens hostile rows with every cell in its column', async () => {
  const asText = (expected[0] ?? []).map((_, at) => `${at + 1}/2`).join('/');
  const { cells } = await openSheet(file, 'columns', `44,34,76,1,${asText},0,false,false`);
  expect(cells.map((row) => row.map(comparable))).toEqual(expected.map((row) => trimmed(row.map(comparable))));
});

testWith(
  office,
  'LibreOffice finds no formula where it splits at semicolons and tabs, as other locales do',
  async () => {
    expect((await openSheet(file, 'semicolon', '59,34,76,1,,0,false,true')).formulas).toEqual([]);
    expect((await openSheet(file, 'tab', '9,34,76,1,,0,false,true')).formulas).toEqual([]);
    expect((await openSheet(file, 'all', '44/59/9,34,76,1,,0,false,true')).formulas).toEqual([]);
  },
);
