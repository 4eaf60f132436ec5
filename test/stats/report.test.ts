import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { toEvent } from '../../src/providers/event/normalize.js';
import { invent } from '../../src/providers/invent.js';
import { parseDimensions } from '../../src/stats/dimensions.js';
import { openPeriods, type PeriodName } from '../../src/stats/periods.js';
import { type Report, type ReportQuestion, toReport } from '../../src/stats/report.js';
import { reportTable } from '../../src/stats/table.js';
import { type Bounds, type Counted, openTally } from '../../src/stats/tally.js';
import { reportCsv, reportJson, reportNdjson } from '../../src/stats/text.js';
import { localTimes, parseTimestamp, UTC } from '../../src/time.js';

interface Made {
  readonly by?: string;
  readonly every?: PeriodName;
  readonly top?: number;
  readonly over?: number;
  readonly bounds?: Bounds;
}

const look = { provider: invent, toLocal: localTimes(UTC) };

function made(
  entries: readonly object[],
  { by, every, top, over, bounds }: Made,
): { report: Report; counted: Counted } {
  const periods = every === undefined ? undefined : openPeriods(every, UTC, look.toLocal);
  const dimensions = by === undefined ? [] : parseDimensions(by.split(','), invent);
  const tally = openTally(dimensions, periods, look, bounds);
  for (const entry of entries) {
    const time = parseTimestamp((entry as { created_at?: string }).created_at ?? '');
    tally.add(toEvent(invent, { raw: Buffer.from(JSON.stringify(entry)), id: undefined, time }), 'c');
  }
  const asked: ReportQuestion = { dimensions, periods, top, over };
  return { report: toReport(asked, tally.result()), counted: tally.result() };
}

function table(entries: readonly object[], how: Made, width = 0, level: 0 | 1 = 0): string {
  return reportTable(made(entries, how).report, { chalk: new Chalk({ level }), isTTY: width > 0, width, look });
}

const at = (created_at: string, action = 'chat.deleted', more: object = {}) => ({ created_at, action, ...more });
const ann = { actor: { id: 'u1', email: 'ann@acme.example' } };
const bob = { actor: { id: 'u2', email: 'bob@acme.example', name: 'Bob' } };

const WEEK = [
  at('2026-03-02T09:00:00Z', 'chat.deleted', ann),
  at('2026-03-02T09:30:00Z', 'chat.deleted', ann),
  at('2026-03-02T10:00:00Z', 'member.joined', bob),
  at('2026-03-03T09:00:00Z', 'chat.deleted', bob),
  at('2026-03-06T09:00:00Z', 'assistant.updated', { actor: null }),
];

