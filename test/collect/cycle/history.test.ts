import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closeSpans } from '../../../src/collect/cycle/closing.js';
import { changedSpans, chooseCuts, openProbes, Uncounted } from '../../../src/collect/cycle/history.js';
import { type HistorySpan, rereadings, withSegments } from '../../../src/collect/state/spans.js';
import type { Segment } from '../../../src/engine/source.js';
import { addDays } from '../../../src/time.js';

const RUNS = Math.min(5000, Number(process.env.AUDITLOG_TEST_RUNS ?? 200));
const FIRST = '2026-01-01';

function spansOf(counts: readonly (number | null)[]): readonly HistorySpan[] {
  return counts.map((count, n) => ({ to: addDays(FIRST, n), count }));
}

/** A server that has these numbers of entries on the days from the first on. */
function server(counts: readonly number[]) {
  let requests = 0;
  return {
    requests: () => requests,
    through: async (day: string) => {
      requests += 1;
      return counts.reduce((sum, count, n) => (addDays(FIRST, n) <= day ? sum + count : sum), 0);
    },
  };
}

test('every changed span is found with few requests, and with one request if none has changed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(20), { minLength: 1, maxLength: 400 }),
      fc.array(fc.tuple(fc.nat(399), fc.integer({ min: 1, max: 5 })), { maxLength: 3 }),
      async (counts, more) => {
        const now = [...counts];
        for (const [at, by] of more) if (at < now.length) now[at] = (now[at] as number) + by;
        const wanted = now.flatMap((count, at) => (count === counts[at] ? [] : [at]));
        const asked = server(now);
        const found = await changedSpans(spansOf(counts), openProbes(asked.through), []);
        expect(found).toEqual(wanted);
        expect(asked.requests()).toBeLessThanOrEqual(1 + wanted.length * Math.ceil(Math.log2(counts.length)));
      },
    ),
    { numRuns: RUNS },
  );
});

test('an added and a removed entry are both found if a cut lies between them', async () => {
  const counts = Array.from({ length: 10 }, () => 5);
  const now = counts.map((count, at) => (at === 2 ? count + 1 : at === 7 ? count - 1 : count));
  const look = (cuts: readonly number[]) => changedSpans(spansOf(counts), openProbes(server(now).through), cuts);
  expect(await look([])).toEqual([]);
  expect(await look([4])).toEqual([2, 7]);
  expect(await look(chooseCuts(spansOf(counts), 0, () => 0, true))).toEqual([2, 7]);
  expect(chooseCuts(spansOf(counts), 0, () => 0.5, false)).toEqual([]);
  expect(chooseCuts(spansOf(counts), 3, () => 0.5, false)).toEqual([4, 4]);
});

test('unconfirmed spans are always listed, and those between them are compared', async () => {
  const spans = spansOf([1, null, 3, 4, null]);
  const asked = server([1, 2, 3, 5, 5]);
  expect(await changedSpans(spans, openProbes(asked.through), [])).toEqual([1, 3, 4]);
});

test('a missing count is not taken for a changed one', async () => {
  const probes = openProbes(async () => undefined);
  await expect(changedSpans(spansOf([1]), probes, [])).rejects.toThrow(Uncounted);
});

test('windows that follow the spans become spans; others are confirmed later, or left to the day that closes', () => {
  const window = (from: string | undefined, to: string | undefined, count: number, note?: string): Segment => {
    return { from, to, rows: count, kept: count, count, at: 0, note };
  };
  const read = [
    window(undefined, '2026-01-04', 9),
    window('2026-01-05', '2026-01-08', 4, 'no'),
    window('2026-01-09', undefined, 2),
  ];
  expect(withSegments([], read, '2026-01-08')).toEqual([
    { to: '2026-01-04', count: 9 },
    { to: '2026-01-08', count: null, note: 'no' },
  ]);
  const known = [{ to: '2026-01-03', count: 7 }];
  const again = [
    window('2026-01-02', '2026-01-05', 3),
    window('2026-01-06', '2026-01-07', 2),
    window('2026-01-08', undefined, 1),
  ];
  expect(withSegments(known, again, '2026-01-07')).toEqual([
    ...known,
    { to: '2026-01-05', count: null },
    { to: '2026-01-07', count: 2 },
  ]);
  expect(withSegments(known, [window('2026-01-02', '2026-01-07', 5)], '2026-01-07')).toEqual(known);
});

test('spans whose days overlap are read again together', () => {
  const spans = spansOf([1, 1, 1, 1, 1, 1, 1, 1, 1]);
  expect(rereadings(spans, [0, 1, 7], true)).toEqual([
    { from: undefined, to: '2026-01-03', indices: [0, 1] },
    { from: '2026-01-07', to: '2026-01-09', indices: [7] },
  ]);
  expect(rereadings(spans, [7], false)).toEqual([{ from: '2026-01-06', to: '2026-01-09', indices: [7] }]);
});

test('closed days are split into spans, unless the log changed while they were counted', async () => {
  const counts = Array.from({ length: 40 }, (_, n) => n);
  const closedTo = addDays(FIRST, 39);
  const asked = server(counts);
  const before = (await asked.through(closedTo)) as number;
  const made = { known: 0, oldest: FIRST, before };
  const spans = await closeSpans([], closedTo, made, asked.through);
  expect(spans).toHaveLength(16);
  expect(spans.reduce((sum, { count }) => sum + (count ?? 0), 0)).toBe(before);
  expect(await changedSpans(spans, openProbes(asked.through), [])).toEqual([]);
  const busy = await closeSpans([], closedTo, { ...made, before: before - 1 }, asked.through);
  expect(busy).toEqual([{ to: closedTo, count: null }]);
});
