import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { canonical, DAY, HOUR, type LogRow, NOW, openLog, readLog, spread } from './log.js';

const runs = Number(process.env.AUDITLOG_TEST_RUNS ?? 100);

/** What reading N entries may cost: one request for a page that is not full, else their pages and 6, or 15 %, more. */
function mostRequests(n: number): number {
  const pages = Math.ceil(n / 100);
  return n < 100 ? 1 : pages + Math.max(6, Math.floor(0.15 * pages));
}

describe('a log that stands still', () => {
  test.each([0, 1, 99, 100, 101, 200, 999, 1000, 1001, 3000, 5001, 12_000, 60_000])(
    '%i entries are all read, newest first, in no more requests than allowed',
    async (n) => {
      const rows = spread(n, 540);
      const log = openLog({ rows });
      const { ids, verdict } = await readLog(log);
      expect(ids).toEqual(canonical(rows));
      expect(verdict).toMatchObject({ status: 'verified', fetched: n, kept: n, counted: n, notes: [] });
      expect(log.requests()).toBeLessThanOrEqual(mostRequests(n));
    },
  );

  test('a burst in an otherwise empty decade costs no more requests', async () => {
    const rows = [...spread(3, 3650), ...spread(20_000, 0.5, NOW - 100 * DAY, 'burst')];
    const log = openLog({ rows });
    const { ids, verdict } = await readLog(log);
    expect(ids).toEqual(canonical(rows));
    expect(verdict.status).toBe('verified');
    expect(log.requests()).toBeLessThanOrEqual(mostRequests(rows.length));
  });

  test('a range is requested with a day more on each side, and trimmed to its instants', async () => {
    const rows = spread(20_000, 100);
    const log = openLog({ rows, zone: 9 });
    const from = NOW - 50 * DAY + 7 * HOUR;
    const before = NOW - 20 * DAY - 3 * HOUR;
    const { ids, verdict } = await readLog(log, { query: { from, before } });
    expect(ids).toEqual(canonical(rows.filter(({ time }) => time >= from && time < before)));
    expect(verdict.status).toBe('verified');
    expect(verdict.fetched).toBeGreaterThan(verdict.kept);
    expect(log.requests()).toBeLessThanOrEqual(mostRequests(verdict.fetched));
  });

  test('a range is complete in every zone, also if `to` means the days before it', async () => {
    const rows = spread(500, 40);
    for (const toExclusive of [false, true]) {
      for (let zone = -12; zone <= 14; zone += 1) {
        for (const length of [1, 9]) {
          const from = Date.parse('2026-11-01T00:00:00Z');
          const before = from + length * DAY;
          const { ids } = await readLog(openLog({ rows, zone, toExclusive }), { query: { from, before } });
          expect(ids).toEqual(canonical(rows.filter(({ time }) => time >= from && time < before)));
        }
      }
    }
  });

  test('oldest first is the exact reverse', async () => {
    const log = openLog({ rows: spread(8000, 300) });
    const newest = await readLog(log);
    const oldest = await readLog(log, { direction: 'oldest-first' });
    expect(oldest.ids).toEqual([...newest.ids].reverse());
  });

  test('open days are read in sequence, closed ones side by side, never more than asked for', async () => {
    const open = openLog({ rows: spread(900, 0.4), delay: () => 1 });
    await readLog(open, { concurrency: 4 });
    expect(open.widest()).toBe(1);
    const closed = openLog({ rows: spread(3000, 30, NOW - 10 * DAY), delay: () => 1 });
    await readLog(closed, { concurrency: 4, query: { from: NOW - 60 * DAY, before: NOW - 5 * DAY } });
    expect(closed.widest()).toBe(4);
  });

  test('entries beyond the memory limit go to disk and come out the same', async () => {
    const rows = spread(4000, 2, NOW - 30 * DAY);
    const held = await readLog(openLog({ rows }));
    const spooled = await readLog(openLog({ rows }), { memory: 10_000 });
    expect(spooled.text).toBe(held.text);
  });

  test('closed days give the same bytes whatever the concurrency and the order of the answers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 7, maxLength: 7 }),
        async (concurrency, delays) => {
          const rows = spread(6500, 20, NOW - 10 * DAY);
          const query = { from: NOW - 60 * DAY, before: NOW - 5 * DAY };
          const plain = await readLog(openLog({ rows }), { query });
          const shuffled = await readLog(openLog({ rows, delay: (request) => delays[request % 7] as number }), {
            query,
            concurrency,
          });
          expect(shuffled.text).toBe(plain.text);
          expect(shuffled.segments).toEqual(plain.segments);
        },
      ),
      { numRuns: Math.min(runs, 10) },
    );
  });
});

