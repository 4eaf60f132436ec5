import { describe, expect, it } from 'vitest';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { FAULTS, type FaultName, PROFILES } from './faults.js';
import { brokenEntries, hostileEntries, oddEntries } from './hostile.js';
import { makeEntries, makeEntry } from './makeentries.js';
import { createModel, type MemoryModel, MODEL_KEY, type ModelAnswer } from './model.js';
import type { ModelOptions } from './options.js';
import { runSwitches } from './runswitches.js';
import { PAGING_NAMES, paged } from './styles.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const DAY = 86_400_000;
const entries = makeEntries({ n: 250, from: NOW - 10 * DAY, to: NOW });

function modelOf(options: Partial<ModelOptions> = {}): MemoryModel {
  return createModel({ entries, now: NOW, ...options });
}

function ask(model: MemoryModel, query = '', headers: Record<string, string> = {}): ModelAnswer {
  return model.answer({
    method: 'GET',
    target: `/orgs/c/audit-logs${query}`,
    headers: { authorization: `Bearer ${MODEL_KEY}`, ...headers },
  });
}

function scripted(fault: FaultName, query = '', more: Partial<ModelOptions> = {}): ModelAnswer {
  return ask(modelOf({ script: [{ atRequest: 1, fault }], ...more }), query);
}

interface Row {
  readonly id: string;
  readonly created_at: string;
}

function rowsOf({ body }: ModelAnswer): readonly Row[] {
  return JSON.parse(body.toString()) as Row[];
}

function idsOf(answer: ModelAnswer): readonly string[] {
  return rowsOf(answer).map(({ id }) => id);
}

const ids = entries.map(({ id }) => id);

describe('the model without faults', () => {
  it('answers as the contract says', () => {
    const model = modelOf();
    const answer = ask(model, '?page=3&take=100');
    expect(answer.status).toBe(200);
    expect(idsOf(answer)).toEqual(ids.slice(200, 250));
    expect(answer.headers).toMatchObject({
      'pagination-count': '250',
      'pagination-page': '3',
      'pagination-take': '100',
    });
    expect(answer.headers.date).toBe('Fri, 20 Nov 2026 12:00:00 GMT');
    expect(ask(model, '?take=101').status).toBe(400);
    expect(model.answer({ method: 'GET', target: '/orgs/c/audit-logs', headers: {} }).status).toBe(401);
  });

  it('records every request, without its key', () => {
    const model = modelOf();
    ask(model, '?page=2&take=30', { 'user-agent': 'test' });
    expect(model.requests).toEqual([
      {
        n: 1,
        at: NOW,
        path: '/orgs/c/audit-logs',
        query: { page: '2', take: '30' },
        headers: { 'user-agent': 'test' },
        authorized: true,
        fault: undefined,
        status: 200,
        moment: 0,
        rows: 30,
        early: false,
      },
    ]);
    expect(JSON.stringify(model.requests)).not.toContain(MODEL_KEY);
  });

  it('filters by action, person and things', () => {
    const model = modelOf();
    const count = (query: string): number => Number(ask(model, query).headers['pagination-count']);
    const sum = [
      'assistant.updated',
      'member.role_changed',
      'chat.deleted',
      'workflow.created',
      'connection.updated',
      'api_key.deleted',
    ]
      .map((action) => count(`?action=${action}`))
      .reduce((a, b) => a + b);
    expect(sum).toBe(250);
    expect(count('?user_id=usr_1')).toBe(entries.filter(({ values }) => values.user === 'usr_1').length);
    expect(count('?assistant_id=asst_3')).toBeGreaterThan(0);
  });
});

