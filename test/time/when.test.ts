import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AuditlogError, EXIT } from '../../src/errors.js';
import {
  describeRange,
  openZone,
  parseAround,
  parseDuration,
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

  test('months go round the year', () => {
    expect(when('last-month', 'from', UTC, Date.parse('2026-01-15T00:00:00Z'))).toBe('2025-12-01T00:00:00Z');
    expect(when('this-month', 'to', UTC, Date.parse('2026-12-15T00:00:00Z'))).toBe('2027-01-01T00:00:00Z');
  });
});

test.each([
  '',
  ' ',
  'tomorrow',
  'Today',
  'next-week',
  'last week',
  '2026',
  '2026-03',
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
  '2026-03-01 09:30',
  '2026-03-01 09:30:00Z',
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
  '7y',
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

test('a misspelt time gets a suggestion', () => {
  expect(refusal(() => parseWhen('yesteday', { now, zone: UTC, edge: 'from' }))).toBe(
    '"yesteday" is no time\nDid you mean yesterday? Times look like 2026-03-01, 2026-03-01T09:30, 2026-03-01T09:30:00+01:00, now, today, yesterday, this-week, last-week, this-month, last-month, 45m, 2h, 1h30m, 7d, 2w (ago).',
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
      '2026-03-29T02:30 does not exist in Europe/Paris: clocks were put forward then\nGive the time with its offset from UTC.',
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
      'there is no time zone "Europe/Pariss". Did you mean Europe/Paris? Use UTC, local, or a name such as Europe/Paris.',
    );
    for (const name of ['', '+02:00', 'Mars/Olympus', '../../etc/passwd', '__proto__']) {
      expect(await told(name), name).toContain(`there is no time zone "${name}"`);
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
          expect(refusal(() => parseWhen(text, { now, zone, edge: 'from' }))).toContain('does not exist');
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
        expect(refusal(() => parseWhen(text, { now, zone: UTC, edge: 'from' }))).toContain('is no day of the calendar');
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
        expect(refusal(() => parseWhen(text, { now, zone: UTC, edge: 'from' }))).toContain('is no time');
      }
    }),
    { numRuns: Math.max(300, RUNS) },
  );
});

test('no other text is a time', () => {
  const grammar =
    /^(now|today|yesterday|(this|last)-(week|month)|(\d{1,6}w)?(\d{1,6}d)?(\d{1,6}h)?(\d{1,6}m)?|\d{4}-\d\d-\d\d([Tt]\d\d:\d\d(:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?)?)?)$/;
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
      if (text !== '' && grammar.test(text)) return;
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
      'the range from today to yesterday is empty: it is 2026-03-11T00:00:00Z until 2026-03-11T00:00:00Z\nGive --from an earlier time than --to.',
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
    '--interval soon: that is no length of time\nExamples: 10s, 45m, 1h30m, 7d, 2w.',
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
