import { describe, expect, test } from 'vitest';
import { readWindow } from '../../../src/engine/pass/window.js';
import type { FetchPage, Page } from '../../../src/engine/request.js';
import { EntryStore } from '../../../src/engine/store/store.js';
import { nothingLearned } from '../../../src/engine/walk/options.js';
import { Walk } from '../../../src/engine/walk/walk.js';
import { Fault } from '../../../src/http/fault.js';
import { invent } from '../../../src/providers/invent.js';
import type { Paging } from '../../../src/providers/provider.js';
import { entryOf, type LogRow, NOW, spread } from '../log.js';

const STREAM = { index: 0, org: 'c', filters: {} };
const ALL = { from: undefined, to: undefined };
const CURSOR: Paging = { style: 'cursor', cursor: 'after', next: 'next', size: 'limit', max: 100 };
const OFFSET: Paging = { style: 'offset', offset: 'offset', size: 'limit', max: 100 };
const LOG = spread(260, 30).toReversed();

/** Walks to the end, and tells which rows came and how it ended. */
async function walk(answer: (n: number, place: number) => Partial<Page>, paging: Paging = invent.paging, size = 100) {
  let requests = 0;
  const fetch: FetchPage = async ({ place }) => {
    requests += 1;
    if (requests > 200) throw new Error('it does not end');
    const at = 'page' in place ? place.page : 'offset' in place ? place.offset : Number(place.next ?? 0);
    return {
      entries: [],
      count: undefined,
      next: undefined,
      more: undefined,
      at: NOW,
      orgs: new Set(),
      unreadable: [],
      ...answer(requests, at),
    };
  };
  const learned = nothingLearned();
  const one = new Walk({ fetch, paging, learned }, { stream: STREAM, window: ALL, size, isOverlapping: true });
  const ids: (string | undefined)[] = [];
  for (let step = await one.next(); step !== undefined; step = await one.next())
    ids.push(...step.entries.map(({ id }) => id));
  return { ids: [...new Set(ids)], end: one.end, order: one.order, count: one.count, requests, learned };
}

const page = (from: number, size: number, rows: readonly LogRow[] = LOG): Page['entries'] =>
  rows.slice(from, from + size).map(entryOf);
const ids = (rows: readonly LogRow[] = LOG) => rows.map(({ id }) => id);

