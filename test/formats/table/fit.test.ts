import { describe, expect, test } from 'vitest';
import type { FormatOptions } from '../../../src/formats/format.js';
import { formatFor } from '../../../src/formats/index.js';
import { invent } from '../../../src/providers/invent.js';
import { width } from '../../../src/terminal/text.js';
import { UTC } from '../../../src/time.js';

const NOW = Date.parse('2026-11-20T14:00:00Z');

interface Row {
  readonly id: string;
  readonly time: string;
  readonly name: string;
  readonly email: string;
  readonly thing: string;
  readonly was: string;
  readonly is: string;
}

const row = (n: number, part: Partial<Row>): Row => ({
  id: `al_${n}zQ8kx0000000000000${n}`,
  time: `2026-11-0${n}T0${n}:10:1${n}Z`,
  name: 'Ann Lee',
  email: `ann${n}@harbor.example`,
  thing: 'Crew Rota',
  was: 'member',
  is: 'admin',
  ...part,
});

const LANGUAGES: readonly Row[] = [
  row(1, { name: 'Ann Lee' }),
  row(2, { name: '山田太郎', email: 'taro@harbor.example', thing: '客服助手', was: '会員', is: '管理者' }),
  row(3, { name: 'דנה לוי', email: 'dana@harbor.example', thing: 'مساعد الحجوزات', was: 'חבר', is: 'מנהל' }),
  row(4, { name: 'Sofía 👩‍💻 Delgado', email: 'sofia.delgado@harbor.example', thing: 'Kundenservice Süd' }),
  row(5, { name: 'Έλενα Παπαδοπούλου', email: 'elena@harbor.example', thing: 'Vehicle Check-in Islands' }),
];

const NAMESAKES: readonly Row[] = [
  row(1, { name: 'Dana Whitfield', email: 'dana.whitfield@harbor.example' }),
  row(2, { name: 'Dana Whitfield', email: 'dana.whitfield@partner.example' }),
  row(3, { name: 'Chloe Nakamura-Reyes', email: 'chloe@harbor.example' }),
];

const LONG: readonly Row[] = [
  row(1, {
    was: 'reads everything, writes nothing',
    is: 'reads everything, writes some things, and may delete what is old',
  }),
  row(2, { name: 'Bo Berg' }),
];

function entryOf({ id, time, name, email, thing, was, is }: Row) {
  const value = {
    id,
    created_at: time,
    action: 'member.role_changed',
    actor: { id: `usr_${email}`, name, email },
    assistant: { id: 'ast_1', name: thing },
    source: 'app',
    country: 'NO',
    ip: '2001:db8:1a0::65df:ed95',
    metadata: { previous_role: was, new_role: is },
  };
  return { raw: Buffer.from(JSON.stringify(value)), id, time: Date.parse(time) };
}

async function drawn(rows: readonly Row[], options: Partial<FormatOptions>) {
  const format = await formatFor('table', {
    provider: invent,
    colorLevel: 0,
    isTTY: true,
    width: 80,
    zone: UTC,
    now: NOW,
    ...options,
  });
  const text = `${format.open()}${format.write({ entries: rows.map(entryOf), org: 'c' })}${format.close()}`;
  const bare = text.replace(/[\u2068\u2069]/g, '');
  return { text: bare, lines: bare.trimEnd().split('\n'), ...format.facts() };
}

const OPTIONS: readonly (readonly [string, Partial<FormatOptions>])[] = [
  ['as it is', {}],
  ['with seconds', { seconds: true }],
  ['--diff', { diff: true }],
  ['--ids', { ids: true }],
  ['--diff --ids', { diff: true, ids: true }],
];

const CASES = [60, 80, 120, 200].flatMap((columns) =>
  (
    [
      ['languages', LANGUAGES],
      ['people of one name', NAMESAKES],
      ['long changes', LONG],
    ] as const
  ).flatMap(([what, rows]) => OPTIONS.map(([how, options]) => ({ columns, what, rows, how, options }))),
);

/** Where a text begins, in cells. */
function cellOf(line: string, text: string): number {
  return width(line.slice(0, line.indexOf(text)));
}

