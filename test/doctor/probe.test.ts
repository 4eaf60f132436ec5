import { describe, expect, test } from 'vitest';
import { rateHeaders } from '../../src/doctor/limits.js';
import { type Diagnosis, LOG_FINDINGS, type ProbeWorld, probeLog, probeWorld } from '../../src/doctor/probe.js';
import { pageReader } from '../../src/engine/page/answer.js';
import { pageAsk } from '../../src/engine/page/ask.js';
import { AuditlogError } from '../../src/errors.js';
import { badStatus } from '../../src/http/fault.js';
import type { ApiResponse } from '../../src/http/send.js';
import { signedHeaders } from '../../src/providers/auth.js';
import { chipp } from '../../src/providers/chipp.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { rpawatch } from '../../src/providers/rpawatch.js';
import { yura } from '../../src/providers/yura.js';
import { acme, ask, serve } from '../http/asking.js';
import type { ModelEntry } from '../model/entry.js';
import { FAULTS, type FaultName } from '../model/faults.js';
import { makeEntries } from '../model/makeentries.js';
import { createModel } from '../model/model.js';
import type { ModelOptions } from '../model/options.js';
import type { Zone } from '../model/zone.js';

const NOW = Date.parse('2026-11-20T14:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** One entry every so many minutes, newest first. */
function every(minutes: number, days: number): readonly ModelEntry[] {
  const n = Math.floor((days * DAY) / (minutes * MINUTE));
  return makeEntries({ n, from: NOW - days * DAY, to: NOW }).map((entry, i) => {
    const time = NOW - 7_000 - i * minutes * MINUTE;
    const value = { ...JSON.parse(entry.text), created_at: new Date(time).toISOString() };
    return { ...entry, time, text: JSON.stringify(value) };
  });
}

const BUSY = every(7, 10);

interface Probed {
  readonly findings: readonly Diagnosis[];
  readonly requests: number;
  /** `status: fact` of the finding of that name. */
  told(name: string): string;
}

/** Probes a model of the vendor's API. */
async function probe(options: Partial<ModelOptions> = {}): Promise<Probed> {
  const { provider = invent } = options;
  const model = createModel({ entries: BUSY, now: NOW, org: provider.defaultOrg ?? '', ...options });
  const read = pageReader(provider);
  const world: ProbeWorld = {
    async fetch(request) {
      const { url } = pageAsk(provider, new URL('http://127.0.0.1'), request);
      const target = `${url.pathname}${url.search}`;
      const given = model.answer({
        method: 'GET',
        target,
        headers: signedHeaders(provider.auth, model.key),
      });
      const response: ApiResponse = {
        status: given.status,
        headers: new Map(Object.entries(given.headers).map(([name, value]) => [name, [value].flat()])),
        body: given.body,
        sentAt: NOW,
        receivedAt: NOW,
      };
      try {
        if (given.status !== 200) throw badStatus(response);
        return { page: read(response, url), headers: response.headers };
      } catch (error) {
        throw new AuditlogError(String(error), 5, undefined, error);
      }
    },
    now: () => NOW,
    stats: () => ({ skew: options.skew ?? 0, rate: 300 }),
  };
  const findings: Diagnosis[] = [];
  for await (const finding of probeLog(world, { provider, orgs: [provider.defaultOrg ?? ''], rate: 300 }))
    findings.push(finding);
  return {
    findings,
    requests: model.requests.length,
    told: (name) => {
      const finding = findings.find((one) => one.name === name);
      return `${finding?.status}: ${finding?.fact}`;
    },
  };
}

function always(...faults: readonly FaultName[]): Partial<ModelOptions> {
  return { faults: Object.fromEntries(faults.map((fault) => [fault, 1])) };
}

function wrong({ findings }: Probed): readonly string[] {
  return findings
    .filter(({ status }) => status === 'fail' || status === 'warn')
    .map(({ name, status }) => `${status} ${name}`);
}

describe('a log without faults', () => {
  test('has one finding for each name, in order, after at most ten requests', async () => {
    const probed = await probe();
    expect(probed.findings.map(({ name, status, fact }) => `${status} ${name}: ${fact}`)).toEqual([
      "ok endpoint: Invent's API answers",
      'ok authentication: the key is accepted',
      'ok access: the key may read the audit log of c',
      'ok page-size: asked for 100, got 100',
      'ok larger-page: 101 are refused (400)',
      'ok past-the-end: a page after the last is empty',
      'ok day-filter: 2026-11-18 has 206, 2026-11-19 has 206, both together 412: days add up, and the last day of a range is included',
      'ok day-zone: UTC',
      'ok order: newest first; the newest entry is of 2026-11-20T13:59:53Z',
      'ok ids: every entry has its own',
      'ok count: 2,057 entries; exact where we counted for ourselves (206)',
      "ok clock: the server's and ours agree",
      'ok rate-limit: no header tells of a limit; we send at most 300 requests a minute',
    ]);
    expect(probed.findings.map(({ name }) => name)).toEqual(LOG_FINDINGS);
    expect(probed.requests).toBe(9);
  });

  test('has no bad finding while it grows', async () => {
    expect(wrong(await probe({ live: { head: 300 }, tick: 2000 }))).toEqual([]);
  });

  test('may be empty', async () => {
    const probed = await probe({ entries: [] });
    expect(wrong(probed)).toEqual([]);
    expect(probed.told('page-size')).toBe('skip: cannot tell: the log holds only 0 entries');
    expect(probed.told('past-the-end')).toBe('ok: a page after the last is empty');
    expect(probed.told('day-filter')).toBe('skip: cannot tell: there are no entries until 2026-11-19');
    expect(probed.told('day-zone')).toBe('skip: cannot tell without a day that can be relied on');
    expect(probed.told('order')).toBe('skip: cannot tell: there are fewer than two times to compare');
    expect(probed.told('count')).toBe('ok: 0 entries; exact where we counted for ourselves (0)');
  });

  test('may hold one old entry', async () => {
    const probed = await probe({ entries: every(30 * 24 * 60, 61).slice(1, 2) });
    expect(wrong(probed)).toEqual([]);
    expect(probed.told('day-filter')).toBe(
      'ok: 2026-10-21 has 1, 2026-10-22 has 0, both together 1: days add up, and the last day of a range is included',
    );
  });

  test('may have begun today', async () => {
    const probed = await probe({ entries: every(5, 0.3) });
    expect(wrong(probed)).toEqual([]);
    expect(probed.told('day-filter')).toBe('skip: cannot tell: there are no entries until 2026-11-19');
  });
});

describe('the zone of its days', () => {
  test.each<readonly [Zone, string]>([
    [-12, 'UTC-12:00'],
    [-3.5, 'UTC-03:30'],
    [0, 'UTC'],
    [5.75, 'UTC+05:45'],
    [14, 'UTC+14:00'],
    ['America/New_York', 'UTC-05:00'],
    ['Europe/Oslo', 'UTC+01:00'],
  ])('%s is found', async (zone, name) => {
    const probed = await probe({ zone });
    expect(wrong(probed)).toEqual([]);
    expect(probed.told('day-zone')).toBe(`ok: ${name}`);
    expect(probed.requests).toBeLessThanOrEqual(10);
  });

  test('is a range if there are few entries near midnight', async () => {
    const office = BUSY.filter(({ time }) => time % DAY >= 7 * HOUR && time % DAY < 19 * HOUR);
    expect((await probe({ entries: office })).told('day-zone')).toBe('ok: between UTC-07:00 and UTC+05:00; UTC fits');
    expect((await probe({ entries: office, zone: -3 })).told('day-zone')).toBe(
      'ok: between UTC-07:00 and UTC+05:00; UTC fits',
    );
  });

  test('stays unknown if there are hardly any', async () => {
    expect((await probe({ entries: every(24 * 60, 300) })).told('day-zone')).toBe(
      'skip: cannot tell: there are no entries near midnight',
    );
  });
});

describe('faults of a server are found', () => {
  test.each<[FaultName, readonly string[], string]>([
    ['count-missing', ['fail count'], 'fail: the server reports no count (header pagination-count)'],
    ['count-no-number', ['fail count'], 'fail: the server reports no count (header pagination-count)'],
    ['count-two-headers', ['fail count'], 'fail: the server reports no count (header pagination-count)'],
    [
      'count-plus-one',
      ['fail day-filter', 'fail count'],
      'fail: the server reports 207 entries, but a page that should have 7 of them has 6',
    ],
    [
      'count-zero',
      ['fail past-the-end', 'fail count'],
      'fail: the server reports 0 entries, but a page that should have 0 of them has 100',
    ],
  ])('%s', async (fault, found, count) => {
    const probed = await probe(always(fault));
    expect(wrong(probed)).toEqual(found);
    expect(probed.told('count')).toBe(count);
    expect(probed.requests).toBeLessThanOrEqual(10);
  });

  test('a capped count', async () => {
    const probed = await probe(always('count-capped'));
    expect(wrong(probed)).toEqual(['fail past-the-end']);
    expect(probed.told('past-the-end')).toBe('fail: entries follow the 1,000 that the server reports');
    expect(probed.requests).toBe(10);
  });

  test('pages that go on for ever', async () => {
    const probed = await probe(always('pages-endless'));
    expect(probed.told('past-the-end')).toBe('warn: a page after the last repeats earlier entries');
  });

  test('a server that ignores which page is asked for', async () => {
    const probed = await probe(always('page-ignored'));
    expect(probed.told('past-the-end')).toBe('fail: every page is the same: the server ignores the page number');
    expect(probed.findings.find(({ name }) => name === 'past-the-end')?.exit).toBe(5);
  });

  test('smaller pages than were asked for', async () => {
    const probed = await probe({ clamp: 50 });
    expect(wrong(probed)).toEqual(['warn page-size']);
    expect(probed.told('page-size')).toBe('warn: asked for 100, got 50');
    expect(probed.told('count')).toBe('ok: 2,057 entries; exact where we counted for ourselves (206)');
    expect(probed.told('day-zone')).toBe('ok: UTC');
  });

  test('larger pages than were asked for', async () => {
    expect(wrong(await probe(always('page-too-long')))).toContain('warn page-size');
  });

  test('empty pages', async () => {
    const probed = await probe(always('page-empty'));
    expect(probed.told('page-size')).toBe('fail: the first page is empty, but the server reports 2,057 entries');
  });

  test('a last day that is left out', async () => {
    const probed = await probe({ to: 'exclusive' });
    expect(wrong(probed)).toEqual(['fail day-filter']);
    expect(probed.told('day-filter')).toBe(
      'fail: the last day of a range is left out: single days are empty, 2026-11-18 to 2026-11-19 has 206',
    );
    expect(probed.told('day-zone')).toBe('skip: cannot tell without a day that can be relied on');
    expect(probed.findings.find(({ name }) => name === 'day-filter')?.exit).toBe(3);
    expect(wrong(await probe({ to: 'midnight' }))).toEqual(['fail day-filter']);
  });

  test('a log that is not sorted', async () => {
    const probed = await probe(always('unordered'));
    expect(wrong(probed)).toEqual(['warn order']);
    expect(probed.told('order')).toBe('warn: the entries are not in order of time');
  });

  test('an id that is twice on one page', async () => {
    const probed = await probe(always('duplicate-row'));
    expect(wrong(probed)).toContain('fail ids');
    expect(probed.told('ids')).toMatch(/^fail: the id al_\w+ is on one page twice$/);
  });

  test('entries without ids and without times', async () => {
    const nameless = BUSY.map((entry, i) =>
      i % 2 === 0 ? { ...entry, id: undefined, text: entry.text.replace('"id":"al_', '"no":"al_') } : entry,
    );
    expect(wrong(await probe({ entries: nameless }))).toEqual(['warn ids']);
    const timeless = BUSY.map((entry, i) =>
      i === 3 ? { ...entry, text: entry.text.replace('"created_at":"2', '"created_at":"x') } : entry,
    );
    expect(wrong(await probe({ entries: timeless }))).toEqual(['warn order']);
  });

  test('a clock that is wrong', async () => {
    const probed = await probe({ skew: -20 * MINUTE });
    expect(wrong(probed)).toEqual(['warn clock']);
    expect(probed.told('clock')).toBe("warn: the server's is 20 min behind ours");
    expect(await probe({ skew: 20_000 }).then(({ told }) => told('clock'))).toBe(
      "ok: the server's is 20 s ahead of ours",
    );
  });
});

describe('every way of paging', () => {
  const as = (names: Readonly<Record<string, string>>): readonly ModelEntry[] =>
    BUSY.map((entry) => {
      const value = JSON.parse(entry.text) as Record<string, unknown>;
      const renamed = Object.fromEntries(Object.entries(value).map(([name, inner]) => [names[name] ?? name, inner]));
      return { ...entry, text: JSON.stringify(renamed) };
    });

  test('Chipp: by offset, and since a day only', async () => {
    const probed = await probe({ provider: chipp, entries: as({ created_at: 'createdAt' }) });
    expect(wrong(probed)).toEqual([]);
    expect(probed.told('page-size')).toBe('ok: asked for 200, got 200');
    expect(probed.told('day-filter')).toMatch(/^ok: \d+ entries since 2026-11-\d\d, \d+ since 2026-11-\d\d$/);
    expect(probed.told('day-zone')).toBe('ok: UTC');
    expect(probed.requests).toBeLessThanOrEqual(10);
  });

  test('Chipp: in another zone, while it grows', async () => {
    const probed = await probe({
      provider: chipp,
      entries: as({ created_at: 'createdAt' }),
      zone: 9,
      live: { head: 300 },
      tick: 1000,
    });
    expect(probed.told('day-zone')).toBe('ok: between UTC+08:45 and UTC+09:30');
  });

  test('RPAWatch: with the total in the answer', async () => {
    const probed = await probe({ provider: rpawatch, entries: as({ created_at: 'timestamp' }) });
    expect(wrong(probed)).toEqual([]);
    expect(probed.told('access')).toBe('ok: the key may read the audit log');
    expect(probed.told('count')).toBe('ok: 2,057 entries; exact where we counted for ourselves (206)');
  });

  test('Yura: without ids, and with seven days unless more are asked for', async () => {
    const probed = await probe({ provider: yura, entries: as({ created_at: 'occurred_at' }) });
    expect(wrong(probed)).toEqual([]);
    expect(probed.told('ids')).toBe("skip: Yura's entries have none: equal ones are told apart by their place");
    expect(probed.told('count')).toMatch(/^ok: 2,057 entries/);
  });

  const cursor: Provider = {
    ...invent,
    items: 'entries',
    total: undefined,
    paging: { style: 'cursor', cursor: 'cursor', size: 'limit', max: 250, next: 'next' },
  };
  const link: Provider = { ...invent, total: undefined, paging: { style: 'link', size: 'per_page', max: 250 } };
  test.each([cursor, link])('a vendor that links its pages and has no count', async (provider) => {
    const probed = await probe({ provider });
    expect(wrong(probed)).toEqual([]);
    expect(probed.told('past-the-end')).toBe('skip: this vendor links its pages: none can be asked for by its number');
    expect(probed.told('count')).toBe('skip: Invent reports no count to compare exports with');
    expect(probed.told('day-filter')).toMatch(/^skip: cannot tell: the server does not say how many entries/);
  });

  test('a vendor that takes instants, and one that takes no dates', async () => {
    const instants: Provider = { ...invent, dates: { from: 'from', to: 'to', format: 'instant' } };
    const probed = await probe({ provider: instants });
    expect(wrong(probed)).toEqual([]);
    expect(probed.told('day-zone')).toBe('skip: this vendor takes instants, not days');
    const none = await probe({ provider: { ...invent, dates: { format: 'day' } } });
    expect(wrong(none)).toEqual([]);
    expect(none.told('day-filter')).toBe('skip: this vendor does not filter by time: it is done here');
  });
});

describe('a failing step', () => {
  const failing = (at: number, fault: FaultName) => probe({ script: [{ atRequest: at, fault }] });

  test.each([1, 3, 4, 5, 6, 7, 8, 9])('request %i that fails leaves the other findings', async (at) => {
    const probed = await failing(at, 'login-page');
    expect(probed.findings.map(({ name }) => name)).toEqual(LOG_FINDINGS);
    expect(wrong(probed)).toHaveLength(1);
    expect(probed.findings.filter(({ status }) => status === 'fail')).toMatchObject([{ exit: 5 }]);
    expect(probed.requests).toBe(at);
    expect(probed.told('clock')).toMatch(/^ok/);
  });

  test('whatever the server does, there is one finding for each name and there are at most ten requests', async () => {
    for (const fault of Object.keys(FAULTS) as FaultName[]) {
      const probed = await probe(always(fault));
      expect([fault, probed.findings.map(({ name }) => name)]).toEqual([fault, LOG_FINDINGS]);
      expect([fault, probed.requests <= 10]).toEqual([fault, true]);
      for (const { status, fix, exit } of probed.findings) {
        if (status === 'fail') expect([fault, typeof exit]).toEqual([fault, 'number']);
        if (status === 'warn') expect([fault, typeof fix]).toEqual([fault, 'string']);
      }
    }
  });
});

test('a server that never answers is given up in time', async () => {
  const { base } = await serve(() => undefined);
  const client = ask(base);
  const world = probeWorld(client, { provider: acme, base }, () => NOW, 100);
  const found: Diagnosis[] = [];
  for await (const finding of probeLog(world, { provider: acme, orgs: ['c'], rate: 300 })) found.push(finding);
  expect(found[0]).toMatchObject({
    status: 'fail',
    exit: 5,
    fact: `${base.host} gave no usable answer within 0.1 s`,
  });
  expect(found.map(({ name }) => name)).toEqual(LOG_FINDINGS);
});

test('rate-limit headers are shown in numbers only', () => {
  const headers = new Map<string, readonly string[]>([
    ['x-ratelimit-limit', ['500']],
    ['ratelimit-policy', ['"burst";q=100;w=60']],
    ['retry-after', ['\u001b]0;hello\u0007 sk_live_0123456789abcdef']],
    ['content-type', ['application/json']],
  ]);
  expect(rateHeaders(headers)).toEqual([
    ['x-ratelimit-limit', '500'],
    ['ratelimit-policy', 'q=100 w=60'],
    ['retry-after', ''],
  ]);
});
