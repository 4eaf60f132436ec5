import { describe, expect, test } from 'vitest';
import { windowCounterOf } from '../../../src/engine/count/windows.js';
import { chipp } from '../../../src/providers/chipp.js';
import { invent } from '../../../src/providers/invent.js';
import type { Provider } from '../../../src/providers/provider.js';
import { yura } from '../../../src/providers/yura.js';
import { EVERYTHING, type Query } from '../../../src/query.js';
import { countByDays } from '../../../src/stats/days.js';
import { openPeriods, type PeriodName } from '../../../src/stats/periods.js';
import { localTimes, openZone, UTC } from '../../../src/time.js';
import { DAY, type LogOptions, NOW, openLog, spread } from '../log.js';

const YEAR = { from: Date.parse('2025-11-01T00:00:00Z'), before: Date.parse('2026-11-01T00:00:00Z') };

async function counted(
  options: LogOptions,
  every: PeriodName,
  query: Partial<Query> = YEAR,
  { provider = invent as Provider, zone = 'UTC', orgs = ['c'] } = {},
) {
  const log = openLog(options);
  const counting = windowCounterOf(log.fetch, { provider, orgs }, { ...EVERYTHING, ...query });
  if (counting === undefined) return { found: 'uncountable', requests: log.requests() } as const;
  const opened = await openZone(zone);
  const found = await countByDays(counting, {
    periods: openPeriods(every, opened, localTimes(opened)),
    query: { ...EVERYTHING, ...query },
    zone: opened,
    now: NOW,
    size: 100,
  });
  return { found, requests: log.requests() };
}

/** What there is in each UTC month. */
function months(rows: LogOptions['rows'], from: number, before: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { time } of rows) {
    if (time < from || time >= before) continue;
    const month = new Date(time).toISOString().slice(0, 7);
    counts[month] = (counts[month] ?? 0) + 1;
  }
  return counts;
}

function asMonths(found: Awaited<ReturnType<typeof counted>>['found']): Record<string, number> {
  if (typeof found === 'string') throw new Error(found);
  const periods = openPeriods('month', UTC, localTimes(UTC));
  return Object.fromEntries([...found.counted.periods].map(([start, count]) => [periods.label(start), count]));
}

const rows = spread(12_000, 548).map((row, n) => ({ ...row, time: row.time - (n % 7) * 9_000_000 }));

describe('months of a year are counted by the server', () => {
  test('in one request each', async () => {
    const { found, requests } = await counted({ rows }, 'month');
    expect(asMonths(found)).toEqual(months(rows, YEAR.from, YEAR.before));
    expect(requests).toBe(12);
  });

  test('whatever the zone of its days, with no more than those hours in another month', async () => {
    for (const zone of [-12, -5, 9, 14]) {
      const { found } = await counted({ rows, zone }, 'month');
      const shifted = rows.map((row) => ({ ...row, time: row.time + zone * 3_600_000 }));
      expect(asMonths(found)).toEqual(months(shifted, YEAR.from, YEAR.before));
    }
  });

  test('since the beginning, whenever that was', async () => {
    const { found, requests } = await counted({ rows }, 'month', { from: undefined, before: undefined });
    expect(asMonths(found)).toEqual(months(rows, 0, NOW));
    expect(requests).toBe(2 + 1 + 18);
  });

  test('with whatever filters the server has', async () => {
    const acted = rows.map((row, n) => ({ ...row, action: n % 3 === 0 ? 'chat.deleted' : 'member.joined' }));
    const { found, requests } = await counted({ rows: acted }, 'month', { ...YEAR, actions: ['chat.deleted'] });
    expect(asMonths(found)).toEqual(
      months(
        acted.filter(({ action }) => action === 'chat.deleted'),
        YEAR.from,
        YEAR.before,
      ),
    );
    expect(requests).toBe(12);
  });

  test('by a vendor that knows beginnings only, as differences', async () => {
    const { found } = await counted({ rows }, 'month', YEAR, { provider: chipp });
    expect(asMonths(found)).toEqual(months(rows, YEAR.from, YEAR.before));
  });
});

test('days that are still to come are not asked for', async () => {
  const { found, requests } = await counted({ rows }, 'day', {
    from: Date.parse('2026-11-12T00:00:00Z'),
    before: Date.parse('2026-12-01T00:00:00Z'),
  });
  if (typeof found === 'string') throw new Error(found);
  expect(found.counted.periods.size).toBe(9);
  expect(requests).toBeLessThanOrEqual(10);
});

