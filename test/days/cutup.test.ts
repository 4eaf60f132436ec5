import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeHome, NOW, run } from '../helpers/world.js';
import { makeEntries } from '../model/makeentries.js';
import { DAY, dayFiles, openSite } from './site.js';

const RUNS = Math.min(300, Number(process.env.AUDITLOG_TEST_RUNS ?? 6));
const HOUR = DAY / 24;
const BEGAN = NOW - 12 * DAY;

/** Hours after the beginning. */
const moment = fc.integer({ min: 1, max: 12 * 24 - 1 });

test('exports by days that were continued at any time make the same files as one export at the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(moment, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 0, max: 400 }),
      // Entries that turn up so many hours after their own time.
      fc.array(fc.record({ time: moment, late: fc.integer({ min: 1, max: 200 }) }), { maxLength: 3 }),
      fc.integer({ min: -12, max: 14 }),
      async (moments, n, late, zone) => {
        const onTime = makeEntries({ n, from: BEGAN, to: NOW - HOUR, grain: 60_000 }).map((entry) => ({
          entry,
          from: entry.time,
        }));
        const tardy = late.map((it, k) => {
          const [entry] = makeEntries({
            n: 1,
            from: BEGAN + it.time * HOUR,
            to: BEGAN + it.time * HOUR + 1,
            seed: 50 + k,
          });
          return { entry: entry!, from: Math.min(NOW - HOUR, entry!.time + it.late * HOUR) };
        });
        const all = [...onTime, ...tardy];
        const ends = [...moments.sort((a, b) => a - b).map((hour) => BEGAN + hour * HOUR), NOW];
        const site = await openSite({ entries: [], now: BEGAN, zone });
        const line = ['export', '--split', 'day', '-o', 'days', '--from', '2026-11-08', '--rate', 'off'];
        try {
          let before = Number.NEGATIVE_INFINITY;
          for (const end of ends) {
            site.model.setNow(end);
            site.model.insert(...all.filter(({ from }) => from > before && from <= end).map(({ entry }) => entry));
            before = end;
            expect(await site.run(line)).toMatchObject({ code: 0 });
          }
          const found = await dayFiles(join(site.home, 'days'));
          const home = await makeHome();
          const once = await run(line, { env: site.env, home, cwd: home, now: NOW });
          expect(once.code).toBe(0);
          const whole = await dayFiles(join(home, 'days'));
          // What came late to a sealed day is in a file beside it: together they are the day.
          for (const [name, bytes] of Object.entries(whole)) {
            const day = name.slice(0, 10);
            const parts = Object.entries(found).filter(([part]) => part.startsWith(day));
            const lines = parts.flatMap(([, text]) => text.split('\n').filter((one) => one !== ''));
            expect(lines.sort()).toEqual(
              bytes
                .split('\n')
                .filter((one) => one !== '')
                .sort(),
            );
            if (parts.length === 1) expect(parts[0]).toEqual([name, bytes]);
          }
          expect(Object.keys(found).filter((name) => !name.includes('.late-'))).toEqual(Object.keys(whole));
          expect((await site.run('verify days')).code).toBe(0);
        } finally {
          await site.close();
        }
      },
    ),
    { numRuns: RUNS },
  );
});
