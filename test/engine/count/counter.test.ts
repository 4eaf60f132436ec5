import { describe, expect, test } from 'vitest';
import { looksCapped } from '../../../src/engine/count/caps.js';
import { Counter } from '../../../src/engine/count/counter.js';
import { windowCounterOf } from '../../../src/engine/count/windows.js';
import type { Page, PageRequest } from '../../../src/engine/request.js';
import { chipp } from '../../../src/providers/chipp.js';
import { invent } from '../../../src/providers/invent.js';
import type { Provider } from '../../../src/providers/provider.js';
import { EVERYTHING } from '../../../src/query.js';
import { countByDays } from '../../../src/stats/days.js';
import { openPeriods } from '../../../src/stats/periods.js';
import { localTimes, UTC } from '../../../src/time.js';
import { type LogOptions, type LogRow, NOW, openLog, spread } from '../log.js';

const ALL = { from: undefined, to: undefined };
const STREAM = { index: 0, org: 'c', filters: {} };
const cursor: Provider = { ...invent, paging: { style: 'cursor', cursor: 'c', next: 'n', size: 's', max: 100 } };
const offset: Provider = { ...invent, paging: { style: 'offset', offset: 'o', size: 's', max: 100 } };
const PROVIDERS = { page: invent, offset, 'beginnings only': chipp, cursor };
type Style = keyof typeof PROVIDERS;
const styles = Object.keys(PROVIDERS) as Style[];

/** How a server tells a count of a page that has these entries of so many. */
type Tell = (matching: number, page: Page, ask: PageRequest, request: number) => number | undefined;

function telling(options: LogOptions, tell: Tell) {
  const log = openLog(options);
  const fetch: typeof log.fetch = async (ask) => {
    const page = await log.fetch(ask);
    const request = log.requests();
    return { ...page, count: tell(page.count ?? 0, page, ask, request) };
  };
  return { ...log, fetch };
}

const exact: Tell = (matching) => matching;
const ofThePage: Tell = (_, { entries }) => entries.length;
const andMore: Tell = (matching, { entries }) => entries.length + Number(matching > entries.length);
const upTo =
  (most: number): Tell =>
  (matching) =>
    Math.min(matching, most);

describe('one window', () => {
  test.each<[what: string, rows: number, tell: Tell, count: number | undefined, requests: number, believed: unknown]>([
    ['a true count', 420, exact, 420, 1, true],
    ['a true count of none', 0, exact, 0, 1, undefined],
    ['a true count of one', 1, exact, 1, 2, undefined],
    ['a true count of two', 2, exact, 2, 2, undefined],
    ['a true count of three', 3, exact, 3, 1, true],
    ['the rows of the page', 420, ofThePage, undefined, 3, false],
    ['the rows of the page, two in all', 2, ofThePage, 2, 3, undefined],
    ['the rows of the page and one where there is more', 420, andMore, undefined, 3, false],
    ['the page size that was asked for', 420, (_, __, ask) => ask.size, undefined, 3, false],
    ['no count', 420, () => undefined, undefined, 1, undefined],
    ['none beside a row', 420, () => 0, undefined, 1, undefined],
    ['some beside no row', 0, () => 7, undefined, 1, undefined],
  ])('%s', async (_, rows, tell, count, requests, believed) => {
    for (const style of styles) {
      const log = telling({ rows: spread(rows, 30) }, tell);
      const counter = new Counter(log.fetch, PROVIDERS[style]);
      const found = await counter.count(STREAM, ALL);
      expect({ count: found?.count, requests: log.requests(), believed: counter.isBelieved }, style).toEqual({
        count,
        requests,
        believed,
      });
    }
  });

  test('is counted again if its count is missing or contradicts the page, as often as `attempts` says', async () => {
    for (const wrong of [undefined, 0]) {
      const log = telling({ rows: spread(420, 30) }, (all, _, __, request) => (request < 3 ? wrong : all));
      expect((await new Counter(log.fetch, invent, 3).count(STREAM, ALL))?.count).toBe(420);
      expect(await new Counter(log.fetch, invent, 3).count(STREAM, ALL)).toMatchObject({ count: 420, at: NOW });
    }
    const never = telling({ rows: spread(420, 30) }, () => 0);
    const counter = new Counter(never.fetch, invent, 3);
    expect(await counter.count(STREAM, ALL)).toBeUndefined();
    expect({ requests: never.requests(), believed: counter.isBelieved }).toEqual({ requests: 3, believed: false });
  });

  test('that grows while it is looked at is not taken for a page', async () => {
    const rows: LogRow[] = [];
    const grown = { rows: spread(1, 1), before: (n: number, all: LogRow[]) => void (n === 2 && all.push(...rows)) };
    rows.push({ id: 'z', time: NOW - 1 });
    expect((await new Counter(telling(grown, exact).fetch, invent).count(STREAM, ALL))?.count).toBe(2);
  });
});

