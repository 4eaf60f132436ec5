import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { makePlace, type Place, run } from '../faults/program.js';
import { hostileEntries } from '../model/hostile.js';
import { makeEntries } from '../model/makeentries.js';
import { type Model, startModel } from '../model/server.js';
import { engine, output, testWith } from './engine.js';
import { openSheet } from './sheet.js';

const DAY = 86_400_000;
const NOW = Date.now();

const python = await engine('python3', '--version');
const office = await engine('soffice', '--version');
const jq = await engine('jq', '--version');
const sqlite = await engine('sqlite3', '--version');

/** Newest first, as an export has them. */
const entries = [
  ...hostileEntries(NOW - 5 * DAY),
  ...makeEntries({ n: 1000, from: NOW - 60 * DAY, to: NOW - 7 * DAY, shape: 'full' }),
];
const ids = entries.map(({ id }) => id);

let server: Model;
let place: Place;
const path = (name: string): string => join(place.folder, name);

beforeAll(async () => {
  server = await startModel({ entries, now: NOW });
  place = await makePlace(server);
  for (const name of ['out.ndjson', 'out.json', 'out.csv'])
    expect(await run(place, ['export', '--rate', 'off', '-o', name])).toMatchObject({ code: 0 });
});
afterAll(() => server.close());

/** Every string in a value, keys included, in its order. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsIn(inner)]);
}

const STRINGS = `
import json, sys
def strings(value):
    if isinstance(value, str): yield value
    elif isinstance(value, list):
        for inner in value: yield from strings(inner)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
text = open(sys.argv[1], encoding='utf-8', newline='').read()
values = json.loads(text) if sys.argv[1].endswith('.json') else [json.loads(line) for line in text.splitlines()]
print(json.dumps([list(strings(value)) for value in values]))
`;

for (const name of ['out.ndjson', 'out.json']) {
  testWith(
    python,
    `Python reads the same strings from ${name} as the server has, line by line as it splits them`,
    async () => {
      const found = JSON.parse(await output('python3', ['-c', STRINGS, path(name)])) as string[][];
      expect(found).toEqual(entries.map(({ text }) => stringsIn(JSON.parse(text))));
    },
  );
}

testWith(
  jq,
  'jq reads as many entries with the same ids, but for one with halves of characters, which it takes for no JSON',
  async () => {
    const halves = 'al_hostile10';
    const lines = (await readFile(path('out.ndjson'), 'utf8')).split('\n');
    await writeFile(path('whole.ndjson'), lines.filter((line) => !line.includes(halves)).join('\n'));
    const found = await output('jq', ['-r', '.id', path('whole.ndjson')]);
    expect(found.trimEnd().split('\n')).toEqual(ids.filter((id) => id !== halves));
  },
);

testWith(
  python,
  "Python's csv reads as many rows with the same ids, none shorter or longer than the heading",
  async () => {
    const program = [
      'import csv, json, sys',
      'csv.field_size_limit(10 ** 9)',
      "rows = list(csv.reader(open(sys.argv[1], newline='', encoding='utf-8'), strict=True))",
      'print(json.dumps([[row[0], len(row), [cell[:1] for cell in row]] for row in rows]))',
    ].join('\n');
    const [head, ...rows] = JSON.parse(await output('python3', ['-c', program, path('out.csv')])) as [
      string,
      number,
      string[],
    ][];
    expect(rows.map(([id]) => id)).toEqual(ids);
    expect(new Set(rows.map(([, cells]) => cells))).toEqual(new Set([head![1]]));
    for (const [, , firsts] of rows) for (const first of firsts) expect(first).not.toMatch(/[=+\-@\t\r\n\0＝＋－＠]/);
  },
);

testWith(sqlite, 'SQLite imports as many rows with the same ids', async () => {
  const script = `.import --csv ${path('out.csv')} entries\nselect id from entries order by rowid;\n`;
  expect((await output('sqlite3', [':memory:', ...script.trimEnd().split('\n')])).trimEnd().split('\n')).toEqual(ids);
});

testWith(
  office,
  'LibreOffice opens as many rows with the same ids, and no formula, in any locale that it may have',
  async () => {
    const whole = await openSheet(path('out.csv'), 'comma', '44,34,76,1,,0,false,true');
    expect(whole.formulas).toEqual([]);
    expect(whole.cells.slice(1).map(([id]) => id)).toEqual(ids);
    for (const [name, separators] of [
      ['semicolon', '59'],
      ['tab', '9'],
      ['every', '44/59/9'],
    ] as const)
      expect({
        name,
        formulas: (await openSheet(path('out.csv'), name, `${separators},34,76,1,,0,false,true`)).formulas,
      }).toEqual({ name, formulas: [] });
  },
);

testWith(python, 'a whole NDJSON file on a terminal is the same characters as in the file', async () => {
  // Whatever is not printable, a byte stream reader would stumble over.
  const bytes = await readFile(path('out.ndjson'));
  const program =
    "import sys; t = open(sys.argv[1], encoding='utf-8', newline='').read(); print(sum(1 for c in t if c != '\\n' and (ord(c) < 32 or 127 <= ord(c) < 160)), len(t.splitlines()))";
  expect(await output('python3', ['-c', program, path('out.ndjson')])).toBe(
    `0 ${bytes.toString().split('\n').length - 1}\n`,
  );
});
