import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../src/event.js';
import type { Format, FormatFacts, FormatOptions } from '../../src/formats/format.js';
import { formatFor } from '../../src/formats/index.js';
import { invent } from '../../src/providers/invent.js';
import { yura } from '../../src/providers/yura.js';
import { UTC } from '../../src/time.js';
import { parseColumns } from '../../src/view.js';
import { entryOf, hostileValue } from './arbitrary.js';
import { readCsv } from './readcsv.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 200);

const HEADER =
  'id,time,action,actor.id,actor.name,actor.email,target.id,target.email,resource.type,resource.id,resource.name,' +
  'source,ip,country,user_agent,org.id,org.name,metadata,extra\r\n';

function open(options: Partial<FormatOptions> = {}): Promise<Format> {
  return formatFor('csv', { provider: invent, colorLevel: 0, isTTY: false, width: 0, zone: UTC, now: 0, ...options });
}

async function csv(
  entries: readonly Entry[],
  options: Partial<FormatOptions> = {},
): Promise<{ text: string; facts: FormatFacts }> {
  const format = await open(options);
  const text = `${format.open()}${format.write({ entries, org: 'c' })}${format.close()}`;
  return { text, facts: format.facts() };
}

/** The rows as objects, with the guard undone. */
function unguarded(text: string): Record<string, string>[] {
  const [header = [], ...rows] = readCsv(text).map((cells) => cells.map((cell) => cell.replace(/^'/, '')));
  return rows.map((cells) => Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ''])));
}

