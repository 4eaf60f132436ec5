import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AuditlogError, EXIT } from '../../src/errors.js';
import {
  describeRange,
  openZone,
  parseAround,
  parseDuration,
  parsePeriod,
  parseRange,
  parseWhen,
  UTC,
  type Zone,
} from '../../src/time.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 0);

// A Wednesday.
const now = Date.parse('2026-03-11T14:25:36.789Z');

function when(text: string, edge: 'from' | 'to', zone: Zone = UTC, at = now): string {
  return new Date(parseWhen(text, { now: at, zone, edge })).toISOString().replace('.000Z', 'Z');
}

/** What a user is told when `make` refuses. */
function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(AuditlogError);
    const { exitCode, message, hint } = error as AuditlogError;
    expect(exitCode).toBe(EXIT.usage);
    return `${message}\n${hint ?? ''}`;
  }
  return 'accepted';
}

describe('in UTC', () => {
  test.each([
    ['now', '2026-03-11T14:25:36.789Z', '2026-03-11T14:25:36.789Z'],
    ['2026-03-01', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'],
    ['2026-03-01T09:30', '2026-03-01T09:30:00Z', '2026-03-01T09:30:00Z'],
    ['2026-03-01T09:30:15', '2026-03-01T09:30:15Z', '2026-03-01T09:30:15Z'],
    ['2026-03-01T09:30:15.25', '2026-03-01T09:30:15.250Z', '2026-03-01T09:30:15.250Z'],
    ['2026-03-01T09:30:00+01:00', '2026-03-01T08:30:00Z', '2026-03-01T08:30:00Z'],
    ['today', '2026-03-11T00:00:00Z', '2026-03-12T00:00:00Z'],
    ['yesterday', '2026-03-10T00:00:00Z', '2026-03-11T00:00:00Z'],
    ['this-week', '2026-03-09T00:00:00Z', '2026-03-16T00:00:00Z'],
    ['last-week', '2026-03-02T00:00:00Z', '2026-03-09T00:00:00Z'],
    ['this-month', '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z'],
    ['last-month', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['this-quarter', '2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z'],
    ['last-quarter', '2025-10-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['this-year', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['last-year', '2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['monday', '2026-03-09T00:00:00Z', '2026-03-10T00:00:00Z'],
    ['tuesday', '2026-03-10T00:00:00Z', '2026-03-11T00:00:00Z'],
    ['wednesday', '2026-03-11T00:00:00Z', '2026-03-12T00:00:00Z'],
    ['thursday', '2026-03-05T00:00:00Z', '2026-03-06T00:00:00Z'],
    ['friday', '2026-03-06T00:00:00Z', '2026-03-07T00:00:00Z'],
    ['saturday', '2026-03-07T00:00:00Z', '2026-03-08T00:00:00Z'],
    ['sunday', '2026-03-08T00:00:00Z', '2026-03-09T00:00:00Z'],
    ['last-wednesday', '2026-03-04T00:00:00Z', '2026-03-05T00:00:00Z'],
    ['last-tuesday', '2026-03-10T00:00:00Z', '2026-03-11T00:00:00Z'],
    ['Last Quarter', '2025-10-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['Today', '2026-03-11T00:00:00Z', '2026-03-12T00:00:00Z'],
    ['2026-02', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['2025-12', '2025-12-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2026-Q1', '2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z'],
    ['2025-q4', '2025-10-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2025', '2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2026-03-01 09:30', '2026-03-01T09:30:00Z', '2026-03-01T09:30:00Z'],
    ['2026-03-01 09:30:15', '2026-03-01T09:30:15Z', '2026-03-01T09:30:15Z'],
    ['2026-03-01 09:30:00Z', '2026-03-01T09:30:00Z', '2026-03-01T09:30:00Z'],
    ['1mo', '2026-02-11T14:25:36.789Z', '2026-02-11T14:25:36.789Z'],
    ['3mo', '2025-12-11T14:25:36.789Z', '2025-12-11T14:25:36.789Z'],
    ['1y', '2025-03-11T14:25:36.789Z', '2025-03-11T14:25:36.789Z'],
    ['1y2mo1d', '2025-01-10T14:25:36.789Z', '2025-01-10T14:25:36.789Z'],
    ['45m', '2026-03-11T13:40:36.789Z', '2026-03-11T13:40:36.789Z'],
    ['2h', '2026-03-11T12:25:36.789Z', '2026-03-11T12:25:36.789Z'],
    ['1h30m', '2026-03-11T12:55:36.789Z', '2026-03-11T12:55:36.789Z'],
    ['7d', '2026-03-04T14:25:36.789Z', '2026-03-04T14:25:36.789Z'],
    ['2w', '2026-02-25T14:25:36.789Z', '2026-02-25T14:25:36.789Z'],
    ['1w2d3h4m', '2026-03-02T11:21:36.789Z', '2026-03-02T11:21:36.789Z'],
  ])('%s is %s as --from, %s as --to', (text, from, to) => {
    expect(when(text, 'from')).toBe(from);
    expect(when(text, 'to')).toBe(to);
  });

  test('a week starts on Monday, whatever day it is', () => {
    expect(when('this-week', 'from', UTC, Date.parse('2026-03-09T00:00:00Z'))).toBe('2026-03-09T00:00:00Z');
    expect(when('this-week', 'from', UTC, Date.parse('2026-03-15T23:59:59Z'))).toBe('2026-03-09T00:00:00Z');
    expect(when('last-week', 'to', UTC, Date.parse('2026-03-15T23:59:59Z'))).toBe('2026-03-09T00:00:00Z');
  });

  test('months and years ago end on the last day of a shorter month', () => {
    expect(when('1mo', 'from', UTC, Date.parse('2026-03-31T10:00:00Z'))).toBe('2026-02-28T10:00:00Z');
    expect(when('1y', 'from', UTC, Date.parse('2024-02-29T10:00:00Z'))).toBe('2023-02-28T10:00:00Z');
    expect(when('13mo', 'from', UTC, Date.parse('2026-01-31T10:00:00Z'))).toBe('2024-12-31T10:00:00Z');
  });

  test('a weekday is the last one, today included; last- is before today', () => {
    const monday = Date.parse('2026-03-09T08:00:00Z');
    expect(when('monday', 'from', UTC, monday)).toBe('2026-03-09T00:00:00Z');
    expect(when('last-monday', 'from', UTC, monday)).toBe('2026-03-02T00:00:00Z');
  });

  test('quarters go round the year', () => {
    for (const [at, from, to] of [
      ['2026-01-01T00:00:00Z', '2025-10-01T00:00:00Z', '2026-01-01T00:00:00Z'],
      ['2026-12-31T23:59:59Z', '2026-07-01T00:00:00Z', '2026-10-01T00:00:00Z'],
    ] as const) {
      expect(when('last-quarter', 'from', UTC, Date.parse(at))).toBe(from);
      expect(when('last-quarter', 'to', UTC, Date.parse(at))).toBe(to);
    }
  });

  test('months go round the year', () => {
    expect(when('last-month', 'from', UTC, Date.parse('2026-01-15T00:00:00Z'))).toBe('2025-12-01T00:00:00Z');
    expect(when('this-month', 'to', UTC, Date.parse('2026-12-15T00:00:00Z'))).toBe('2027-01-01T00:00:00Z');
  });
});

test.each([
  '',
  ' ',
  'tomorrow',
  'next-week',
  '2026-00',
  '2026-Q5',
  '2026-W10',
  '26-03',
  '2026-3-1',
  '2026/03/01',
  '01.03.2026',
  '03/01/2026',
  '20260301',
  '2026-02-29',
  '2026-13-01',
  '2026-03-01T',
  '2026-03-01T9:30',
  '2026-03-01T24:00',
  '2026-03-01T09:60',
  '2026-03-01T09:30Z',
  '2026-03-01T09:30:00+24:00',
  '2026-03-01T09:30:00 +01:00',
  '2026-03-01\n',
  'now\n',
  '1709251200',
  '1709251200000',
  '7',
  '-7d',
  '+7d',
  '7 d',
  '7D',
  '1.5h',
  '30m1h',
  '1h1h',
  '2mo1y',
  '99999mo',
  '30s',
  '7days',
  '7d ago',
  '9999999999d',
  '999999w',
  'constructor',
  '__proto__',
  'toString',
])('"%s" is refused with examples', (text) => {
  for (const edge of ['from', 'to'] as const) {
    expect(refusal(() => parseWhen(text, { now, zone: UTC, edge }))).toContain('Times look like 2026-03-01, ');
  }
});

test.each([
  ['03/01/2026', '2026-03-01 or 2026-01-03'],
  ['31.12.2025', '2025-12-31'],
  ['2026/03/01', '2026-03-01'],
  ['2026-3-1', '2026-03-01'],
  ['20260301', '2026-03-01'],
  ['2026/3', '2026-03'],
  ['2026Q1', '2026-Q1'],
  ['Q3', '2025-Q3'],
  ['Q1 2026', '2026-Q1'],
  ['october', '2025-10'],
  ['Mar 2026', '2026-03'],
  ['7 days ago', '7d'],
  ['last 30 days', '30d'],
  ['2weeks', '2w'],
  ['6 months', '6mo'],
  ['-7d', '7d'],
  ['7D', '7d'],
  ['2026-03-01T09', '2026-03-01T09:00'],
  ['2026-03-01 9h', '2026-03-01T09:00'],
  ['9:05', '2026-03-11T09:05'],
  ['today 09:00', '2026-03-11T09:00'],
  ['yesterday 5pm', '2026-03-10T17:00'],
  ['yesterday at 12am', '2026-03-10T00:00'],
  ['1h30', '1h30m'],
  ['1.5h', '90m'],
  ['2.5d', '60h'],
  ['1772355600', '2026-03-01T09:00:00.000Z'],
  ['1772355600123', '2026-03-01T09:00:00.123Z'],
  ['Mar 1', '2026-03-01'],
  ['March 1, 2025', '2025-03-01'],
  ['1 Oct', '2025-10-01'],
  ['mondya', 'monday'],
  ['last-quater', 'last-quarter'],
  ['lastweek', 'last-week'],
])('"%s" is refused with what it means: %s', (text, meant) => {
  expect(refusal(() => parseWhen(text, { now, zone: UTC, edge: 'to' }))).toMatch(
    `invalid --to "${text}": did you mean ${meant}?\n`,
  );
});

test.each(['12345', '25:00', 'today 25:00', 'Feb 30', '9999999999'])('"%s" is refused without a guess', (text) => {
  expect(refusal(() => parseWhen(text, { now, zone: UTC, edge: 'to' }))).toMatch(
    `invalid --to "${text}": expected a time`,
  );
});

test.each([
  ['2026-02', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'],
  ['2025-Q3', '2025-07-01T00:00:00Z', '2025-10-01T00:00:00Z'],
  ['yesterday', '2026-03-10T00:00:00Z', '2026-03-11T00:00:00Z'],
  ['last-quarter', '2025-10-01T00:00:00Z', '2026-01-01T00:00:00Z'],
])('--in %s is %s until %s', (text, from, before) => {
  expect(parsePeriod(text, '--in', { now, zone: UTC })).toEqual({ from: Date.parse(from), before: Date.parse(before) });
});

test('--in takes periods only', () => {
  const told = (text: string) => refusal(() => parsePeriod(text, '--in', { now, zone: UTC }));
  expect(told('7d')).toBe('invalid --in "7d": expected a day, month, quarter or year\nFor all since then: --from 7d');
  expect(told('last-quater')).toMatch('invalid --in "last-quater": did you mean last-quarter?\nPeriods look like ');
  for (const text of ['now', '2026-03-01T09:30', '2026-02-30', 'x'])
    expect(told(text)).toMatch(/^invalid --in .*: expected a day, month, quarter or year\nPeriods look like /);
});

test('months and quarters begin and end at midnight there, also where clocks change in between', async () => {
  const [paris, lordHowe] = await Promise.all([openZone('Europe/Paris'), openZone('Australia/Lord_Howe')]);
  expect(when('2026-03', 'from', paris)).toBe('2026-02-28T23:00:00Z');
  expect(when('2026-03', 'to', paris)).toBe('2026-03-31T22:00:00Z');
  expect(when('2026-Q4', 'from', paris)).toBe('2026-09-30T22:00:00Z');
  expect(when('2026-Q4', 'to', paris)).toBe('2026-12-31T23:00:00Z');
  expect(when('2026', 'from', lordHowe)).toBe('2025-12-31T13:00:00Z');
  // Just after midnight in Paris the quarter is a new one, and in UTC it is not.
  const newYear = Date.parse('2025-12-31T23:30:00Z');
  expect(when('this-quarter', 'from', paris, newYear)).toBe('2025-12-31T23:00:00Z');
  expect(when('this-quarter', 'from', UTC, newYear)).toBe('2025-10-01T00:00:00Z');
  // A month ago at the same time of the clock: in summer, an hour more or less
  expect(when('1mo', 'from', paris, Date.parse('2026-04-15T10:00:00Z'))).toBe('2026-03-15T11:00:00Z');
  // 02:30 was skipped on that day.
  expect(when('1mo', 'from', paris, Date.parse('2026-04-29T00:30:00Z'))).toBe('2026-03-29T01:30:00Z');
});

test('a misspelt time gets a suggestion', () => {
  expect(refusal(() => parseWhen('yesteday', { now, zone: UTC, edge: 'from' }))).toBe(
    'invalid --from "yesteday": did you mean yesterday?\nTimes look like 2026-03-01, 2026-03, 2026-Q1, 2026, "2026-03-01 09:30", 2026-03-01T09:30:00+01:00, yesterday, monday, last-quarter, 2h, 7d, 3mo\nAll forms: auditlog help times',
  );
});

describe('in a zone', () => {
  test("days and periods are those of the zone's calendar", async () => {
    const auckland = await openZone('Pacific/Auckland');
    // Half past three in the morning of Thursday there.
    expect(when('today', 'from', auckland)).toBe('2026-03-11T11:00:00Z');
    expect(when('2026-03-01', 'from', auckland)).toBe('2026-02-28T11:00:00Z');
    expect(when('2026-03-01', 'to', auckland)).toBe('2026-03-01T11:00:00Z');
    expect(when('2026-03-01T09:30:00+01:00', 'from', auckland)).toBe('2026-03-01T08:30:00Z');
    expect(when('7d', 'from', auckland)).toBe('2026-03-04T14:25:36.789Z');
  });

  test('a day on which clocks change has 23 or 25 hours', async () => {
    const paris = await openZone('Europe/Paris');
    expect(when('2026-03-29', 'from', paris)).toBe('2026-03-28T23:00:00Z');
    expect(when('2026-03-29', 'to', paris)).toBe('2026-03-29T22:00:00Z');
    expect(when('2026-10-25', 'from', paris)).toBe('2026-10-24T22:00:00Z');
    expect(when('2026-10-25', 'to', paris)).toBe('2026-10-25T23:00:00Z');
  });

  test('a time that clocks skip is refused, one that they show twice is the first', async () => {
    const paris = await openZone('Europe/Paris');
    expect(refusal(() => parseWhen('2026-03-29T02:30', { now, zone: paris, edge: 'from' }))).toBe(
      'invalid --from "2026-03-29T02:30": clocks in Europe/Paris skipped that time when they were put forward\nGive the time with its offset from UTC',
    );
    expect(when('2026-03-29T03:00', 'from', paris)).toBe('2026-03-29T01:00:00Z');
    expect(when('2026-10-25T02:30', 'from', paris)).toBe('2026-10-25T00:30:00Z');
    expect(when('2026-10-25T02:30:00.5', 'to', paris)).toBe('2026-10-25T00:30:00.500Z');
    expect(when('2026-10-25T03:00', 'from', paris)).toBe('2026-10-25T02:00:00Z');
  });

  test('a day without a midnight starts when it starts', async () => {
    const saoPaulo = await openZone('America/Sao_Paulo');
    expect(when('2018-11-04', 'from', saoPaulo)).toBe('2018-11-04T03:00:00Z');
    expect(when('2018-11-03', 'to', saoPaulo)).toBe('2018-11-04T03:00:00Z');
  });

  test('a day that a place skipped is an empty range', async () => {
    const apia = await openZone('Pacific/Apia');
    expect(refusal(() => parseRange({ from: '2011-12-30', to: '2011-12-30' }, { now, zone: apia }))).toContain(
      'is empty',
    );
  });

  test('names are checked, and a near one is suggested', async () => {
    const told = async (name: string) =>
      openZone(name).then(
        () => 'accepted',
        (error: AuditlogError) => `${error.message}. ${error.hint}`,
      );
    expect(await told('Europe/Pariss')).toBe(
      'unknown time zone "Europe/Pariss". Did you mean Europe/Paris? Use UTC, local, or a name such as Europe/Paris',
    );
    for (const name of ['', '+02:00', 'Mars/Olympus', '../../etc/passwd', '__proto__']) {
      expect(await told(name), name).toContain(`unknown time zone "${name}"`);
    }
    for (const name of ['UTC', 'utc', 'local', 'europe/paris', 'Asia/Kathmandu'])
      expect(await told(name)).toBe('accepted');
  });

  test('local times agree with what clocks there show', async () => {
    const zones = await Promise.all(
      [
        'Europe/Paris',
        'America/New_York',
        'Australia/Lord_Howe',
        'Asia/Kathmandu',
        'Africa/Casablanca',
        'America/St_Johns',
      ].map(openZone),
    );
    const minute = fc.integer({
      min: Date.parse('2000-01-01T00:00Z') / 60_000,
      max: Date.parse('2035-01-01T00:00Z') / 60_000,
    });
    fc.assert(
      fc.property(fc.constantFrom(...zones), minute, (zone, wanted) => {
        const text = new Date(wanted * 60_000).toISOString().slice(0, 16);
        const clock = clockOf(zone.name);
        // Every instant at which clocks there could show that time: those of all offsets there are, in steps of 15 minutes.
        const shown: number[] = [];
        for (let offset = 14 * 60; offset >= -12 * 60; offset -= 15) {
          const instant = (wanted - offset) * 60_000;
          if (clock(instant) === text) shown.push(instant);
        }
        if (shown.length === 0) {
          expect(refusal(() => parseWhen(text, { now, zone, edge: 'from' }))).toContain('skipped that time');
        } else {
          expect(parseWhen(text, { now, zone, edge: 'from' })).toBe(Math.min(...shown));
        }
      }),
      { numRuns: Math.max(100, RUNS) },
    );
  });
});

function clockOf(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return (ms) => format.format(ms).replace(' ', 'T');
}

test('a day is accepted exactly when the calendar has it', () => {
  const two = fc.integer({ min: 0, max: 39 }).map((n) => String(n).padStart(2, '0'));
  const year = fc.integer({ min: 0, max: 9998 }).map((n) => String(n).padStart(4, '0'));
  fc.assert(
    fc.property(fc.tuple(year, two, two), (parts) => {
      const text = parts.join('-');
      const start = Date.parse(`${text}T00:00:00Z`);
      const exists = !Number.isNaN(start) && new Date(start).toISOString().startsWith(text);
      if (exists) {
        expect(parseWhen(text, { now, zone: UTC, edge: 'from' })).toBe(start);
        expect(parseWhen(text, { now, zone: UTC, edge: 'to' })).toBe(start + 86_400_000);
      } else {
        expect(refusal(() => parseWhen(text, { now, zone: UTC, edge: 'from' }))).toContain(
          'the calendar has no such day',
        );
      }
    }),
    { numRuns: Math.max(500, RUNS) },
  );
});

test('a duration is accepted exactly when its units go from large to small, each once', () => {
  const piece = fc.tuple(fc.integer({ min: 0, max: 99 }), fc.constantFrom('w', 'd', 'h', 'm'));
  const minutes: Readonly<Record<string, number>> = { w: 10_080, d: 1440, h: 60, m: 1 };
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (pieces) => {
      const text = pieces.map(([n, unit]) => `${n}${unit}`).join('');
      const falls = pieces.every(([, unit], i) => i === 0 || minutes[unit]! < minutes[pieces[i - 1]![1]]!);
      if (falls) {
        const total = pieces.reduce((sum, [n, unit]) => sum + n * minutes[unit]!, 0);
        expect(parseWhen(text, { now, zone: UTC, edge: 'from' })).toBe(now - total * 60_000);
      } else {
        expect(refusal(() => parseWhen(text, { now, zone: UTC, edge: 'from' }))).toContain('expected a time');
      }
    }),
    { numRuns: Math.max(300, RUNS) },
  );
});

test('no other text is a time', () => {
  const words =
    /^ *(now|today|yesterday|(last[-_ ]+)?(mon|tues|wednes|thurs|fri|satur|sun)day|(this|last)[-_ ]+(week|month|quarter|year)) *$/i;
  const lengths = /^(\d{1,4}y)?(\d{1,5}mo)?(\d{1,6}w)?(\d{1,6}d)?(\d{1,6}h)?(\d{1,6}m)?$/;
  const dates = /^\d{4}(-(0[1-9]|1[0-2]|[Qq][1-4]|\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?)?)?))?$/;
  const alphabet = fc.constantFrom(...'0123456789-:TZ.+wdhmnotay /'.split(''));
  const mutated = fc
    .tuple(
      fc.constantFrom('2026-03-01', '2026-03-01T09:30', '2026-03-01T09:30:00+01:00', 'last-week', '1h30m'),
      fc.nat(26),
      alphabet,
    )
    .map(([text, at, char]) => text.slice(0, at) + char + text.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(mutated, fc.string(), fc.string({ unit: alphabet, maxLength: 12 })), (text) => {
      if (text !== '' && [words, lengths, dates].some((form) => form.test(text))) return;
      expect(refusal(() => parseWhen(text, { now, zone: UTC, edge: 'from' }))).toContain('Times look like');
    }),
    { numRuns: Math.max(1000, RUNS) },
  );
});

describe('a range', () => {
  test('a range is half-open, and open where an end is missing', () => {
    expect(parseRange({}, { now, zone: UTC })).toEqual({ from: undefined, before: undefined });
    expect(parseRange({ from: '2026-03-01', to: '2026-03-01' }, { now, zone: UTC })).toEqual({
      from: Date.parse('2026-03-01T00:00:00Z'),
      before: Date.parse('2026-03-02T00:00:00Z'),
    });
    expect(parseRange({ from: 'last-week', to: 'last-week' }, { now, zone: UTC })).toEqual({
      from: Date.parse('2026-03-02T00:00:00Z'),
      before: Date.parse('2026-03-09T00:00:00Z'),
    });
  });

  test('a range that ends before it begins is rejected, with its two instants', () => {
    expect(refusal(() => parseRange({ from: 'today', to: 'yesterday' }, { now, zone: UTC }))).toBe(
      'the range from today to yesterday is empty: it is 2026-03-11T00:00:00Z until 2026-03-11T00:00:00Z\nGive --from an earlier time than --to',
    );
    expect(refusal(() => parseRange({ from: '2h', to: '3h' }, { now, zone: UTC }))).toContain('is empty');
    expect(refusal(() => parseRange({ from: 'now', to: 'now' }, { now, zone: UTC }))).toContain('is empty');
  });

  test('a range is described in one phrase', async () => {
    const paris = await openZone('Europe/Paris');
    const range = parseRange({ from: '2026-03-29', to: '2026-03-29' }, { now, zone: paris });
    expect(describeRange(range, paris)).toBe('2026-03-29T00:00:00+01:00 until 2026-03-30T00:00:00+02:00');
    expect(describeRange({ from: undefined, before: undefined }, UTC)).toBe('the beginning until now');
  });
});

test('durations of other flags may have seconds', () => {
  expect(parseDuration('10s', '--interval')).toBe(10_000);
  expect(parseDuration('1h30m', '--window')).toBe(5_400_000);
  expect(refusal(() => parseDuration('soon', '--interval'))).toBe(
    'invalid --interval "soon": expected a duration such as 45m, 2h or 7d\nExamples: 10s, 45m, 1h30m, 7d, 2w',
  );
});

describe('around', () => {
  const around = (text: string, window: string) => {
    const { from, before } = parseAround(text, parseDuration(window, '--window'), { now, zone: UTC });
    return [from, before].map((ms) => new Date(ms ?? Number.NaN).toISOString().replace('.000Z', 'Z'));
  };

  test('the range around an instant is as long before it as after it', () => {
    expect(around('2026-03-01T14:05', '30m')).toEqual(['2026-03-01T13:35:00Z', '2026-03-01T14:35:00Z']);
    expect(around('now', '1h')).toEqual(['2026-03-11T13:25:36.789Z', '2026-03-11T15:25:36.789Z']);
  });

  test('the range around a day is the whole day, and that much more on each side', () => {
    expect(around('2026-03-01', '2h')).toEqual(['2026-02-28T22:00:00Z', '2026-03-02T02:00:00Z']);
  });
});
