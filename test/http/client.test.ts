import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ask, KEY, reply, serve, text } from './asking.js';

test('a request has the key, a user agent, and asks for gzip and for nothing cached', async () => {
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

test('a request that gets a 503 is sent again', async () => {
  const { base, heard } = await serve(reply(503), reply(502), reply(200, '[2]'));
  const client = ask(base);
  expect(await client.get(new URL('/x', base), text)).toBe('[2]');
  expect(heard).toHaveLength(3);
  expect(client.stats()).toMatchObject({ requests: 3, retries: 2 });
});

test('plain http to this machine goes through no proxy, whatever the environment says', async () => {
  const proxy = await serve(reply(200, '[3]'));
  const { base } = await serve(reply(200, '[4]'));
  const value = `http://me:hunter22@${proxy.base.host}`;
  const env = { http_proxy: value, HTTP_PROXY: value, https_proxy: value, all_proxy: value };
  expect(await ask(base, { env }).get(new URL('/x', base), text)).toBe('[4]');
  expect(await ask(base, { env: { all_proxy: 'socks5://x:1' } }).get(new URL('/x', base), text)).toBe('[4]');
  expect(proxy.heard).toEqual([]);
});

test('an unusable proxy is an error before any request', () => {
  expect(() => ask(new URL('https://api.test'), { env: { HTTPS_PROXY: 'socks5://x:1' } })).toThrow(
    '$HTTPS_PROXY is not',
  );
});

test('a hundred requests at once keep to the rate, over few sockets', async () => {
  let open = 0;
  let most = 0;
  const { base, server } = await serve((_, response) => setTimeout(() => response.end('[]'), 2));
  server.on('connection', (socket) => {
    open += 1;
    most = Math.max(most, open);
    socket.on('close', () => {
      open -= 1;
    });
  });
  const client = ask(base);
  await Promise.all(Array.from({ length: 100 }, () => client.get(new URL('/x', base), text)));
  expect(most).toBeLessThanOrEqual(16);
  expect(client.stats().requests).toBe(100);
});

test('a closed client leaves no socket open', async () => {
  const { base, server } = await serve(reply(200));
  const client = ask(base);
  await client.get(new URL('/x', base), text);
  await client.close();
  await expect.poll(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0);
});