describe('a log that changes while it is read', () => {
  const scene = fc.record({
    n: fc.integer({ min: 0, max: 2600 }),
    days: fc.constantFrom(0.3, 2, 20, 200),
    zone: fc.integer({ min: -12, max: 14 }),
    // Not both: an arrival and a removal that cancel out between two pages leave every count as it was.
    changes: fc.oneof(
      fc.record({
        inserts: fc.array(
          fc.record({
            at: fc.integer({ min: 1, max: 40 }),
            ago: fc.constantFrom(0, 0, 0, HOUR, 30 * HOUR, 5 * DAY, 50 * DAY),
          }),
          { maxLength: 12 },
        ),
        deletes: fc.constant([]),
      }),
      fc.record({
        inserts: fc.constant([]),
        deletes: fc.array(fc.record({ at: fc.integer({ min: 1, max: 40 }), which: fc.nat(5000) }), { maxLength: 6 }),
      }),
    ),
    unstableTies: fc.boolean(),
    toExclusive: fc.boolean(),
    clamp: fc.constantFrom(100, 100, 50, 25),
    concurrency: fc.integer({ min: 1, max: 8 }),
  });

  test('a verdict of "verified" means: every entry that was there all along, none that never was, none twice', async () => {
    let verified = 0;
    await fc.assert(
      fc.asyncProperty(scene, async (it) => {
        const rows = spread(it.n, it.days).map((row) => ({
          ...row,
          time: it.unstableTies ? row.time - (row.time % 600_000) : row.time,
        }));
        const ever = new Map<string, LogRow>(rows.map((row) => [row.id, row]));
        const gone = new Set<string>();
        const log = openLog({
          ...it,
          rows,
          before: (request, live) => {
            for (const [index, insert] of it.changes.inserts.entries()) {
              if (insert.at !== request) continue;
              const row = { id: `new${index}`, time: NOW - insert.ago };
              live.push(row);
              ever.set(row.id, row);
            }
            for (const { at, which } of it.changes.deletes) {
              if (at !== request || live.length === 0) continue;
              const [row] = live.splice(which % live.length, 1);
              gone.add((row as LogRow).id);
            }
          },
        });
        const { ids, verdict } = await readLog(log, { concurrency: it.concurrency });
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of ids) expect(ever.has(id)).toBe(true);
        if (verdict.status !== 'verified') return;
        verified += 1;
        const given = new Set(ids);
        const stable = rows.filter(({ id }) => !gone.has(id));
        expect(stable.filter(({ id }) => !given.has(id))).toEqual([]);
        const times = ids.map((id) => (ever.get(id) as LogRow).time);
        expect(times).toEqual([...times].sort((a, b) => b - a));
      }),
      { numRuns: runs },
    );
    expect(verified).toBeGreaterThan(0);
  });

  test('entries that keep coming at the head are all read', async () => {
    const rows = spread(950, 0.4);
    let n = 0;
    const log = openLog({
      rows,
      before: (_, live) => {
        n += 1;
        live.push({ id: `head${String(n).padStart(5, '0')}`, time: NOW + n });
      },
    });
    const { ids, verdict } = await readLog(log);
    expect(verdict.status).toBe('verified');
    const given = new Set(ids);
    expect(rows.every(({ id }) => given.has(id))).toBe(true);
  });

  test('an entry that arrives in days that were read already is reported with its days', async () => {
    const rows = spread(30_000, 300, NOW - 10 * DAY);
    const log = openLog({
      rows,
      before: (request, live) => {
        if (request === 250) live.push({ id: 'late', time: NOW - 20 * DAY });
      },
    });
    const { ids, verdict } = await readLog(log, { query: { from: NOW - 400 * DAY, before: NOW - 5 * DAY } });
    expect(ids).not.toContain('late');
    expect(verdict.status).toBe('unreconciled');
    expect(verdict.notes.join()).toMatch(
      /the log changed while it was being read: run the command again to get 2026-10-\d\d to 2026-/,
    );
  });
});

