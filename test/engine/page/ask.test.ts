import { expect, test } from 'vitest';
import { pageAsk } from '../../../src/engine/page/ask.js';
import type { Place } from '../../../src/engine/request.js';
import { invent } from '../../../src/providers/invent.js';
import type { Provider } from '../../../src/providers/provider.js';

const BASE = new URL('https://api.example.com/v1');
const WINDOW = { from: '2026-11-01', to: '2026-11-02' };
const POST: Partial<Provider> = { method: 'POST', body: {} };
const FIRST: Place = { next: undefined };
const CURSOR: Provider['paging'] = { style: 'cursor', cursor: 'after', next: 'next', size: 'limit', max: 10 };
const EPOCH: Provider['dates'] = { from: 'since', to: 'until', format: 'epoch-s' };

interface Case {
  readonly what: string;
  readonly file: Partial<Provider>;
  readonly place?: Place;
  readonly filters?: Readonly<Partial<Record<'action', string>>>;
  readonly url: string;
  readonly post?: unknown;
}

const cases: readonly Case[] = [
  {
    what: 'a path with a slash at its end and the organization in it twice',
    file: { path: '/{org}/log/of/{org}/', dates: { format: 'day' } },
    url: '/v1/acme%20inc/log/of/acme%20inc/?limit=10',
  },
  {
    what: 'the organization as a whole text of fixed parameters',
    file: { path: '/log', fixed: { workspace: '{org}', note: 'of {org}' }, dates: { format: 'day' } },
    url: '/v1/log?workspace=acme+inc&note=of+%7Borg%7D&limit=10',
  },
  {
    what: 'numbers and texts in a body, at paths that are made',
    file: {
      ...POST,
      path: '/log',
      dates: EPOCH,
      paging: { ...CURSOR, size: 'page.size' },
      filters: { action: 'filter.type' },
    },
    filters: { action: 'a.b' },
    url: '/v1/log',
    post: { filter: { type: 'a.b' }, since: 1793491200, until: 1793664000, page: { size: 10 } },
  },
  {
    what: 'a fixed body, which keeps its own keys, lists and the organization',
    file: {
      ...POST,
      path: '/graphql',
      body: { query: 'query {org}', variables: { org: '{org}', tags: ['{org}', 1, null], 'a.b': { c: 1 } } },
      dates: { format: 'day' },
      paging: { ...CURSOR, cursor: 'variables.a.b', size: 'variables.tags.1' },
    },
    place: { next: 'x' },
    url: '/v1/graphql',
    post: { query: 'query {org}', variables: { org: 'acme inc', tags: ['acme inc', 10, null], 'a.b': 'x' } },
  },
  {
    what: 'parameters of a POST in the address',
    file: {
      ...POST,
      path: '/log',
      fixed: { v: '2' },
      dates: { ...EPOCH, in: 'query' },
      paging: { ...CURSOR, in: 'query' },
    },
    place: { next: 'x' },
    url: '/v1/log?v=2&since=1793491200&until=1793664000&limit=10&after=x',
    post: {},
  },
  {
    what: 'a cursor alone in the address',
    file: { path: '/log', fixed: { v: '2' }, dates: EPOCH, paging: { ...CURSOR, alone: true } },
    place: { next: 'x' },
    url: '/v1/log?v=2&after=x',
  },
  {
    what: 'a cursor alone in the body',
    file: { ...POST, body: { service: 'all' }, path: '/log', dates: EPOCH, paging: { ...CURSOR, alone: true } },
    place: { next: 'x' },
    url: '/v1/log',
    post: { after: 'x' },
  },
  {
    what: 'the first page of a cursor that is alone',
    file: { ...POST, body: { service: 'all' }, path: '/log', dates: EPOCH, paging: { ...CURSOR, alone: true } },
    url: '/v1/log',
    post: { service: 'all', since: 1793491200, until: 1793664000, limit: 10 },
  },
  {
    what: 'one parameter for both ends, twice',
    file: { path: '/log', dates: { from: 'at[]', to: 'at[]', format: 'pattern', pattern: 'DD.MM.YYYY HH:mm' } },
    url: '/v1/log?at%5B%5D=01.11.2026+00%3A00&at%5B%5D=03.11.2026+00%3A00&limit=10',
  },
  {
    what: 'a time in place of an end of the range, as a number in a body',
    file: { ...POST, path: '/log', dates: EPOCH, paging: { ...CURSOR, cursor: 'until', next: { lastTime: true } } },
    place: { next: '1793500000' },
    url: '/v1/log',
    post: { since: 1793491200, limit: 10, until: 1793500000 },
  },
  {
    what: 'no page size',
    file: { path: '/log', dates: { format: 'day' }, paging: { style: 'page', page: 'p', first: 0, max: 10 } },
    place: { page: 0 },
    url: '/v1/log?p=0',
  },
  {
    what: "a server's own address, by POST with the same body",
    file: {
      ...POST,
      body: { a: 1 },
      path: '/log',
      dates: { format: 'day' },
      paging: { style: 'link', size: 'limit', max: 10 },
    },
    place: { next: 'https://api.example.com/v1/log?page=2' },
    url: '/v1/log?page=2',
    post: { a: 1, limit: 10 },
  },
];

test.each(cases)('$what', ({ file, place = FIRST, filters = {}, url, post }) => {
  const provider: Provider = { ...invent, filters: {}, paging: CURSOR, ...file };
  const stream = { index: 0, org: 'acme inc', filters };
  const asked = pageAsk(provider, BASE, { stream, window: WINDOW, place, size: 10 });
  expect(asked.url.href).toBe(`https://api.example.com${url}`);
  expect(asked.post === undefined ? undefined : JSON.parse(asked.post)).toEqual(post);
});

test('JSON goes into a body as the server wrote it, whatever its numbers', () => {
  const provider: Provider = {
    ...invent,
    ...POST,
    path: '/log',
    dates: { format: 'day' },
    paging: { ...CURSOR, json: true },
  };
  const place = { next: '[12345678901234567890, "$&", 1.0]' };
  const stream = { index: 0, org: 'c', filters: {} };
  const { post } = pageAsk(provider, BASE, { stream, window: { from: undefined, to: undefined }, place, size: 10 });
  expect(post).toBe('{"limit":10,"after":[12345678901234567890, "$&", 1.0]}');
});

test('a key of a body means nothing to JavaScript', () => {
  const body = JSON.parse('{"__proto__": {"x": 1}}');
  const provider: Provider = {
    ...invent,
    method: 'POST',
    body,
    path: '/log',
    dates: { format: 'day' },
    paging: CURSOR,
  };
  const stream = { index: 0, org: 'c', filters: {} };
  const { post } = pageAsk(provider, BASE, {
    stream,
    window: { from: undefined, to: undefined },
    place: FIRST,
    size: 10,
  });
  expect(post).toBe('{"__proto__":{"x":1},"limit":10}');
  expect(({} as Record<string, unknown>).x).toBe(undefined);
});
