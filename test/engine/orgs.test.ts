import { describe, expect, test } from 'vitest';
import { readingOf } from '../../src/engine/reading.js';
import type { FetchPage, PageRequest } from '../../src/engine/request.js';
import type { ReadingOptions } from '../../src/engine/source.js';
import { EntryStore } from '../../src/engine/store/store.js';
import { AuditlogError, EXIT, type ExitCode } from '../../src/errors.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { EVERYTHING } from '../../src/query.js';
import { canonical, DAY, type Log, NOW, openLog, readLog, spread } from './log.js';

/** The logs of several organizations behind one key. `fails` may throw in place of an answer. */
function site(
  logs: Readonly<Record<string, Log>>,
  fails: (ask: PageRequest, request: number) => void = () => {},
): FetchPage {
  let requests = 0;
  return async (ask) => {
    requests += 1;
    fails(ask, requests);
    const log = logs[ask.stream.org];
    if (log === undefined) throw notFound(ask.stream.org);
    return log.fetch(ask);
  };
}

function notFound(org: string): AuditlogError {
  return new AuditlogError(`The API knows no organization ${org} (404).`, EXIT.usage);
}

function failure(code: ExitCode): AuditlogError {
  return new AuditlogError('The server failed (503).', code);
}

async function read(
  fetch: FetchPage,
  orgs: readonly string[],
  options: Partial<ReadingOptions> = {},
  provider: Provider = invent,
) {
  const reading = readingOf(
    {
      fetch,
      now: () => NOW,
      pause: async () => {},
      openStore: () =>
        new EntryStore(1 << 24, () => {
          throw new Error('memory is enough');
        }),
      stats: () => ({ requests: 0, retries: 0, waiting: undefined }),
    },
    { provider, orgs },
    EVERYTHING,
    { ties: 'canonical', ...options },
  );
  const told: string[] = [];
  for await (const batch of reading.batches) told.push(...batch.entries.map(({ id }) => `${batch.org} ${id}`));
  return { told, verdict: reading.verdict(), total: reading.total() };
}

const own = () => openLog({ rows: spread(1500, 200, NOW - 60_000, 'own') });
const sub = () => openLog({ rows: spread(700, 190, NOW - 90_000, 'sub') });

function merged(logs: Readonly<Record<string, Log>>): string[] {
  const rows = Object.entries(logs).flatMap(([org, log]) => log.rows.map((row) => ({ ...row, org })));
  const orgOf = new Map(rows.map(({ id, org }) => [id, org]));
  return canonical(rows).map((id) => `${orgOf.get(id)} ${id}`);
}

describe('several organizations', () => {
  test('are merged by time, and each entry names its own', async () => {
    const logs = { own: own(), sub: sub() };
    const { told, verdict } = await read(site(logs), ['own', 'sub']);
    expect(told).toEqual(merged(logs));
    expect(verdict).toMatchObject({ status: 'verified', counted: 2200, fetched: 2200 });
  });

  test('give the newest few entries of all of them', async () => {
    const logs = { own: own(), sub: sub() };
    const { told, verdict } = await read(site(logs), ['own', 'sub'], { limit: 30, page: 2 });
    expect(told).toEqual(merged(logs).slice(30, 60));
    expect(verdict.status).toBe('verified');
  });

  test('two names of the same organization are an error, as its entries would come twice', async () => {
    const log = own();
    const logs = { c: log, org_1: log, sub: sub() };
    for (const options of [{}, { limit: 3 }])
      await expect(read(site(logs), ['c', 'sub', 'org_1'], options)).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/^--org (c and --org org_1|org_1 and --org c) are the same organization$/),
      });
  });
});