describe('a table that is narrow hides nothing important', () => {
  test.each(CASES)('$columns columns, $what, $how', async ({ columns, rows, options }) => {
    const { text, lines, hidden = [] } = await drawn(rows, { ...options, width: columns });
    for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);

    const [heading = '', ...others] = lines;
    const times = rows.map(({ time }) => `Nov ${time.slice(8, 10)} ${time.slice(11, options.seconds ? 19 : 16)}`);
    const events = others.filter((line) => times.some((time) => line.includes(time)));
    expect(events).toHaveLength(rows.length);
    const starts = new Set(times.map((time, at) => cellOf(events[at]!, time)));
    expect([...starts]).toEqual([cellOf(heading, 'Date')]);

    if (options.ids === true) {
      const shown = events.map((line) => line.split(' ')[0]!);
      expect(new Set(shown).size).toBe(rows.length);
      for (const [at, { id }] of rows.entries()) {
        expect(shown[at]!.length).toBeGreaterThanOrEqual(6);
        expect(id.startsWith(shown[at]!)).toBe(true);
      }
    }
    if (options.diff === true) {
      // Wrapped in a column or below the row, every word is there.
      const words = rows.flatMap(({ was, is }) => `role: ${was} → ${is}`.split(' '));
      for (const word of words) expect(text).toContain(word);
    }
    if (rows === NAMESAKES) {
      for (const { email } of rows.slice(0, 2)) expect(text).toContain(email.slice(0, 8));
      const people = events.slice(0, 2).map((line) => /dana\.w[^ >…]*/.exec(line)?.[0]);
      expect(new Set(people).size).toBe(2);
    }
    // What is not shown is said.
    const says = (shown: boolean, word: string) => expect(hidden.includes(word), word).toBe(!shown);
    if (rows !== NAMESAKES)
      says(
        rows.every(({ email }) => text.includes(`<${email}>`)),
        'emails',
      );
    says(text.includes('(assistant)'), 'types');
    says(heading.includes('Source'), 'Source');
    says(heading.includes('Location'), 'Location');
    says(text.includes('2001:db8') || !heading.includes('Location'), 'IP addresses');
  });
});

describe('the parts of a narrow table', () => {
  test('are dropped whole, one after the other, in one order, before anything is cut', async () => {
    const seen: string[] = [];
    for (let columns = 170; columns >= 58; columns -= 1) {
      const { hidden = [], text } = await drawn([row(1, { email: 'ann.lee@harbor.example' })], { width: columns });
      const now = hidden.join(', ');
      if (seen.at(-1) !== now) seen.push(now);
      expect(text).not.toContain('…');
    }
    expect(seen).toEqual([
      '',
      'emails',
      'emails, types',
      'emails, types, IP addresses',
      'emails, types, IP addresses, Source',
      'emails, types, Source, Location',
    ]);
  });

  test('texts are cut only after that, and the time, ids and changes not even then', async () => {
    const { lines } = await drawn(LANGUAGES.slice(4), { width: 60, ids: true, diff: true });
    expect(lines).toEqual([
      'Id        Actor       Event         Resource    Date (UTC)',
      'al_5zQ8k  Έλενα Παπ…  Member Role…  Vehicle C…  Nov 05 05:10',
      '  └ role: member → admin',
    ]);
  });

  test('one long name is cut rather than that all rows lose their emails', async () => {
    const long = row(2, { thing: 'x'.repeat(300) });
    const { text, hidden } = await drawn([row(1, {}), long], { width: 200 });
    expect(hidden).toEqual([]);
    expect(text).toContain('<ann1@harbor.example>');
    expect(text).toContain('(assistant)');
    expect(text).toContain('xxx…');
  });

  test('a zone in the heading goes where it is wider than the times, and that is said', async () => {
    const rows = [row(1, { time: new Date(NOW - 60_000).toISOString() })];
    const wide = await drawn(rows, { width: 200 });
    const whole = Math.max(...wide.lines.map((line) => width(line.replace(/^Id {8}|^al_\w+ {2}/, ''))));
    expect(wide.lines[0]).toMatch(/Date \(UTC\)$/);
    const narrow = await drawn(rows, { width: whole - 1 });
    expect(narrow.lines[0]).toMatch(/Date$/);
    expect(narrow.lines[1]).toMatch(/1m ago$/);
    expect(narrow.hidden).toEqual(['the time zone (UTC)']);
  });

  test('columns without room are dropped from the right, and named', async () => {
    const { lines, hidden } = await drawn(LANGUAGES.slice(0, 1), { width: 30 });
    expect(lines[0]).toBe('Actor    Date (UTC)');
    expect(hidden).toEqual(['emails', 'types', 'Source', 'Location', 'Event', 'Resource']);
  });
});