describe('a model that lies in the same way each time', () => {
  it('names a next page for ever', () => {
    const model = modelOf({ lies: ['pages-empty-on'], provider: paged('cursor') });
    const pages = ['', '?cursor=c_200', '?cursor=c_300', '?cursor=c_400'].map((query) =>
      JSON.parse(ask(model, query).body.toString()),
    );
    expect(pages.map((page) => [page.entries.length, page.page.next])).toEqual([
      [100, 'c_100'],
      [50, 'c_300'],
      [0, 'c_400'],
      [0, 'c_500'],
    ]);
  });

  it('lies besides the faults that happen', () => {
    const model = modelOf({ lies: ['count-of-page'], script: [{ atRequest: 1, fault: 'duplicate-row' }] });
    expect(ask(model, '?take=9').headers['pagination-count']).toBe('9');
    expect(model.requests[0]?.fault).toBe('duplicate-row');
  });

  it('shows the oldest first', () => {
    const model = modelOf({ order: 'oldest-first' });
    expect(idsOf(ask(model, '?take=40&page=2'))).toEqual(ids.toReversed().slice(40, 80));
  });

  it('leaks one row through its filters, and counts as if it had not', () => {
    const model = modelOf({ leaks: 'action' });
    const asked = () => rowsOf(ask(model, '?action=chat.deleted')) as readonly (Row & { action: string })[];
    const wanted = entries.filter(({ values }) => values.action === 'chat.deleted').map(({ id }) => id);
    expect(asked()).toHaveLength(wanted.length);
    expect(asked().filter(({ action }) => action !== 'chat.deleted')).toHaveLength(1);
    expect(wanted.filter((id) => !asked().some((row) => row.id === id))).toHaveLength(1);
    expect(asked()).toEqual(asked());
    const days = rowsOf(ask(modelOf({ leaks: 'day' }), '?from=2026-11-16&take=100'));
    expect(days.filter((row) => row.created_at < '2026-11-13')).toHaveLength(1);
    expect(idsOf(ask(modelOf({ leaks: 'day' }), '?take=100'))).toEqual(ids.slice(0, 100));
  });
});

describe('ways of paging', () => {
  it.each(PAGING_NAMES)('%s: leads from page to page to every row, also where pages are smaller than asked', (name) => {
    for (const clamp of [undefined, 40]) {
      const provider = paged(name);
      const model = modelOf({ provider, ...(clamp === undefined ? {} : { clamp }) });
      const found: string[] = [];
      let query = '';
      for (let page = 0; page < 8; page += 1) {
        const answer = ask(model, query);
        const { entries: rows, page: facts } = JSON.parse(answer.body.toString()) as {
          entries: readonly Row[];
          page?: { next?: string };
        };
        found.push(...rows.map(({ id }) => id));
        const { paging } = provider;
        const link = /<[^?]*(\?[^>]*)>/.exec(String(answer.headers.link ?? ''))?.[1] ?? '';
        const next = facts?.next ?? '';
        if (paging.style === 'page') query = `?page=${page + 1}`;
        else if (paging.style === 'offset') query = `?skip=${found.length}`;
        else if (paging.style === 'cursor') query = next === '' ? '' : `?cursor=${next}`;
        else query = paging.style !== 'link' || paging.next === undefined ? link : next.slice(next.indexOf('?'));
        if (query === '') break;
      }
      expect(found).toEqual(ids);
    }
  });
});