describe('one of several organizations that cannot be read', () => {
  test.each([
    ['is not found', notFound('gone')],
    ['may not be seen', failure(EXIT.key)],
    ['fails', failure(EXIT.server)],
  ])('and %s does not take the others with it, and does not pass unsaid', async (_, error) => {
    const logs = { own: own(), sub: sub() };
    const fetch = site(logs, ({ stream }) => {
      if (stream.org === 'gone') throw error;
    });
    const whole = await read(fetch, ['own', 'gone', 'sub']);
    expect(whole.told).toEqual(merged(logs));
    expect(whole.verdict).toMatchObject({
      status: 'unreconciled',
      notes: [`gone cannot be read: ${error.message}`],
    });
    const few = await read(fetch, ['own', 'gone', 'sub'], { limit: 10 });
    expect(few.told).toEqual(merged(logs).slice(0, 10));
    expect(few.verdict.notes).toEqual([`gone cannot be read: ${error.message}`]);
    expect(few.total.count).toBeUndefined();
  });

  test('after some pages keeps those pages, and all of the other organizations', async () => {
    for (const at of [2, 3, 5, 8, 13]) {
      const logs = { own: own(), sub: sub() };
      const fetch = site(logs, ({ stream }, request) => {
        if (stream.org === 'own' && request >= at) throw failure(EXIT.server);
      });
      const { told, verdict } = await read(fetch, ['own', 'sub']);
      expect(verdict.status).toBe('unreconciled');
      expect(verdict.notes).toContain('own cannot be read: The server failed (503).');
      expect(new Set(told).size).toBe(told.length);
      expect(told.filter((one) => one.startsWith('sub'))).toEqual(merged({ sub: logs.sub }));
      const all = new Set(merged(logs));
      expect(told.every((one) => all.has(one))).toBe(true);
    }
  });

  test('ends the reading with its own error if it is the last one', async () => {
    const fetch = site({});
    await expect(read(fetch, ['a', 'b'])).rejects.toThrow('The API knows no organization');
    await expect(read(fetch, ['a'])).rejects.toMatchObject({ message: notFound('a').message, exitCode: EXIT.usage });
  });

  test.each([EXIT.stopped, EXIT.local])('an error of the whole run (exit %i) ends the reading', async (code) => {
    const fetch = site({ own: own(), sub: sub() }, ({ stream }) => {
      if (stream.org === 'sub') throw failure(code);
    });
    await expect(read(fetch, ['own', 'sub'])).rejects.toMatchObject({ exitCode: code });
  });

  test('is not asked again', async () => {
    let asked = 0;
    const fetch = site({ own: openLog({ rows: spread(12_000, 300, NOW - 10 * DAY) }) }, ({ stream }) => {
      asked += stream.org === 'gone' ? 1 : 0;
    });
    const { verdict } = await read(fetch, ['own', 'gone']);
    expect(verdict.fetched).toBe(12_000);
    expect(asked).toBe(1);
  });
});

describe('a vendor that tells no count', () => {
  const { total: _, ...untold } = invent;
  const uncounted: Provider = { ...untold, total: undefined };
  const page = { style: 'page', page: 'page', size: 'take', max: 100 } as const;
  const offset = { style: 'offset', offset: 'offset', size: 'take', max: 100 } as const;
  const cursor = { style: 'cursor', cursor: 'cursor', size: 'take', max: 100, next: 'meta.next' } as const;
  const link = { style: 'link', size: 'take', max: 100 } as const;

  test.each([
    ['page', page],
    ['offset', offset],
  ])('and gives smaller pages than asked for is read to its end, by %s', async (_, paging) => {
    const rows = spread(730, 100);
    const provider = { ...uncounted, paging };
    const log = openLog({ rows, clamp: 40 });
    const blind: FetchPage = async (ask) => ({ ...(await log.fetch(ask)), count: undefined, more: undefined });
    const whole = await readLog({ fetch: blind }, { provider });
    expect(whole.ids).toEqual(canonical(rows));
    expect(whole.verdict.status).toBe('uncounted');
    expect((await readLog({ fetch: blind }, { provider, limit: 200 })).ids).toEqual(canonical(rows).slice(0, 200));
  });

  test.each([
    ['cursor', cursor],
    ['link', link],
  ])('and says nothing of a next page after a full first one is not believed, by %s', async (_, paging) => {
    const rows = spread(730, 100);
    const log = openLog({ rows });
    const silent: FetchPage = async (ask) => ({
      ...(await log.fetch(ask)),
      count: undefined,
      next: undefined,
      more: undefined,
      silent: true,
    });
    const provider = { ...uncounted, paging };
    const whole = await readLog({ fetch: silent }, { provider });
    expect(whole.ids).toHaveLength(100);
    expect(whole.verdict.status).toBe('unreconciled');
    expect(whole.verdict.notes.join()).toContain('no answer has a next page');
    expect((await readLog({ fetch: silent }, { provider, limit: 50 })).verdict.notes).toEqual([]);
    expect((await readLog({ fetch: silent }, { provider, limit: 150 })).verdict.status).toBe('unreconciled');
    const short = openLog({ rows: spread(99, 10) });
    const mute: FetchPage = async (ask) => ({
      ...(await short.fetch(ask)),
      next: undefined,
      more: undefined,
      silent: true,
    });
    expect((await readLog({ fetch: mute }, { provider })).verdict.status).toBe('unreconciled');
    // One that names the next page of a smaller answer has named none here because there was none.
    const terse: FetchPage = async (ask) => {
      const page = await short.fetch(ask);
      return { ...page, more: undefined, silent: page.next === undefined };
    };
    expect((await readLog({ fetch: terse }, { provider })).verdict.status).toBe('uncounted');
  });

  test('is an error if it ignores which page is asked for', async () => {
    const log = openLog({ rows: spread(730, 100) });
    const deaf: FetchPage = async (ask) => ({
      ...(await log.fetch({ ...ask, place: { page: 1 } })),
      count: undefined,
      next: undefined,
    });
    await expect(readLog({ fetch: deaf }, { provider: { ...uncounted, paging: page } })).rejects.toThrow(
      'the server returns the same page again and again: it ignores the page number',
    );
  });
});
