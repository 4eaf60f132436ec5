import fc from 'fast-check';
import { Zip } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../src/event.js';
import type { FormatFacts, FormatOptions } from '../../src/formats/format.js';
import { formatFor } from '../../src/formats/index.js';
import { openCells, Sheet } from '../../src/formats/xlsx/sheet.js';
import { cellText } from '../../src/formats/xlsx/text.js';
import { Archive } from '../../src/formats/xlsx/zip.js';
import { invent } from '../../src/providers/invent.js';
import { openZone, UTC } from '../../src/time.js';
import { parseColumns } from '../../src/view.js';
import { entryOf, hostileText, hostileValue } from './arbitrary.js';
import { type ReadSheet, readXlsx } from './readxlsx.js';

const OPTIONS = { provider: invent, colorLevel: 0, isTTY: false, width: 0, zone: UTC, now: 0 } as const;

async function written(
  entries: readonly Entry[],
  options: Partial<FormatOptions> = {},
  batch = 100,
): Promise<{ readonly sheets: readonly ReadSheet[]; readonly bytes: Buffer; readonly facts: FormatFacts }> {
  const format = await formatFor('xlsx', { ...OPTIONS, ...options });
  const blocks = [format.open()];
  for (let at = 0; at < entries.length; at += batch)
    blocks.push(format.write({ entries: entries.slice(at, at + batch), org: 'c' }));
  blocks.push(format.close());
  const bytes = Buffer.concat(blocks.map((block) => Buffer.from(block)));
  return { bytes, sheets: readXlsx(bytes), facts: format.facts() };
}

const event = (more: object): Entry =>
  entryOf({ id: 'al_1', created_at: '2026-11-20T13:03:11.950Z', action: 'member.role_changed', ...more });

/** The day number that spreadsheets have for a time, which must be written without a zone. */
const serial = (text: string) => Date.parse(`${text}Z`) / 86_400_000 + 25_569;

