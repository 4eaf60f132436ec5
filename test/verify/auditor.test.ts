import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSite, type Site, someEntries } from '../days/site.js';
import type { Ran } from '../helpers/world.js';

let site: Site;
let exported: Ran;
/** The file as it was exported. */
let original: Buffer;

beforeAll(async () => {
  site = await openSite({ entries: someEntries(120) });
  exported = await site.run('export -o audit.csv --manifest --from 2026-11-01 --to 2026-11-10 --action *');
  original = await readFile(at('audit.csv'));
  await site.run('export --split day -o days --from 2026-11-01 --to 2026-11-10');
});
afterAll(() => site.close());
beforeEach(() => writeFile(at('audit.csv'), original));

const at = (name: string): string => join(site.home, name);

async function sha256(name: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(at(name)))
    .digest('hex');
}

/** The first line of the result, which names the worst. */
async function firstLine(line: string): Promise<string> {
  const { stdout } = await site.run(line);
  return stdout.slice(0, stdout.indexOf('\n'));
}

describe('verify says what a file is', () => {
  test('an export, with the hashes that the export printed', async () => {
    const hash = await sha256('audit.csv.manifest.json');
    expect(exported.stderr.split('\n').at(-2)).toBe(`Manifest: audit.csv.manifest.json, SHA-256 ${hash}`);
    const { code, stdout } = await site.run('verify audit.csv');
    expect(code).toBe(0);
    expect(stdout.replaceAll(site.model.base.origin, 'ORIGIN')).toMatch(
      new RegExp(
        [
          '^Checked 1 manifest and 1 file: no difference\\.',
          'audit.csv',
          '  Invent audit log of the organization of the key, from ORIGIN',
          '  \\d+ events, 2026-11-01 00:00 to 2026-11-11 00:00 \\(UTC\\), filters: actions \\*',
          '  Complete: the server reported the same count \\(checked 2026-11-20 14:00 UTC\\)\\.',
          '  The count is that of the \\d+ events that were read, \\d+ of them outside the range or not matching the filters\\.',
          '  Made 2026-11-20 14:00 UTC by auditlog \\S+ with key …\\S{4}',
          `  SHA-256 of the file: ${await sha256('audit.csv')}`,
          `  SHA-256 of the manifest: ${hash}`,
          '',
          'No difference means [^\n]*',
          'It does not show who wrote them: [^\n]* Details: docs/explanation/evidence.md\n$',
        ].join('\n'),
      ),
    );
  });

  test('an export, for scripts', async () => {
    const { stdout } = await site.run('verify audit.csv -f json');
    expect(JSON.parse(stdout).described).toEqual([
      expect.objectContaining({
        path: at('audit.csv'),
        provider: 'invent',
        from: '2026-11-01T00:00:00Z',
        before: '2026-11-11T00:00:00Z',
        zone: 'UTC',
        status: 'verified',
        sha256: `sha256:${await sha256('audit.csv')}`,
        manifest: expect.stringContaining(await sha256('audit.csv.manifest.json')),
      }),
    ]);
  });

  test('an export that was changed: what follows is about the original', async () => {
    await writeFile(at('audit.csv'), `${original}x`);
    const { stdout } = await site.run('verify audit.csv');
    expect(stdout).toContain('\naudit.csv, as its manifest describes the original:\n  Invent audit log');
  });

  test('an archive that a browser unpacked, or a program compressed again', async () => {
    await site.run('export -o g.ndjson.gz --manifest --from 2026-11-01 --to 2026-11-10');
    const content = gunzipSync(await readFile(at('g.ndjson.gz')));
    await writeFile(at('g.ndjson.gz'), content);
    expect(await firstLine('verify g.ndjson.gz')).toBe(
      'g.ndjson.gz: changed: it was unpacked, the content is the same',
    );
    await writeFile(at('g.ndjson.gz'), gzipSync(content, { level: 1 }));
    expect(await firstLine('verify g.ndjson.gz')).toBe(
      'g.ndjson.gz: changed: it was compressed again, the content is the same',
    );
  });

  test('a directory of days', async () => {
    const { stdout } = await site.run('verify days');
    expect(stdout).toMatch(
      /\ndays\n {2}Invent audit log of the organization of the key\n {2}\d+ events, 2026-11-01 to 2026-11-10 \(UTC days\), sealed up to 2026-11-10\n {2}Complete: the server reported the same count for every day\.\n {2}Last written 2026-11-20 14:00 UTC\n {2}Chain head: sha256:/,
    );
  });
});

