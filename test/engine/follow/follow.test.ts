import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { followOf } from '../../../src/engine/follow/follow.js';
import type { FollowOptions, FollowState } from '../../../src/engine/follow/state.js';
import type { FetchPage } from '../../../src/engine/request.js';
import { EntryStore } from '../../../src/engine/store/store.js';
import { AuditlogError, EXIT } from '../../../src/errors.js';
import { Fault } from '../../../src/http/fault.js';
import { chipp } from '../../../src/providers/chipp.js';
import { invent } from '../../../src/providers/invent.js';
import type { Provider } from '../../../src/providers/provider.js';
import { EVERYTHING, type Query } from '../../../src/query.js';
import { HOUR, type LogOptions, type LogRow, NOW, openLog, spread } from '../log.js';

const MINUTE = 60_000;

/** Something that happens to the log, so many ms after following began. */
interface Happening {
  readonly after: number;
  readonly does: (rows: LogRow[]) => void;
}

interface Followed {
  readonly query?: Partial<Query>;
  readonly options?: Partial<FollowOptions>;
  readonly provider?: Provider;
  readonly log?: Omit<LogOptions, 'rows'>;
  /** How long it is followed, ms. */
  readonly during?: number;
  readonly happens?: readonly Happening[];
  /** Wraps the fetching; `at` is ms since the beginning. */
  readonly fetch?: (fetch: FetchPage, at: () => number) => FetchPage;
  readonly orgs?: readonly string[];
}

/** Follows a log in a world whose time is ours, and tells what came of it. */
async function follow(rows: readonly LogRow[], how: Followed = {}) {
  const { provider = invent, during = 5 * MINUTE, happens = [], orgs = ['c'] } = how;
  let now = NOW;
  const log = openLog({ rows, ...how.log });
  const due = [...happens].sort((a, b) => a.after - b.after);
  const over = new Error('the test is over');
  const pass = (ms: number): void => {
    now += ms;
    while ((due[0]?.after ?? Number.POSITIVE_INFINITY) <= now - NOW) due.shift()?.does(log.rows);
    if (now - NOW > during) throw over;
  };
  pass(0);
  const asked: FetchPage = async (ask) => ({ ...(await log.fetch(ask)), at: now });
  const states: (FollowState & { readonly at: number })[] = [];
  const told: string[] = [];
  const looks: number[] = [];
  const world = {
    fetch: how.fetch === undefined ? asked : how.fetch(asked, () => now - NOW),
    now: () => now,
    monotonic: () => now,
    sleep: async (ms: number) => {
      looks.push(log.requests());
      pass(ms);
    },
    openStore: () =>
      new EntryStore(1 << 24, () => {
        throw new Error('nothing is to be put aside');
      }),
  };
  const query = { ...EVERYTHING, ...how.query };
  const options = { interval: 10_000, ...how.options };
  const onState = (state: FollowState) => states.push({ ...state, at: now - NOW });
  const failure = await (async () => {
    for await (const { entries } of followOf(world, { provider, orgs }, query, { ...options, onState }))
      told.push(...entries.map(({ raw }) => (JSON.parse(raw.toString()) as { id: string }).id));
  })().catch((error: unknown) => error);
  return { told, states, requests: log.requests(), perLook: looks, failure, isOver: failure === over };
}

const OLD = spread(300, 3);

function row(id: string, time = NOW): LogRow {
  return { id, time };
}

function comes(after: number, ...rows: readonly LogRow[]): Happening {
  return { after, does: (all) => all.push(...rows) };
}

function burst(n: number, time: number, prefix = 'b'): LogRow[] {
  return Array.from({ length: n }, (_, at) => row(`${prefix}${String(at).padStart(5, '0')}`, time));
}

