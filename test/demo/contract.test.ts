import { describe, expect, it } from 'vitest';
import { answer, type Log, type RowView, type WireAnswer } from '../../src/demo/contract.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';

const view: RowView<number> = {
  time: (row) => row * 86_400_000,
  value: (row, filter) => (filter === 'action' ? `a${row % 2}` : undefined),
  text: (row) => `{"n":${row}}`,
};
const log: Log<number> = { rows: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0], view };

const open: Provider = {
  ...invent,
  path: '/logs',
  actions: {},
  actionsComplete: false,
  auth: { type: 'header', header: 'X-API-Key' },
};
const asked = (provider: Provider, query: string): WireAnswer =>
  answer({ provider, key: 'k', knows: () => true, now: 9 * 86_400_000 }, () => log, {
    method: 'GET',
    target: `/logs${query}`,
    headers: { 'x-api-key': 'k' },
  });

describe('the server half of a contract', () => {
  it('tells the total inside the body where the vendor does', () => {
    const provider: Provider = {
      ...open,
      items: 'entries',
      total: { path: 'total' },
      paging: { style: 'page', page: 'page', size: 'per_page', max: 3 },
    };
    expect(asked(provider, '?page=2').body).toBe(
      '{"entries":[{"n":6},{"n":5},{"n":4}],"total":10,"per_page":3,"page":2}',
    );
  });

  it('pages by offset and says whether there is more', () => {
    const provider: Provider = {
      ...open,
      items: 'data',
      total: { path: 'pagination.total' },
      paging: { style: 'offset', offset: 'offset', size: 'limit', max: 200, hasMore: 'pagination.has_more' },
    };
    expect(asked(provider, '?offset=7&limit=2').body).toBe(
      '{"data":[{"n":2},{"n":1}],"pagination":{"total":10,"limit":2,"offset":7,"has_more":true}}',
    );
    expect(asked(provider, '?offset=9').body).toBe(
      '{"data":[{"n":0}],"pagination":{"total":10,"limit":200,"offset":9,"has_more":false}}',
    );
  });

  it('pages by cursor until there is none', () => {
    const provider: Provider = {
      ...open,
      items: 'items',
      total: undefined,
      paging: { style: 'cursor', cursor: 'cursor', size: 'size', max: 4, next: 'next' },
    };
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const { body } = asked(provider, cursor === null ? '' : `?cursor=${cursor}`);
      const page = JSON.parse(body) as { items: { n: number }[]; next: string | null };
      seen.push(...page.items.map(({ n }) => n));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(asked(provider, '?cursor=7').status).toBe(400);
  });

  it('pages by links, which keep the rest of the query', () => {
    const provider: Provider = { ...open, total: undefined, paging: { style: 'link', size: 'size', max: 4 } };
    const first = asked(provider, '?size=4&action=a1');
    expect(first.body).toBe('[{"n":9},{"n":7},{"n":5},{"n":3}]');
    expect(first.headers.link).toBe('</logs?size=4&action=a1&after=4>; rel="next"');
    const last = asked(provider, '?size=4&action=a1&after=4');
    expect(last.body).toBe('[{"n":1}]');
    expect(last.headers.link).toBeUndefined();
  });

  it('takes any action of a vendor whose list is open', () => {
    expect(asked(open, '?action=never.heard').headers['pagination-count']).toBe('0');
  });

  it('keeps to a default window where the vendor has one, until a date is asked', () => {
    const provider: Provider = { ...open, dates: { from: 'from', to: 'to', format: 'day', defaultDays: 3 } };
    expect(asked(provider, '').headers['pagination-count']).toBe('4');
    expect(asked(provider, '?from=1970-01-01').headers['pagination-count']).toBe('10');
  });

  it('takes instants where the vendor does', () => {
    const provider: Provider = { ...open, dates: { from: 'since', to: 'until', format: 'instant' } };
    expect(asked(provider, '?since=1970-01-03T00:00:00Z&until=1970-01-04T23:59:59Z').body).toBe('[{"n":3},{"n":2}]');
  });
});
