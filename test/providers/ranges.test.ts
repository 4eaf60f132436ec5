import { describe, expect, test } from 'vitest';
import {
  capWindow,
  type DayWindow,
  dateParameters,
  sliceWindow,
  usualDays,
  usualFrom,
  usualWindow,
} from '../../src/providers/dates.js';
import { DATE_FORMATS, type DateParameters } from '../../src/providers/provider.js';
import { addDays, daysBetween } from '../../src/time.js';

const NOW = Date.parse('2026-11-20T14:00:00.250Z');
const DAY = 86_400_000;
const BOTH: DateParameters = { from: 'since', to: 'until', format: 'day' };
const FROM: DateParameters = { from: 'since', format: 'day' };

describe('the days that a vendor is asked for when nobody says which', () => {
  test.each<[DateParameters, number | undefined]>([
    [BOTH, undefined],
    [{ ...BOTH, longestDays: 10 }, undefined],
    [{ ...BOTH, required: false }, undefined],
    [{ ...BOTH, defaultDays: 7 }, 7],
    [{ ...BOTH, defaultDays: 7, longestDays: 3 }, 7],
    [{ ...BOTH, required: true }, 30],
    [{ ...BOTH, required: true, longestDays: 31 }, 31],
    [{ ...BOTH, required: true, longestDays: 31, defaultDays: 1 }, 1],
    [{ ...FROM, required: true }, 30],
  ])('%j: %s', (dates, days) => {
    expect(usualDays(dates)).toBe(days);
  });

  test('the default days end with the range, or now if that is earlier', () => {
    expect(usualFrom(7, undefined, NOW)).toBe(NOW - 7 * DAY);
    expect(usualFrom(7, NOW - 10 * DAY, NOW)).toBe(NOW - 17 * DAY);
    expect(usualFrom(7, NOW + 10 * DAY, NOW)).toBe(NOW - 7 * DAY);
  });

  test('a trial request asks for no more days than the vendor gives at once', () => {
    expect(usualWindow(BOTH, NOW)).toEqual({ from: undefined, to: undefined });
    expect(usualWindow({ ...BOTH, required: true, longestDays: 7 }, NOW)).toEqual({
      from: '2026-11-14',
      to: '2026-11-20',
    });
    const seven = usualWindow({ ...BOTH, required: true, longestDays: 7 }, NOW);
    expect(usualWindow({ ...BOTH, required: true, defaultDays: 30, longestDays: 7 }, NOW)).toEqual(seven);
    expect(usualWindow({ ...FROM, required: true, longestDays: 1 }, NOW)).toEqual({
      from: '2026-11-20',
      to: undefined,
    });
  });
});

describe('no vendor is asked for what is still to come', () => {
  interface Case {
    readonly what: string;
    readonly dates: Partial<DateParameters>;
    readonly days: Partial<DayWindow>;
    readonly capped: Partial<DayWindow>;
  }
  const cases: readonly Case[] = [
    {
      what: 'days that are over',
      dates: {},
      days: { from: '2026-11-01', to: '2026-11-19' },
      capped: { from: '2026-11-01', to: '2026-11-19' },
    },
    {
      what: 'days up to today',
      dates: {},
      days: { from: '2026-11-01', to: '2026-11-20' },
      capped: { from: '2026-11-01', to: '2026-11-20' },
    },
    {
      what: 'an end in the future',
      dates: {},
      days: { from: '2026-11-01', to: '2026-11-21' },
      capped: { from: '2026-11-01' },
    },
    {
      what: 'an end in the future, required',
      dates: { required: true },
      days: { from: '2026-11-01', to: '2026-11-22' },
      capped: { from: '2026-11-01', to: '2026-11-20' },
    },
    { what: 'no end', dates: {}, days: { from: '2026-11-01' }, capped: { from: '2026-11-01' } },
    {
      what: 'no end, required',
      dates: { required: true },
      days: { from: '2026-11-01' },
      capped: { from: '2026-11-01', to: '2026-11-20' },
    },
    {
      what: 'no end, required, by instants',
      dates: { required: true, format: 'instant' },
      days: { from: '2026-11-01' },
      capped: { from: '2026-11-01', to: '2026-11-20', until: NOW },
    },
    { what: 'an end today, by instants', dates: { format: 'epoch-s' }, days: { to: '2026-11-20' }, capped: {} },
    {
      what: 'an end today, by instants, required',
      dates: { required: true, format: 'epoch-s' },
      days: { from: '2026-11-20', to: '2026-11-20' },
      capped: { from: '2026-11-20', to: '2026-11-20', until: NOW },
    },
    {
      what: 'an end yesterday, by instants, required',
      dates: { required: true, format: 'epoch-ms' },
      days: { from: '2026-11-01', to: '2026-11-19' },
      capped: { from: '2026-11-01', to: '2026-11-19' },
    },
    {
      what: 'a beginning in the future',
      dates: {},
      days: { from: '2026-12-01', to: '2026-12-03' },
      capped: { from: '2026-11-20' },
    },
    {
      what: 'a beginning in the future, required',
      dates: { required: true },
      days: { from: '2026-12-01' },
      capped: { from: '2026-11-20', to: '2026-11-20' },
    },
    {
      what: 'only the beginning can be asked, required',
      dates: { required: true, to: undefined as never },
      days: { from: '2026-11-01', to: '2026-11-22' },
      capped: { from: '2026-11-01' },
    },
    { what: 'nothing', dates: {}, days: {}, capped: {} },
  ];

  test.each(cases)('$what', ({ dates, days, capped }) => {
    const whole = { from: undefined, to: undefined };
    expect(capWindow({ ...whole, ...days }, { ...BOTH, ...dates }, NOW)).toEqual({ ...whole, ...capped });
  });

  test.each<[DateParameters['format'], string | number, string | number]>([
    ['day', '2026-11-01', '2026-11-20'],
    ['instant', '2026-11-01T00:00:00.000Z', '2026-11-20T14:00:00.250Z'],
    ['epoch-ms', 1793491200000, 1795183200250],
    ['epoch-s', 1793491200, 1795183200],
  ])('as %s', (format, from, to) => {
    const dates: DateParameters = { ...BOTH, format, required: true };
    expect(dateParameters(dates, capWindow({ from: '2026-11-01', to: undefined }, dates, NOW))).toEqual([
      ['since', from],
      ['until', to],
    ]);
  });

  test.each(DATE_FORMATS)('a day that is over is asked for whole, as %s', (format) => {
    const dates: DateParameters = { ...BOTH, format };
    const days = { from: '2026-11-18', to: '2026-11-18' };
    expect(dateParameters(dates, { ...days, until: NOW })).toEqual(dateParameters(dates, days));
  });
});