describe('new entries are told as they come', () => {
  test('and none of the old ones, where nothing has happened for days', async () => {
    const quiet = spread(30, 1).map((old) => ({ ...old, time: old.time - 4 * 24 * HOUR }));
    for (const provider of [invent, chipp]) {
      const { told, requests } = await follow(quiet, {
        provider,
        during: 2 * MINUTE,
        happens: [comes(MINUTE, row('n1'))],
      });
      expect(told).toEqual(['n1']);
      expect(requests).toBeLessThan(20);
    }
  });

  test('and only the new ones', async () => {
    const { told, states, requests, isOver } = await follow(OLD, {
      happens: [comes(25_000, row('a', NOW + 24_000)), comes(61_000, row('c', NOW + 61_000), row('b', NOW + 60_000))],
    });
    expect(isOver).toBe(true);
    expect(told).toEqual(['a', 'b', 'c']);
    expect(states).toEqual([{ state: 'following', at: 0 }]);
    expect(requests).toBeLessThan(40);
  });

  test('begin with those since a time, oldest first', async () => {
    const { told } = await follow(OLD, {
      query: { from: NOW - 2 * HOUR },
      happens: [comes(MINUTE, row('new', NOW + MINUTE))],
    });
    const since = OLD.filter(({ time }) => time >= NOW - 2 * HOUR).map(({ id }) => id);
    expect(since.length).toBeGreaterThan(5);
    expect(told).toEqual([...since, 'new']);
  });

  test.each([0, 1, 7, 250, 300, 1000])('the %i newest first', async (newest) => {
    const { told } = await follow(OLD, { options: { newest }, happens: [comes(MINUTE, row('new', NOW + MINUTE))] });
    expect(told).toEqual([...OLD.slice(OLD.length - Math.min(newest, 300)), { id: 'new' }].map(({ id }) => id));
  });

  test('begin with the newest that match, however far back', async () => {
    const rows = OLD.map((one, n) => ({ ...one, action: n % 50 === 0 ? 'member.joined' : 'chat.deleted' }));
    const { told } = await follow(rows, {
      query: { actions: ['member.*'] },
      options: { newest: 4 },
      happens: [comes(MINUTE, { id: 'new', time: NOW, action: 'member.left' }, row('other'))],
    });
    expect(told).toEqual(
      [...rows.filter(({ action }) => action === 'member.joined').slice(-4), { id: 'new' }].map(({ id }) => id),
    );
  });

  test('of an empty log as well', async () => {
    expect((await follow([], { happens: [comes(MINUTE, row('a'))] })).told).toEqual(['a']);
  });

  test('an unchanged log costs one request a look', async () => {
    const { requests, perLook, told } = await follow(spread(20_000, 30), { during: 4 * MINUTE });
    expect(told).toEqual([]);
    expect(requests - (perLook[0] ?? 0)).toBe(perLook.length - 1);
  });
});

