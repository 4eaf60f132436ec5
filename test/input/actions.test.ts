import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entryReader } from '../../src/engine/page/entries.js';
import { scanPage, wantPaths } from '../../src/engine/page/scan/scan.js';
import { withActions } from '../../src/input/actions.js';
import { chipp } from '../../src/providers/chipp.js';
import { toEvent } from '../../src/providers/event/normalize.js';
import { openEventReader } from '../../src/providers/event/reader.js';
import { invent } from '../../src/providers/invent.js';
import { rpawatch } from '../../src/providers/rpawatch.js';
import { yura } from '../../src/providers/yura.js';
import { anyEntry, LISTED } from '../providers/anyentry.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 200);

test.each([invent, chipp, rpawatch, yura, LISTED])(
  'an action that the scan came by is the one of $name’s entry',
  (provider) => {
    const { paths, entryOf } = withActions(provider, entryReader(provider));
    const read = openEventReader(provider);
    fc.assert(
      fc.property(fc.array(anyEntry(provider)), (entries) => {
        const page = Buffer.from(`[${entries.map(({ raw }) => raw.toString())}]`);
        const found = scanPage(page, '', wantPaths(paths)).entries.map(entryOf);
        const expected = found.map((entry) => toEvent(provider, entry).action);
        expect(found.map((entry) => read(entry).action)).toEqual(expected);
        for (const [at, { action }] of found.entries()) expect([undefined, expected[at]]).toContain(action);
      }),
      { numRuns: RUNS },
    );
  },
);

test('an entry’s action is there without being read again', () => {
  const { paths, entryOf } = withActions(rpawatch, entryReader(rpawatch));
  const page = Buffer.from('[{"action":"Delete","resource_type":"process"},{"action":1,"resource_type":"process"}]');
  const actions = scanPage(page, '', wantPaths(paths)).entries.map((row) => entryOf(row).action);
  expect(actions).toEqual(['process.delete', undefined]);
});