describe('events are counted', () => {
  test('by one thing, the most frequent first', () => {
    expect(table(WEEK, { by: 'action' })).toBe(`Action             Events   Share
chat.deleted            3  60.0 %  ████████████████████
assistant.updated       1  20.0 %  ██████▋
member.joined           1  20.0 %  ██████▋
total                   5
`);
  });

  test('by several things crossed', () => {
    expect(table(WEEK, { by: 'actor,kind' })).toBe(`Actor             Kind    Events   Share
ann@acme.example  delete       2  40.0 %  ████████████████████
System            update       1  20.0 %  ██████████
bob@acme.example  create       1  20.0 %  ██████████
bob@acme.example  delete       1  20.0 %  ██████████
total                          5
`);
  });

  test('over time, days without any included', () => {
    expect(table(WEEK, { every: 'day' })).toBe(`Day         Events   Share
2026-03-02       3  60.0 %  ████████████████████
2026-03-03       1  20.0 %  ██████▋
2026-03-04       0   0.0 %
2026-03-05       0   0.0 %
2026-03-06       1  20.0 %  ██████▋
total            5
`);
  });

  test('by a thing over time, with a trend', () => {
    expect(table(WEEK, { by: 'kind', every: 'day' })).toBe(`Kind    Events   Share  Trend
delete       3  60.0 %  █▄···
create       1  20.0 %  █····
update       1  20.0 %  ····█
total        5
`);
  });

  test('and only the largest are told, the others together', () => {
    expect(table(WEEK, { by: 'action', top: 1, every: 'day' })).toBe(`Action        Events   Share  Trend
chat.deleted       3  60.0 %  █▄···
other (2)          2  40.0 %  █···█
total              5
`);
  });

  test('and only what came more often than a number of times', () => {
    expect(
      table(WEEK, { by: 'actor', every: 'hour', over: 1 }),
    ).toBe(`Hour               Actor             Events   Share
2026-03-02T09:00Z  ann@acme.example       2  40.0 %  ████████████████████
total                                     2  40.0 %
`);
    expect(table(WEEK, { every: 'day', over: 2 })).toContain('2026-03-02       3');
    expect(made(WEEK, { by: 'kind', over: 1 }).report.rows.map(({ labels, count }) => [...labels, count])).toEqual([
      ['delete', 3],
    ]);
  });

  test('by hours and weekdays in their own order, those without any included', () => {
    const { rows } = made(WEEK, { by: 'weekday' }).report;
    expect(rows.map(({ labels, count }) => `${labels[0]} ${count}`).join(', ')).toBe(
      'Mon 3, Tue 1, Wed 0, Thu 0, Fri 1, Sat 0, Sun 0',
    );
    expect(made(WEEK, { by: 'hour' }).report.rows).toHaveLength(24);
  });

  test('by both, as a map of the week', () => {
    expect(table(WEEK, { by: 'weekday,hour' })).toBe(`    00  02  04  06  08  10  12  14  16  18  20  22   Total
Mon ··················██▒▒··························     3
Tue ··················▒▒····························     1
Wed ················································     0
Thu ················································     0
Fri ··················▒▒····························     1
Sat ················································     0
Sun ················································     0
                                                         5
Events in an hour of the week: ▒ 1  █ 2
`);
    expect(table(WEEK, { by: 'hour,weekday' }, 50)).toContain('\nMon ·········█▒·············     3\n');
  });

  test('a renamed actor is one, under the newest name', () => {
    const renamed = [at('2026-03-02T09:00:00Z', 'a.b', { actor: { id: 'u1', email: 'new@acme.example' } }), WEEK[0]!];
    expect(made(renamed, { by: 'actor' }).report.rows.map(({ labels, count }) => [...labels, count])).toEqual([
      ['new@acme.example', 2],
    ]);
  });

  test('none at all', () => {
    expect(table([], { by: 'action' })).toBe('Action  Events  Share\ntotal        0\n');
    expect(table([], { every: 'day' })).toBe('Day    Events  Share\ntotal       0\n');
    expect(table([], { by: 'weekday,hour' })).toContain('Sun ');
  });

  test('those without a valid time are in no period, but counted', () => {
    const { counted, report } = made([at('soon'), WEEK[0]!], { every: 'day', by: 'weekday' });
    expect(counted).toMatchObject({ total: 2, untimed: 1 });
    expect(report.rows.at(-1)).toMatchObject({ labels: ['(none)'], count: 1 });
  });
});

test('so many groups are told apart, and the rest is counted together', () => {
  const many = Array.from({ length: 100 }, (_, n) => at('2026-03-02T09:00:00Z', `x.y${n % 50}`));
  const { report, counted } = made(many, { by: 'action', bounds: { groups: 10, cells: 100 } });
  expect(counted).toMatchObject({ total: 100, lumped: 80 });
  expect(report.rows).toHaveLength(10);
  expect(report.other?.row.count).toBe(80);
  const cells = made(
    many.map((entry, n) => ({ ...entry, created_at: new Date(n * 86_400_000).toISOString() })),
    {
      by: 'action',
      every: 'day',
      bounds: { groups: 100, cells: 150 },
    },
  );
  expect(cells.counted.lumped).toBeGreaterThan(0);
  expect(cells.counted.total).toBe(100);
});

describe('a table', () => {
  const long = Array.from({ length: 30 }, (_, n) =>
    at('2026-03-02T09:00:00Z', 'chat.deleted', {
      actor: { id: `u${n}`, email: `${'很长的名字'.repeat(n % 9)}@acme.example` },
    }),
  );

  test.each([20, 40, 60, 80, 200])('fits %i cells', (cells) => {
    for (const how of [
      { by: 'actor' },
      { by: 'actor,action' },
      { by: 'actor', every: 'hour' },
      { every: 'hour' },
    ] as const) {
      const lines = table([...long, ...WEEK], how, cells).split('\n');
      for (const line of lines) {
        const wide = [...line].reduce((sum, char) => sum + (/\p{sc=Han}/u.test(char) ? 2 : 1), 0);
        if (cells >= 60) expect(wide, line).toBeLessThan(cells);
      }
    }
  });

  test('is coloured by kind', () => {
    expect(table(WEEK, { by: 'kind' }, 80, 1)).toContain('\x1b[31m█');
    expect(table(WEEK, { by: 'kind' }, 80, 1)).toContain('\x1b[32m█');
  });

  test('does nothing that an attacker’s name says', () => {
    const hostile = [at('2026-03-02T09:00:00Z', 'x\x1b[2J\r\ny', { actor: { id: 'a', email: '\u202eevil\x07' } })];
    expect(table(hostile, { by: 'action,actor' }, 80)).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  });
});

