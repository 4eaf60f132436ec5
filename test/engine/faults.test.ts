import { describe, expect, test } from 'vitest';
import { runSwitches } from '../model/runswitches.js';
import { type Trial, tryReading } from '../model/trial.js';

const mildRuns = Number(process.env.AUDITLOG_TEST_MILD ?? 25);
const heavyRuns = Number(process.env.AUDITLOG_TEST_HEAVY ?? 25);

async function trials(
  count: number,
  one: (seed: number) => Promise<Trial>,
): Promise<readonly (Trial & { seed: number })[]> {
  const done: (Trial & { seed: number })[] = [];
  const seeds = Array.from({ length: count }, (_, index) => index + 1);
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift())
        done.push({ seed, ...(await one(seed)) });
    }),
  );
  return done;
}

describe('a server with faults', () => {
  test('a bad line (5 % of answers) is read to the end in one run, and every entry is right', async () => {
    const all = await trials(mildRuns, (seed) =>
      tryReading({ n: 300 + seed * 150, days: 40, seed, faults: 'mild', runs: 1 }),
    );
    expect(all.filter(({ wrong }) => wrong !== undefined)).toEqual([]);
    expect(all.filter(({ outcome }) => outcome !== 'clean')).toEqual([]);
  }, 120_000);

  test('a server with every kind of fault (28 % of answers) never gets a wrong result reported as complete', async () => {
    const all = await trials(heavyRuns, (seed) =>
      tryReading({ n: 50 + seed * 90, days: 40, seed, faults: 'heavy', ...runSwitches(seed) }),
    );
    expect(all.filter(({ wrong }) => wrong !== undefined)).toEqual([]);
    // Whatever stopped has said why.
    expect(all.filter(({ outcome, notes }) => outcome !== 'clean' && notes.length === 0)).toEqual([]);
    expect(all.some(({ outcome }) => outcome === 'clean')).toBe(true);
  }, 180_000);

  test('a log that changes while it is read loses none of the entries that were there all along', async () => {
    const all = await trials(Math.ceil(mildRuns / 3), (seed) =>
      tryReading({ n: 1500 + seed * 200, days: 40, seed, live: { head: 20, late: seed % 3 === 0 ? 2 : 0 }, runs: 1 }),
    );
    expect(all.filter(({ wrong }) => wrong !== undefined)).toEqual([]);
    expect(all.some(({ outcome }) => outcome === 'clean')).toBe(true);
  }, 120_000);
});