describe('the truth', () => {
  it('changes between two requests as the schedule says', () => {
    const fresh = makeEntry(NOW + 1000, 99, 1);
    const model = modelOf({ schedule: [{ before: 2, advance: 2000, insert: [fresh], remove: [ids[3]!] }] });
    expect(idsOf(ask(model, '?take=5'))).toEqual(ids.slice(0, 5));
    expect(idsOf(ask(model, '?take=5'))).toEqual([fresh.id, ids[0], ids[1], ids[2], ids[4]]);
    expect(model.now()).toBe(NOW + 2000);
    expect(model.history.map(({ kind, beforeRequest }) => [kind, beforeRequest])).toEqual([
      ['insert', 2],
      ['delete', 2],
    ]);
    expect(model.requests.map(({ moment }) => moment)).toEqual([0, 2]);
    expect(model.truth(0)).toHaveLength(250);
    expect(model.truth(1)).toHaveLength(251);
    expect(model.truth()).toHaveLength(250);
    expect(model.stable()).toHaveLength(249);
    expect(model.ever()).toHaveLength(251);
  });

  it('says at which moment it was equal to what somebody read', () => {
    const model = modelOf();
    ask(model);
    const texts = entries.map(({ text }) => text);
    model.insert(makeEntry(NOW, 99, 1));
    model.remove(ids[7]!);
    model.insert(makeEntry(NOW, 99, 2));
    const now = model.truth().map(({ text }) => text);
    expect(model.momentThatEquals(texts)).toBe(0);
    expect(model.momentThatEquals([...texts].reverse())).toBe(0);
    expect(model.momentThatEquals(now)).toBe(3);
    expect(model.momentThatEquals([...texts, makeEntry(NOW, 99, 1).text])).toBe(1);
    expect(model.momentThatEquals(texts.slice(1))).toBeUndefined();
    expect(model.momentThatEquals([...texts, texts[0]!])).toBeUndefined();
    // A mixture of two moments equals neither.
    expect(model.momentThatEquals([...texts, makeEntry(NOW, 99, 2).text])).toBeUndefined();
    const upper = (entry: { text: string }): string => entry.text.toUpperCase();
    expect(
      model.momentThatEquals(
        now.map((text) => text.toUpperCase()),
        upper,
      ),
    ).toBe(3);
    const some = (entry: { time: number }): boolean => entry.time < NOW - 5 * DAY;
    expect(
      model.momentThatEquals(
        entries.filter(some).map(({ text }) => text),
        undefined,
        some,
      ),
    ).toBe(0);
  });

  it('grows, is amended and shrinks by itself as virtual time passes', () => {
    const model = modelOf({ live: { head: 60, late: 30, deletes: 20, keep: 9 * DAY }, tick: 1000 });
    for (let n = 0; n < 120; n += 1) ask(model, '?take=1');
    const counts = new Map<string, number>();
    for (const { kind } of model.history) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    expect(counts.get('head')).toBeGreaterThan(80);
    expect(counts.get('late')).toBeGreaterThan(35);
    expect(counts.get('delete')).toBeGreaterThan(20);
    expect(counts.get('purge')).toBeGreaterThan(0);
    expect(model.truth().every(({ time }) => time >= model.now() - 9 * DAY)).toBe(true);
    expect(model.history.every(({ at }, i) => i === 0 || at >= model.history[i - 1]!.at)).toBe(true);
    const late = model.history.filter(({ kind }) => kind === 'late');
    expect(late.every(({ at, inserted }) => inserted[0]!.time < at)).toBe(true);
    expect(new Set(model.ever().map(({ id }) => id)).size).toBe(model.ever().length);
  });

  it('happens the same for the same seed', () => {
    const run = (seed: number): string => {
      const model = modelOf({ seed, live: { head: 60, late: 30, deletes: 20 }, faults: 'heavy', ties: 'unstable' });
      const all = Array.from({ length: 60 }, (_, n) =>
        ask(model, `?page=${1 + (n % 3)}`, { 'accept-encoding': 'gzip' }),
      );
      return all.map(({ status, body, wire }) => `${status} ${wire} ${body.toString('base64')}`).join('\n');
    };
    expect(run(5)).toBe(run(5));
    expect(run(5)).not.toBe(run(6));
  });

  it("follows somebody else's clock", () => {
    let time = NOW;
    const model = modelOf({ now: () => time });
    ask(model);
    time += 5000;
    expect(ask(model).headers.date).toBe('Fri, 20 Nov 2026 12:00:05 GMT');
    expect(() => model.advance(1)).toThrow("somebody else's clock");
  });
});