describe('a count that stops at a number', () => {
  test.each([50, 99, 100, 101, 250, 256, 500, 511, 999, 1000, 1001, 1024, 2500, 10_000, 65_535, 100_000])(
    'such as %i is not believed',
    async (most) => {
      expect(looksCapped(most)).toBe(true);
      const rows = spread(most + 30, 30);
      for (const style of styles) {
        const log = telling({ rows }, upTo(most));
        const counter = new Counter(log.fetch, PROVIDERS[style]);
        expect(await counter.count(STREAM, ALL), style).toBeUndefined();
        expect(counter.isBelieved, style).toBe(false);
        expect(log.requests(), style).toBeLessThanOrEqual(2);
      }
    },
  );

  test('is believed after one request behind the last entry if it is true', async () => {
    for (const style of ['page', 'offset', 'beginnings only'] as const) {
      const log = telling({ rows: spread(1000, 30) }, exact);
      const counter = new Counter(log.fetch, PROVIDERS[style]);
      for (const requests of [2, 3]) {
        expect((await counter.count(STREAM, ALL))?.count).toBe(1000);
        expect(log.requests()).toBe(requests);
      }
    }
  });

  test.each([
    [404, 1000],
    [400, undefined],
    [422, undefined],
  ])('and a server that answers %i behind the last entry', async (status, count) => {
    const log = telling({ rows: spread(1000, 30) }, exact);
    const counter = new Counter(async (ask) => {
      const page = await log.fetch(ask);
      return 'page' in ask.place && ask.place.page > 1000 ? { ...page, entries: [], refused: status } : page;
    }, invent);
    expect((await counter.count(STREAM, ALL))?.count).toBe(count);
  });

  test('is a number that few true counts have', () => {
    expect(Array.from({ length: 100_000 }, (_, n) => n).filter(looksCapped).length).toBeLessThan(50);
    for (const n of [0, 1, 2, 10, 49, 120, 420, 632, 777, 1237, 12_000]) expect(looksCapped(n)).toBe(false);
  });
});

describe('a server whose pages have a smallest size', () => {
  const tens = (rows: number, tell: Tell) => {
    const log = openLog({ rows: spread(rows, 30) });
    const fetch: typeof log.fetch = async (ask) => {
      const page = await log.fetch({ ...ask, size: Math.max(10, ask.size) });
      return { ...page, count: tell(page.count ?? 0, page, ask, log.requests()) };
    };
    return fetch;
  };
  test.each(styles)('by %s, is believed where nothing comes after as many as it counts', async (style) => {
    const counted = async (rows: number, tell: Tell) =>
      (await new Counter(tens(rows, tell), PROVIDERS[style]).count(STREAM, ALL))?.count;
    for (const rows of [0, 1, 7, 10, 42]) expect(await counted(rows, exact), `${rows}`).toBe(rows);
    for (const rows of [11, 42]) expect(await counted(rows, ofThePage), `${rows}`).toBeUndefined();
  });
});

