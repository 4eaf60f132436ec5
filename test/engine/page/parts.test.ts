import { describe, expect, test } from 'vitest';
import { rejection } from '../../http/asking.js';
import {
  CHAINED,
  idsOf,
  NAMES,
  NUMBERED,
  pagesOf,
  readServer,
  rowId,
  type StyleName,
  serveLog,
} from '../pageserver.js';

/** The walk of the whole engine begins at page 1 as yet. */
const READ = NAMES.filter((name) => name !== 'page from 0');

/** Smaller than a page of 100 rows of 1,000 bytes, larger than one of 50. */
const CAP = 80_000;

describe.each(NAMES)('pages over the cap, by %s', (style) => {
  test.each([
    ['all of them', () => 1000],
    ['the first', (row: number) => (row < 100 ? 1000 : 10)],
    ['one in the middle', (row: number) => (row >= 200 && row < 300 ? 1000 : 10)],
    ['the last', (row: number) => (row >= 600 ? 3000 : 10)],
    ['here and there, some rows much larger than others', (row: number) => (row % 7 === 0 ? 9000 : row % 3)],
  ])('%s are read in smaller ones', async (_, weight) => {
    for (const counts of [true, false]) {
      const server = await serveLog({ style, rows: 632, weight, counts });
      const pages = await pagesOf(server, CAP);
      expect(idsOf(pages)).toEqual(server.ids);
      expect(pages.flatMap(({ unreadable }) => unreadable)).toEqual([]);
      if (counts) expect(new Set(pages.map(({ count }) => count))).toEqual(new Set([632]));
    }
  });

  test('have a size that is a prime', async () => {
    for (const size of [97, 11, 1]) {
      const server = await serveLog({ style, rows: 301, weight: (row) => (row >= 97 && row < 194 ? 1000 : 10) });
      expect(idsOf(await pagesOf(server, size === 97 ? CAP : 9000, size))).toEqual(server.ids);
    }
  });

  test('a thousand large ones cost about two requests each', async () => {
    const server = await serveLog({ style, rows: 8000, weight: () => 1000 });
    expect(idsOf(await pagesOf(server, CAP))).toEqual(server.ids);
    expect(server.heard.length).toBeLessThanOrEqual(2 * 80 * 1.2);
  });

  test('one large page does not make all that follow small', async () => {
    const server = await serveLog({ style, rows: 8000, weight: (row) => (row >= 200 && row < 300 ? 30_000 : 10) });
    expect(idsOf(await pagesOf(server, CAP))).toEqual(server.ids);
    expect(server.heard.length).toBeLessThan(250);
    expect(server.asked.slice(-20).every(({ size }) => size === 100)).toBe(true);
  });
});

describe.each(READ)('the engine, by %s', (style) => {
  test('reads a log of large pages whole', async () => {
    const server = await serveLog({ style, rows: 632, weight: () => 1000 });
    const { ids, verdict } = await readServer(server, CAP);
    expect(ids).toEqual(server.ids);
    expect(verdict).toMatchObject({ status: 'verified', notes: [] });
  });

  test('reads the newest few of them', async () => {
    const server = await serveLog({ style, rows: 632, weight: () => 1000 });
    expect((await readServer(server, CAP, { limit: 250 })).ids).toEqual(server.ids.slice(0, 250));
  });
});

describe.each(NUMBERED)('an entry that cannot be had, by %s', (style) => {
  test.each([
    ['over the cap', [333], {}],
    ['over the cap, and the newest', [0], {}],
    ['over the cap, and the newest few', [0, 1, 2, 3], {}],
    ['over the cap, and the oldest', [631], {}],
    ['over the cap, with its neighbours', [10, 11, 12, 13, 14, 250], {}],
    ['answered with 500', [333], { status: 500 }],
    ['answered with 500, and the newest', [0], { status: 500 }],
    ['answered with 500, twice on a page', [301, 399], { status: 500 }],
    ['answered with 413', [333], { status: 413 }],
  ])('%s is named, and all others are read', async (_, bad, { status }: { status?: number }) => {
    const server = await serveLog({
      style,
      rows: 632,
      weight: (row) => (status === undefined && bad.includes(row) ? 90_000 : 10),
      bad: (row) => (bad.includes(row) ? status : undefined),
    });
    const pages = await pagesOf(server, CAP);
    expect(idsOf(pages)).toEqual(server.ids.filter((id) => !bad.map(rowId).includes(id)));
    expect(pages.flatMap(({ unreadable }) => unreadable)).toEqual(bad);
    const why = status === undefined ? 'the answer is larger than 80000 bytes' : `the server returned HTTP ${status}`;
    expect(pages.flatMap(({ unreadableWhy = [] }) => unreadableWhy)).toEqual(bad.map(() => why));
    expect(pages.slice(0, -1).map(({ count }) => count)).toEqual(pages.slice(0, -1).map(() => 632));
  });

  test('on a page without any readable entry', async () => {
    const bad = Array.from({ length: 100 }, (_, at) => 200 + at);
    const server = await serveLog({ style, rows: 632, weight: (row) => (bad.includes(row) ? 90_000 : 10) });
    const pages = await pagesOf(server, CAP);
    expect(pages.flatMap(({ unreadable }) => unreadable)).toEqual(bad);
    expect(idsOf(pages)).toEqual(server.ids.filter((_, row) => !bad.includes(row)));
  });

  test('is named in a log of large pages, too', async () => {
    const server = await serveLog({ style, rows: 450, weight: (row) => (row === 222 ? 90_000 : 1000) });
    const pages = await pagesOf(server, CAP);
    expect(idsOf(pages)).toEqual(server.ids.filter((id) => id !== rowId(222)));
    expect(pages.flatMap(({ unreadable }) => unreadable)).toEqual([222]);
  });

  test('requested alone still has the count', async () => {
    const server = await serveLog({ style, rows: 5, weight: (row) => (row === 0 ? 90_000 : 10) });
    const [page] = await pagesOf(server, CAP, 1);
    expect(page).toMatchObject({ entries: [], unreadable: [0], count: 5 });
  });

  test('as the only one of a log', async () => {
    for (const beyond of [undefined, 404]) {
      const server = await serveLog({
        style,
        rows: 1,
        weight: () => 90_000,
        ...(beyond === undefined ? {} : { beyond }),
      });
      expect((await pagesOf(server, CAP))[0]).toMatchObject({ entries: [], unreadable: [0] });
    }
  });

  test('three on a page that are answered with 500 are a server that fails', async () => {
    const server = await serveLog({
      style,
      rows: 632,
      bad: (row) => ([310, 320, 330].includes(row) ? 500 : undefined),
    });
    await expect(pagesOf(server, CAP)).rejects.toMatchObject({ exitCode: 5, message: expect.stringContaining('500') });
  });
});