describe('what a run may have', () => {
  const zoned = (zone: ModelOptions['zone'], query: string, to: ModelOptions['to'] = 'inclusive'): [string, string] => {
    const model = modelOf({
      entries: makeEntries({ n: 3000, from: NOW - 10 * DAY, to: NOW, seed: 4 }),
      zone: zone ?? 0,
      to: to ?? 'inclusive',
    });
    const newest = rowsOf(ask(model, `?${query}&take=1`))[0]?.created_at ?? '';
    const count = Number(ask(model, `?${query}&take=1`).headers['pagination-count']);
    return [
      rowsOf(ask(model, `?${query}&take=1&page=${count}`))[0]?.created_at.slice(0, 13) ?? '',
      newest.slice(0, 13),
    ];
  };

  it('begins its days in its own zone', () => {
    expect(zoned(0, 'from=2026-11-15&to=2026-11-15')).toEqual(['2026-11-15T00', '2026-11-15T23']);
    expect(zoned(14, 'from=2026-11-15&to=2026-11-15')).toEqual(['2026-11-14T10', '2026-11-15T09']);
    expect(zoned(-12, 'from=2026-11-15&to=2026-11-15')).toEqual(['2026-11-15T12', '2026-11-16T11']);
  });

  it('has a day of 25 hours where clocks are set back', () => {
    const change = Date.UTC(2026, 10, 1, 6);
    const model = modelOf({
      entries: makeEntries({ n: 96, from: change - 2 * DAY, to: change + 2 * DAY, grain: 3_600_000 }).map((_, i) =>
        makeEntry(change - 2 * DAY + i * 3_600_000 + 60_000, 12, i),
      ),
      zone: 'America/New_York',
    });
    const hours = (day: string): string | readonly string[] | undefined =>
      ask(model, `?from=${day}&to=${day}`).headers['pagination-count'];
    expect(hours('2026-10-31')).toBe('24');
    expect(hours('2026-11-01')).toBe('25');
    expect(hours('2026-11-02')).toBe('24');
  });

  it('takes `to` as it likes', () => {
    expect(zoned(0, 'from=2026-11-14&to=2026-11-15', 'exclusive')).toEqual(['2026-11-14T00', '2026-11-14T23']);
    expect(zoned(3, 'from=2026-11-14&to=2026-11-15', 'midnight')).toEqual(['2026-11-13T21', '2026-11-14T20']);
    const midnight = modelOf({ entries: [makeEntry(Date.UTC(2026, 10, 15), 5, 1)], to: 'midnight' });
    expect(ask(midnight, '?to=2026-11-15').headers['pagination-count']).toBe('1');
    expect(ask(midnight, '?to=2026-11-14').headers['pagination-count']).toBe('0');
  });

  it('gives smaller pages than it is asked for, and says so', () => {
    const model = modelOf({ clamp: 25 });
    const second = ask(model, '?page=2&take=100');
    expect(idsOf(second)).toEqual(ids.slice(25, 50));
    expect(second.headers['pagination-take']).toBe('25');
  });

  it('puts entries of the same instant in another order each time', () => {
    const tied = makeEntries({ n: 60, from: NOW - DAY, to: NOW, grain: 3 * 3_600_000 });
    const model = modelOf({ entries: tied, ties: 'unstable' });
    const answers = [ask(model), ask(model), ask(model)];
    const orders = new Set(answers.map((answer) => idsOf(answer).join()));
    expect(orders.size).toBe(3);
    for (const answer of answers) {
      const times = rowsOf(answer).map(({ created_at }) => created_at);
      expect(times).toEqual([...times].sort().reverse());
      expect([...idsOf(answer)].sort()).toEqual(tied.map(({ id }) => id).sort());
    }
    const calm = modelOf({ entries: tied });
    expect(idsOf(ask(calm))).toEqual(idsOf(ask(calm)));
  });

  it('counts what it never shows', () => {
    const model = modelOf({ hidden: [ids[10]!] });
    const first = ask(model);
    expect(first.headers['pagination-count']).toBe('250');
    expect(idsOf(first)).toHaveLength(99);
    expect(idsOf(first)).not.toContain(ids[10]);
  });

  it('tells a wrong time', () => {
    expect(ask(modelOf({ skew: -DAY })).headers.date).toBe('Thu, 19 Nov 2026 12:00:00 GMT');
  });

  it('keeps to a limit, and notices who comes too early', () => {
    const model = modelOf({ perMinute: 2 });
    expect([ask(model), ask(model), ask(model)].map(({ status }) => status)).toEqual([200, 200, 429]);
    model.advance(30_000);
    expect(ask(model).status).toBe(429);
    expect(model.requests.map(({ early }) => early)).toEqual([false, false, false, true]);
    model.advance(60_000);
    expect(ask(model).status).toBe(200);
    expect(model.requests.at(-1)?.early).toBe(false);
  });

  it('is drawn for a heavy run from its seed', () => {
    const runs = Array.from({ length: 400 }, (_, seed) => runSwitches(seed));
    expect(runSwitches(7)).toEqual(runs[7]);
    expect(new Set(runs.map(({ zone }) => zone)).size).toBe(31);
    for (const name of ['to', 'clamp', 'ties', 'skew'] as const) {
      const part = runs.filter((run) => run[name] !== undefined).length / runs.length;
      expect(part, name).toBeGreaterThan(0.04);
      expect(part, name).toBeLessThan(0.3);
    }
  });
});

