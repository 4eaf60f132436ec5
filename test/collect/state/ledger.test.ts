import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ledger } from '../../../src/collect/state/ledger.js';
import { openDisk } from '../../output/disk.js';

const RUNS = Math.min(2000, Number(process.env.AUDITLOG_TEST_RUNS ?? 100));
const DAY = '2026-11-01';

test('an entry of a day is new only once, also in the next run', async () => {
  const disk = openDisk();
  const ledger = new Ledger(disk.files, '/data');
  expect(await ledger.isNew('a', DAY)).toBe(true);
  expect(await ledger.isNew('a', DAY)).toBe(false);
  expect(await ledger.isNew('a', 'undated')).toBe(true);
  expect(ledger.pending).toBe(2);
  await ledger.commit();
  expect(ledger.pending).toBe(0);
  expect(disk.names()).toEqual([`/data/${DAY}.ids`, '/data/undated.ids']);
  expect(disk.content(`/data/${DAY}.ids`)).toEqual(createHash('sha256').update('a').digest().subarray(0, 16));
  const next = new Ledger(disk.files, '/data');
  expect(await next.isNew('a', DAY)).toBe(false);
  expect(await next.isNew('b', DAY)).toBe(true);
  expect(await next.size(DAY)).toBe(2);
  await next.forget(DAY);
  expect(disk.names()).toEqual(['/data/undated.ids']);
});

test('committed entries survive a crash, and a ledger file that was cut off is repaired', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(50), { minLength: 1 }), { minLength: 1, maxLength: 8 }),
      fc.nat(40),
      fc.constantFrom(0, 0.5, 1),
      async (runs, cutAfter, lost) => {
        let disk = openDisk({ cutAfter });
        const committed = new Set<number>();
        for (const keys of runs) {
          const ledger = new Ledger(disk.files, '/data');
          try {
            for (const key of keys) {
              const isNew = await ledger.isNew(String(key), DAY);
              if (committed.has(key)) expect(isNew).toBe(false);
            }
            await ledger.commit();
            for (const key of keys) committed.add(key);
          } catch {
            disk = disk.afterCrash(lost);
          }
        }
        const last = new Ledger(disk.afterCrash(1).files, '/data');
        for (const key of committed) expect(await last.isNew(String(key), DAY)).toBe(false);
      },
    ),
    { numRuns: RUNS },
  );
});

test('an id that an earlier version remembered counts for one entry with that id in every run', async () => {
  const disk = openDisk();
  const earlier = new Ledger(disk.files, '/data');
  for (const id of ['1', '2']) await earlier.isNew(id, DAY);
  await earlier.commit();
  for (const run of [0, 1]) {
    const ledger = new Ledger(disk.files, '/data');
    expect(await ledger.isNew('1 at nine', DAY, '1')).toBe(false);
    expect(await ledger.isNew('1 at nine', DAY, '1')).toBe(false);
    expect(await ledger.isNew('1 at ten', DAY, '1')).toBe(run === 0);
    expect(await ledger.isNew('3 at ten', DAY, '3')).toBe(run === 0);
    await ledger.commit();
    expect(await ledger.isNew('1 at nine', DAY, '1')).toBe(false);
    expect(await ledger.isNew('1 at ten', DAY, '1')).toBe(false);
    expect(await ledger.size(DAY)).toBe(4);
  }
});