describe('what reading answers with no more requests is read', () => {
  test.each<[PeriodName, number, string]>([
    ['day', 12_000, 'dearer'],
    ['day', 1000, 'dearer'],
    ['week', 5000, 'dearer'],
  ])('by %s of a year with %i events', async (every, n, expected) => {
    const few = spread(n, 360);
    const { found, requests } = await counted({ rows: few }, every);
    expect(found).toBe(expected);
    expect(requests).toBeLessThanOrEqual(2);
  });

  test('but days of a busy log are counted', async () => {
    const many = spread(60_000, 360);
    const { found, requests } = await counted({ rows: many }, 'day');
    if (typeof found === 'string') throw new Error(found);
    expect(found.counted.total).toBe(many.filter(({ time }) => time < YEAR.before).length);
    expect(requests).toBeLessThanOrEqual(368);
  });
});

describe('a question that counts cannot answer', () => {
  test.each<[what: string, query: Partial<Query>, provider?: Provider]>([
    ['a filter of ours', { ...YEAR, countries: ['DE'] }],
    ['a glob', { ...YEAR, actions: ['member.*'] }],
    ['hours of the day', { ...YEAR, outside: { from: 540, before: 1080, weekdays: false, zone: UTC } }],
    ['a vendor that tells no count', YEAR, { ...invent, total: undefined }],
    ['a vendor that gives a week unless asked', { from: undefined, before: undefined }, yura],
  ])('for %s', async (_, query, provider = invent) => {
    expect(await counted({ rows }, 'month', query, { provider })).toEqual({ found: 'uncountable', requests: 0 });
  });

  test('for several organizations: only reading shows whether they are several', async () => {
    const { found } = await counted({ rows }, 'month', YEAR, { orgs: ['a', 'b'] });
    expect(found).toBe('uncountable');
  });

  test.each<[what: string, query: Partial<Query>, zone: string]>([
    ['times of a day', { from: YEAR.from + 1, before: undefined }, 'UTC'],
    ['an end within a day', { ...YEAR, before: YEAR.before - 1 }, 'UTC'],
    ['days of another zone', YEAR, 'Europe/Paris'],
  ])('for %s', async (_, query, zone) => {
    expect(await counted({ rows }, 'month', query, { zone })).toEqual({ found: 'unfit', requests: 0 });
  });
});

describe('a server whose counts cannot be believed', () => {
  test.each<[what: string, options: Partial<LogOptions>]>([
    ['leaves out the last day of a range', { toExclusive: true }],
    ['tells no count', { lie: () => undefined }],
    ['sometimes tells none', { lie: (count, request) => (request === 5 ? undefined : count) }],
  ])('that %s is not believed', async (_, options) => {
    const { found } = await counted({ rows, ...options }, 'month');
    expect(found).toBe('untrusted');
  });

  test('that ignores the days that are asked for is not believed', async () => {
    for (const ignored of ['from', 'to', 'both'] as const) {
      const log = openLog({ rows });
      const counting = windowCounterOf(
        (request) =>
          log.fetch({
            ...request,
            window: {
              from: ignored === 'to' ? request.window.from : undefined,
              to: ignored === 'from' ? request.window.to : undefined,
            },
          }),
        { provider: invent, orgs: ['c'] },
        { ...EVERYTHING, ...YEAR },
      );
      const windows = Array.from({ length: 12 }, (_, n) => ({
        from: new Date(YEAR.from + n * 30 * DAY).toISOString().slice(0, 10),
        to: new Date(YEAR.from + (n * 30 + 29) * DAY).toISOString().slice(0, 10),
      }));
      expect(await counting?.count(windows), ignored).toBeUndefined();
    }
  });

  test('entries that come in while differences are taken spoil them', async () => {
    const late = (request: number, all: LogOptions['rows'] & unknown[]) => {
      if (request === 6) (all as { id: string; time: number }[]).push({ id: 'late', time: NOW - 100 * DAY });
    };
    const { found } = await counted({ rows, before: late as NonNullable<LogOptions['before']> }, 'month', YEAR, {
      provider: chipp,
    });
    expect(found).toBe('untrusted');
  });
});