describe('a fault in what is shown', () => {
  it('lag: the state of some seconds ago', () => {
    const model = modelOf({ script: [{ atRequest: 3, fault: 'lag-3s' }] });
    ask(model);
    model.advance(10_000);
    model.insert(makeEntry(NOW + 10_000, 99, 1));
    model.advance(2000);
    expect(ask(model, '?take=1').headers['pagination-count']).toBe('251');
    expect(ask(model, '?take=1').headers['pagination-count']).toBe('250');
    expect(model.requests.map(({ moment }) => moment)).toEqual([0, 1, 0]);
    model.advance(2000);
    expect(idsOf(ask(model, '?take=2'))[1]).toBe(ids[0]);
  });

  it('page-repeated and page-ignored: another page than was asked for', () => {
    expect(idsOf(scripted('page-repeated', '?page=3&take=10'))).toEqual(ids.slice(10, 20));
    expect(idsOf(scripted('page-ignored', '?page=3&take=10'))).toEqual(ids.slice(0, 10));
  });

  it('page-empty, row-hidden, newest-hidden, page-too-long: the wrong number of rows', () => {
    expect(idsOf(scripted('page-empty'))).toEqual([]);
    expect(idsOf(scripted('row-hidden'))).toHaveLength(99);
    expect(idsOf(scripted('newest-hidden', '?take=5'))).toEqual(ids.slice(1, 5));
    expect(idsOf(scripted('page-too-long', '?take=5'))).toEqual(ids.slice(0, 12));
  });

  it('pages-endless: rows long past the end', () => {
    expect(idsOf(scripted('pages-endless', '?page=400&take=10'))).toEqual(ids.slice(240));
  });

  it('duplicate-row: a row twice, in a page of the usual length', () => {
    const got = idsOf(scripted('duplicate-row', '?take=20'));
    expect(got).toHaveLength(20);
    expect(new Set(got).size).toBe(19);
  });

  it('other-bytes: the same ids, another text', () => {
    const answer = scripted('other-bytes', '?take=10');
    expect(idsOf(answer)).toEqual(ids.slice(0, 10));
    expect(rowsOf(answer).filter((row) => 'altered' in row)).toHaveLength(1);
  });

  it('wrong-org: a row of somebody else', () => {
    const orgs = rowsOf(scripted('wrong-org', '?take=10')).map(
      (row) => (row as unknown as { org: { id: string } }).org.id,
    );
    expect(orgs.filter((org) => org === 'org_somebody0else1000000')).toHaveLength(1);
  });

  it('unordered: two rows have changed places', () => {
    expect(idsOf(scripted('unordered', '?take=3'))).toEqual([ids[1], ids[0], ids[2]]);
  });

  it.each<[FaultName, unknown]>([
    ['count-missing', undefined],
    ['count-capped', '250'],
    ['count-plus-one', '251'],
    ['count-minus-one', '249'],
    ['count-doubled', '500'],
    ['count-two-headers', ['250', '253']],
    ['count-zero', '0'],
  ])('%s: the count is %j', (fault, told) => {
    const answer = scripted(fault);
    expect(answer.headers['pagination-count']).toEqual(told);
    expect(idsOf(answer)).toEqual(ids.slice(0, 100));
  });

  it('count-of-page: as many as are on the page', () => {
    const told = (query: string): unknown => scripted('count-of-page', query).headers['pagination-count'];
    expect(['?take=100', '?take=30', '?take=100&page=3', '?take=100&page=4'].map(told)).toEqual([
      '100',
      '30',
      '50',
      '0',
    ]);
  });

  it('foreign-row: of another action, or of days far away, in place of one that was asked for', () => {
    const action = rowsOf(scripted('foreign-row', '?action=chat.deleted')) as readonly { action?: string }[];
    expect(action.filter((row) => row.action !== 'chat.deleted')).toHaveLength(1);
    const days = rowsOf(scripted('foreign-row', '?from=2026-11-16'));
    expect(days.filter((row) => row.created_at < '2026-11-13')).toHaveLength(1);
    expect(idsOf(scripted('foreign-row', '?take=7'))).toEqual(ids.slice(0, 7));
  });

  it('count-capped: no more than 1000', () => {
    const many = makeEntries({ n: 1400, from: NOW - DAY, to: NOW });
    expect(scripted('count-capped', '', { entries: many }).headers['pagination-count']).toBe('1000');
  });

  it('count-lying and count-no-number: another lie each time', () => {
    const told = (fault: FaultName): unknown[] => {
      const model = modelOf({ faults: { [fault]: 1 } });
      return Array.from({ length: 20 }, () => ask(model).headers['pagination-count']);
    };
    expect(new Set(told('count-lying')).size).toBeGreaterThan(10);
    expect(told('count-no-number').every((text) => !/^(\d{1,15})$/.test(String(text)))).toBe(true);
  });
});