describe('CSV', () => {
  test('has its heading even when there is nothing under it', async () => {
    expect((await csv([])).text).toBe(HEADER);
  });

  test('has no second heading when it goes on after an interruption', async () => {
    const entry = entryOf({ id: 'a' });
    const whole = (await csv([entry, entry])).text;
    expect((await csv([entry])).text + (await csv([entry], { resumedAfter: 1 })).text).toBe(whole);
    expect((await csv([], { resumedAfter: 0 })).text).toBe('');
  });

  test('guards formulas reversibly, and counts what it did', async () => {
    const columns = parseColumns('id,source,agent', invent);
    const { text, facts } = await csv([entryOf({ id: '=1+1', source: "'tis", agent: 'x;y' })], { columns });
    expect(text).toBe(`id,source,agent\r\n'=1+1,''tis,"x;y"\r\n`);
    expect(facts).toMatchObject({ rows: 1, guardedCells: 2, unsplitCells: 0, picturedCells: 0 });
  });

  test('lets no other locale split off a formula, and keeps the original in extra', async () => {
    const columns = parseColumns('agent,metadata,extra', invent);
    const entry = entryOf({ agent: 'x;=cmd\n-1;"@a"', metadata: { n: 'y;+1' } });
    const { text, facts } = await csv([entry], { columns });
    expect(readCsv(text)[1]).toEqual([
      "x;'=cmd\n'-1;'\"@a\"",
      '{"n":"y;\\u002b1"}',
      '{"agent":"x;\\u003dcmd\\n-1;\\"@a\\""}',
    ]);
    expect(facts).toMatchObject({ guardedCells: 0, unsplitCells: 1 });
  });

  test('leaves formulas alone with --csv-raw', async () => {
    const columns = parseColumns('id,metadata', invent);
    const { text } = await csv([entryOf({ id: '=1;=1', metadata: { n: ';=1' } })], { columns, csvRaw: true });
    expect(text).toBe('id,metadata\r\n"=1;=1","{""n"":"";=1""}"\r\n');
  });

  test.each([...'=+-@', '\t', '\r', '\n', ...'＝＋－＠', "'"])('guards a cell that begins with %j', async (first) => {
    const columns = parseColumns('id', invent);
    const { text } = await csv([entryOf({ id: `${first}x` })], { columns });
    expect(readCsv(text)[1]).toEqual([`'${first}x`]);
  });

  test('shows control characters by pictures, half characters by U+FFFD, and keeps the originals in extra', async () => {
    const columns = parseColumns('id,agent,extra', invent);
    const { text, facts } = await csv([entryOf({ id: '\0a\x1b\x7f\x85', agent: 'x\ud800y' })], { columns });
    expect(readCsv(text)[1]).toEqual([
      '␀a␛␡␦',
      'x\ufffdy',
      '{"id":"\\u0000a\\u001b\\u007f\\u0085","agent":"x\\ud800y"}',
    ]);
    expect(facts).toMatchObject({ picturedCells: 1, replacedSurrogates: 1 });
  });

  test('keeps line ends and tabs inside quoted cells', async () => {
    const columns = parseColumns('agent', invent);
    const { text } = await csv([entryOf({ agent: 'a\r\nb\tc\nd\re' })], { columns });
    expect(text).toBe('agent\r\n"a\r\nb\tc\nd\re"\r\n');
  });

  test('a row of one empty cell is still a row', async () => {
    const columns = parseColumns('ip', invent);
    expect((await csv([entryOf({}), entryOf({})], { columns })).text).toBe('ip\r\n""\r\n""\r\n');
  });

  test('tells of paths that no entry had, and of cells that no spreadsheet holds', async () => {
    const columns = parseColumns('id,metadata.role,metadata.none', invent);
    const { facts } = await csv([entryOf({ id: 'x'.repeat(32_768), metadata: { role: 'a' } })], { columns });
    expect(facts).toMatchObject({ longCells: 1, emptyPaths: ['metadata.none'] });
  });

  test('names the org that was asked where entries do not name theirs', async () => {
    const rows = async (org: string, entry: Entry, provider = invent) => {
      const format = await open({ provider });
      return unguarded(`${format.open()}${format.write({ entries: [entry], org })}`)[0]?.['org.id'];
    };
    expect(await rows('org_9', entryOf({ id: 'a' }))).toBe('org_9');
    expect(await rows('org_9', entryOf({ org: { id: 'org_1' } }))).toBe('org_1');
    expect(await rows('c', entryOf({ id: 'a' }))).toBe('');
    expect(await rows('acme', entryOf({ entity: 'a' }), yura)).toBe('acme');
  });

  test('any entries come back whole: every cell is what it was, and what no cell holds is in extra', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileValue, { minLength: 1, maxLength: 3 }), async (values) => {
        const { text } = await csv(values.map(entryOf));
        const rows = unguarded(text);
        expect(rows).toHaveLength(values.length);
        for (const [at, row] of rows.entries()) expectWhole(JSON.parse(JSON.stringify(values[at])), row);
      }),
      { numRuns: RUNS },
    );
  });

  test('no cell of any entries begins as a formula or holds a control character but TAB, CR and LF', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileValue, { maxLength: 3 }), async (values) => {
        const { text } = await csv(values.map(entryOf));
        for (const cell of readCsv(text).flat()) {
          expect(cell).not.toMatch(/^[=+\-@\t\r\n\0＝＋－＠]/);
          expect(cell).not.toMatch(/[;\t\r\n]"*[=+\-@＝＋－＠]/);
          expect(cell).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\p{Cs}]/u);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

/** Every value of the entry is in `extra` at its own path, or a cell is just that string, or `metadata` holds it. */
function expectWhole(entry: Record<string, unknown>, row: Record<string, string>): void {
  const { extra = '', metadata = '', ...cells } = row;
  const rest: unknown = extra === '' ? {} : JSON.parse(extra);
  const texts = new Set(Object.values(cells));
  const check = (value: unknown, left: unknown): void => {
    if (JSON.stringify(value) === JSON.stringify(left)) return;
    if (left === undefined && metadata !== '' && JSON.stringify(JSON.parse(metadata)) === JSON.stringify(value)) return;
    if (typeof value === 'string') {
      expect(left).toBeUndefined();
      expect([...texts]).toContain(value);
      return;
    }
    expect(value).toBeTypeOf('object');
    const inside = (left ?? {}) as Record<string, unknown>;
    expect(Object.keys(value as object).length).toBeGreaterThan(0);
    for (const [key, below] of Object.entries(value as object))
      check(below, Object.hasOwn(inside, key) ? inside[key] : undefined);
  };
  check(entry, rest);
}
