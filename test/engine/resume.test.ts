import { expect, test } from 'vitest';
import { readingOf } from '../../src/engine/reading.js';
import type { Segment } from '../../src/engine/source.js';
import { EntryStore } from '../../src/engine/store/store.js';
import { invent } from '../../src/providers/invent.js';
import { EVERYTHING } from '../../src/query.js';
import { canonical, DAY, type Log, NOW, openLog, spread } from './log.js';

const rows = spread(26_000, 400);

/** Reads until `segments` of them are out, keeps what a checkpoint would, and says what came out up to there. */
async function readPart(
  log: Log,
  segments: number,
  resume?: { plan: unknown; segments: readonly Segment[] },
  from?: number,
) {
  const reading = readingOf(
    {
      fetch: log.fetch,
      now: () => NOW,
      pause: async () => {},
      openStore: () => new EntryStore(1 << 24, () => expect.unreachable()),
      stats: () => ({ requests: 0, retries: 0, waiting: undefined }),
    },
    { provider: invent, orgs: ['c'] },
    { ...EVERYTHING, from },
    { ties: 'canonical', ...(resume === undefined ? {} : { resume }) },
  );
  const ids: string[] = [];
  const done: Segment[] = [...(resume?.segments ?? [])];
  let plan: unknown;
  for await (const batch of reading.batches) {
    ids.push(...batch.entries.map(({ id }) => id as string));
    if (batch.segmentEnd === undefined) continue;
    done.push(batch.segmentEnd);
    plan = JSON.parse(JSON.stringify(reading.plan()));
    if (done.length === segments) break;
  }
  return {
    ids,
    checkpoint: { plan, segments: JSON.parse(JSON.stringify(done)) as Segment[] },
    verdict: reading.verdict(),
  };
}

test('whatever segment it was interrupted after, it goes on to the same entries and the same segments', async () => {
  const whole = await readPart(openLog({ rows }), Number.POSITIVE_INFINITY);
  const count = whole.checkpoint.segments.length;
  expect(count).toBeGreaterThan(5);
  expect(whole.ids).toEqual(canonical(rows));
  for (let stop = 1; stop < count; stop += 3) {
    const log = openLog({ rows });
    const begun = await readPart(log, stop);
    const before = log.requests();
    const resumed = await readPart(log, Number.POSITIVE_INFINITY, begun.checkpoint);
    expect([...begun.ids, ...resumed.ids]).toEqual(whole.ids);
    expect(resumed.checkpoint.segments).toEqual(whole.checkpoint.segments);
    expect(resumed.verdict).toMatchObject({
      status: 'verified',
      fetched: rows.length,
      kept: rows.length,
      counted: rows.length,
    });
    expect(log.requests() - before).toBeLessThan(300 - Math.floor((260 * stop) / count) + 12);
  }
});

test('a relative range is resumed with the instants that it began with', async () => {
  const log = openLog({ rows });
  const from = NOW - 200 * DAY;
  const begun = await readPart(log, 2, undefined, from);
  const resumed = await readPart(log, Number.POSITIVE_INFINITY, begun.checkpoint, from + DAY);
  expect([...begun.ids, ...resumed.ids]).toEqual(canonical(rows.filter(({ time }) => time >= from)));
});

test('entries that arrived in closed days between the runs do not pass for reconciled', async () => {
  const log = openLog({ rows });
  const begun = await readPart(log, 3);
  log.rows.push({ id: 'late', time: NOW - 20 * DAY });
  const resumed = await readPart(log, Number.POSITIVE_INFINITY, begun.checkpoint);
  expect(resumed.verdict.status).toBe('unreconciled');
  expect(resumed.verdict.notes.join()).toContain(
    'the log changed while it was being read: run the command again to get ',
  );
});