describe('a fault in the answer', () => {
  it('list-null and list-left-out: only where there is nothing', () => {
    const text = (fault: FaultName, query: string, provider?: Provider): string =>
      scripted(fault, query, provider === undefined ? {} : { provider }).body.toString();
    expect(text('list-null', '?page=9')).toBe('null');
    expect(JSON.parse(text('list-null', '?page=1'))).toHaveLength(100);
    const offset = paged('offset');
    expect(JSON.parse(text('list-null', '?skip=900', offset))).toEqual({
      entries: null,
      count: 250,
      take: 100,
      skip: 900,
    });
    expect(JSON.parse(text('list-left-out', '?skip=900', offset))).toEqual({ count: 250, take: 100, skip: 900 });
    expect(JSON.parse(text('list-left-out', '?skip=0', offset)).entries).toHaveLength(100);
  });

  it('429 in three forms', () => {
    expect(scripted('429-seconds')).toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.stringMatching(/^[123]$/) },
    });
    expect(scripted('429-date', '', { skew: 600_000 }).headers['retry-after']).toMatch(
      /^Fri, 20 Nov 2026 12:10:0[234] GMT$/,
    );
    expect(scripted('429-no-header')).toMatchObject({ status: 429 });
    expect(scripted('429-no-header').headers['retry-after']).toBeUndefined();
  });

  it('429: whoever comes back before the time is noticed', () => {
    for (const fault of ['429-seconds', '429-date'] as const) {
      const model = modelOf({ script: [{ atRequest: 1, fault }], skew: 86_400_000 });
      ask(model);
      model.advance(500);
      ask(model);
      model.advance(4000);
      ask(model);
      expect(
        model.requests.map(({ early }) => early),
        fault,
      ).toEqual([false, true, false]);
    }
  });

  it.each<[FaultName, string]>([
    ['503-retry-0', '0'],
    ['503-retry-blank', ''],
    ['503-retry-negative', '-1'],
    ['503-retry-words', 'soon'],
    ['503-retry-day', '86400'],
  ])('%s: 503 with Retry-After "%s"', (fault, after) => {
    expect(scripted(fault)).toMatchObject({ status: 503, headers: { 'retry-after': after } });
  });

  it.each<[FaultName, number]>([
    ['500-html', 500],
    ['502-html', 502],
    ['504-html', 504],
    ['login-page', 200],
  ])('%s: a web page with status %i', (fault, status) => {
    const answer = scripted(fault);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body.toString()).toMatch(/^<!DOCTYPE html>/);
  });

  it.each<[FaultName, number]>([
    ['400', 400],
    ['401', 401],
    ['403', 403],
    ['404', 404],
  ])('%s: refused with a reason', (fault, status) => {
    expect(scripted(fault).status).toBe(status);
    expect(JSON.parse(scripted(fault).body.toString())).toHaveProperty('error.message');
  });

  it.each<[FaultName, string]>([
    ['body-object', '{}'],
    ['body-null', 'null'],
    ['body-empty-list', '[]'],
    ['body-string', '"ok"'],
    ['body-empty', ''],
    ['body-of-numbers', '[1,2,3]'],
  ])('%s: 200 with the body %s', (fault, body) => {
    const answer = scripted(fault);
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe(body);
    expect(answer.headers['pagination-count']).toBeUndefined();
  });

  it('json-cut, json-garbage-after, json-twice, body-too-deep: what only a full check of the JSON finds', () => {
    for (const fault of ['json-cut', 'json-garbage-after', 'json-twice'] as const) {
      expect(() => JSON.parse(scripted(fault).body.toString()), fault).toThrow(SyntaxError);
    }
    expect(scripted('json-cut').body.toString().startsWith('[{"id":"al_')).toBe(true);
    expect(JSON.parse(scripted('body-too-deep').body.toString())).toHaveLength(1);
  });

  it('bad-utf8: one byte that is none, in an id', () => {
    const { body } = scripted('bad-utf8', '?take=2');
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(body)).toThrow();
    expect(body.filter((byte) => byte === 0xff)).toHaveLength(1);
    expect(body.includes('󰃿')).toBe(false);
  });

  it('bom: a mark before the text, which is right otherwise', () => {
    expect(scripted('bom').body.subarray(0, 3).toString('hex')).toBe('efbbbf');
  });

  it('redirects: to itself, to another origin, to plain http', () => {
    expect(scripted('redirect-same', '?take=1').headers.location).toBe('/orgs/c/audit-logs?take=1&again=1');
    expect(scripted('redirect-other', '?take=1').headers.location).toBe(
      'http://elsewhere.example/orgs/c/audit-logs?take=1',
    );
    expect(scripted('redirect-http', '?take=1').headers.location).toMatch(/^http:\/\/api\.redirected\.example\//);
    expect(scripted('redirect-same').status).toBe(302);
  });

  it('cached-page: what this address was answered first', () => {
    const model = modelOf({ script: [{ atRequest: 3, fault: 'cached-page' }] });
    const first = ask(model, '?take=2');
    model.insert(makeEntry(NOW, 99, 1));
    expect(ask(model, '?take=2').body).not.toEqual(first.body);
    const cached = ask(model, '?take=2');
    expect(cached.body).toEqual(first.body);
    expect(cached.headers).toMatchObject({ age: '61', 'pagination-count': '250' });
  });

  it('wrong-type, date-words: headers that say something else', () => {
    expect(scripted('wrong-type').headers['content-type']).toBe('text/plain');
    expect(scripted('date-words').headers.date).toBe('today');
  });

  it('happens on the wire: without sockets it is named and the answer is right', () => {
    const answer = scripted('rst-mid-body');
    expect(answer.wire).toBe('rst-mid-body');
    expect(idsOf(answer)).toEqual(ids.slice(0, 100));
  });
});