describe('people of one name', () => {
  test('show their emails, also where emails are dropped; others do not', async () => {
    const { lines, hidden } = await drawn(NAMESAKES, { width: 100 });
    expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual([
      'Actor',
      'Dana Whitfield <dana.whitfield@harbor.example>',
      'Dana Whitfield <dana.whitfield@partner.example>',
      'Chloe Nakamura-Reyes',
    ]);
    expect(hidden).toContain('emails');
  });

  test('a person who is called System is not taken for an automated event', async () => {
    const system = { ...entryOf(row(1, {})), raw: Buffer.from('{"action":"login","actor":null}') };
    const format = await formatFor('table', {
      provider: invent,
      colorLevel: 0,
      isTTY: true,
      width: 60,
      zone: UTC,
      now: NOW,
    });
    const text = `${format.write({ entries: [system, entryOf(row(2, { name: 'System' }))], org: 'c' })}`;
    expect(text).toMatch(/^System +Login/m);
    expect(text).toMatch(/^(?:System )?<?ann2@/m);
  });

  test('also where the second comes with a later batch', async () => {
    const format = await formatFor('table', {
      provider: invent,
      colorLevel: 0,
      isTTY: true,
      width: 80,
      zone: UTC,
      now: NOW,
    });
    const first = `${format.write({ entries: [entryOf(NAMESAKES[0]!)], org: 'c' })}`;
    const second = `${format.write({ entries: [entryOf(NAMESAKES[1]!)], org: 'c' })}`;
    expect(first).not.toContain('dana.whitfield');
    expect(second).toContain('dana.whitfield@partner');
  });
});

describe('the change of an event', () => {
  test('is wrapped in its column where there is room', async () => {
    const { lines } = await drawn(LONG, { width: 120, diff: true });
    expect(lines.slice(0, 4)).toEqual([
      'Actor    Event                Resource   Change                                           Source  Location  Date (UTC)',
      'Ann Lee  Member Role Changed  Crew Rota  role: reads everything, writes nothing → reads   app     NO        Nov 01 01:10',
      '                                         everything, writes some things, and may delete',
      '                                         what is old',
    ]);
  });

  test('that is very long has its end cut, which is said', async () => {
    const { hidden, lines } = await drawn([row(1, { is: 'word '.repeat(900) })], { width: 80, diff: true });
    expect(hidden).toContain('the end of long changes');
    expect(lines.length).toBeLessThan(12);
  });

  test('of long texts shows where they differ', async () => {
    const text = (word: string) => `${'same '.repeat(60)}${word}${' same'.repeat(60)}`;
    const { text: shown } = await drawn([row(1, { was: text('old'), is: text('new') })], { width: 200, diff: true });
    expect(shown.replace(/\s+/g, ' ')).toContain(
      '…same same same same old same same same same… → …same same same same ',
    );
    expect(shown).toContain('new same same same same…');
  });
});

describe('a column of ids', () => {
  test('comes by itself where there is room for everything else, and not at 80 columns', async () => {
    expect((await drawn(LANGUAGES, { width: 200 })).lines[0]).toMatch(/^Id {2,}Actor/);
    expect((await drawn(LANGUAGES, { width: 80 })).lines[0]).toMatch(/^Actor/);
    expect((await drawn(LANGUAGES, { width: 200, live: true })).lines[0]).toMatch(/^Actor/);
  });

  test('is as long as it takes to tell these ids apart', async () => {
    const rows = [row(1, { id: '2026-11-20-0001' }), row(2, { id: '2026-11-20-0012' }), row(3, { id: '7' })];
    const { lines, shortId } = await drawn(rows, { width: 100, ids: true });
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['Id', '2026-11-20-000', '2026-11-20-001', '7']);
    expect(shortId).toBe(14);
  });

  test('has whole ids in a pipe', async () => {
    const { lines } = await drawn(LANGUAGES, { isTTY: false, width: 0, ids: true });
    expect(lines[1]).toMatch(/^al_1zQ8kx00000000000001 {2}Ann Lee <ann1@harbor.example>/);
  });

  test('that was asked for by name is never cut', async () => {
    const columns = [{ name: 'id', field: 'id' as const, places: ['id'] }];
    const { lines } = await drawn(LANGUAGES, { width: 15, columns });
    expect(lines[1]).toBe('al_1zQ8kx00000000000001');
  });
});
