import { describe, expect, test } from 'vitest';
import type { Definition } from '../../../src/collect/definition.js';
import { uncertainDays } from '../../../src/collect/gaps.js';
import { type CollectorFolder, orgFolder } from '../../../src/collect/paths.js';
import { loadOrgCheckpoint, type OrgCheckpoint } from '../../../src/collect/state/checkpoint.js';
import type { CollectorState } from '../../../src/collect/status.js';
import { invent } from '../../../src/providers/invent.js';
import type { Provider } from '../../../src/providers/provider.js';
import { type LogRow, spread } from '../../engine/log.js';
import { cycle, DAY, HOUR, openDisk, openLog, openStore, ROOT } from '../world.js';

const BEGAN = Date.parse('2026-11-01T14:00:00Z');

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

function standing(state: OrgCheckpoint): CollectorState {
  const definition = { from: null, interval: null } as Definition;
  return { definition, folder: { path: ROOT } as CollectorFolder, last: undefined, orgs: [state], isRunning: false };
}

describe('a log without changes', () => {
  test('takes one request for all of its history, and some for its open days', async () => {
    const world = living(spread(6000, 200, BEGAN - HOUR));
    world.pass(BEGAN);
    const [store, disk] = [openStore(), openDisk()];
    let drawn = 0;
    const random = () => {
      drawn = (drawn + 0.37) % 1;
      return drawn;
    };
    const options = { ...world, store, disk, random };
    expect(await cycle(options)).toMatchObject({ status: 'verified', delivered: 6000, late: 0, gaps: [] });
    expect(store.ids()).toEqual(world.truth());
    const history = { from: undefined, to: '2026-10-31' };
    const asksOf = async () => {
      const before = world.log.requests();
      expect(await cycle(options)).toMatchObject({ status: 'verified', delivered: 0 });
      const asks = world.log.asks.slice(before);
      const counts = asks.filter(({ size }) => size === 1).map(({ window }) => window);
      return { counts, pages: asks.length - counts.length };
    };
    expect(await asksOf()).toEqual({ counts: [history], pages: 1 });
    // Within the hour the open days are only counted again.
    expect(await asksOf()).toEqual({ counts: [history, { from: '2026-10-30', to: undefined }], pages: 0 });
    world.pass(BEGAN + HOUR);
    // The fourth is cut into pieces.
    expect((await asksOf()).counts).toHaveLength(3);
    expect(await asksOf()).toMatchObject({ counts: [history, {}], pages: 0 });
    expect(store.kept).toHaveLength(6000);
  });
});

describe('a log with new entries', () => {
  test('takes a count and the pages of the new entries, or a full reading if older days have new ones', async () => {
    const busy = spread(3000, 3, BEGAN - HOUR);
    const world = living([
      ...busy,
      ...spread(150, 1 / 48, BEGAN + 20 * 60_000, 'n'),
      { id: 'tardy', time: BEGAN - 5 * HOUR, shown: BEGAN + 25 * 60_000 },
    ]);
    world.pass(BEGAN - 30 * 60_000);
    const [store, disk] = [openStore({ idempotent: false }), openDisk()];
    const options = { ...world, store, disk, random: () => 0 };
    await cycle(options);
    await cycle(options);
    world.pass(BEGAN + 20 * 60_000);
    const before = world.log.requests();
    expect(await cycle(options)).toMatchObject({ status: 'verified', delivered: 150 });
    expect(world.log.requests() - before).toBeLessThan(6);
    expect(store.kept.slice(-150).map(({ time }) => time)).toEqual(
      store.kept
        .slice(-150)
        .map(({ time }) => time)
        .sort(),
    );
    world.pass(BEGAN + 25 * 60_000);
    expect(await cycle(options)).toMatchObject({ status: 'verified', delivered: 1 });
    expect(store.ids()).toEqual(world.truth());
  });
});