describe('a hash that came by mail', () => {
  test.each([
    ['of the file', async () => sha256('audit.csv'), 'audit.csv', 'audit.csv'],
    ['of the manifest', async () => sha256('audit.csv.manifest.json'), 'audit.csv', 'audit.csv.manifest.json'],
    [
      'that the manifest records of itself',
      async () => JSON.parse(await readFile(at('audit.csv.manifest.json'), 'utf8')).hash,
      'audit.csv',
      'the hash recorded in audit.csv.manifest.json',
    ],
    [
      'of the head of a chain',
      async () => JSON.parse(await readFile(at('days/chain.json'), 'utf8')).tip.hash,
      'days',
      'the hash recorded in days/2026-11-10.manifest.json',
    ],
  ])('%s matches, however it is written', async (_, read, path, what) => {
    const hash = (await read()).replace(/^sha256:/, '');
    const pairs = hash.match(/../g)?.join(' ');
    for (const text of [hash, hash.toUpperCase(), `SHA256:${hash}`, `${hash}  audit.csv`, pairs]) {
      const { code, stdout } = await site.run(['verify', path, '--expect', text]);
      expect({ code, text }).toEqual({ code: 0, text });
      expect(stdout).toContain(`\nsha256:${hash}: matches ${what}\n`);
    }
  });

  test('of something else is a difference, although nothing changed', async () => {
    const hash = await sha256('audit.csv');
    const other = '0'.repeat(64);
    const { code, stdout } = await site.run(['verify', 'audit.csv', '--expect', hash, '--expect', other]);
    expect(code).toBe(7);
    expect(stdout).toContain('no difference.\n');
    expect(stdout).toContain(`\nsha256:${hash}: matches audit.csv\n`);
    expect(stdout).toContain(`\nsha256:${other}: no match: nothing here has this hash\n`);
    const json = await site.run(['verify', 'audit.csv', '--expect', other, '-f', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      valid: false,
      expected: [{ hash: `sha256:${other}`, matches: [] }],
    });
  });

  test('is compared with what the file is now, not with what its manifest claims', async () => {
    const hash = await sha256('audit.csv');
    await writeFile(at('audit.csv'), `${original}x`);
    const { code, stdout } = await site.run(['verify', 'audit.csv', '--expect', hash]);
    expect(code).toBe(7);
    expect(stdout).toContain('no match');
  });

  test('is enough to check a file without a manifest', async () => {
    await writeFile(at('alone.xlsx'), 'whatever it is');
    const hash = await sha256('alone.xlsx');
    const only = 'Compared 1 file with --expect only: no manifest is beside it.\n';
    expect(await site.run(['verify', 'alone.xlsx', '--expect', hash])).toMatchObject({
      code: 0,
      stdout: `${only}sha256:${hash}: matches alone.xlsx\n`,
    });
    const other = '1'.repeat(64);
    expect(await site.run(['verify', 'alone.xlsx', '--expect', other])).toMatchObject({
      code: 7,
      stdout: `${only}sha256:${other}: no match: nothing here has this hash\n`,
    });
    await rm(at('alone.xlsx'));
  });

  test('that is none is a usage error', async () => {
    const { code, stderr } = await site.run('verify audit.csv --expect 1234');
    expect(code).toBe(2);
    expect(stderr).toContain('error: invalid --expect "1234": expected a SHA-256 hash of 64 hexadecimal digits\n');
  });
});

describe('a change is told in one line', () => {
  const lines = (): string[] => original.toString().split(/(?<=\r\n)/);
  const edit = (change: (text: string) => string): Promise<void> =>
    writeFile(at('audit.csv'), change(String(original)));

  test.each<[string, () => Promise<void>, RegExp]>([
    ['a cell', () => edit((text) => text.replace('al_', 'bl_')), /^1 row differs, first at line 2$/],
    [
      'two rows',
      () =>
        writeFile(
          at('audit.csv'),
          lines()
            .with(4, lines()[6] ?? '')
            .with(6, lines()[4] ?? '')
            .join(''),
        ),
      /^2 rows differ, first at line 5$/,
    ],
    [
      'a row less',
      () => writeFile(at('audit.csv'), lines().toSpliced(3, 1).join('')),
      /^1 row missing, first difference at line 4$/,
    ],
    ['a row more', () => edit((text) => text + (lines()[1] ?? '')), /^1 row added, first difference at line \d+$/],
    ['nothing', () => edit(() => ''), /^it is empty, \d+ rows are recorded$/],
  ])('%s', async (_, change, words) => {
    await change();
    const line = await firstLine('verify audit.csv');
    expect(line).toMatch(/^audit\.csv: changed: /);
    expect(line.replace('audit.csv: changed: ', '')).toMatch(words);
    const verbose = await site.run('verify audit.csv --verbose');
    expect(verbose.stdout).toMatch(
      /\naudit\.csv: changed: .*\n(?: {2}.*\n)* {2}SHA-256: sha256:\S+ recorded, sha256:\S+ now\n/,
    );
  });

  const RESAVED = 'audit.csv: changed: was saved again by a spreadsheet or an editor';
  test.each<[string, (text: string) => string | Buffer, string]>([
    [
      'line ends',
      (text) => text.replaceAll('\r\n', '\n'),
      '(other line ends): all cells are the same; ask for the original',
    ],
    [
      'a byte order mark',
      (text) => `\ufeff${text}`,
      '(a byte order mark): all cells are the same; ask for the original',
    ],
    [
      'quotes around every cell',
      (text) =>
        text.replace(/("(?:[^"]|"")*"|[^",\r\n]+)(?=,|\r\n)/g, (cell) => (cell.startsWith('"') ? cell : `"${cell}"`)),
      '(other quotes): all cells are the same; ask for the original',
    ],
    [
      'semicolons',
      (text) => text.replace(/("(?:[^"]|"")*")|,/g, (found, quoted) => quoted ?? (found === ',' ? ';' : found)),
      '(another delimiter): all cells are the same; ask for the original',
    ],
    [
      'another date',
      (text) => `\ufeff${text.replace(/(\d{4})-(\d\d)-(\d\d)T/, '$3.$2.$1 ')}`,
      '(a byte order mark): 1 row holds other cells, first at row 2 (numbers and dates may have been rewritten); ask for the original',
    ],
  ])('a spreadsheet that writes %s', async (_, save, words) => {
    await writeFile(at('audit.csv'), save(String(original)));
    expect(await firstLine('verify audit.csv')).toBe(`${RESAVED} ${words}`);
    expect((await site.run('verify audit.csv')).code).toBe(7);
  });

  test('a file with other columns was not saved again, but replaced', async () => {
    await writeFile(at('audit.csv'), '\ufeffa;b\n1;2\n');
    expect(await firstLine('verify audit.csv')).toMatch(
      /^audit\.csv: changed: \d+ rows missing, first difference at line 1$/,
    );
  });
});
