import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Batch } from '../../../src/engine/source.js';
import { openSpool } from '../../../src/engine/store/spool.js';
import type { Entry } from '../../../src/event.js';
import { sortedByTime } from '../../../src/input/newest/sorted.js';
import type { Order } from '../../../src/providers/provider.js';

let made = 0;
const spool = () => {
  made += 1;
  return openSpool(tmpdir(), `auditlog-test-${process.pid}-${made}.spool`);
};

async function* given(batches: readonly Batch[]): AsyncGenerator<Batch, void> {
  yield* batches;
}

type Told = Entry & { readonly org: string };

async function sorted(batches: readonly Batch[], order: Order = 'newest-first'): Promise<readonly Told[]> {
  const found: Told[] = [];
  for await (const { entries, org } of sortedByTime(given(batches), order, spool)) {
    expect(entries.length).toBeGreaterThan(0);
    for (const entry of entries) found.push({ ...entry, raw: Buffer.from(entry.raw), org });
  }
  return found;
}

function key({ time, id, raw, org }: Told): string {
  return JSON.stringify([Number.isNaN(time) ? null : time, id ?? null, raw.toString('latin1'), org]);
}

function bytesOf({ raw, id, time, log }: Entry): string {
  return JSON.stringify([Number.isNaN(time) ? null : time, id ?? null, raw.toString('latin1'), log ?? null]);
}

function inOneOrg(entries: readonly Entry[]): readonly Batch[] {
  return [{ entries, org: 'a' }];
}

const anEntry: fc.Arbitrary<Entry> = fc
  .record({
    raw: fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc.integer({ min: 0, max: 700_000 }).map((size) => Buffer.alloc(size, 0x61)),
    ),
    id: fc.option(
      fc.string({ unit: 'binary', maxLength: 4 }).map((text) => text.replace(/\p{Cs}/gu, '')),
      { nil: undefined },
    ),
    time: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(Number.NaN), fc.constant(1.5)),
  })
  .chain((entry) => fc.constantFrom(entry, { ...entry, log: 'sign-ins' }));

test('whatever comes, all of it comes out, newest first, with its organization', async () => {
  const batches = fc.array(
    fc.record({ entries: fc.array(anEntry, { maxLength: 6 }), org: fc.constantFrom('a', 'b', 'c') }),
    { maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(batches, async (some) => {
      const found = await sorted(some);
      const all = some.flatMap(({ entries, org }) => entries.map((entry) => ({ ...entry, org })));
      expect(found.map(key).sort()).toEqual(all.map(key).sort());
      const times = found.map(({ time }) => (Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time));
      expect(times).toEqual([...times].sort((a, b) => b - a));
      // Whatever is sorted already is turned around to the letter, ties without ids too.
      expect((await sorted(inOneOrg(found), 'oldest-first')).map(bytesOf)).toEqual(found.map(bytesOf).reverse());
      const rising = inOneOrg(found.toReversed());
      expect((await sorted(rising, 'newest-first')).map(bytesOf)).toEqual(found.map(bytesOf));
    }),
    // What it shrinks to tells no more, and may be long.
    { numRuns: 25, endOnFailure: true, reporter: ({ failed, seed }) => expect(failed, `seed ${seed}`).toBe(false) },
  );
});

test('equal times are told by id, descending, however many files they came from', async () => {
  const entry = (id: string): Entry => ({ raw: Buffer.from(id), id, time: 7 });
  const files = ['ace', 'bdf', 'aabb'].map((ids, at) => ({ entries: [...ids].map(entry), org: `o${at}` }));
  expect((await sorted(files)).map(({ id }) => id).join('')).toBe('fedcbbbaaa');
});

test('thousands of files are put in order', async () => {
  const files = Array.from({ length: 3000 }, (_, file) => ({
    entries: [0, 1, 2].map((n) => ({ raw: Buffer.from(`${file}`), id: `${file}-${n}`, time: file + n * 5000 })),
    org: `org_${file % 7}`,
  }));
  const found = await sorted(files);
  expect(found.length).toBe(9000);
  expect(found.every(({ raw, org }) => org === `org_${Number(raw) % 7}`)).toBe(true);
  expect(found.every(({ time }, at) => at === 0 || time <= (found[at - 1]?.time ?? 0))).toBe(true);
});