describe('a workbook', () => {
  test('says in Events who did what, to whom and from where, and in Changes what was before and after', async () => {
    const { sheets } = await written([
      event({
        source: 'app',
        ip: '203.0.113.7',
        country: 'NO',
        actor: { id: 'usr_1', name: 'Ana', email: 'ana@acme.example' },
        metadata: { previous_role: 'member', new_role: 'admin' },
      }),
    ]);
    expect(sheets.map(({ name, rows }) => [name, rows])).toEqual([
      [
        'Events',
        [
          ['Time (UTC)', 'Who', 'What happened', 'On what', 'Target', 'From where', 'What changed', 'Id'],
          [
            serial('2026-11-20T13:03:11'),
            'Ana <ana@acme.example>',
            'Member Role Changed',
            'member',
            '',
            'NO 203.0.113.7, app',
            'role: member → admin',
            'al_1',
          ],
        ],
      ],
      [
        'Changes',
        [
          ['Time (UTC)', 'Who', 'What happened', 'On what', 'Field', 'Old', 'New', 'Id'],
          [
            serial('2026-11-20T13:03:11'),
            'Ana <ana@acme.example>',
            'Member Role Changed',
            'member',
            'role',
            'member',
            'admin',
            'al_1',
          ],
        ],
      ],
      ['About', []],
    ]);
  });

  test('has a heading that stays, and filters over all of its rows', async () => {
    const { sheets } = await written([event({}), event({ id: 'al_2' })]);
    for (const { xml } of sheets.slice(0, 2)) expect(xml).toContain('<pane ySplit="1" topLeftCell="A2"');
    expect(sheets[0]?.xml).toContain('<autoFilter ref="A1:H3"/>');
    expect(sheets[1]?.xml).toContain('<autoFilter ref="A1:H1"/>');
  });

  test.each([
    ['2026-10-25T00:30:00Z', '2026-10-25T02:30:00', 'before clocks go back'],
    ['2026-10-25T01:30:00Z', '2026-10-25T02:30:00', 'after clocks went back'],
    ['2026-12-31T23:59:59.999Z', '2027-01-01T00:59:59', 'never rounded up'],
  ])('types %s as %s in Oslo: %s', async (time, local) => {
    const zone = await openZone('Europe/Oslo');
    const { sheets } = await written([event({ created_at: time })], { zone });
    expect(sheets[0]?.rows[0]?.[0]).toBe('Time (Europe/Oslo)');
    expect(sheets[0]?.rows[1]?.[0]).toBeCloseTo(serial(local), 9);
  });

  test.each([
    ['yesterday', 'yesterday'],
    ['1850-01-01T00:00:00Z', '1850-01-01 00:00:00'],
    ['1900-01-31T00:00:00Z', '1900-01-31 00:00:00'],
  ])('shows a time that no spreadsheet has, %s, as text', async (time, shown) => {
    const { sheets } = await written([event({ created_at: time })]);
    expect(sheets[0]?.rows[1]?.[0]).toBe(shown);
  });

  test('has no formula, and every hostile text as it is read back', async () => {
    const values = fc.sample(hostileValue, { numRuns: 400, seed: 7 });
    const { sheets, facts } = await written(values.map(entryOf));
    expect(facts.rows).toBe(400);
    expect(sheets[0]?.rows).toHaveLength(401);
    for (const { xml } of sheets) expect(xml).not.toMatch(/<f[ >/]/);
  });

  test('keeps a cell that begins as a formula from becoming one when somebody edits it', async () => {
    const { sheets } = await written([event({ actor: { name: '=HYPERLINK("http://x","y")' } })]);
    expect(sheets[0]?.rows[1]?.[1]).toBe('=HYPERLINK("http://x","y")');
    expect(sheets[0]?.xml).toContain('<c r="B2" s="3" t="inlineStr">');
  });

  test('cuts a cell at 32,767 characters, says so in the cell, and counts it', async () => {
    const long = `${'x'.repeat(32_700)}${'😀'.repeat(4000)}`;
    const { sheets, facts } = await written([event({ actor: { name: long } })]);
    const cell = String(sheets[0]?.rows[1]?.[1]);
    expect(cell).toHaveLength(32_767);
    expect(cell).toMatch(/😀 … \[cut: the whole text has 40700 characters\]$/);
    expect(facts).toMatchObject({ cutCells: 1, longCells: 0 });
  });

  test('tells About what it holds: counts, and the hash of the same events as NDJSON', async () => {
    const entries = [event({ metadata: { role: { old: 'a', new: 'b' } } }), event({ id: 'al_2' })];
    const ndjson = await formatFor('ndjson', OPTIONS);
    const lines = Buffer.from(ndjson.write({ entries, org: 'c' }));
    const { createHash } = await import('node:crypto');
    const { sheets, facts } = await written(entries, {
      about: (made) => [
        ['Made', { time: Date.parse('2026-11-20T00:00:00Z') }],
        ['Facts', JSON.stringify(made)],
        ['Lines', 'one\ntwo'],
      ],
    });
    const hash = createHash('sha256').update(lines).digest('hex');
    expect(sheets[2]?.rows).toEqual([
      ['Made', serial('2026-11-20T00:00:00')],
      ['Facts', JSON.stringify({ events: 2, changes: 1, cutCells: 0, ndjson: hash, organizations: ['c'] })],
      ['Lines', 'one'],
      ['', 'two'],
    ]);
    expect(facts.ndjson).toBe(hash);
  });

  test('takes another sheet, filled from the same events', async () => {
    const seen: string[] = [];
    const { sheets } = await written([event({}), event({ id: 'al_2' })], {
      sheets: [
        {
          name: 'Access',
          columns: [{ heading: 'Id' }],
          see: ({ id }) => void seen.push(id ?? ''),
          rows: () => seen.map((id) => [id]),
        },
      ],
    });
    expect(sheets.map(({ name }) => name)).toEqual(['Events', 'Changes', 'Access', 'About']);
    expect(sheets[2]?.rows).toEqual([['Id'], ['al_1'], ['al_2']]);
  });

  test('has the columns that were asked for', async () => {
    const columns = parseColumns('time,actor.email,.source,people', invent);
    const { sheets } = await written([event({ source: 'app', actor: { email: 'a@b.example' } })], { columns });
    expect(sheets[0]?.rows[0]?.slice(0, 5)).toEqual(['time', 'actor.email', '.source', 'Time (UTC)', 'Who']);
    expect(sheets[0]?.rows[1]?.slice(0, 5)).toEqual([
      serial('2026-11-20T13:03:11'),
      'a@b.example',
      'app',
      serial('2026-11-20T13:03:11'),
      'a@b.example',
    ]);
  });

  test('has the same bytes however its entries are batched', async () => {
    const entries = fc.sample(hostileValue, { numRuns: 300, seed: 3 }).map(entryOf);
    const [one, other] = await Promise.all([written(entries, {}, 1), written(entries, {}, 300)]);
    expect(one.bytes.equals(other.bytes)).toBe(true);
  });

  test('is refused with one row more than a sheet has', () => {
    const cells = openCells({ zone: UTC, onCut: () => {} });
    const columns = [{ heading: 'a' }];
    const sheet = new Sheet({ name: 'Events', columns, look: 'list' }, new Archive(Zip).part('a', 'a'), cells);
    for (let at = 1; at < 1_048_576; at += 1) sheet.row([]);
    expect(() => sheet.row([])).toThrow(
      'the sheet Events would have more than 1,048,576 rows, the most that a workbook holds',
    );
  });
});

describe('the text of a cell', () => {
  test.each([
    ['a\u0001b\u001bc', 'a\\u0001b\\u001bc'],
    ['\ud800x', '\\ud800x'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['one\r\ntwo\rthree\tfour', 'one\ntwo\\u000dthree\tfour'],
    ['_x0041_', '_x005F_x0041_'],
    ['a & <b>', 'a &amp; &lt;b&gt;'],
    ['שלום 王小明 😀', 'שלום 王小明 😀'],
  ])('%j is %j', (text, xml) => {
    expect(cellText(text).xml).toBe(xml);
  });

  test('is never longer than a spreadsheet takes', () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom(1, 3000, 40_000), (text, times) => {
        const { xml } = cellText(text.repeat(times));
        const shown = xml.replace(/&\w+;/g, '&').replaceAll('_x005F_', '_');
        expect(shown.length).toBeLessThanOrEqual(32_767);
      }),
      { numRuns: 100 },
    );
  });
});
