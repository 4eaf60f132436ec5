import { expect, test } from 'vitest';
import { holdingCursor, holdsRequest, readCursor } from '../../src/demo/cursors.js';
import { parametersOf } from '../../src/demo/parameters.js';
import { toProviderFile } from '../../src/providers/file/parse.js';

const FILE = {
  name: 'acme',
  path: '/v1/audit',
  auth: { header: 'authorization', scheme: 'Bearer' },
  items: 'rows',
  fields: { time: 'at', action: 'action', actor: { id: 'by' } },
};

test.each<[what: string, file: object, further: (cursor: string) => { target: string; body?: string }]>([
  [
    'alone',
    {
      method: 'POST',
      body: {},
      dates: { from: 'since', format: 'day' },
      paging: { style: 'cursor', cursor: 'cursor', next: 'next', alone: true },
    },
    (cursor) => ({ target: '/v1/audit', body: JSON.stringify({ cursor }) }),
  ],
  [
    'in the place of the beginning',
    {
      dates: { from: 'since', format: 'day' },
      paging: { style: 'cursor', cursor: 'since', next: 'next', size: 'limit' },
    },
    (cursor) => ({ target: `/v1/audit?limit=5&since=${cursor}` }),
  ],
])('a cursor %s holds the first request and does not grow from page to page', (_, file, further) => {
  const { provider } = toProviderFile({ ...FILE, ...file }, 'acme.json');
  expect(holdsRequest(provider)).toBe(true);
  const first =
    provider.method === 'POST'
      ? { target: '/v1/audit', body: '{"since":"2026-11-01"}' }
      : { target: '/v1/audit?limit=5&since=2026-11-01' };
  let cursor = holdingCursor(provider, 5, first);
  for (let place = 10; place <= 500; place += 5) cursor = holdingCursor(provider, place, further(cursor));
  expect(cursor.length).toBeLessThan(120);
  expect(readCursor(provider, parametersOf(provider), further(cursor))).toMatchObject({ place: 500, request: first });
  expect(readCursor(provider, parametersOf(provider), first)).toBeUndefined();
});