describe('a profile', () => {
  const partOf = (faults: ModelOptions['faults'], without: FaultName[] = []): Map<string, number> => {
    const model = modelOf({ faults: faults ?? 'none', without, seed: 3 });
    for (let n = 0; n < 4000; n += 1) ask(model, '?take=1', { 'accept-encoding': 'gzip' });
    const counts = new Map<string, number>();
    for (const { fault } of model.requests) if (fault !== undefined) counts.set(fault, (counts.get(fault) ?? 0) + 1);
    return counts;
  };
  const sum = (counts: Map<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);

  it('none spoils nothing', () => {
    expect(partOf('none').size).toBe(0);
  });

  it('mild spoils 5 % of the answers, in ways that asking again cures', () => {
    const counts = partOf('mild');
    expect(sum(counts) / 4000).toBeGreaterThan(0.04);
    expect(sum(counts) / 4000).toBeLessThan(0.06);
    expect([...counts.keys()].sort()).toEqual(Object.keys(PROFILES.mild).sort());
    for (const name of counts.keys()) expect(name).toMatch(/^(429|503|50\d-html|rst|close|body-shorter|cut|gzip)/);
  });

  it('heavy spoils 28 % in every way', () => {
    const counts = partOf('heavy');
    expect(sum(counts) / 4000).toBeGreaterThan(0.26);
    expect(sum(counts) / 4000).toBeLessThan(0.3);
    expect(counts.size).toBeGreaterThan(40);
  });

  it('can be had without some of its faults', () => {
    expect(partOf('heavy', ['stall-headers', 'lag']).has('lag')).toBe(false);
  });

  it('names no fault that does not exist', () => {
    for (const mix of Object.values(PROFILES))
      for (const name of Object.keys(mix)) expect(FAULTS).toHaveProperty([name]);
  });
});