describe('a server that does not keep its word', () => {
  test('entries outside the requested days are counted, and none that is inside in some zone', async () => {
    const rows = spread(40, 40);
    const query = { from: NOW - 9 * DAY, before: NOW - 5 * DAY };
    for (const zone of [-12, 0, 14]) {
      expect((await readLog(openLog({ rows, zone }), { query })).verdict.stats.outOfWindow).toBe(0);
    }
    const log = openLog({ rows });
    const fetch: typeof log.fetch = (ask) => log.fetch({ ...ask, window: { from: undefined, to: undefined } });
    expect((await readLog({ fetch }, { query })).verdict.stats.outOfWindow).toBeGreaterThan(25);
  });

  test('days that do not add up are read in one piece, so that an exclusive `to` loses nothing', async () => {
    for (const n of [300, 3000, 12_000]) {
      const rows = spread(n, 200);
      const { ids, verdict } = await readLog(openLog({ rows, toExclusive: true }));
      expect(verdict.status).toBe('verified');
      expect(ids).toEqual(canonical(rows));
    }
  });

  test('a smaller page than asked for is taken as the page size', async () => {
    const rows = spread(1730, 100);
    const { ids, verdict } = await readLog(openLog({ rows, clamp: 50 }));
    expect(verdict.status).toBe('verified');
    expect(ids).toEqual(canonical(rows));
  });

  test('a missing count leaves the answer unreconciled, with every entry in it', async () => {
    const rows = spread(730, 100);
    const { ids, verdict } = await readLog(openLog({ rows, lie: () => undefined }));
    expect(ids).toEqual(canonical(rows));
    expect(verdict).toMatchObject({ status: 'unreconciled' });
    expect(verdict.notes.join()).toContain('the server reported no count');
  });

  test('a capped count is noticed, and every entry is read', async () => {
    const rows = spread(1730, 100);
    const { ids, verdict } = await readLog(openLog({ rows, lie: (count) => Math.min(count, 1000) }));
    expect(verdict.status).toBe('unreconciled');
    expect(new Set(ids)).toEqual(new Set(canonical(rows)));
  });

  test.each([101, 250, 1730])('a count capped at a page never passes for that of %i entries', async (n) => {
    const rows = spread(n, 100, NOW - 30 * DAY);
    const log = () => openLog({ rows, lie: (count) => Math.min(count, 100) });
    const closed = { from: NOW - 200 * DAY, before: NOW - 10 * DAY };
    for (const query of [{}, closed]) {
      const { ids, verdict } = await readLog(log(), { query });
      expect(verdict.status).not.toBe('verified');
      if (verdict.status === 'uncounted') expect(ids).toEqual(canonical(rows));
    }
  });

  test.each([40, 50, 99, 101, 250, 1730])(
    'a count of each page is not used as the count of the log: %i entries',
    async (n) => {
      const rows = spread(n, 100, NOW - 30 * DAY);
      for (const clamp of [100, 50, 25]) {
        const log = openLog({ rows, clamp });
        const fetch: typeof log.fetch = async (ask) => {
          const page = await log.fetch(ask);
          return { ...page, count: page.entries.length, rowsPerPage: undefined };
        };
        for (const query of [{}, { from: NOW - 200 * DAY, before: NOW - 10 * DAY }]) {
          const { ids, verdict } = await readLog({ fetch }, { query });
          expect(ids).toEqual(canonical(rows));
          expect(verdict.status).toBe(n <= clamp ? 'verified' : 'uncounted');
        }
      }
    },
  );

  test.each([-1, 1, 7])('a count that is always off by %i never passes for verified', async (off) => {
    for (const n of [40, 140, 1500]) {
      const rows = spread(n, 100);
      const { ids, verdict } = await readLog(openLog({ rows, lie: (count) => count + off }));
      expect(verdict.status).toBe('unreconciled');
      expect(ids).toEqual(canonical(rows));
    }
  });

  test('a count that is off once is asked for again', async () => {
    const rows = spread(1500, 100);
    const { ids, verdict } = await readLog(
      openLog({ rows, lie: (count, request) => (request === 5 ? count - 1 : count) }),
    );
    expect(verdict.status).toBe('verified');
    expect(ids).toEqual(canonical(rows));
  });

  test('equal times in another order on each request are read until they add up', async () => {
    const rows = spread(1400, 100, NOW - 10 * DAY).map((row) => ({ ...row, time: row.time - (row.time % DAY) }));
    const { ids, verdict } = await readLog(openLog({ rows, unstableTies: true }), {
      query: { from: NOW - 200 * DAY, before: NOW - 5 * DAY },
    });
    if (verdict.status === 'verified') expect(ids).toEqual(canonical(rows));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('whatever a server answers, reading it ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            rows: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 110 }),
            count: fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined }),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        async (answers) => {
          let requests = 0;
          const fetch = async () => {
            const answer = answers[requests % answers.length] as (typeof answers)[number];
            requests += 1;
            const entries = answer.rows.map((n) => ({
              raw: Buffer.from(`{"id":"${n}"}`),
              id: String(n),
              time: NOW - n * HOUR,
            }));
            return {
              entries,
              count: answer.count,
              next: undefined,
              more: undefined,
              at: NOW,
              orgs: new Set<string>(),
              unreadable: [],
            };
          };
          await readLog({ fetch }).catch((error: Error) =>
            expect(error.message).toMatch(/again and again|does not end/),
          );
          expect(requests).toBeLessThan(3000);
        },
      ),
      { numRuns: runs },
    );
  });
});

