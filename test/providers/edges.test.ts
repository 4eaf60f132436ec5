import { describe, expect, test } from 'vitest';
import { addsUpDays, dateParameters, overlapsAt } from '../../src/providers/dates.js';
import { timeCursor } from '../../src/providers/instants.js';
import type { DateParameters } from '../../src/providers/provider.js';

const ENDS = { from: 'from', to: 'to' };
const DAYS = { from: '2026-11-01', to: '2026-11-02' };

type Dates = Omit<DateParameters, 'from' | 'to'>;
const cases: readonly (readonly [what: string, dates: Dates, from: string | number, to: string | number])[] = [
  ['days', { format: 'day' }, '2026-11-01', '2026-11-02'],
  ['days without their ends', { format: 'day', start: 'excluded', end: 'excluded' }, '2026-10-31', '2026-11-03'],
  ['ms', { format: 'epoch-ms' }, 1793491200000, 1793663999999],
  ['ms without their ends', { format: 'epoch-ms', start: 'excluded', end: 'excluded' }, 1793491199999, 1793664000000],
  ['ms in parts', { format: 'epoch-ms', longestDays: 7 }, 1793491200000, 1793664000000],
  ['instants', { format: 'instant' }, '2026-11-01T00:00:00.000Z', '2026-11-02T23:59:59.999Z'],
  ['seconds', { format: 'epoch-s' }, 1793491200, 1793664000],
  ['seconds without their start', { format: 'epoch-s', start: 'excluded' }, 1793491199, 1793664000],
  ['instants to the second', { format: 'instant-s' }, '2026-11-01T00:00:00Z', '2026-11-03T00:00:00Z'],
  ['a pattern of days', { format: 'pattern', pattern: 'MM/DD/YYYY' }, '11/01/2026', '11/02/2026'],
  ['a pattern of minutes', { format: 'pattern', pattern: 'YYYY-MM-DD HH:mm' }, '2026-11-01 00:00', '2026-11-03 00:00'],
  ['a pattern of seconds', { format: 'pattern', pattern: 'YYYYMMDDTHHmmss' }, '20261101T000000', '20261103T000000'],
];

test.each(cases)('a range in %s includes both days whole', (_, dates, from, to) => {
  expect(dateParameters({ ...ENDS, ...dates }, DAYS)).toEqual([
    ['from', from],
    ['to', to],
  ]);
});

describe('a range that is not over ends now', () => {
  const until = Date.UTC(2026, 10, 2, 14, 30, 15, 250);
  test.each<[Dates, string | number]>([
    [{ format: 'instant', end: 'excluded' }, '2026-11-02T14:30:15.250Z'],
    [{ format: 'epoch-s' }, 1793629815],
    [{ format: 'pattern', pattern: 'YYYY-MM-DD HH:mm' }, '2026-11-02 14:30'],
    [{ format: 'day' }, '2026-11-02'],
  ])('%o', (dates, to) => {
    expect(dateParameters({ ...ENDS, ...dates }, { ...DAYS, until })[1]).toEqual(['to', to]);
  });
});

describe('words', () => {
  const search = { parameter: 'q', from: 'at>={from}', to: 'at<={to}', both: '{from}..{to}' };
  const open = { from: undefined, to: undefined };
  test('without a range are sent if there are any', () => {
    expect(dateParameters({ format: 'day', search }, open)).toEqual([]);
    expect(dateParameters({ format: 'day', search: { ...search, none: 'order:desc' } }, open)).toEqual([
      ['q', 'order:desc'],
    ]);
  });
  test('have the days in them', () => {
    expect(dateParameters({ format: 'day', search }, DAYS)).toEqual([['q', '2026-11-01..2026-11-02']]);
    expect(dateParameters({ format: 'epoch-s', search }, { ...open, from: DAYS.from })).toEqual([
      ['q', 'at>=1793491200'],
    ]);
  });
});

test('one parameter for both ends always has two', () => {
  const dates: DateParameters = { from: 'at', to: 'at', format: 'day' };
  const values = (days: { from: string | undefined; to: string | undefined }) =>
    dateParameters(dates, days).map(([, value]) => value);
  expect(values(DAYS)).toEqual(['2026-11-01', '2026-11-02']);
  expect(values({ ...DAYS, from: undefined })).toEqual(['1970-01-02', '2026-11-02']);
  expect(values({ ...DAYS, to: undefined })).toEqual(['2026-11-01', '2099-12-31']);
  expect(values({ from: undefined, to: undefined })).toEqual([]);
});

test('counts of days beside one another add up only if no instant belongs to both', () => {
  const adding = (dates: Dates) => addsUpDays({ ...ENDS, ...dates });
  expect([adding({ format: 'day' }), adding({ format: 'epoch-ms' })]).toEqual([true, true]);
  expect([adding({ format: 'epoch-s' }), adding({ format: 'instant', longestDays: 7 })]).toEqual([false, false]);
  expect(addsUpDays({ from: 'at', to: 'at', format: 'day' })).toBe(false);
});

test('entries of a midnight may come with two ranges, others not', () => {
  const midnight = Date.UTC(2026, 10, 2);
  const seconds = overlapsAt({ ...ENDS, format: 'epoch-s' });
  expect([-1500, -1000, 0, 500, 1500].map((ms) => seconds(midnight + ms))).toEqual([false, true, true, true, false]);
  expect(overlapsAt({ ...ENDS, format: 'day' })(midnight)).toBe(false);
});

describe('the time of the last entry leads on without a gap', () => {
  const time = 1793491200123.4;
  test.each<[Dates, 'older' | 'newer', string | number, number]>([
    [{ format: 'epoch-ms' }, 'older', 1793491200124, 1793491200124],
    [{ format: 'epoch-ms', end: 'excluded' }, 'older', 1793491200124, 1793491200124],
    [{ format: 'epoch-s' }, 'older', 1793491201, 1793491201000],
    [{ format: 'epoch-ms' }, 'newer', 1793491200123, 1793491200123],
    [{ format: 'epoch-s', start: 'excluded' }, 'newer', 1793491199, 1793491199000],
    [{ format: 'instant-s' }, 'newer', '2026-11-01T00:00:00Z', 1793491200000],
  ])('%o, towards %s', (dates, towards, written, edge) => {
    expect(timeCursor({ ...ENDS, ...dates }, time, towards)).toMatchObject({ written, edge });
  });
});
