import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ask, KEY, reply, serve, text } from './asking.js';

test('a request has the key, asks for gzip and for nothing cached, and says who asks', async () => {
  const { base, heard } = await serve(reply(200, '[1]'));
  expect(await ask(base).get(new URL('/orgs/c/audit-logs?take=100', base), text)).toBe('[1]');
  expect(heard[0]).toMatchObject({
    method: 'GET',
    url: '/orgs/c/audit-logs?take=100',
    headers: {
      authorization: `Bearer ${KEY}`,
      'accept-encoding': 'gzip',
      'cache-control': 'no-cache',
      'user-agent': 'auditlog/0.1.0',
      accept: 'application/json',
    },
  });
});

test('a compressed answer is decompressed', async () => {
  const { base } = await serve(reply(200, gzipSync('{"a":1}'), { 'content-encoding': 'gzip' }));
  expect(await ask(base).get(new URL('/x', base), text)).toBe('{"a":1}');
});

test('a server that is busy for a moment is asked again', async () => {
  const { base, heard } = await serve(reply(503), reply(502), reply(200, '[2]'));
  const client = ask(base);
  expect(await client.get(new URL('/x', base), text)).toBe('[2]');
  expect(heard).toHaveLength(3);
  expect(client.stats()).toMatchObject({ requests: 3, retries: 2 });
});