describe('the newest few', () => {
  test('three entries take one request, of three', async () => {
    const log = openLog({ rows: spread(1200, 100) });
    const { ids, verdict } = await readLog(log, { limit: 3, ties: 'server' });
    expect(ids).toEqual(canonical(log.rows).slice(0, 3));
    expect(log.asks.map(({ size }) => size)).toEqual([3]);
    expect(verdict.status).toBe('verified');
  });

  test('page three of fifty is requested as that page', async () => {
    const log = openLog({ rows: spread(1200, 100) });
    const { ids } = await readLog(log, { limit: 50, page: 3, ties: 'server' });
    expect(ids).toEqual(canonical(log.rows).slice(100, 150));
    expect(log.requests()).toBe(1);
  });

  test('page two of 150 requests only the pages that have it', async () => {
    const log = openLog({ rows: spread(1200, 100) });
    const { ids } = await readLog(log, { limit: 150, page: 2, ties: 'server' });
    expect(ids).toEqual(canonical(log.rows).slice(150, 300));
    expect(log.requests()).toBeLessThanOrEqual(2);
  });

  test('with our own filters it reads until it has enough, or the log ends', async () => {
    const rows = spread(1200, 100).map((row, index) => ({
      ...row,
      action: index % 100 === 0 ? 'member.left' : 'member.joined',
    }));
    const log = openLog({ rows });
    const { ids } = await readLog(log, { limit: 5, ties: 'server', query: { actions: ['member.l*'] } });
    expect(ids).toEqual(canonical(rows.filter(({ action }) => action === 'member.left')).slice(0, 5));
  });

  test('several actions are one request each, merged by time', async () => {
    const rows = spread(1200, 100).map((row, index) => ({
      ...row,
      action: ['member.left', 'member.removed', 'org.updated'][index % 3] as string,
    }));
    const log = openLog({ rows });
    const { ids } = await readLog(log, {
      limit: 10,
      ties: 'server',
      query: { actions: ['member.left', 'org.updated'] },
    });
    expect(ids).toEqual(canonical(rows.filter(({ action }) => action !== 'member.removed')).slice(0, 10));
    expect(log.requests()).toBe(2);
  });

  test('an entry inserted at the head meanwhile neither doubles an entry nor skips one', async () => {
    const log = openLog({
      rows: spread(1200, 100),
      before: (request, rows) => rows.push({ id: `new${request}`, time: NOW + request }),
    });
    const { ids, verdict } = await readLog(log, { limit: 350, ties: 'server' });
    expect(new Set(ids).size).toBe(350);
    expect(verdict.status).toBe('verified');
    const all = canonical(log.rows);
    const start = all.indexOf(ids[0] as string);
    expect(ids).toEqual(all.slice(start, start + 350));
  });
});