describe('for programs', () => {
  const facts = { answeredBy: 'entries', zone: 'UTC', from: undefined, before: undefined } as const;
  const hostile = [...WEEK, at('2026-03-02T09:00:00Z', '=cmd|x!A0', { actor: { id: 'a', email: 'a","b\u202e\nc' } })];

  test('as JSON, with a series of counts for each row', () => {
    expect(JSON.parse(reportJson(made(WEEK, { by: 'kind', every: 'day', top: 1 }).report, facts))).toEqual({
      by: ['kind'],
      every: 'day',
      over: null,
      from: null,
      before: null,
      zone: 'UTC',
      answered_by: 'entries',
      total: 5,
      periods: ['2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05', '2026-03-06'],
      rows: [{ kind: 'delete', events: 3, share: 0.6, series: [2, 1, 0, 0, 0] }],
      other: { groups: 2, kind: '(other)', events: 2, share: 0.4, series: [1, 0, 0, 0, 1] },
    });
    expect(reportJson(made(hostile, { by: 'actor' }).report, facts)).not.toContain('\u202e');
  });

  test('as NDJSON, a line for each count', () => {
    const lines = reportNdjson(made(WEEK, { by: 'kind', every: 'day' }).report)
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { day: '2026-03-02', kind: 'delete', events: 2, share: 0.4 },
      { day: '2026-03-03', kind: 'delete', events: 1, share: 0.2 },
      { day: '2026-03-02', kind: 'create', events: 1, share: 0.2 },
      { day: '2026-03-06', kind: 'update', events: 1, share: 0.2 },
    ]);
  });

  test('as CSV, with no formula in it', async () => {
    expect(await reportCsv(made(WEEK, { by: 'actor,kind' }).report, false)).toBe(
      'actor,kind,events,share\r\nann@acme.example,delete,2,0.4\r\nSystem,update,1,0.2\r\nbob@acme.example,create,1,0.2\r\nbob@acme.example,delete,1,0.2\r\n',
    );
    expect(await reportCsv(made(hostile, { by: 'action' }).report, false)).toContain("\r\n'=cmd|x!A0,1,");
    expect(await reportCsv(made(hostile, { by: 'actor' }).report, false)).toContain('"a"",""b\u202e\nc",1,');
  });
});

test.each([
  ['actoin', 'column "actoin" does not exist'],
  ['weekdya', 'column "weekdya" does not exist'],
  ['.', '--by: "." is not a path'],
  ['action,action', '--by names action twice'],
])('--by %s is refused', (by, message) => {
  expect(() => parseDimensions(by.split(','), invent)).toThrow(message);
});

test('events are counted by any column or path, with no name twice in a row', () => {
  const entries = [
    {
      created_at: '2026-11-20T10:00:00Z',
      agent: 'curl',
      metadata: { events: 1 },
      member: { id: 'm1', user: { id: 'u1', email: 'a@b.example' } },
    },
    { created_at: '2026-11-20T11:00:00Z', agent: 'curl', metadata: { events: 2 } },
    { created_at: '2026-11-21T11:00:00Z', events: 'x'.repeat(3000) },
    { created_at: '2026-11-21T11:00:00Z', events: `${'x'.repeat(2999)}y` },
  ];
  const counts = (by: string, every?: 'hour') =>
    made(entries, { by, ...(every && { every }) }).report.rows.map(({ labels, count }) => [...labels, count]);
  expect(counts('user_agent')).toEqual(
    expect.arrayContaining([
      ['curl', 2],
      ['(none)', 2],
    ]),
  );
  expect(counts('metadata.events')).toEqual([
    ['(none)', 2],
    ['1', 1],
    ['2', 1],
  ]);
  expect(counts('target')).toEqual([
    ['(none)', 3],
    ['a@b.example', 1],
  ]);
  expect(counts('day')).toEqual([
    ['2026-11-20', 2],
    ['2026-11-21', 2],
  ]);
  // Long texts stay apart, and short.
  const long = counts('events')
    .slice(1)
    .map(([label]) => String(label));
  expect(long.map((label) => label.length < 1100)).toEqual([true, true]);
  expect(new Set(long).size).toBe(2);
  const rows = reportNdjson(made(entries, { by: 'hour,metadata.events', every: 'hour' }).report);
  expect(rows).toContain('{"hour":"2026-11-20T10:00Z","by hour":"10","metadata.events":"1","events":1,');
});