describe('a late entry', () => {
  test('is found at any age, delivered once, and reported', async () => {
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

describe('a server whose count is wrong', () => {
  test('is reported and read again until it is right; its entries are delivered all the same', async () => {
    let wrong = true;
    const rows = spread(900, 90, BEGAN - HOUR);
    // One more than there are, wherever October the 1st is among them.
    const log = openLog({
      rows,
      lie: (count, request) => count + Number(wrong && reaches(log.asks[request - 1]?.window)),
    });
    const reaches = (window: { from: string | undefined; to: string | undefined } | undefined): boolean =>
      (window?.from ?? '') <= '2026-10-01' && '2026-10-01' <= (window?.to ?? '9');
    const [store, disk] = [openStore({ idempotent: false }), openDisk()];
    const options = { log, store, disk, now: () => BEGAN };
    for (let n = 0; n < 2; n += 1)
      expect(await cycle(options)).toMatchObject({
        status: 'unreconciled',
        delivered: n === 0 ? 900 : 0,
        gaps: [{ why: expect.stringContaining('but the server reports') }],
      });
    const { checkpoint: state } = await loadOrgCheckpoint(disk.files, orgFolder({ path: ROOT }, 'c'));
    expect(uncertainDays(standing(state as OrgCheckpoint), BEGAN)).toMatchObject([
      { kind: 'unreconciled', from: null, to: '2026-10-31', why: expect.stringContaining('but the server reports') },
    ]);
    wrong = false;
    expect(await cycle(options)).toMatchObject({ status: 'verified', delivered: 0, gaps: [] });
    const { checkpoint: after } = await loadOrgCheckpoint(disk.files, orgFolder({ path: ROOT }, 'c'));
    expect(uncertainDays(standing(after as OrgCheckpoint), BEGAN)).toEqual([]);
    expect(uncertainDays(standing(after as OrgCheckpoint), BEGAN + 5 * DAY)).toMatchObject([
      { kind: 'unread', from: '2026-11-01', to: '2026-11-06' },
    ]);
    expect(store.kept).toHaveLength(900);
  });

  test('or missing once does not stop the cycle', async () => {
    let silent = false;
    const log = openLog({ rows: spread(900, 90, BEGAN - HOUR), lie: (count) => (silent ? undefined : count) });
    const [store, disk] = [openStore(), openDisk()];
    const options = { log, store, disk, now: () => BEGAN };
    await cycle(options);
    silent = true;
    log.rows.push({ id: 'new', time: BEGAN - 60_000 });
    expect(await cycle(options)).toMatchObject({ status: 'unreconciled', delivered: 1 });
    silent = false;
    expect(await cycle(options)).toMatchObject({ status: 'verified', delivered: 0 });
  });
});

describe('a vendor whose counts do not cover the past', () => {
  test.each([
    ['tells none', { total: undefined }],
    ['takes no days', { dates: { format: 'day' } }],
    [
      'has cursors and tells none',
      { total: undefined, paging: { style: 'cursor', cursor: 'c', size: 'n', max: 100, next: 'n' } },
    ],
  ] as const)('%s: the days that may change are read again, and all of them with --deep', async (_, parts) => {
    const provider = { ...invent, ...parts } as Provider;
    const world = living([
      ...spread(900, 90, BEGAN - HOUR),
      { id: 'soon', time: BEGAN - 3 * DAY, shown: BEGAN + 1 },
      { id: 'old', time: BEGAN - 60 * DAY, shown: BEGAN + 1 },
    ]);
    world.pass(BEGAN);
    const [store, disk] = [openStore({ idempotent: false }), openDisk()];
    const options = { ...world, store, disk, provider };
    expect(await cycle(options)).toMatchObject({ status: 'uncounted', delivered: 900 });
    world.pass(BEGAN + HOUR);
    expect(await cycle(options)).toMatchObject({ status: 'uncounted', late: 1, gone: [] });
    expect(store.ids()).toContain('soon');
    expect(await cycle(options, true)).toMatchObject({ status: 'uncounted', late: 1, gone: [] });
    expect(store.ids()).toEqual(world.truth());
  });
});

describe('a late entry and one removed by retention, at the same time', () => {
  test('do not hide each other for long: each cycle compares other pieces of history', async () => {
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

describe('an entry that the server removes', () => {
  test('is reported once with its day, if retention does not explain it', async () => {
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

  test('is reported if all entries go at once: retention does not explain that', async () => {
    const world = living(spread(900, 90, BEGAN - HOUR));
    world.pass(BEGAN);
    const [store, disk] = [openStore(), openDisk()];
    await cycle({ ...world, store, disk });
    world.rows.splice(0);
    const { gone } = await cycle({ ...world, store, disk });
    expect(gone.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(850);
  });

  test('is not reported if retention explains it, and history begins later', async () => {
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
    // It is known by now that the server keeps entries for a hundred days: to come after more than fifty is to miss some.
    const said: string[] = [];
    world.pass(BEGAN + 40 * DAY);
    await cycle({ ...world, store, disk, said });
    expect(said).toEqual([]);
    world.pass(BEGAN + 120 * DAY);
    await cycle({ ...world, store, disk, said });
    expect(said).toEqual([
      expect.stringMatching(
        /^c: warning: the last cycle was 80 days ago, and the server keeps entries for about 1\d\d: /,
      ),
    ]);
  });
});

describe('a page of a replica that lags, with rows and a count that agree, while every count is of now', () => {
  const early = { id: 'first', time: BEGAN - 40 * DAY };
  const closing = { id: 'missed', time: BEGAN - 30 * HOUR };

  test.each<[where: string, missed: LogRow & { readonly shown: number }, rows: readonly LogRow[]]>([
    ['in days that were closed long ago', { id: 'missed', time: BEGAN - 20 * DAY, shown: BEGAN + DAY }, [early]],
    ['in the first days of all', { id: 'missed', time: BEGAN - 39 * DAY, shown: BEGAN + DAY }, [early]],
    ['in the day that closes', { ...closing, shown: BEGAN + DAY }, [early]],
    ['in the day that closes, of an empty log', { ...closing, shown: BEGAN + DAY }, []],
    ['beside what comes at the same time', { ...closing, shown: BEGAN + DAY }, spread(40, 30, BEGAN + 20 * HOUR)],
    ['in the first cycle', { ...closing, shown: BEGAN }, spread(40, 30, BEGAN - HOUR)],
  ])('is not confirmed by them: %s', async (_, missed, rows) => {
    for (const toExclusive of [false, true])
      for (const zone of [-11, 0, 13]) {
        const world = living([...rows, missed], zone);
        const stale = openLog({ rows, zone, toExclusive });
        let lags = false;
        const fetch: (typeof stale)['fetch'] = (ask) => (lags && ask.size > 1 ? stale : world.log).fetch(ask);
        const [store, disk] = [openStore(), openDisk()];
        const options = { ...world, log: { fetch }, store, disk, random: () => 0 };
        world.pass(missed.shown - 1);
        if (missed.shown > BEGAN) await cycle(options);
        world.pass(missed.shown);
        lags = true;
        await cycle(options);
        lags = false;
        world.pass(missed.shown + 2 * HOUR);
        expect(store.ids()).not.toContain('missed');
        await cycle(options);
        expect(store.ids(), `zone ${zone}`).toContain('missed');
      }
  });
});