describe('each entry is told once', () => {
  test('a burst of thousands between two looks, all of one instant', async () => {
    const { told } = await follow(OLD, { happens: [comes(35_000, ...burst(3456, NOW + 34_000))] });
    expect([...told].sort()).toEqual(burst(3456, 0).map(({ id }) => id));
  });

  test('ties that come one by one', async () => {
    const happens = burst(40, NOW).map((one, n) => comes(n * 5000 + 1000, one));
    const { told } = await follow([...OLD, ...burst(150, NOW, 'a')], { happens });
    expect([...told].sort()).toEqual(burst(40, NOW).map(({ id }) => id));
  });

  test('late entries, wherever they are listed', async () => {
    const busy = spread(900, 0.02);
    const happens = [
      comes(30_000, row('late1', NOW - 8 * MINUTE)),
      comes(95_000, row('late2', NOW - MINUTE), row('new', NOW + 94_000)),
    ];
    const { told, states } = await follow(busy, { happens });
    expect(told).toEqual(['late1', 'late2', 'new']);
    expect(states).toEqual([{ state: 'following', at: 0 }]);
  });

  test('late entries of a server without a count', async () => {
    const { told } = await follow(spread(900, 0.02), {
      provider: { ...invent, total: undefined },
      log: { lie: () => undefined },
      during: 20 * MINUTE,
      happens: [comes(30_000, row('late', NOW - 8 * MINUTE)), comes(95_000, ...burst(250, NOW + 94_000))],
    });
    expect([...told].sort()).toEqual(['late', ...burst(250, 0).map(({ id }) => id)].sort());
  });

  test('entries later than the overlap are counted and reported as not shown', async () => {
    const { told, states } = await follow(spread(3000, 0.1), { happens: [comes(30_000, row('old', NOW - 2 * HOUR))] });
    expect(told).toEqual([]);
    expect(states.slice(1)).toEqual([{ state: 'late', count: 1, before: expect.any(Number), at: 50_000 }]);
  });

  test('in a quiet log even those are recognized', async () => {
    const { told, states } = await follow(OLD, { happens: [comes(30_000, row('old', NOW - 20 * HOUR))] });
    expect(told).toEqual(['old']);
    expect(states).toHaveLength(1);
  });

  test('while other entries are deleted', async () => {
    const happens: Happening[] = [
      { after: 30_000, does: (all) => void all.splice(all.length - 40, 10) },
      { after: 30_001, does: (all) => void all.push(...burst(110, NOW + 30_000)) },
    ];
    const { told } = await follow(OLD, { happens, during: 20 * MINUTE });
    expect([...told].sort()).toEqual(burst(110, 0).map(({ id }) => id));
  });

  test('when answers are older than the ones before', async () => {
    // Every third answer comes from a copy that lags behind.
    const happens = burst(30, NOW).map((one, n) => comes(n * 9000 + 1000, { ...one, time: NOW + n * 9000 }));
    let requests = 0;
    const { told, states } = await follow(OLD, {
      happens,
      fetch: (fetch) => async (ask) => {
        requests += 1;
        const page = await fetch(ask);
        if (requests % 3 !== 0 || page.count === undefined) return page;
        return { ...page, entries: page.entries.slice(2), count: page.count - 2 };
      },
    });
    expect([...told].sort()).toEqual(happens.slice(0, told.length).map((_, n) => `b${String(n).padStart(5, '0')}`));
    expect(told.length).toBeGreaterThan(28);
    expect(states.filter(({ state }) => state === 'late')).toEqual([]);
  });

  test('over the turn of the day', async () => {
    const happens = Array.from({ length: 24 }, (_, n) =>
      comes(n * HOUR + 1, row(`h${String(n).padStart(2, '0')}`, NOW + n * HOUR)),
    );
    const { told } = await follow(OLD, { happens, during: 24 * HOUR, options: { interval: 10 * MINUTE } });
    expect(told).toEqual(happens.map((_, n) => `h${String(n).padStart(2, '0')}`));
  });

  test('by a vendor with offsets', async () => {
    const { told } = await follow(OLD, { provider: chipp, happens: [comes(35_000, ...burst(950, NOW + 34_000))] });
    expect([...told].sort()).toEqual(burst(950, 0).map(({ id }) => id));
  });

  test('of several organizations', async () => {
    const orgs = ['a', 'b'];
    const apart =
      (fetch: FetchPage): FetchPage =>
      async (ask) => {
        const page = await fetch(ask);
        const entries = page.entries.map((entry) => ({ ...entry, id: `${ask.stream.org}-${entry.id}` }));
        return { ...page, entries };
      };
    const happens = [comes(35_000, row('x', NOW + 34_000))];
    expect((await follow(OLD, { orgs, happens, fetch: apart })).told).toEqual(['x', 'x']);
    const { failure } = await follow(OLD, { orgs, happens });
    expect(failure).toMatchObject({ message: '--org a and --org b are the same organization', exitCode: 2 });
  });

  test('random entries at random times', async () => {
    const coming = fc.record({
      after: fc.integer({ min: 1, max: 6 * MINUTE }),
      late: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 14 * MINUTE })),
      many: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 260 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(coming, { maxLength: 12 }), fc.boolean(), fc.boolean(), async (all, ties, counts) => {
        const happens = all.map(({ after, late, many }, n) =>
          comes(after, ...burst(many, NOW + after - late, `n${n}-`)),
        );
        const { told, isOver } = await follow(spread(700, 0.05), {
          happens,
          during: 15 * MINUTE,
          // Where nobody counts, nothing tells that shuffled ties have hidden an entry.
          log: { unstableTies: ties && counts, ...(counts ? {} : { lie: () => undefined }) },
          ...(counts ? {} : { provider: { ...invent, total: undefined } }),
        });
        expect(isOver).toBe(true);
        expect([...told].sort()).toEqual(
          all.flatMap(({ many }, n) => burst(many, 0, `n${n}-`).map(({ id }) => id)).sort(),
        );
      }),
      { numRuns: Number(process.env.AUDITLOG_TEST_RUNS ?? 60) },
    );
  });
});