describe('the end of numbered pages', () => {
  test('without a count is an empty page, however short the pages before it', async () => {
    const { ids: found, end, requests } = await walk((_, n) => ({ entries: page((n - 1) * 25, 25) }));
    expect(found).toEqual(ids());
    expect(end).toEqual({ how: 'empty' });
    expect(requests).toBe(12);
  });

  test('is a refusal after the last page, by 404 always, by 400 only after a short one', async () => {
    for (const status of [404, 416, 400, 422]) {
      const { ids: found, end } = await walk((_, n) =>
        n > 3 ? { refused: status } : { entries: page((n - 1) * 100, 100) },
      );
      expect(found).toEqual(ids());
      expect(end).toEqual({ how: 'refused' });
    }
    const limited = await walk((_, n) => (n > 2 ? { refused: 400 } : { entries: page((n - 1) * 100, 100) }));
    expect(limited.end).toMatchObject({
      isFinal: true,
      doubt: 'the server rejects page 3 (HTTP 400): the pages after it could not be read',
    });
    const capped = await walk((_, n) => (n > 3 ? { refused: 400 } : { entries: page((n - 1) * 50, 50) }));
    expect(capped.end).toMatchObject({ isFinal: true, doubt: expect.stringContaining('rejects page 4 (HTTP 400)') });
  });

  test('is the first page again, after all that the server counts', async () => {
    const rounds = (count: number | undefined) =>
      walk(
        (_, place) => ({
          entries: page(place, 65),
          next: String((place + 65) % 260),
          ...(count === undefined ? {} : { count }),
        }),
        CURSOR,
      );
    const { ids: found, end, requests } = await rounds(260);
    expect(found).toEqual(ids());
    expect(end).toEqual({ how: 'counted' });
    expect(requests).toBe(5);
    for (const count of [undefined, 300])
      expect((await rounds(count)).end).toMatchObject({ how: 'repeated', isFinal: true });
  });

  test('is not a refusal after a page that said that there is more', async () => {
    for (const status of [404, 416, 400]) {
      const { end } = await walk((_, n) =>
        n > 2 ? { refused: status } : { entries: page((n - 1) * 100, 100), more: true },
      );
      expect(end).toMatchObject({
        how: 'refused',
        isFinal: status !== 404,
        doubt: expect.stringContaining('but reported more events'),
      });
    }
  });

  test('is whatever comes after all that the server counts, as far as it may mean that there is no page', async () => {
    const answers: (() => Error)[] = [
      () => new Fault('unknownShape', 'there is no list'),
      () => new Fault('expired', 'the server answered 404'),
    ];
    for (const paging of [invent.paging, OFFSET, CURSOR]) {
      for (const answer of answers) {
        const reading = (count: number | undefined) =>
          walk((n, place) => {
            if (n > 2) throw answer();
            const from = paging.style === 'page' ? (place - 1) * 100 : place;
            return {
              entries: page(from, 100),
              next: String(n * 100),
              ...(count === undefined ? {} : { count }),
            };
          }, paging);
        const { ids: found, end } = await reading(paging.style === 'offset' ? 199 : 200);
        expect(found).toHaveLength(paging.style === 'offset' ? 199 : 200);
        expect(end).toEqual({ how: 'refused' });
        await expect(reading(undefined)).rejects.toThrow();
        await expect(reading(260)).rejects.toThrow();
      }
    }
  });

  test('may come after many empty pages that name a next one, if the count says that there is more', async () => {
    const sparse = await walk((_, place) => {
      const isPage = place % 7 === 0;
      return {
        entries: isPage ? page((place / 7) * 65, 65) : [],
        count: 260,
        next: place >= 21 ? undefined : String(place + 1),
      };
    }, CURSOR);
    expect(sparse.ids).toEqual(ids());
    expect(sparse.end?.doubt).toBeUndefined();
    const endless = await walk(
      (_, place) => ({ entries: place < 2 ? page(place * 100, 100) : [], count: 260, next: String(place + 1) }),
      CURSOR,
    );
    expect(endless.end).toEqual({
      how: 'empty',
      doubt: '50 pages in a row were empty, but the server reports 260 events, of which 200 were received',
      isFinal: true,
    });
  });

  test('unsorted pages share a row wherever it is', async () => {
    const mixed = (from: number, size: number) =>
      page(from, size)
        .toReversed()
        .toSorted((a, b) => Number(a.id! < b.id!) - (a.time % 3));
    const tools = { paging: OFFSET, learned: nothingLearned(), counted: true, pause: async () => {} };
    const fetch: FetchPage = async ({ place }) => {
      const from = 'offset' in place ? place.offset : 0;
      return {
        entries: mixed(from, 25),
        count: 260,
        next: undefined,
        more: undefined,
        at: NOW,
        orgs: new Set(),
        unreadable: [],
      };
    };
    const store = new EntryStore(1 << 24, () => {
      throw new Error('nothing is to be put aside');
    });
    const read = await readWindow(
      { ...tools, fetch },
      { stream: STREAM, window: ALL, entries: store.of(STREAM.index), isOpen: true },
    );
    expect(read).toMatchObject({ status: 'verified', rereads: 0, distinct: 260, unordered: true });
    store.close();
  });

  test('is the last page again, where the pages before it differed', async () => {
    const { ids: found, end } = await walk((_, n) => ({ entries: page((Math.min(n, 3) - 1) * 100, 100) }));
    expect(found).toEqual(ids());
    expect(end).toEqual({ how: 'repeated' });
  });

  test('is doubtful where the first page comes again, though new entries make each answer another', async () => {
    const rows = [...LOG];
    const growing = walk((n) => {
      rows.unshift({ id: `new${n}`, time: NOW + n });
      return { entries: page(0, 40, rows) };
    });
    expect(await growing).toMatchObject({ end: { how: 'repeated', isFinal: true }, requests: 51 });
    const full = walk(() => ({ entries: page(0, 100) }));
    await expect(full).rejects.toThrow('again and again');
  });

  test('is not where a server begins again with its first page', async () => {
    const { end } = await walk((_, n) => ({ entries: page(((n - 1) % 3) * 100, 100) }));
    expect(end).toMatchObject({ doubt: 'the server started again at its first page' });
  });

  test('comes after pages that are longer than was asked for', async () => {
    const { ids: found, requests } = await walk((_, n) => ({ entries: page((n - 1) * 200, 200), count: 260 }));
    expect(found).toEqual(ids());
    expect(requests).toBeLessThan(4);
  });
});

