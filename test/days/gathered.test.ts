import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareEntries, endingLine, gatheredLines, openGathered } from '../../src/days/gathered.js';
import type { Entry } from '../../src/event.js';
import { makeHome } from '../helpers/world.js';

const entry = fc.record({
  time: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 3 })),
  id: fc.option(fc.string({ maxLength: 2 }), { nil: undefined }),
  text: fc.integer({ min: 0, max: 5 }),
});

test('a day is read in its order, in whatever order its entries came', async () => {
  const path = join(await makeHome(), 'entries');
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 300 }), async (some) => {
      const entries = some.map(({ time, id, text }): Entry => ({ time, id, raw: Buffer.from(`{"n":${text}}`) }));
      await writeFile(path, [gatheredLines({ entries, org: 'org_1' }), Buffer.from(endingLine({} as never))]);
      const gathered = await openGathered(path);
      const wanted = (day: string) =>
        entries.filter(({ time }) => Number.isNaN(time) === (day === '')).sort(compareEntries);
      for (const [day, place] of gathered!.days) {
        const found: Entry[] = [];
        for await (const batch of gathered!.read(place)) found.push(...batch);
        expect(found.map(({ time, id, raw }) => [time, id, raw.toString()])).toEqual(
          wanted(day).map(({ time, id, raw }) => [time, id, raw.toString()]),
        );
        expect(place.rows).toBe(found.length);
      }
      await gathered?.close();
    }),
    { numRuns: 60 },
  );
});