describe('entries without an id', () => {
  const provider: Provider = { ...invent, fields: { ...invent.fields, id: undefined as never } };
  const withoutIds =
    (fetch: FetchPage): FetchPage =>
    async (ask) => {
      const page = await fetch(ask);
      // What tells them apart is left out of the text.
      const entries = page.entries.map(({ time }) => ({
        id: undefined,
        time,
        raw: Buffer.from(`{"id":"same","created_at":"${new Date(time).toISOString()}"}`),
      }));
      return { ...page, entries };
    };

  test('are given out as often as the log has them', async () => {
    const happens = [comes(30_000, ...burst(3, NOW + 29_000)), comes(60_000, ...burst(2, NOW + 29_000, 'c'))];
    const { told } = await follow(OLD, { provider, fetch: withoutIds, happens });
    expect(told).toHaveLength(5);
  });

  test.each([
    ['page', { style: 'page', page: 'page', size: 'take', max: 10 }],
    ['offset', { style: 'offset', offset: 'offset', size: 'take', max: 10 }],
    ['cursor', { style: 'cursor', cursor: 'after', next: 'next', size: 'take', max: 10 }],
  ] as const)('once each, when others push them onto the next page while it is asked for: %s', async (_, paging) => {
    let [pushes, isLater] = [0, false];
    const { told } = await follow(OLD, {
      provider: { ...provider, paging },
      log: {
        clamp: 10,
        before: (_request, rows) => {
          if (!isLater || pushes === 9) return;
          pushes += 1;
          rows.push(row(`p${pushes}`, NOW + 40_000 + pushes));
        },
      },
      happens: [comes(30_000, ...Array.from({ length: 35 }, (_one, at) => row(`n${at}`, NOW + 29_000 + at)))],
      fetch: (fetch, at) => async (ask) => {
        const { place } = ask;
        const isFirst = 'page' in place ? place.page < 2 : 'offset' in place ? place.offset < 1 : !place.next;
        isLater = at() >= 30_000 && !isFirst;
        const page = await fetch(ask);
        return { ...page, entries: page.entries.map((entry) => ({ ...entry, id: undefined })) };
      },
    });
    expect(told.toSorted()).toEqual([...new Set(told)].toSorted());
    expect(pushes).toBeGreaterThan(2);
    expect(told).toHaveLength(35 + pushes);
  });

  test('both of two equal ones on two pages', async () => {
    const rows = Array.from({ length: 19 }, (_, at) => row(`n${at}`, NOW + 29_000 + at));
    const { told } = await follow(OLD, {
      provider: { ...provider, paging: { style: 'cursor', cursor: 'after', next: 'next', size: 'take', max: 10 } },
      log: { clamp: 10 },
      // The tenth and the eleventh.
      happens: [comes(30_000, ...rows, row('twin', NOW + 29_009))],
      fetch: withoutIds,
    });
    expect(told).toHaveLength(20);
  });
});