describe('what one window has shown holds for the others', () => {
  test('counts that are believed are not looked at again', async () => {
    const log = telling({ rows: spread(60, 60) }, exact);
    const counter = new Counter(log.fetch, invent);
    expect((await counter.count(STREAM, ALL))?.count).toBe(60);
    for (const day of ['2026-11-03', '2026-11-07'])
      expect((await counter.count(STREAM, { from: day, to: day }))?.count).toBe(1);
    expect(log.requests()).toBe(3);
  });

  test('counts that go with the page are not asked for again, and found out once by many that ask at a time', async () => {
    const log = telling({ rows: spread(420, 30) }, ofThePage);
    const counter = new Counter(log.fetch, invent);
    const days = Array.from({ length: 20 }, (_, n) => `2026-11-${String(n + 1).padStart(2, '0')}`);
    const ask = (some: readonly string[]) =>
      Promise.all(some.map((day) => counter.count(STREAM, { from: day, to: day })));
    expect(await ask(days)).toEqual(days.map(() => undefined));
    expect(log.requests()).toBe(days.length + 2);
    expect(await ask(days)).toEqual(days.map(() => undefined));
    expect(log.requests()).toBe(days.length + 2);
  });
});

describe('periods that the server counts', () => {
  const YEAR = { from: Date.parse('2025-11-01T00:00:00Z'), before: Date.parse('2026-11-01T00:00:00Z') };
  const counts: Record<string, Tell> = {
    'of the page': ofThePage,
    'of the page and whether there is more': andMore,
    'never above 100': upTo(100),
    'never above 137': upTo(137),
    missing: () => undefined,
    'one below the rows': (_, { entries }) => Math.max(0, entries.length - 1),
  };
  const ranges = { 'a month': { ...YEAR, from: Date.parse('2026-10-01T00:00:00Z') }, 'a year': YEAR, all: {} };

  const found = async (style: Style, tell: Tell, range: Partial<typeof YEAR>, clamp: number) => {
    const provider = PROVIDERS[style];
    const log = telling({ rows: spread(12_000, 548), clamp }, tell);
    const query = { ...EVERYTHING, ...range };
    const counting = windowCounterOf(log.fetch, { provider, orgs: ['c'] }, query);
    if (counting === undefined) return 'uncountable';
    const periods = openPeriods('month', UTC, localTimes(UTC));
    const answer = await countByDays(counting, { periods, query, zone: UTC, now: NOW, size: 100 });
    return typeof answer === 'string' ? answer : answer.counted.total;
  };

  for (const style of ['page', 'offset', 'beginnings only'] as const)
    for (const clamp of [25, 50, 100])
      test(`by ${style} with pages of ${clamp} are never counted wrong`, async () => {
        for (const [name, tell] of Object.entries(counts))
          for (const [what, range] of Object.entries(ranges)) {
            // One count that stops at a number that is not round shows nothing of it.
            if (name === 'never above 137' && (what === 'a month' || style === 'beginnings only')) continue;
            expect(['untrusted', 'dearer'], `${name}, ${what}`).toContain(await found(style, tell, range, clamp));
          }
        expect(await found(style, exact, {}, clamp)).toBe(12_000);
      });

  test('by cursor are not counted: nothing shows where the last page is', async () => {
    expect(await found('cursor', exact, YEAR, 100)).toBe('uncountable');
  });

  test.each(['page', 'offset', 'beginnings only'] as const)('by %s, extent finds the oldest entry', async (style) => {
    for (const rows of [1, 5, 24, 100, 101, 102, 105, 419, 420, 1000])
      for (const clamp of [25, 50, 100]) {
        const all = spread(rows, 30);
        const log = telling({ rows: all, clamp }, exact);
        const counting = windowCounterOf(log.fetch, { provider: PROVIDERS[style], orgs: ['c'] }, EVERYTHING);
        expect(await counting?.extent(ALL)).toEqual({ count: rows, oldest: all[0]?.time });
      }
  });

  test.each(['page', 'offset', 'beginnings only'] as const)('by %s, extent believes no cut count', async (style) => {
    for (const most of [100, 137, 250, 300, 500]) {
      const log = telling({ rows: spread(632, 30) }, upTo(most));
      const counting = windowCounterOf(log.fetch, { provider: PROVIDERS[style], orgs: ['c'] }, EVERYTHING);
      const extent = await counting?.extent(ALL);
      // By numbered pages, one of the last sizes is full where the number divides by six.
      if (style !== 'page' || most % 6 !== 0) expect(extent, `${most}`).toBeUndefined();
    }
  });
});