describe('a range is cut into what the vendor takes at once', () => {
  test.each<[string, Partial<DayWindow>, number | undefined, readonly Partial<DayWindow>[]]>([
    ['no limit', { from: '2020-01-01', to: '2026-11-20' }, undefined, [{ from: '2020-01-01', to: '2026-11-20' }]],
    ['no beginning', { to: '2026-11-20' }, 7, [{ to: '2026-11-20' }]],
    ['just as long', { from: '2026-11-14', to: '2026-11-20' }, 7, [{ from: '2026-11-14', to: '2026-11-20' }]],
    [
      'a day longer',
      { from: '2026-11-13', to: '2026-11-20' },
      7,
      [
        { from: '2026-11-14', to: '2026-11-20' },
        { from: '2026-11-13', to: '2026-11-13' },
      ],
    ],
    [
      'a day at a time',
      { from: '2026-11-18', to: '2026-11-20' },
      1,
      [
        { from: '2026-11-20', to: '2026-11-20' },
        { from: '2026-11-19', to: '2026-11-19' },
        { from: '2026-11-18', to: '2026-11-18' },
      ],
    ],
    // By 14:00 UTC it is the 21st already where days begin first.
    [
      'no end',
      { from: '2026-11-01' },
      10,
      [{ from: '2026-11-12' }, { from: '2026-11-02', to: '2026-11-11' }, { from: '2026-11-01', to: '2026-11-01' }],
    ],
    [
      'an end by the clock',
      { from: '2026-11-10', to: '2026-11-20', until: NOW },
      10,
      [
        { from: '2026-11-11', to: '2026-11-20', until: NOW },
        { from: '2026-11-10', to: '2026-11-10' },
      ],
    ],
    ['a beginning in the future', { from: '2027-01-01' }, 7, [{ from: '2027-01-01' }]],
  ])('%s', (_, days, longest, slices) => {
    const whole = { from: undefined, to: undefined };
    expect(sliceWindow({ ...whole, ...days }, longest, NOW)).toEqual(slices.map((slice) => ({ ...whole, ...slice })));
  });

  test('every day is in exactly one window, and none is too long', () => {
    for (let length = 1; length <= 40; length += 1) {
      for (const longest of [1, 2, 7, 31]) {
        const from = addDays('2026-11-20', 1 - length);
        const slices = sliceWindow({ from, to: '2026-11-20' }, longest, NOW);
        const days = slices.flatMap((slice) => {
          const first = slice.from as string;
          const size = daysBetween(first, slice.to as string) + 1;
          expect(size).toBeLessThanOrEqual(longest);
          return Array.from({ length: size }, (_, at) => addDays(first, size - 1 - at));
        });
        expect(days).toEqual(Array.from({ length }, (_, at) => addDays('2026-11-20', -at)));
      }
    }
  });
});
