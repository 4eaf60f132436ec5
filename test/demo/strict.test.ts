import { describe, expect, test } from 'vitest';
import { answer, type WireAnswer } from '../../src/demo/contract.js';
import { logOf } from '../../src/demo/vendors/values.js';
import { toProviderFile } from '../../src/providers/file/parse.js';
import type { Provider } from '../../src/providers/provider.js';

const NOW = Date.parse('2026-11-20T14:00:00Z');
const DAY = 86_400_000;

type Keys = Readonly<Record<string, unknown>>;

const ACME: Keys = {
  name: 'acme',
  path: '/v1/{org}/log/',
  auth: { header: 'x-key' },
  paging: { style: 'offset', offset: 'skip', size: 'limit', max: 4 },
  items: 'data',
  fields: { id: 'id', time: 'at', action: 'did', actor: { id: 'by' } },
};

/** One entry a day at noon, `e0` today's. */
const ROWS = Array.from({ length: 10 }, (_, n) => ({
  id: `e${n}`,
  at: new Date(Date.parse('2026-11-20T12:00:00Z') - n * DAY).toISOString(),
  did: n % 2 === 0 ? 'made' : 'gone',
  by: 'ann',
}));

function provider(more: Keys): Provider {
  return toProviderFile({ ...ACME, ...more }, 'acme.json').provider;
}