describe('several actions, all of them', () => {
  test.each([
    { n: 2000, share: 400, streams: true },
    { n: 2000, share: 1, streams: true },
    { n: 400, share: 1, streams: false },
  ])('$n entries, one in $share of them: a stream for each is $streams', async ({ n, share, streams }) => {
    const names = ['member.left', 'member.removed', 'org.updated', 'chat.deleted', 'org.deleted'];
    const rows = spread(n, 100).map((row, index) => ({
      ...row,
      action: index % share === 0 ? (names[index % 5] as string) : 'member.joined',
    }));
    const log = openLog({ rows });
    const { ids, verdict } = await readLog(log, { query: { actions: names } });
    expect(ids).toEqual(canonical(rows.filter(({ action }) => names.includes(action))));
    expect(verdict.status).toBe('verified');
    expect(log.asks.at(-1)?.stream.filters.action !== undefined).toBe(streams);
  });
});

describe('other ways of paging', () => {
  const base: Provider = { ...invent, dates: { from: 'since', format: 'day' } };
  const offset: Provider = { ...base, paging: { style: 'offset', offset: 'offset', size: 'limit', max: 100 } };
  const { total: _, ...untold } = invent;
  const cursor: Provider = {
    ...untold,
    total: undefined,
    paging: { style: 'cursor', cursor: 'cursor', size: 'limit', max: 100, next: 'next' },
  };

  test.each([0, 1, 99, 100, 101, 199, 200, 1234])(
    'by offset, %i entries overlap by one row and are told once',
    async (n) => {
      const rows = spread(n, 100);
      const { ids, verdict } = await readLog(openLog({ rows }), { provider: offset });
      expect(ids).toEqual(canonical(rows));
      expect(verdict).toMatchObject({ status: 'verified', counted: n });
    },
  );

  test.each([2, 3, 10])('by offset, thousands of entries in pages of %i are all read', async (clamp) => {
    const rows = spread(4000, 100);
    const { ids, verdict } = await readLog(openLog({ rows, clamp }), { provider: offset });
    expect(ids).toEqual(canonical(rows));
    expect(verdict.status).toBe('verified');
  });

  test('by offset, a server that refuses to go further than it counts is not taken for the whole log', async () => {
    const log = openLog({ rows: spread(1700, 100), lie: (count) => Math.min(1000, count) });
    const fetch: typeof log.fetch = async (ask) => {
      const page = await log.fetch(ask);
      const isBeyond = 'offset' in ask.place && ask.place.offset + ask.size > 1000;
      return isBeyond ? { ...page, entries: [], refused: 400 } : page;
    };
    const dates = { format: 'day' } as const;
    const { verdict } = await readLog({ fetch }, { provider: { ...offset, dates } });
    expect(verdict.status).toBe('unreconciled');
  });

  test('by offset, a deletion before the border of two pages is noticed, and the log is read again', async () => {
    const rows = spread(1234, 100);
    const log = openLog({ rows, before: (request, live) => void (request === 4 && live.splice(-2, 2)) });
    const { ids, verdict } = await readLog(log, { provider: offset });
    expect(verdict.status).toBe('unreconciled');
    expect(canonical(log.rows).every((id) => ids.includes(id))).toBe(true);
  });

  test('by cursor, a vendor that tells no count is read to the end and called uncounted', async () => {
    const rows = spread(1234, 100);
    const { ids, verdict } = await readLog(openLog({ rows }), { provider: cursor });
    expect(ids).toEqual(canonical(rows));
    expect(verdict).toMatchObject({ status: 'uncounted', counted: undefined });
  });

  test('a cursor that repeats is never taken for the end', async () => {
    const log = openLog({ rows: spread(400, 100) });
    const fetch: typeof log.fetch = async (ask) => ({ ...(await log.fetch(ask)), next: '100' });
    const { ids, verdict } = await readLog({ fetch }, { provider: cursor });
    expect(ids).toHaveLength(200);
    expect(verdict).toMatchObject({
      status: 'unreconciled',
      notes: ['all days: a page links to itself as the next page'],
    });
  });
});

