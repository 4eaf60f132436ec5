import { describe, expect, test } from 'vitest';
import { openPeriods, type PeriodName, periodsBetween } from '../../src/stats/periods.js';
import { localTimes, openZone } from '../../src/time.js';

async function periodsOf(name: PeriodName, zone = 'UTC') {
  const opened = await openZone(zone);
  return openPeriods(name, opened, localTimes(opened));
}

async function labels(name: PeriodName, from: string, before: string, zone?: string): Promise<string[] | undefined> {
  const periods = await periodsOf(name, zone);
  return periodsBetween(periods, Date.parse(from), Date.parse(before), 100)?.map((start) => periods.label(start));
}

describe('periods follow one another', () => {
  test.each<[PeriodName, string, string, string | undefined, string[]]>([
    ['hour', '2026-03-01T09:59:59Z', '2026-03-01T11:00:00Z', undefined, ['2026-03-01T09:00Z', '2026-03-01T10:00Z']],
    ['day', '2026-02-27T12:00:00Z', '2026-03-02T00:00:00Z', undefined, ['2026-02-27', '2026-02-28', '2026-03-01']],
    ['week', '2026-03-01T00:00:00Z', '2026-03-09T00:00:01Z', undefined, ['2026-02-23', '2026-03-02', '2026-03-09']],
    ['month', '2025-11-30T00:00:00Z', '2026-02-01T00:00:00Z', undefined, ['2025-11', '2025-12', '2026-01']],
    ['day', '2026-02-27T12:00:00Z', '2026-02-28T12:00:00Z', 'Pacific/Kiritimati', ['2026-02-28', '2026-03-01']],
    ['month', '2026-02-28T23:00:00Z', '2026-03-01T00:00:00Z', 'Europe/Paris', ['2026-03']],
    [
      'hour',
      '2026-03-29T00:00:00Z',
      '2026-03-29T03:00:00Z',
      'Europe/Paris',
      ['2026-03-29T01:00+01:00', '2026-03-29T03:00+02:00', '2026-03-29T04:00+02:00'],
    ],
    [
      'hour',
      '2026-10-25T00:00:00Z',
      '2026-10-25T03:00:00Z',
      'Europe/Paris',
      ['2026-10-25T02:00+02:00', '2026-10-25T02:00+01:00', '2026-10-25T03:00+01:00'],
    ],
    [
      'hour',
      '2026-03-01T09:10:00Z',
      '2026-03-01T09:20:00Z',
      'Asia/Kathmandu',
      ['2026-03-01T14:00+05:45', '2026-03-01T15:00+05:45'],
    ],
  ])('by %s from %s until %s in %s', async (name, from, before, zone, expected) => {
    expect(await labels(name, from, before, zone)).toEqual(expected);
  });

  test.each(['hour', 'day', 'week', 'month'] as const)('whatever the instant, it lies in its %s', async (name) => {
    for (const zone of ['UTC', 'America/Santiago', 'Australia/Lord_Howe', 'Africa/Cairo']) {
      const periods = await periodsOf(name, zone);
      for (let ms = Date.parse('2026-03-20T00:00:00Z'); ms < Date.parse('2026-05-10T00:00:00Z'); ms += 4_321_000) {
        const start = periods.startOf(ms);
        expect(start).toBeLessThanOrEqual(ms);
        expect(periods.after(start)).toBeGreaterThan(ms);
        expect(periods.startOf(start)).toBe(start);
      }
    }
  });

  test('more periods than the limit are undefined', async () => {
    expect(await labels('hour', '2026-01-01T00:00:00Z', '2026-01-31T00:00:00Z')).toBeUndefined();
  });
});
