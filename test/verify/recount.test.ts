import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '../../src/time.js';
import type { KnownManifest } from '../../src/verify/finding.js';
import { recount } from '../../src/verify/recount.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 200);
const FIRST = '2025-01-01';

/** What counting again looks at of a manifest. */
function manifest(counts: readonly number[]): KnownManifest {
  const windows = counts.map((count, day) => {
    const date = addDays(FIRST, day);
    return { from: date, to: date, rows: count, kept: count, count, at: '2026-11-20T14:00:00.000Z', note: null };
  });
  const read = { endedAt: '2026-11-20T14:00:00.000Z', windows, closed: null };
  return { path: 'days/x.manifest.json', manifest: { query: { wire: [{ org: 'c', filters: {} }] }, read } as never };
}

test('recount finds exactly the days whose count has changed, with few requests', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(50), { minLength: 1, maxLength: 200 }),
      fc.uniqueArray(fc.nat(199), { maxLength: 6 }),
      fc.integer({ min: 1, max: 9 }),
      async (counts, places, more) => {
        const days = counts.map((_, day) => addDays(FIRST, day));
        const changed = new Set(places.filter((place) => place < counts.length));
        const now = counts.map((count, day) => count + (changed.has(day) ? more : 0));
        let probes = 0;
        const { findings } = await recount([manifest(counts)], async ({ from = '', to = '' }) => {
          probes += 1;
          return now.reduce((sum, count, day) => (days[day]! >= from && days[day]! <= to ? sum + count : sum), 0);
        });
        expect(findings.map(({ why }) => why.slice(0, 10)).sort()).toEqual([...changed].map((day) => days[day]).sort());
        // Both halves of a range that differs are counted: what arrives meanwhile must not be told of days that it is not in.
        const levels = Math.ceil(Math.log2(counts.length));
        expect(probes).toBeLessThanOrEqual(2 * changed.size * levels + 1);
      },
    ),
    { numRuns: RUNS },
  );
});