test.each([1 << 24, 1])(
  'ids that come with two texts are counted once each, with %i bytes of memory',
  async (memory) => {
    const rows = spread(50, 10);
    const twice = rows.slice(10, 13).map((row) => ({ ...row, action: 'z.y' }));
    const { ids, verdict } = await readLog(openLog({ rows: [...rows, ...twice] }), { memory });
    expect(ids).toHaveLength(53);
    expect(verdict.notes).toEqual([
      '3 events came twice with the same id and different content; both versions are in the output',
    ]);
  },
);

describe('counts that are not those of the log', () => {
  const query = { from: NOW - 200 * DAY, before: NOW - 10 * DAY };

  test('one more than the page if there is more: closed days are read to the end, too', async () => {
    const rows = spread(1234, 100, NOW - 20 * DAY);
    const log = openLog({ rows });
    const fetch: typeof log.fetch = async (ask) => {
      const page = await log.fetch(ask);
      return { ...page, more: undefined, count: page.entries.length + (page.more ? 1 : 0) };
    };
    const { ids, verdict } = await readLog({ fetch }, { query });
    expect(ids).toEqual(canonical(rows));
    expect(verdict).toMatchObject({ status: 'uncounted', notes: [] });
  });

  test.each([
    ['a round number', 1000, 3700, query],
    ['any number, in several parts', 6000, 20_000, query],
    ['any number, with days that are open', 6000, 20_000, {}],
  ])('%s that the server counts and lists up to is not taken for the whole log', async (_, most, n, range) => {
    const log = openLog({ rows: spread(n, 100, range === query ? NOW - 20 * DAY : NOW - HOUR) });
    const fetch: typeof log.fetch = async (ask) => {
      const page = await log.fetch(ask);
      const left = most - ('page' in ask.place ? (ask.place.page - 1) * ask.size : 0);
      return { ...page, count: Math.min(most, page.count ?? 0), entries: page.entries.slice(0, Math.max(0, left)) };
    };
    const { verdict } = await readLog({ fetch }, { query: range });
    expect(verdict.status).toBe('unreconciled');
    expect(verdict.notes.join()).toMatch(/the server returned only \d+ events and has others before/);
  });

  test('a round number of entries costs at most two more requests', async () => {
    const rows = spread(1000, 100, NOW - 20 * DAY);
    const log = openLog({ rows });
    expect(await readLog(log, { query })).toMatchObject({ verdict: { status: 'verified', notes: [] } });
    expect(log.requests()).toBeLessThanOrEqual(13);
  });
});
