import { describe, expect, test } from 'vitest';
import { lostBy } from '../../../src/engine/follow/lost.js';
import { openOrgs } from '../../../src/engine/orgs.js';
import { pageFetcher } from '../../../src/engine/page/page.js';
import { Fault, faultOf } from '../../../src/http/fault.js';
import { isLimit } from '../../../src/http/retry/decide.js';
import { ask, rejection } from '../../http/asking.js';
import { CHAINED, idsOf, NUMBERED, pagesOf, readServer, STYLES, serveLog } from '../pageserver.js';

const BYTES = 1 << 20;

describe.each(NUMBERED)('a page past the last one that is refused, by %s', (style) => {
  test.each([404, 400, 416, 422])(
    'with %i, is an empty page that says so, after it was asked for twice',
    async (beyond) => {
      for (const rows of [200, 240]) {
        const server = await serveLog({ style, rows, beyond, counts: false });
        const pages = await pagesOf(server, BYTES);
        expect(idsOf(pages)).toEqual(server.ids);
        expect(pages.map(({ refused }) => refused)).toEqual([...pages.slice(1).map(() => undefined), beyond]);
        expect(pages.at(-1)).toMatchObject({ entries: [], count: undefined, unreadable: [] });
        expect(pages.at(-1)?.refusedWhy).toContain(`${beyond}`);
        const last = server.asked.at(-1)?.row;
        expect(server.asked.filter(({ row }) => row === last)).toHaveLength(2);
      }
    },
  );

  test('with 204, is an empty page without a refusal', async () => {
    const server = await serveLog({ style, rows: 200, beyond: 204, counts: false });
    const pages = await pagesOf(server, BYTES);
    expect(idsOf(pages)).toEqual(server.ids);
    expect(pages.at(-1)).toMatchObject({ entries: [], isListMissing: true });
    expect(pages.at(-1)?.refused).toBeUndefined();
  });

  test.each([401, 402, 403, 410, 451])('with %i, stays an error', async (beyond) => {
    const server = await serveLog({ style, rows: 200, beyond, counts: false });
    expect(faultOf(await rejection(pagesOf(server, BYTES)))?.status).toBe(beyond);
  });

  test('once only, is read when it is asked for again', async () => {
    const server = await serveLog({ style, rows: 632, refuses: { from: 300, status: 404, times: 1 } });
    expect(idsOf(await pagesOf(server, BYTES))).toEqual(server.ids);
  });

  test('on the first page is an error as ever', async () => {
    for (const status of [400, 404, 422]) {
      const server = await serveLog({ style, rows: 632, refuses: { from: 0, status } });
      await expect(pagesOf(server, BYTES)).rejects.toMatchObject({ exitCode: 2 });
      expect(server.heard).toHaveLength(1);
    }
  });

  test('in parts: the rows before the end are read, and the rest is no failure', async () => {
    const server = await serveLog({ style, rows: 632, beyond: 404, weight: (row) => (row >= 600 ? 4000 : 10) });
    const pages = await pagesOf(server, 90_000);
    expect(idsOf(pages)).toEqual(server.ids);
    expect(pages.at(-1)).toMatchObject({ refused: 404, entries: [] });
    expect(pages.at(-2)?.refused).toBeUndefined();
  });

  test('of one of several organizations does not lose that', async () => {
    const server = await serveLog({ style, rows: 200, beyond: 404 });
    const client = ask(server.base, { connection: { provider: server.provider } });
    const notes: string[] = [];
    const { fetch, isLost } = openOrgs(
      pageFetcher(client, server.provider, server.base),
      ['a', 'b'],
      STYLES[style],
      (note) => notes.push(note),
    );
    const place = style === 'offset' ? { offset: 200 } : { page: 3 };
    const stream = { index: 0, org: 'a', filters: {} };
    expect(await fetch({ stream, window: { from: undefined, to: undefined }, place, size: 100 })).toMatchObject({
      refused: 404,
    });
    expect(isLost()).toBe(false);
    expect(notes).toEqual([]);
  });
});

test.each(['page', 'offset'] as const)(
  'the engine reads to such an end where there is no count, by %s',
  async (style) => {
    for (const beyond of [404, 400, 416, 422]) {
      const server = await serveLog({ style, rows: 300, beyond, counts: false });
      const { ids } = await readServer(server, BYTES);
      expect(ids).toEqual(server.ids);
    }
  },
);

describe.each(CHAINED)('a place that is refused, by %s', (style) => {
  test.each([400, 404, 410, 416, 422])('with %i, is a cursor that has expired', async (status) => {
    const server = await serveLog({ style, rows: 632, refuses: { from: 300, status } });
    const error = await rejection(readServer(server, BYTES));
    expect(error).toMatchObject({
      message: `the server no longer accepts the cursor, which has expired (${status}): no place 300`,
      hint: 'Run the same command again',
      exitCode: 5,
    });
    expect(lostBy(error, false, 0)).toEqual({ why: 'the cursor has expired', wait: 2000 });
    expect(server.asked.filter(({ row }) => row === 300)).toHaveLength(1);
  });

  test.each([
    [400, 2],
    [404, 2],
    [410, 2],
    [422, 2],
  ])('with %i on the first page, is no cursor', async (status, exitCode) => {
    const server = await serveLog({ style, rows: 632, refuses: { from: 0, status } });
    const error = await rejection(readServer(server, BYTES));
    expect(error).toMatchObject({ exitCode });
    expect(error.message).not.toContain('cursor');
    expect(lostBy(error, true, 0)).toBeUndefined();
  });

  test.each([401, 403])('with %i, is about the key', async (status) => {
    const server = await serveLog({ style, rows: 632, refuses: { from: 300, status } });
    await expect(readServer(server, BYTES)).rejects.toMatchObject({ exitCode: 4 });
  });
});

test('an expired cursor is never taken for a limit of requests', () => {
  const response = {
    status: 410,
    headers: new Map([['retry-after', ['3']]]),
    body: Buffer.alloc(0),
    sentAt: 0,
    receivedAt: 0,
  };
  expect(isLimit(new Fault('expired', 'gone', { response }))).toBe(false);
});
