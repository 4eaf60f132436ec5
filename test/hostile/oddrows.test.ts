import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCsv } from '../formats/readcsv.js';
import { makeHome, run } from '../helpers/world.js';
import { type Answerer, entryText, givePage, startAnswering } from './answering.js';

const NOW = Date.parse('2026-11-20T14:00:00Z');
const DAY = 86_400_000;
const DEEP = entryText(5, NOW - 3 * DAY, `"metadata":{"deep":${'['.repeat(50_000)}"bottom"${']'.repeat(50_000)}}`);
const ODD = ['null', '"lone\\u202e text"', '-12345678901234567890', '[1,{"id":"no"}]', 'false', DEEP] as const;

/** A text in which no order of keys counts, and which is not too deep for a test. */
function canonical(text: string): string {
  const value: unknown = JSON.parse(text.replace(/\[+"bottom"\]+/, '"bottom"'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return text;
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
}

describe.each(ODD.map((odd) => [odd.slice(0, 30), odd] as const))('one row %s among good ones', (_, odd) => {
  // No entry has a time to be ordered by that is not an object: it stands where the server has it, or last.
  const good = [entryText(1, NOW - DAY), entryText(2, NOW - 2 * DAY), entryText(3, NOW - 4 * DAY)];
  const texts = [good[0]!, good[1]!, odd, good[2]!];
  let server: Answerer;
  let home: string;

  beforeAll(async () => {
    server = await startAnswering((_, response) => givePage(response, texts, { date: new Date(NOW).toUTCString() }));
    home = await makeHome();
    for (const [name, format] of [
      ['in.ndjson', 'ndjson'],
      ['in.json', 'json'],
      ['in.csv', 'csv'],
    ]) {
      const ran = await ask(`export -o ${name} --format ${format} --manifest`);
      expect({ name, code: ran.code, stderr: ran.stderr }).toMatchObject({ name, code: 0 });
    }
  });
  afterAll(() => server.close());

  const ask = (line: string) =>
    run(line, {
      home,
      cwd: home,
      now: NOW,
      env: { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key },
    });
  const written = async (name: string) => (await readFile(join(home, name), 'utf8')).trimEnd().split('\n');
  const linesOf = (text: string) => text.trimEnd().split('\n');
  const sorted = (lines: readonly string[]) => [...lines].sort();

  test('is a line of NDJSON and an element of JSON, as its own text', async () => {
    expect(sorted(await written('in.ndjson'))).toEqual(sorted(texts));
    const lines = await written('in.json');
    expect(sorted(lines.slice(1, -1).map((line) => line.replace(/,$/, '')))).toEqual(sorted(texts));
  });

  test('is a row of CSV that holds it, and reads back from there', async () => {
    const [head, ...rows] = readCsv(await readFile(join(home, 'in.csv'), 'utf8'));
    expect(rows).toHaveLength(4);
    const at = head!.indexOf('extra');
    const cells = rows.map((row) => row[at]!.replace(/^'/, ''));
    if (odd !== DEEP) expect(cells).toContain(odd);
    else expect(rows.some((row) => row.some((cell) => cell.includes('"bottom"')))).toBe(true);
  });

  test.each(['in.ndjson', 'in.json', 'in.csv'])('is read back from %s by every command', async (name) => {
    const again = await ask(`list --all --input ${name} --format ndjson`);
    expect({ code: again.code, stderr: again.stderr }).toMatchObject({ code: 0 });
    expect(sorted(linesOf(again.stdout).map(canonical))).toEqual(sorted(texts.map(canonical)));
    const counted = await ask(`stats --by action --input ${name} --format json`);
    expect(counted.code, counted.stderr).toBe(0);
    expect(counted.stdout).toMatch(/"total": 4|"events": 4/);
  });

  test('is shown in lists, by any format, and counted', async () => {
    for (const format of ['table', 'csv', 'json', 'ndjson']) {
      const ran = await ask(`list --all --format ${format}`);
      expect({ format, code: ran.code }).toEqual({ format, code: 0 });
    }
    expect((await ask('list --all --format table')).stdout.trimEnd().split('\n').length).toBeGreaterThanOrEqual(4);
    expect((await ask('stats --by actor,action')).code).toBe(0);
    expect((await ask('stats --every day')).code).toBe(0);
  });

  test('is found by a search for what it holds', async () => {
    const word =
      odd === DEEP
        ? 'bottom'
        : odd
            .replace(/[^a-z0-9]/g, ' ')
            .trim()
            .split(' ')[0]!;
    if (odd === 'null') return;
    const found = await ask(`list --all --search ${word} --format ndjson`);
    expect(found.stdout.split('\n')).toContain(odd);
  });

  test('is told in the words of other systems, with its own text', async () => {
    for (const [schema, key] of [
      ['ocsf', 'raw_data'],
      ['ecs', 'event'],
    ]) {
      const ran = await ask(`export --schema ${schema} --format ndjson`);
      expect(ran.code, ran.stderr).toBe(0);
      const lines = ran.stdout.trimEnd().split('\n');
      const raws = lines.map((line) => {
        const value = JSON.parse(line) as Record<string, unknown>;
        return key === 'event' ? (value.event as { original: string }).original : value[key!];
      });
      expect(sorted(raws as string[])).toEqual(sorted(texts));
    }
    const cef = await ask('export --schema cef');
    expect(cef.code, cef.stderr).toBe(0);
    expect(cef.stdout.trimEnd().split('\n')).toHaveLength(4);
    expect(cef.stdout).toContain(`rawEvent=${odd.replace(/[\\=]/g, '\\$&')}`);
  });

  test('is in evidence that is valid: a file with its manifest, and files of days', async () => {
    expect(await ask('verify in.ndjson')).toMatchObject({ code: 0 });
    expect(await ask('verify in.csv')).toMatchObject({ code: 0 });
    const split = await ask('export -o days --split day --from 2026-11-01 --to 2026-11-20');
    // A row without a time cannot be judged by the range: it is kept, and said.
    expect({ code: split.code, stderr: split.stderr }).toMatchObject({ code: odd.includes('created_at') ? 0 : 3 });
    expect(await ask('verify days')).toMatchObject({ code: 0 });
    const all = await ask('list --all --input days --format ndjson');
    expect(sorted(all.stdout.trimEnd().split('\n'))).toEqual(sorted(texts));
  });

  test('is collected, and once only', async () => {
    for (const cycle of [1, 2]) {
      const ran = await ask(cycle === 1 ? 'collect mine --create --dest kept' : 'collect mine');
      expect({ cycle, code: ran.code, stderr: ran.stderr }).toMatchObject({ cycle, code: 0 });
    }
    const all = await ask('list --all --input kept --format ndjson');
    expect(sorted(all.stdout.trimEnd().split('\n'))).toEqual(sorted(texts));
    expect(await ask('verify kept')).toMatchObject({ code: 0 });
  });
});

test('an entry that is too deep is shown by its id', async () => {
  const home = await makeHome();
  await writeFile(join(home, 'one.ndjson'), `${DEEP}\n`);
  const shown = await run('show al_00000005 --input one.ndjson', { home, cwd: home, now: NOW });
  expect(shown.code).toBe(0);
  expect(shown.stdout).toContain('the entry is nested deeper than 64 levels');
  expect(shown.stdout).toContain('"bottom"');
  const json = await run('show al_00000005 --input one.ndjson --format json', { home, cwd: home, now: NOW });
  expect(json.stdout).toBe(`${DEEP}\n`);
});

test('what is not an object is shown as its text', async () => {
  const home = await makeHome();
  await writeFile(join(home, 'one.ndjson'), '"lone text"\n');
  const shown = await run('show --latest --input one.ndjson', { home, cwd: home, now: NOW });
  expect(shown.code, shown.stderr).toBe(0);
  expect(shown.stdout).toContain('the entry is not a JSON object');
  expect(shown.stdout).toContain('lone text');
  expect(shown.stdout).not.toContain('System');
});
