import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endingLine, gatheredLines, openGathered } from '../../src/days/gathered.js';
import { compareEntries } from '../../src/days/lines.js';
import type { Entry } from '../../src/event.js';
import { invent } from '../../src/providers/invent.js';
import { endingOf } from '../archive/site.js';
import { makeHome, NOW } from '../helpers/world.js';

const ENDING = endingOf({ entries: [] }, NOW, 'org_1', invent);

const entry = fc.record({
  time: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 3 })),
  id: fc.option(fc.string({ maxLength: 2 }), { nil: undefined }),
  text: fc.integer({ min: 0, max: 5 }),
});

test('gathered entries of a day are read in canonical order, whatever order they were written in', async () => {
  const path = join(await makeHome(), 'entries');
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 300 }), async (some) => {
      const entries = some.map(({ time, id, text }): Entry => ({ time, id, raw: Buffer.from(`{"n":${text}}`) }));
      await writeFile(path, [gatheredLines({ entries, org: 'org_1' }), Buffer.from(endingLine(ENDING))]);
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

test.each([
  ['no last line', ''],
  ['a last line that is not JSON', 'end\t{\n'],
  ['a last line of something else', 'end\t{"run":{}}\n'],
  ['a last line without a verdict', `end\t${JSON.stringify({ ...ENDING, verdict: undefined })}\n`],
  ['a line whose time is a text', `["1","id","org_1"]\t{}\n${endingLine(ENDING)}`],
  ['a line without an org', `[1,"id"]\t{}\n${endingLine(ENDING)}`],
])('a file with %s holds no gathered entries', async (_, text) => {
  const path = join(await makeHome(), 'entries');
  await writeFile(path, text);
  expect(await openGathered(path)).toBeUndefined();
});
