import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomFrom } from '../../src/demo/random.js';
import { DAY, entryOf, HOUR, type LogRow, NOW, openLog, readLog } from './log.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 40);

/** Rows in clumps and alone, some at the same instant, all in closed days. */
const rowsOf = fc
  .record({
    n: fc.integer({ min: 0, max: 7000 }),
    days: fc.constantFrom(1, 3, 30, 400),
    clumps: fc.nat(5),
    seed: fc.nat(1e6),
  })
  .map(({ n, days, clumps, seed }): LogRow[] => {
    const random = randomFrom(seed);
    const last = NOW - 5 * DAY;
    const centres = Array.from({ length: clumps }, () => last - random.below(days) * DAY);
    return Array.from({ length: n }, (_, k) => {
      const centre = clumps > 0 && random.percent(70) ? centres[k % clumps]! : last - random.below(days * 24) * HOUR;
      return {
        id: `e${String(k).padStart(6, '0')}`,
        time: Math.min(last, centre - random.below(5 * HOUR) * (random.percent(30) ? 0 : 1)),
      };
    });
  });

function inOrder(rows: readonly LogRow[]): string {
  const ordered = [...rows].sort((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1));
  return ordered.map((row) => `${entryOf(row).raw.toString()}\n`).join('');
}

const RANGE = { from: NOW - 500 * DAY, before: NOW - 4 * DAY };

test('closed days give the same bytes for every page size, zone, order of answers and number of rereads', async () => {
  await fc.assert(
    fc.asyncProperty(
      rowsOf,
      fc.record({
        zone: fc.integer({ min: -12, max: 14 }),
        concurrency: fc.integer({ min: 1, max: 8 }),
        clamp: fc.constantFrom(100, 100, 50, 25),
        delays: fc.array(fc.constantFrom(0, 0, 0, 1), { minLength: 5, maxLength: 5 }),
        // Requests at which the count is off, so that what they belong to is read again.
        wrong: fc.uniqueArray(fc.integer({ min: 2, max: 60 }), { maxLength: 3 }),
        oldestFirst: fc.boolean(),
      }),
      async (rows, { zone, concurrency, clamp, delays, wrong, oldestFirst }) => {
        const log = openLog({
          rows,
          zone,
          clamp,
          delay: (request) => delays[request % 5]!,
          lie: (count, request) => (wrong.includes(request) ? count + 1 : count),
        });
        const { text, verdict } = await readLog(log, {
          concurrency,
          query: RANGE,
          direction: oldestFirst ? 'oldest-first' : 'newest-first',
        });
        const expected = inOrder(rows);
        const lines = (bytes: string) => bytes.split('\n').filter((line) => line !== '');
        expect(oldestFirst ? lines(text).reverse() : lines(text)).toEqual(lines(expected));
        if (wrong.length === 0) expect(verdict.status).toBe('verified');
      },
    ),
    { numRuns: Math.ceil(RUNS / 3) },
  );
});

test('an unchanged log costs one request below a page, two more than its pages up to 1000 entries, and never more than the budget', async () => {
  await fc.assert(
    fc.asyncProperty(rowsOf, fc.integer({ min: -12, max: 14 }), fc.boolean(), async (rows, zone, ranged) => {
      const log = openLog({ rows, zone });
      const { verdict } = await readLog(log, ranged ? { query: RANGE } : {});
      const pages = Math.ceil(rows.length / 100);
      const most =
        rows.length < 100 ? 1 : rows.length <= 1000 ? pages + 2 : pages + Math.max(6, Math.floor(0.15 * pages));
      expect({
        n: rows.length,
        status: verdict.status,
        within: log.requests() <= most,
        requests: log.requests(),
      }).toMatchObject({ status: 'verified', within: true });
    }),
    { numRuns: RUNS },
  );
});