test.each(['page', 'offset'] as const)('the engine says that an entry is missing, by %s', async (style) => {
  for (const limit of [undefined, 632]) {
    const server = await serveLog({ style, rows: 632, weight: (row) => (row === 620 ? 90_000 : 10) });
    const { ids, verdict } = await readServer(server, CAP, limit === undefined ? {} : { limit });
    expect(ids).toEqual(server.ids.filter((id) => id !== rowId(620)));
    expect(verdict.status).toBe('unreconciled');
  }
});

describe.each(CHAINED)('an entry that cannot be had, by %s', (style) => {
  test('over the cap ends the reading, and the error names the place', async () => {
    const server = await serveLog({ style, rows: 632, weight: (row) => (row === 333 ? 90_000 : 10) });
    const error = await rejection(readServer(server, CAP));
    expect(error).toMatchObject({ exitCode: 5, hint: expect.stringContaining('--from and --to') });
    expect(error.message).toContain('the entry after 2026-11-20T07:28:00.000Z at ');
    expect(error.message).toContain(style === 'cursor' ? 'cursor "333"' : 'cursor=333');
    expect(error.message).toContain('cannot be read: the answer is larger than 80000 bytes');
  });

  test('answered with 500 ends the reading with that error', async () => {
    const server = await serveLog({ style, rows: 632, bad: (row) => (row === 333 ? 500 : undefined) });
    await expect(readServer(server, CAP)).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringContaining('answered 500'),
    });
    expect(server.asked.some(({ row, size }) => row === 333 && size === 1)).toBe(true);
  });

  test('a cursor with a page number in it skips nothing, whatever the size', async () => {
    for (const weight of [() => 1000, (row: number) => (row < 100 || (row >= 500 && row < 530) ? 1000 : 10)]) {
      const server = await serveLog({ style, rows: 1500, weight, cursorOf: 'page', counts: false });
      expect(new Set(idsOf(await pagesOf(server, CAP)))).toEqual(new Set(server.ids));
    }
  });

  test('a cursor that is bound to its size ends with the error of the page', async () => {
    const server = await serveLog({ style, rows: 632, least: 100, weight: (row) => (row >= 300 ? 1000 : 10) });
    const error = await rejection(pagesOf(server, CAP));
    expect(error).toMatchObject({ exitCode: 5, message: expect.stringContaining('is larger than 80000 bytes') });
  });
});

describe('smaller pages that are not parts of the large one', () => {
  test.each(NUMBERED)('because the server refuses them: the error is that of the page, by %s', async (style) => {
    for (const least of [100, 10]) {
      const weight = (row: number): number => (row >= 320 && row < 340 ? 20_000 : 10);
      const server = await serveLog({ style, rows: 632, least, weight });
      await expect(pagesOf(server, CAP)).rejects.toMatchObject({
        exitCode: 5,
        message: expect.stringContaining('is larger than 80000 bytes'),
      });
    }
  });

  test('because the server gives fewer rows than are asked for: counted by what it gives', async () => {
    for (const cap of [50, 40, 7]) {
      for (const style of ['page', 'page from 0'] as const) {
        const server = await serveLog({ style, rows: 632, cap, weight: (row) => (row === 333 ? 75_000 : 1000) });
        const pages = await pagesOf(server, CAP);
        expect(idsOf(pages)).toEqual(server.ids);
      }
    }
  });
});

test.each<StyleName>([...NAMES])('a server that is not the API is noticed after few requests, by %s', async (style) => {
  const server = await serveLog({ style, rows: 632, weight: () => 90_000 });
  const error = await rejection(pagesOf(server, CAP));
  expect(error).toMatchObject({
    exitCode: 5,
    message: `${server.base.host}: the answer is larger than 80000 bytes`,
    hint: 'Check the base URL',
  });
  expect(server.heard.length).toBeLessThanOrEqual(3);
});