describe('what passes is waited for', () => {
  const fail = (kind: ConstructorParameters<typeof Fault>[0], status?: number, headers: [string, string[]][] = []) => {
    const response =
      status === undefined ? undefined : { status, headers: new Map(headers), body: Buffer.alloc(0), receivedAt: NOW };
    const fault = new Fault(kind, 'x', response === undefined ? {} : { response: response as never });
    return new AuditlogError('failed', status === 401 ? EXIT.key : EXIT.server, undefined, fault);
  };
  const between =
    (from: number, to: number, error: unknown) =>
    (fetch: FetchPage, at: () => number): FetchPage =>
    async (ask) => {
      if (at() >= from && at() < to) throw error;
      return fetch(ask);
    };

  test.each([
    ['refused', undefined, 'the network is gone'],
    ['noName', undefined, 'the network is gone'],
    ['reset', undefined, 'the connection breaks off'],
    ['timeout', undefined, 'there is no answer'],
    ['tls', undefined, 'there is no secure connection'],
    ['webPage', undefined, 'a web page answers in place of the API'],
    ['status', 503, 'the server fails (503)'],
    ['status', 500, 'the server fails (500)'],
    ['status', 429, 'the server limits the requests'],
  ] as const)('%s %s: %s, and everything that happened meanwhile follows', async (kind, status, why) => {
    const happens = [comes(50_000, ...burst(230, NOW + 50_000)), comes(3 * MINUTE, row('z', NOW + 3 * MINUTE))];
    const { told, states, isOver } = await follow(OLD, {
      happens,
      during: 10 * MINUTE,
      fetch: between(25_000, 4 * MINUTE, fail(kind, status)),
    });
    expect(isOver).toBe(true);
    expect([...told].sort()).toEqual([...burst(230, 0).map(({ id }) => id), 'z']);
    expect(states[1]).toEqual({ state: 'lost', why, wait: 2000, at: 30_000 });
    expect(states.map(({ state }) => state).join(' ')).toMatch(/^following (lost )+back$/);
    const waits = states.flatMap((state) => (state.state === 'lost' ? [state.wait] : []));
    expect(waits.slice(0, 6)).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000]);
  });

  test('for hours, and then all entries follow', async () => {
    const happens = Array.from({ length: 500 }, (_, n) =>
      comes(n * 30_000 + 1, row(`n${String(n).padStart(3, '0')}`, NOW + n * 30_000)),
    );
    const { told } = await follow(OLD, {
      happens,
      during: 6 * HOUR,
      fetch: between(MINUTE, 5 * HOUR, fail('refused')),
    });
    expect(told).toEqual(happens.map((_, n) => `n${String(n).padStart(3, '0')}`));
  });

  test('as long as the server asks', async () => {
    const { states } = await follow(OLD, {
      during: 30 * MINUTE,
      fetch: between(25_000, 40_000, fail('status', 429, [['retry-after', ['600']]])),
    });
    expect(states[1]).toMatchObject({ state: 'lost', wait: 600_000 });
    expect(states[2]).toMatchObject({ state: 'back', at: 630_000 });
  });

  test('a failure during a look gives out nothing and loses nothing', async () => {
    let failed = false;
    const { told } = await follow(OLD, {
      happens: [comes(25_000, ...burst(450, NOW + 24_000))],
      fetch: (fetch, at) => async (ask) => {
        if (!failed && at() >= 30_000 && 'page' in ask.place && ask.place.page === 3) {
          failed = true;
          throw fail('reset');
        }
        return fetch(ask);
      },
    });
    expect(failed).toBe(true);
    expect([...told].sort()).toEqual(burst(450, 0).map(({ id }) => id));
  });

  test.each([
    ['status', 401],
    ['status', 403],
    ['status', 404],
    ['status', 400],
    ['unknownShape', 200],
  ] as const)('but not for %s %i', async (kind, status) => {
    const error = fail(kind, status);
    expect((await follow(OLD, { fetch: between(25_000, 40_000, error) })).failure).toBe(error);
  });

  test.each(['refused', 'noName', 'tls', 'webPage'] as const)(
    'nor, before anything has answered, for %s',
    async (kind) => {
      const error = fail(kind);
      expect((await follow(OLD, { fetch: between(0, 40_000, error) })).failure).toBe(error);
    },
  );
});

test('the memory of known entries stays small, however many come', async () => {
  const { KnownEntries, REMEMBERED } = await import('../../../src/engine/follow/known.js');
  const known = new KnownEntries();
  for (let n = 0; n < 200; n += 1) {
    known.accept(
      new Map(Array.from({ length: 100 }, (_, at) => [`${n}-${at}`, n * 1000 + at])),
      n === 0 ? -1 : Number.POSITIVE_INFINITY,
    );
    known.forget(n * 1000 - 30_000);
    expect(known.size).toBeLessThanOrEqual(REMEMBERED + 3200);
  }
  expect(known.floor).toBeGreaterThan(150_000);
  expect(known.has('199-99')).toBe(true);
  expect(known.has('0-0')).toBe(false);
});
