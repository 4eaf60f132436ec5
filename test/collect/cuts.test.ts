import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogRow } from '../engine/log.js';
import { PowerCut } from '../output/disk.js';
import { cycle, DAY, type Disk, HOUR, openDisk, openLog, openStore } from './world.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 25);
const BEGAN = Date.parse('2026-09-01T00:00:00Z');
const MINUTE = 60_000;
const DAYS = 60;
const END = BEGAN + (DAYS + 26) * DAY;

class Lost extends Error {}

/** Entries that show themselves some hours after their time, most of them at once. */
const rows = fc
  .array(
    fc.record({
      hour: fc.integer({ min: 0, max: DAYS * 24 - 1 }),
      burst: fc.integer({ min: 1, max: 12 }),
      // Minutes.
      late: fc.oneof(
        { arbitrary: fc.constant(0), weight: 6 },
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 25 * 24 * 60 }),
      ),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((bursts) =>
    bursts.flatMap(({ hour, burst, late }, n) =>
      Array.from({ length: burst }, (_, k): LogRow & { shown: number } => {
        const time = BEGAN + hour * HOUR + k * MINUTE;
        return { id: `e${n}-${k}`, time, shown: time + late * MINUTE };
      }),
    ),
  );

const cycles = fc.array(
  fc.record({
    // Minutes after the cycle before.
    after: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 40, max: 90 * 60 })),
    /** The step at which the power fails, and how much of what was not durable is lost then; or the step at which the destination fails. */
    cut: fc.option(fc.integer({ min: 0, max: 60 }), { freq: 3 }),
    lost: fc.constantFrom(0, 0.5, 1),
    fails: fc.option(fc.integer({ min: 0, max: 6 }), { freq: 5 }),
  }),
  { minLength: 10, maxLength: 60 },
);

test('a collector interrupted at any step over sixty days delivers every entry, and remembers only what was delivered', async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      cycles,
      fc.integer({ min: -12, max: 14 }),
      fc.boolean(),
      fc.option(fc.integer({ min: 0, max: 40 })),
      // Minutes that pass with each request.
      fc.constantFrom(0, 0, 1, 20),
      async (all, steps, zone, toExclusive, fromDay, pace) => {
        let now = BEGAN;
        let step = 0;
        let failsAt: number | undefined;
        let isLast = false;
        const log = openLog({
          rows: [],
          zone,
          toExclusive,
          before: () => {
            if (!isLast) pass(now + pace * MINUTE);
          },
        });
        const store = openStore({
          step: () => {
            step += 1;
            if (step === failsAt) throw new Lost();
          },
        });
        const every = openStore({ idempotent: false });
        let disk: Disk = openDisk();
        const from = fromDay === null ? undefined : BEGAN + fromDay * DAY;
        const pass = (to: number): void => {
          log.rows.push(...all.filter(({ shown }) => shown > now && shown <= to));
          now = to;
        };
        log.rows.push(...all.filter(({ shown }) => shown <= now));
        for (const { after, cut, lost, fails } of steps) {
          pass(Math.min(now + after * MINUTE, END));
          const dying = cut === null ? disk : disk.afterCrash(0, { cutAfter: cut });
          step = 0;
          failsAt = fails === null ? undefined : fails + 1;
          try {
            await cycle({ log, store, disk: dying, now: () => now, ...(from === undefined ? {} : { from }) });
            disk = dying.afterCrash(0);
          } catch (error) {
            if (!(error instanceof PowerCut) && !(error instanceof Lost)) throw error;
            disk = dying.afterCrash(lost);
          }
        }
        failsAt = undefined;
        isLast = true;
        pass(Math.max(now, END));
        const last = await cycle({ log, store, disk, now: () => now, ...(from === undefined ? {} : { from }) });
        expect(last).toMatchObject({ status: 'verified', gone: [], gaps: [] });
        const truth = log.rows.filter(({ time }) => from === undefined || time >= from).map(({ id }) => id);
        expect(store.ids()).toEqual(truth.sort());
        // What is remembered is never delivered again.
        await cycle({ log, store: every, disk, now: () => now, ...(from === undefined ? {} : { from }) });
        expect(every.ids()).toEqual([]);
      },
    ),
    { numRuns: RUNS },
  );
}, 600_000);