describe('made entries', () => {
  it('are the same for the same options, newest first, with ids of their own', () => {
    expect(makeEntries({ n: 250, from: NOW - 10 * DAY, to: NOW })).toEqual(entries);
    expect(entries.every(({ time }, i) => i === 0 || time <= entries[i - 1]!.time)).toBe(true);
    expect(entries.every(({ time }) => time >= NOW - 10 * DAY && time < NOW)).toBe(true);
    expect(new Set(ids).size).toBe(250);
    expect(makeEntries({ n: 250, from: NOW - 10 * DAY, to: NOW, seed: 2 }).some(({ id }) => ids.includes(id))).toBe(
      false,
    );
  });

  it('are 1.1 KB large when full', () => {
    const full = makeEntries({ n: 200, from: 0, to: NOW, shape: 'full' });
    const mean = full.reduce((total, { text }) => total + Buffer.byteLength(text), 0) / full.length;
    expect(mean).toBeGreaterThan(950);
    expect(mean).toBeLessThan(1300);
  });

  it('share instants when they are told to', () => {
    const coarse = makeEntries({ n: 100, from: NOW - DAY, to: NOW, grain: 600_000 });
    expect(new Set(coarse.map(({ time }) => time)).size).toBeLessThan(80);
    expect(coarse.every(({ time }) => time % 600_000 === 0)).toBe(true);
  });

  it('can be hostile and still be JSON with an id and a time', () => {
    const hostile = hostileEntries(NOW, { huge: true });
    expect(hostile.length).toBeGreaterThan(25);
    expect(new Set(hostile.map(({ id }) => id)).size).toBe(hostile.length);
    expect(hostile.every(({ text, time }) => JSON.parse(text) !== null && Number.isFinite(time))).toBe(true);
    const all = hostile.map(({ text }) => text).join('');
    for (const part of [
      '\u009b',
      '\u202e',
      '\u2028',
      '\\ud800',
      '\\u0000',
      '9007199254740993',
      '1e400',
      '"__proto__"',
      '=HYPERLINK',
    ]) {
      expect(all, JSON.stringify(part)).toContain(part);
    }
    expect(Math.max(...hostile.map(({ text }) => Buffer.byteLength(text)))).toBeGreaterThan(4_500_000);
    expect(all.match(/"role":"viewer","role":"admin"/)).not.toBeNull();
  });

  it('can be broken, and are served all the same', () => {
    const model = modelOf({ entries: [...brokenEntries(NOW - 1000), ...entries] });
    expect(rowsOf(ask(model, '?take=9'))).toHaveLength(9);
    expect(brokenEntries(NOW).filter(({ id }) => id === undefined).length).toBeGreaterThan(2);
  });
});

describe('another vendor', () => {
  it('is modelled by its own contract', () => {
    const chipp: Provider = {
      ...invent,
      path: '/log',
      paging: { style: 'offset', offset: 'offset', size: 'limit', max: 200, hasMore: 'pagination.has_more' },
      items: 'data',
      total: { path: 'pagination.total' },
      dates: { from: 'since', format: 'day' },
    };
    const model = modelOf({ provider: chipp, script: [{ atRequest: 2, fault: 'page-repeated' }] });
    const page = (offset: number): { data: Row[]; pagination: { total: number; has_more: boolean } } =>
      JSON.parse(
        model
          .answer({
            method: 'GET',
            target: `/log?limit=50&offset=${offset}`,
            headers: { authorization: `Bearer ${MODEL_KEY}` },
          })
          .body.toString(),
      );
    const last = page(200);
    expect(last.data.map(({ id }) => id)).toEqual(ids.slice(200));
    expect(last.pagination).toMatchObject({ total: 250, has_more: false });
    expect(page(100).data.map(({ id }) => id)).toEqual(ids.slice(50, 100));
  });
});

describe('odd rows', () => {
  it('are valid JSON, each of them another, and no entries or too deep ones', () => {
    const odd = oddEntries({ n: 30, from: NOW - DAY, to: NOW, seed: 3 });
    expect(new Set(odd.map(({ text }) => text)).size).toBe(30);
    const depth = (text: string): number => {
      let open = 0;
      return Math.max(
        ...[...text].map((letter) => (open += '[{'.includes(letter) ? 1 : ']}'.includes(letter) ? -1 : 0)),
      );
    };
    for (const { text, time } of odd) {
      const value: unknown = JSON.parse(text);
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      expect([text, isObject && depth(text) <= 64]).toEqual([text, false]);
      expect(time >= NOW - DAY && time < NOW).toBe(true);
    }
  });
});