describe('a count', () => {
  test.each([
    ['that of the page: 50', 50, 260],
    ['that of the page: 25', 25, 260],
  ])('%s never ends it', async (_, cap, rows) => {
    const {
      ids: found,
      count,
      learned,
    } = await walk((__, n) => {
      const entries = page((n - 1) * cap, cap);
      return { entries, count: entries.length };
    });
    expect(found).toHaveLength(rows);
    expect({ count, of: learned.countsPages }).toEqual({ count: undefined, of: true });
  });

  test('that equals its page is believed after an empty page, or by the page size that the server names', async () => {
    const small = page(0, 60);
    expect(await walk((_, n) => ({ entries: n === 1 ? small : [], count: n === 1 ? 60 : 0 }))).toMatchObject({
      requests: 2,
      end: { how: 'empty' },
    });
    expect(await walk(() => ({ entries: small, count: 60, rowsPerPage: 100 }))).toMatchObject({
      requests: 1,
      end: { how: 'counted' },
    });
    const capped = await walk((_, n) => ({ entries: page((n - 1) * 60, 60), count: 60, rowsPerPage: 60 }));
    expect(capped.ids).toEqual(ids());
  });

  test('by offset: the last row of each page is asked for again, and its absence is a doubt', async () => {
    const whole = await walk((_, at) => ({ entries: page(at, 100), count: 260 }), OFFSET);
    expect(whole).toMatchObject({ ids: ids(), end: { how: 'counted' } });
    const gone = await walk(
      (n, at) => ({ entries: at >= 259 ? [] : page(at, 100), count: n === 1 ? 260 : undefined }),
      OFFSET,
    );
    expect(gone.ids).toHaveLength(260);
  });
});

describe('cursors', () => {
  const at = (n: number, size = 100) => ({ entries: page(n, size), next: String(n + size) });
  test('that are on every page end with an empty page, also if that page names itself', async () => {
    for (const self of [true, false]) {
      const { ids: found, end } = await walk(
        (_, n) => ({ ...at(n), ...(n >= 300 && self ? { next: String(n) } : {}) }),
        CURSOR,
      );
      expect(found).toEqual(ids());
      expect(end).toEqual({ how: 'empty' });
    }
  });

  test('end when the server says that there is no more, whatever page it names', async () => {
    const { ids: found, end, requests } = await walk((_, n) => ({ ...at(n), more: n + 100 < 260 }), CURSOR);
    expect({ found, end, requests }).toEqual({ found: ids(), end: { how: 'told' }, requests: 3 });
  });

  test('go on where a server that caps its pages says that there is no more, and the page that it names has more', async () => {
    const capped = await walk((_, n) => ({ ...at(n, 50), more: false }), CURSOR);
    expect(capped).toMatchObject({ ids: ids(), end: { how: 'empty' } });
    const small = await walk((_, n) => ({ entries: page(n, 50, LOG.slice(0, 40)), next: 'last', more: false }), CURSOR);
    expect(small).toMatchObject({ end: { how: 'told' }, requests: 2 });
    expect(small.ids).toHaveLength(40);
  });

  test('survive single empty pages if there is more, but end after fifty in a row', async () => {
    const sparse = await walk(
      (n, place) =>
        n % 3 === 2 ? { next: `${place}`.padEnd(12, '0'), more: true } : { ...at(place % 1000), more: place < 200 },
      CURSOR,
    );
    expect(sparse.requests).toBeLessThan(60);
    const endless = await walk((n) => ({ next: `c${n}`, more: true }), CURSOR);
    expect(endless.end).toMatchObject({ isFinal: true });
    const mute = await walk((n) => ({ next: `c${n}` }), CURSOR);
    expect(mute).toMatchObject({ requests: 2, end: { how: 'empty' } });
  });

  test('that lead to the same page again are a doubt', async () => {
    const { end } = await walk((n) => ({ entries: page(0, 100), next: `c${n}` }), CURSOR);
    expect(end).toMatchObject({ how: 'repeated', isFinal: true });
  });

  test('that no answer names are looked for once more in a smaller page', async () => {
    const honest = await walk(
      (n) => (n === 1 ? { entries: page(0, 40), silent: true } : { entries: page(0, 20), next: '20' }),
      CURSOR,
    );
    expect(honest).toMatchObject({ requests: 2, end: { how: 'told' } });
    const wrong = await walk(() => ({ entries: page(0, 40), silent: true }), CURSOR);
    expect(wrong.end).toMatchObject({ isFinal: true });
  });
});

test('a list that is left out is asked for again before it counts as empty', async () => {
  const flaky = await walk((n, at) =>
    n === 2 ? { isListMissing: true } : { entries: page((at - 1) * 100, 100), count: 260 },
  );
  expect(flaky.ids).toEqual(ids());
  const empty = await walk(() => ({ isListMissing: true }));
  expect(empty).toMatchObject({ ids: [], end: { how: 'empty' }, requests: 2 });
});
