import { describe, expect, test } from 'vitest';
import { oddEntries } from '../model/hostile.js';
import { makeEntries } from '../model/makeentries.js';
import { PAGING_NAMES, paged } from '../model/styles.js';
import { type Trial, type TrialOptions, tryReading } from '../model/trial.js';

/** Servers that lie in the same way each time, so that asking again does not help. */
const runs = Math.max(4, Math.ceil(Number(process.env.AUDITLOG_TEST_MILD ?? 25) / 3));
const seeds = Array.from({ length: runs }, (_, index) => index + 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-20T14:00:00Z');
const FROM = NOW - 20 * DAY;

/** Logs of other sizes: less than a page, exactly one, a few, many. */
const SIZES = [40, 100, 101, 260, 300, 950, 1600] as const;
const CLAMPS = [undefined, 50, 25] as const;

function shapeOf(seed: number): TrialOptions {
  const clamp = CLAMPS[seed % CLAMPS.length];
  return { n: SIZES[seed % SIZES.length] ?? 260, days: 40, seed, ...(clamp === undefined ? {} : { clamp }) };
}

/** With a bad line at each third seed, and a log that lives at each fourth. */
function hardships(seed: number): Partial<TrialOptions> {
  return { ...(seed % 3 === 0 && { faults: 'mild' }), ...(seed % 4 === 0 && { live: { head: 20 } }) };
}

/** The truth, and nothing that casts doubt on it; a log that lives may leave doubts, which are then said. */
async function isTruth(options: TrialOptions): Promise<void> {
  const trial = await tryReading(options);
  expect(trial.wrong, said(options, trial)).toBeUndefined();
  if (options.live === undefined) expect(trial, said(options, trial)).toMatchObject({ outcome: 'clean' });
  else if (trial.outcome !== 'clean') expect(trial.notes, said(options, trial)).not.toEqual([]);
  isBounded(trial, options);
}

/** It must not be taken for the truth; what does not fit is said. */
async function isDoubted(options: TrialOptions, why: RegExp): Promise<void> {
  const trial = await tryReading(options);
  expect(trial, said(options, trial)).toMatchObject({ outcome: 'told', wrong: undefined });
  expect(trial.notes.join('\n'), said(options, trial)).toMatch(why);
  isBounded(trial, options);
}

function isBounded(trial: Trial, options: TrialOptions): void {
  const pages = Math.ceil(options.n / (options.clamp ?? 100));
  expect(trial.requests, said(options, trial)).toBeLessThanOrEqual(trial.runs * (10 * pages + 60));
}

/** What was tried, and what came of it. */
function said({ provider, entries, ...options }: TrialOptions, trial: Trial): string {
  return JSON.stringify({ ...options, paging: provider?.paging, entries: entries?.length, trial });
}

describe('a server that always lies', () => {
  test.each(seeds)('about the count, which is that of the page, seed %i', (seed) =>
    isTruth({ ...shapeOf(seed), ...hardships(seed), lies: ['count-of-page'], runs: 1 }),
  );

  test.each(seeds)('about the order, listing the oldest entries first, seed %i', (seed) =>
    isTruth({ ...shapeOf(seed), ...hardships(seed), order: 'oldest-first', runs: 1 }),
  );

  test.each(seeds)('about the count and the order, seed %i', (seed) =>
    isTruth({ ...shapeOf(seed), order: 'oldest-first', lies: ['count-of-page'], runs: 1 }),
  );

  test.each(seeds)(
    'about its filters, returning an entry of another action in place of one that it hides, seed %i',
    (seed) =>
      isDoubted(
        { ...shapeOf(seed), n: 900, leaks: 'action', action: 'chat.deleted', runs: 1 },
        /not asked|chat\.deleted|action/,
      ),
  );

  test.each(seeds)('about its days, returning an entry of other days in place of one that it hides, seed %i', (seed) =>
    isDoubted({ ...shapeOf(seed), n: 900, leaks: 'day', from: FROM, runs: 1 }, /not asked|outside|range|days/),
  );

  test.each(seeds)(
    'by a row that was not asked for, now and then: asking again helps, or it is said, seed %i',
    async (seed) => {
      const options = { ...shapeOf(seed), n: 900, faults: { 'foreign-row': 0.2 }, action: 'chat.deleted', from: FROM };
      const trial = await tryReading(options);
      expect(trial.wrong, said(options, trial)).toBeUndefined();
      if (trial.outcome !== 'clean') expect(trial.notes, said(options, trial)).not.toEqual([]);
    },
  );
});

describe.each(PAGING_NAMES)('%s', (name) => {
  const few = seeds.slice(0, 4);
  const chained = !name.startsWith('page') && name !== 'offset';

  test.each(few)(`${name}: is read to its end, seed %i`, (seed) =>
    isTruth({ ...shapeOf(seed), ...hardships(seed), provider: paged(name), runs: 1 }),
  );

  test.each(few)(`${name}: is read to its end without a count, seed %i`, (seed) =>
    isTruth({ ...shapeOf(seed), provider: paged(name, { counted: false }), runs: 1 }),
  );

  test.each(few)(`${name}: is read to its end where the count is that of the page, seed %i`, (seed) =>
    isTruth({ ...shapeOf(seed), provider: paged(name), lies: ['count-of-page'], runs: 1 }),
  );

  test.each(few)(`${name}: ends where a list is null or left out, seed %i`, async (seed) => {
    for (const lie of ['list-null', 'list-left-out'] as const)
      await isTruth({ ...shapeOf(seed), provider: paged(name, { counted: false }), lies: [lie], runs: 1 });
  });

  if (chained)
    test.each(few)(`${name}: ends where empty pages would go on for ever, seed %i`, async (seed) => {
      for (const counted of [true, false])
        for (const lies of [['pages-empty-on'], ['pages-empty-on', 'list-null']] as const) {
          const options = { ...shapeOf(seed), provider: paged(name, { counted }), lies, runs: 1 };
          // Only a count shows that there is no more, where the server says that there is.
          if (counted || name !== 'cursor + has_more') await isTruth(options);
          else expect(await tryReading(options)).toMatchObject({ outcome: 'told', wrong: undefined });
        }
    });
});

describe('entries that are not objects', () => {
  test.each(seeds)('are kept unchanged among all others, seed %i', async (seed) => {
    const { n } = shapeOf(seed);
    const range = { from: NOW - 40 * DAY, to: NOW, seed };
    const entries = [...makeEntries({ n, ...range }), ...oddEntries({ n: 1 + (seed % 5), ...range })];
    const options = { ...shapeOf(seed), entries, runs: 1 };
    const trial = await tryReading(options);
    expect(trial, said(options, trial)).toMatchObject({ outcome: 'clean', wrong: undefined });
  });
});

describe('clocks that differ', () => {
  test.each([-3 * DAY, -5 * HOUR, -120_000, 120_000, 5 * HOUR, 3 * DAY])(
    'clocks that differ by %i ms lose no entry',
    async (ms) => {
      for (const live of [undefined, { head: 20 }] as const) {
        const log = { n: 900, days: 40, seed: 5, runs: 1, from: FROM, ...(live === undefined ? {} : { live }) };
        await isTruth({ ...log, ahead: ms });
        await isTruth({ ...log, skew: ms });
      }
    },
  );
});
