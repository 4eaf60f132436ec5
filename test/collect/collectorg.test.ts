import { describe, expect, test } from 'vitest';
import { type LogRow, spread } from '../source/log.js';
import { cycle, DAY, HOUR, openDisk, openLog, openStore } from './world.js';

const BEGAN = Date.parse('2026-11-01T12:00:00Z');

/** A log that a clock passes over: entries show themselves at their time, or later. */
function living(rows: readonly (LogRow & { readonly shown?: number })[], zone = 0) {
  let now = BEGAN;
  let last = Number.NEGATIVE_INFINITY;
  const log = openLog({ rows: [], zone });
  return {
    log,
    now: () => now,
    truth: () => log.rows.map(({ id }) => id).sort(),
    pass: (to: number) => {
      now = to;
      log.rows.push(...rows.filter(({ time, shown = time }) => shown > last && shown <= to));
      last = to;
    },
    rows: log.rows,
  };
}

describe('a quiet log', () => {
  test('takes one request for all of its history, and those for its open days', async () => {
    const world = living(spread(6000, 200, BEGAN - HOUR));
    world.pass(BEGAN);
    const [store, disk] = [openStore(), openDisk()];
    const options = { ...world, store, disk, random: () => 0 };
    expect(await cycle(options)).toMatchObject({ status: 'verified', delivered: 6000, late: 0, gaps: [] });
    expect(store.ids()).toEqual(world.truth());
    for (let n = 0; n < 2; n += 1) {
      const before = world.log.requests();
      expect(await cycle(options)).toMatchObject({ status: 'verified', delivered: 0 });
      const asks = world.log.asks.slice(before);
      const counts = asks.filter(({ size }) => size === 1);
      expect(counts.map(({ window }) => window)).toEqual([{ from: undefined, to: '2026-10-30' }]);
      expect(asks.length - counts.length).toBeLessThanOrEqual(2);
    }
    // The fourth is cut into pieces.
    await cycle(options);
    const before = world.log.requests();
    await cycle({ ...options, random: () => 0.5 });
    expect(world.log.requests() - before).toBeLessThanOrEqual(5);
    expect(store.kept).toHaveLength(6000);
  });
});

describe('what comes late', () => {
  test('is found whatever its age, delivered once, and told', async () => {
    const world = living([
      ...spread(6000, 200, BEGAN - HOUR),
      { id: 'late-1', time: BEGAN - 150 * DAY, shown: BEGAN + 1 },
      { id: 'late-2', time: BEGAN - 25 * DAY, shown: BEGAN + 1 },
      { id: 'late-3', time: BEGAN - 2 * DAY, shown: BEGAN + 1 },
    ]);
    world.pass(BEGAN);
    const [store, disk] = [openStore({ idempotent: false }), openDisk()];
    await cycle({ ...world, store, disk });
    world.pass(BEGAN + HOUR);
    const before = world.log.requests();
    expect(await cycle({ ...world, store, disk })).toMatchObject({
      status: 'verified',
      delivered: 3,
      late: 3,
      gone: [],
    });
    expect(store.ids()).toEqual(world.truth());
    expect(world.log.requests() - before).toBeLessThan(200);
    const quiet = world.log.requests();
    expect(await cycle({ ...world, store, disk })).toMatchObject({ delivered: 0, late: 0 });
    expect(world.log.requests() - quiet).toBeLessThan(6);
  });
});

describe('one entry late, and one too old, at the same time', () => {
  test('do not hide each other for long: history is compared in other pieces each time', async () => {
    const world = living(spread(900, 90, BEGAN - HOUR));
    world.pass(BEGAN);
    const [store, disk] = [openStore(), openDisk()];
    await cycle({ ...world, store, disk });
    world.rows.shift();
    world.rows.push({ id: 'late', time: BEGAN - 10 * DAY });
    for (let n = 0; n < 60 && !store.ids().includes('late'); n += 1) await cycle({ ...world, store, disk });
    expect(store.ids()).toContain('late');
    // And at once where each piece is asked for by itself.
    world.rows.shift();
    world.rows.push({ id: 'later', time: BEGAN - 30 * DAY });
    expect(await cycle({ ...world, store, disk }, true)).toMatchObject({ delivered: 1, late: 1 });
  });
});

describe('what is taken away', () => {
  test('is told by its day when it is no matter of age, and only once', async () => {
    const world = living(spread(6000, 200, BEGAN - HOUR));
    world.pass(BEGAN);
    const [store, disk] = [openStore(), openDisk()];
    await cycle({ ...world, store, disk });
    const at = world.rows.findIndex(({ time }) => time > BEGAN - 60 * DAY);
    world.rows.splice(at, 2);
    const { gone, status } = await cycle({ ...world, store, disk });
    expect(gone.reduce((sum, { rows }) => sum + rows, 0)).toBe(2);
    expect(status).toBe('verified');
    expect((await cycle({ ...world, store, disk })).gone).toEqual([]);
    expect(store.kept).toHaveLength(6000);
  });

  test('by its age, it is not told, and history begins later', async () => {
    const world = living(spread(6000, 200, BEGAN - HOUR));
    world.pass(BEGAN);
    const [store, disk] = [openStore(), openDisk()];
    await cycle({ ...world, store, disk });
    for (const days of [1, 2, 30, 31, 100]) {
      const keep = BEGAN - 200 * DAY + days * DAY;
      world.rows.splice(
        0,
        world.rows.findIndex(({ time }) => time > keep),
      );
      expect((await cycle({ ...world, store, disk })).gone).toEqual([]);
    }
    expect(store.kept).toHaveLength(6000);
    const quiet = world.log.requests();
    await cycle({ ...world, store, disk });
    expect(world.log.requests() - quiet).toBeLessThan(6);
  });
});