function ask(more: Keys, query = '', body?: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  const of = provider(more);
  const target = `/v1/lumen/log/${query === '' ? '' : `?${query}`}`;
  return answer(
    { provider: of, key: 'k', knows: (org) => org === 'lumen', now: NOW, isStrict: true },
    () => logOf(of, ROWS),
    {
      method: of.method ?? 'GET',
      target,
      headers: { 'x-key': 'k', 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
  );
}

/** The ids of an answer; the status and the message of a refusal. */
function told({ status, body }: WireAnswer): string {
  const value = JSON.parse(body) as { data?: { id: string }[]; error?: { message: string } };
  return status === 200 ? (value.data ?? []).map(({ id }) => id).join(' ') : `${status} ${value.error?.message}`;
}

const dates = (more: Keys): Keys => ({ dates: { from: 'since', to: 'until', format: 'day', ...more } });

describe('what a strict server refuses', () => {
  test.each([
    ['an unknown parameter', {}, 'page=2', '400 There is no parameter page.'],
    ['a parameter twice', {}, 'skip=1&skip=2', '400 skip was given twice.'],
    ['a size that is too large', {}, 'limit=5', '400 limit must be a whole number from 1 to 4.'],
    ['another fixed value', { fixed: { sort: 'desc' } }, 'sort=asc', '400 sort must be desc.'],
    ['no range where one is needed', dates({ required: true }), '', '400 since is required.'],
    ['half a range where one is needed', dates({ required: true }), 'since=2026-11-01', '400 until is required.'],
    [
      'a range that is too long',
      dates({ longestDays: 7 }),
      'since=2026-11-01&until=2026-11-08',
      '400 The range may have 7 days at most.',
    ],
    [
      'an open range that is too long',
      dates({ longestDays: 7 }),
      'since=2026-11-01',
      '400 The range may have 7 days at most.',
    ],
    ['the future', dates({}), 'since=2026-11-01&until=2026-11-21', '400 The range may not be in the future.'],
    [
      'an end before its beginning',
      dates({}),
      'since=2026-11-10&until=2026-11-01',
      '400 The range ends before it begins.',
    ],
    ['another format', dates({ format: 'epoch-s' }), 'since=2026-11-01', '400 since must be seconds since 1970.'],
    [
      'milliseconds where there are none',
      dates({ format: 'instant-s' }),
      'since=2026-11-01T00:00:00.000Z',
      '400 since must be a time such as 2026-03-01T09:00:00Z.',
    ],
    [
      'a row beyond the reach',
      { paging: { ...(ACME.paging as Keys), reach: 6 } },
      'skip=6',
      '400 Only the first 6 entries can be paged through.',
    ],
  ])('%s', (_, more, query, said) => {
    expect(told(ask(more, query))).toBe(said);
  });

  test('another path, another organization, another key', () => {
    const of = provider({});
    const door = { provider: of, key: 'k', knows: (org: string) => org === 'lumen', now: NOW, isStrict: true };
    const status = (target: string, key = 'k') =>
      answer(door, () => logOf(of, ROWS), { method: 'GET', target, headers: { 'x-key': key } }).status;
    expect(status('/v1/lumen/log/')).toBe(200);
    expect(status('/v1/lumen/log')).toBe(404);
    expect(status('/v1/other/log/')).toBe(404);
    expect(status('/v1/lumen/log/', 'wrong')).toBe(401);
  });

  test('in the words and in the place of the vendor', () => {
    const { body } = ask({ errorMessage: ['errors.0.detail', 'message'] }, 'page=2');
    expect(JSON.parse(body)).toEqual({ errors: [{ detail: 'There is no parameter page.' }] });
  });
});

describe('a range', () => {
  test.each([
    ['days, both included', dates({}), 'since=2026-11-18&until=2026-11-19', 'e1 e2'],
    ['days, the end excluded', dates({ end: 'excluded' }), 'since=2026-11-18&until=2026-11-19', 'e2'],
    ['days, the start excluded', dates({ start: 'excluded' }), 'since=2026-11-18&until=2026-11-19', 'e1'],
    [
      'instants, both included',
      dates({ format: 'instant' }),
      'since=2026-11-18T12:00:00Z&until=2026-11-19T12:00:00Z',
      'e1 e2',
    ],
    [
      'instants, both excluded',
      dates({ format: 'instant', start: 'excluded', end: 'excluded' }),
      'since=2026-11-17T12:00:00Z&until=2026-11-19T12:00:00Z',
      'e2',
    ],
    ['milliseconds', dates({ format: 'epoch-ms' }), `since=${Date.parse('2026-11-19T12:00:00Z')}`, 'e0 e1'],
    ['a pattern', dates({ format: 'pattern', pattern: 'MM/DD/YYYY' }), 'since=11/18/2026&until=11/18/2026', 'e2'],
    [
      'a pattern with a time',
      dates({ format: 'pattern', pattern: 'YYYY-MM-DD HH:mm:ss' }),
      'since=2026-11-19 12:00:00',
      'e0 e1',
    ],
    [
      'one parameter twice',
      { dates: { from: 'at[]', to: 'at[]', format: 'day' } },
      'at[]=2026-11-18&at[]=2026-11-18',
      'e2',
    ],
    [
      'words',
      {
        dates: {
          search: { parameter: 'q', from: 'at>={from}', to: 'at<={to}', both: 'at>={from} and at<={to}', none: 'all' },
          format: 'day',
        },
      },
      'q=at>=2026-11-18 and at<=2026-11-18',
      'e2',
    ],
    [
      'words without a range',
      {
        dates: {
          search: { parameter: 'q', from: 'at>={from}', to: 'at<={to}', both: 'at>={from} and at<={to}', none: 'all' },
          format: 'day',
        },
      },
      'q=all&limit=1',
      'e0',
    ],
    ['the days that come unasked', dates({ defaultDays: 2 }), '', 'e0 e1'],
    ['the oldest first', { ...dates({}), order: 'oldest-first' }, 'since=2026-11-18', 'e2 e1 e0'],
  ])('%s', (_, more, query, ids) => {
    expect(told(ask(more, query.replaceAll(' ', '%20')))).toBe(ids);
  });
});

const POST: Keys = {
  method: 'POST',
  body: { query: 'log', variables: { org: '{org}' } },
  paging: { style: 'cursor', cursor: 'variables.after', next: 'page.next', size: 'variables.first', max: 4 },
  dates: { from: 'variables.since', format: 'epoch-s' },
};
const BODY = { query: 'log', variables: { org: 'lumen', first: 3 } };

describe('a body', () => {
  test.each([
    ['as the file says', BODY, 'e0 e1 e2'],
    ['a key too many', { ...BODY, extra: 1 }, '400 There is no key extra in the body.'],
    ['a key too few', { variables: BODY.variables }, '400 The body has no query.'],
    ['another text', { ...BODY, query: 'other' }, '400 query in the body must be "log".'],
    [
      'a text for a number',
      { query: 'log', variables: { org: 'lumen', first: '3' } },
      '400 variables.first must be a number.',
    ],
    [
      'a number for a cursor',
      { query: 'log', variables: { org: 'lumen', after: 3 } },
      '400 variables.after must be a text.',
    ],
    [
      'a text for seconds',
      { query: 'log', variables: { org: 'lumen', since: '1763640000' } },
      '400 variables.since must be a number.',
    ],
    ['no object', [], '400 The body must be an object.'],
  ])('%s', (_, body, said) => {
    expect(told(ask(POST, '', body))).toBe(said);
  });

  test('another type than JSON is refused', () => {
    expect(ask(POST, '', BODY, { 'content-type': 'text/plain' }).status).toBe(415);
  });

  test('parameters in the query of a POST', () => {
    const paging = { style: 'cursor', cursor: 'after', next: 'page.next', size: 'n', max: 4, in: 'query' };
    expect(told(ask({ method: 'POST', body: {}, paging }, 'n=2', {}))).toBe('e0 e1');
  });
});

/** Every page after the first, as the answers lead to it. */
function walk(
  more: Keys,
  first: { query?: string; body?: Keys },
  next: (answered: WireAnswer) => { query?: string; body?: Keys } | undefined,
): string {
  const pages: string[] = [];
  for (let at: { query?: string; body?: Keys } | undefined = first; at !== undefined && pages.length < 9; ) {
    const answered = ask(more, at.query ?? '', at.body);
    pages.push(told(answered));
    at = answered.status === 200 ? next(answered) : undefined;
  }
  return pages.join(' | ');
}

const inBody = (path: string, { body }: WireAnswer): unknown =>
  path.split('.').reduce((value, key) => (value as Keys | undefined)?.[key], JSON.parse(body) as unknown);
const ALL = 'e0 e1 e2 e3 | e4 e5 e6 e7 | e8 e9';

describe('pages', () => {
  const cursor = (more: Keys): Keys => ({
    paging: { style: 'cursor', cursor: 'after', next: 'next', size: 'limit', max: 4, ...more },
  });

  test('by number from 0', () => {
    const paging = { style: 'page', page: 'p', first: 0, size: 'limit', max: 4 };
    expect([0, 1, 2, 3].map((p) => told(ask({ paging }, `p=${p}`))).join(' | ')).toBe(`${ALL} | `);
  });

  test('by a cursor that stands alone, and holds the range', () => {
    const more = { ...cursor({ alone: true }), ...dates({}) };
    const next = (answered: WireAnswer) => {
      const value = inBody('next', answered);
      return typeof value === 'string' ? { query: `after=${value}` } : undefined;
    };
    expect(walk(more, { query: 'since=2026-11-13&limit=4' }, next)).toBe(ALL.replace(' | e8 e9', ''));
    expect(told(ask(more, 'after=abc&limit=4'))).toBe('400 There is no parameter limit.');
    expect(told(ask(more, 'after=abc'))).toBe('400 after must be a cursor from an earlier answer.');
  });

  test('by a cursor that is JSON', () => {
    const more = { method: 'POST', body: {}, ...cursor({ json: true }) };
    const next = (answered: WireAnswer) => {
      const value = inBody('next', answered);
      return value === null ? undefined : { body: { after: value } };
    };
    expect(walk(more, { body: {} }, next)).toBe(ALL);
    expect(Array.isArray(inBody('next', ask(more, '', {})))).toBe(true);
  });

  test('by a cursor in a header', () => {
    const more = cursor({ next: { header: 'x-next' } });
    const next = ({ headers }: WireAnswer) =>
      headers['x-next'] === undefined ? undefined : { query: `after=${headers['x-next']}` };
    expect(walk(more, {}, next)).toBe(ALL);
  });

  test("by the last entry's id", () => {
    const more = cursor({ next: { last: 'id' }, hasMore: 'more' });
    const next = (answered: WireAnswer) => {
      const rows = inBody('data', answered) as { id: string }[];
      return inBody('more', answered) === true ? { query: `after=${rows.at(-1)!.id}` } : undefined;
    };
    expect(walk(more, {}, next)).toBe(ALL);
    expect(told(ask(more, 'after=e99'))).toBe('400 There is no such entry to go on from.');
  });

  test("by the last entry's time, whose entries come again", () => {
    const more = {
      ...cursor({ cursor: 'until', next: { lastTime: true } }),
      dates: { from: 'since', to: 'until', format: 'instant' },
    };
    expect(told(ask(more, 'until=2026-11-17T12:00:00.000Z'))).toBe('e3 e4 e5 e6');
  });

  test('by an address in a header of its own', () => {
    const more = { paging: { style: 'link', next: { header: 'nextpageuri' }, size: 'limit', max: 4 } };
    const next = ({ headers }: WireAnswer) => {
      const address = headers.nextpageuri as string | undefined;
      return address === undefined ? undefined : { query: address.slice(address.indexOf('?') + 1) };
    };
    expect(walk(more, {}, next)).toBe(ALL);
  });

  test('none: one answer has everything', () => {
    expect(told(ask({ paging: { style: 'none' } }))).toBe(ROWS.map(({ id }) => id).join(' '));
  });

  test('in members, one each or several in a list of theirs', () => {
    const paging = { style: 'none' };
    const of = (each: string): Keys => JSON.parse(ask({ paging, each }, '').body) as Keys;
    expect((of('node').data as Keys[]).slice(0, 2)).toEqual([{ node: ROWS[0] }, { node: ROWS[1] }]);
    expect((of('items').data as Keys[])[0]).toEqual({ items: ROWS.slice(0, 3) });
  });
});
