import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDuckDb } from '../../../src/archive/duckdb.js';
import { toSqlValue } from '../../../src/archive/value.js';
import { realContext } from '../../../src/context.js';
import { type RecordFormat, recordsFor } from '../../../src/formats/records/records.js';
import { makeHome, run } from '../../helpers/world.js';

/** A folder of packages in which one has the name that is looked for. */
async function packages(folder: string): Promise<string> {
  const path = join(folder, '@duckdb/node-api');
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'package.json'), '{"name":"@duckdb/node-api","type":"module","exports":"./index.js"}');
  await writeFile(join(path, 'index.js'), `export const where = ${JSON.stringify(folder)};`);
  return folder;
}

describe('DuckDB', () => {
  test('is told how to be installed where it is not', async () => {
    const home = await makeHome();
    expect(await run('query "select 1"', { env: { AUDITLOG_DUCKDB: home } })).toEqual({
      code: 2,
      stdout: '',
      stderr: [
        `error: AUDITLOG_DUCKDB (${home}) has no @duckdb/node-api`,
        `To install it: npm install --prefix ${join(home, '..')} @duckdb/node-api@1.5.5-r.5`,
        'Or ask the archive with any tool that reads Parquet: auditlog query --help\n',
      ].join('\n'),
    });
  });

  test('is found where the environment says, or in the global folder', async () => {
    const home = await makeHome();
    const world = realContext();
    const named = await packages(join(home, 'named/node_modules'));
    expect(await loadDuckDb({ ...world, env: { AUDITLOG_DUCKDB: named } })).toMatchObject({ where: named });
    const global = await packages(join(home, 'prefix/lib/node_modules'));
    expect(
      await loadDuckDb({ ...world, env: {}, platform: 'linux', execPath: join(home, 'prefix/bin/node') }),
    ).toMatchObject({ where: global });
  });
});

test.each([
  ['query "select 1" -o a.parquet', 'expected a file that ends in .csv, .ndjson or .json'],
  ['query "select 1" --csv-raw', '--csv-raw needs CSV: the format is table'],
  ['query "select 1" --force', '--force needs -o FILE'],
  ['query', 'missing argument <sql>'],
])('auditlog query %s is rejected', async (line, message) => {
  expect(await run(line)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});

describe('the answer of a query', () => {
  const columns = ['name', 'n', '=1'];
  const rows = [
    ['plain', 12, null],
    ['=1+1', -5n, ['a', 2]],
    ['\x1b[31m"\u202e', 123456789012345678901234567890n, { k: Number.POSITIVE_INFINITY }],
  ] as const;

  async function written(format: RecordFormat, isTTY = false): Promise<string> {
    const records = await recordsFor(format, { columns, csvRaw: false, isTTY, width: 60 });
    return records.open() + records.write(rows.slice(0, 2)) + records.write(rows.slice(2)) + records.close();
  }

  test('as JSON keeps every digit, and is safe to print', async () => {
    const lines = [
      '{"name":"plain","n":12,"=1":null}',
      '{"name":"=1+1","n":-5,"=1":["a",2]}',
      '{"name":"\\u001b[31m\\"\\u202e","n":123456789012345678901234567890,"=1":{"k":"Infinity"}}',
    ];
    expect(await written('ndjson')).toBe(`${lines.join('\n')}\n`);
    expect(await written('json')).toBe(`[\n${lines.join(',\n')}\n]\n`);
  });

  test('as CSV has no cell that is a formula', async () => {
    expect(await written('csv')).toBe(
      'name,n,\'=1\r\nplain,12,\r\n\'=1+1,-5,"[""a"",2]"\r\n"␛[31m""\u202e",123456789012345678901234567890,"{""k"":""Infinity""}"\r\n',
    );
    expect(await written('csv', true)).not.toContain('\u202e');
  });

  test('as a table has a line for each row, numbers to the right, and nothing that a terminal obeys', async () => {
    const table = await written('table');
    expect(table).toBe(
      'name   n   =1\nplain  12\n=1+1   -5  ["a",2]\n\\x1b[31m"\\u{202e}  123456789012345678901234567890  {"k":"Infinity"}\n',
    );
    expect(await written('table', true)).not.toMatch(/[\u202e]|\x1b\[3/);
  });

  test('without rows still has its columns', async () => {
    const whole = async (format: RecordFormat) => {
      const records = await recordsFor(format, { columns: ['a', 'b'], csvRaw: false, isTTY: false, width: 0 });
      return records.open() + records.write([]) + records.close();
    };
    expect([await whole('csv'), await whole('json'), await whole('ndjson'), await whole('table')]).toEqual([
      'a,b\r\n',
      '[]\n',
      '',
      'a  b\n',
    ]);
  });
});

test('values of DuckDB become what JSON has, or text', () => {
  const shown = (text: string, more: object = {}) => ({ ...more, toString: () => text });
  expect(
    [
      shown('2026-11-20 13:03:11.25+00'),
      shown('2026-11-20'),
      shown('1.50', { scale: 2, width: 5 }),
      shown('0.10000000000000000001', { scale: 20, width: 30 }),
      { items: [1, null, shown('x')] },
      { entries: { a: 1n, b: shown('y') } },
      { entries: [{ key: 'k', value: 2 }] },
      undefined,
    ].map(toSqlValue),
  ).toEqual([
    '2026-11-20T13:03:11.25Z',
    '2026-11-20',
    1.5,
    '0.10000000000000000001',
    [1, null, 'x'],
    { a: 1n, b: 'y' },
    { k: 2 },
    null,
  ]);
});
