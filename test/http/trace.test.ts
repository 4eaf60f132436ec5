import { expect, test } from 'vitest';
import { ask, KEY, rejection, reply, serve, text } from './asking.js';

test('each try is one line with the request, the answer and some headers', async () => {
  const { base } = await serve(
    reply(429, '{}', { 'retry-after': '1', 'set-cookie': 'session=s3cret', date: 'Fri, 20 Nov 2026 14:00:00 GMT' }),
    reply(200, '[1]', { 'pagination-count': ['5', '6'], 'x-secret': 's3cret', date: 'Fri, 20 Nov 2026 14:00:01 GMT' }),
  );
  const lines: string[] = [];
  await ask(base, { debug: (line) => lines.push(line) }).get(new URL('/orgs/c/audit-logs?take=1&page=2', base), text);
  expect(lines.map((line) => line.replace(/\d+ ms/, 'N ms'))).toEqual([
    'GET /orgs/c/audit-logs?take=1&page=2 → 429, 2 bytes, N ms, attempt 1; date: Fri, 20 Nov 2026 14:00:00 GMT; content-type: application/json; retry-after: 1',
    'GET /orgs/c/audit-logs?take=1&page=2 → 200, 3 bytes, N ms, attempt 2; date: Fri, 20 Nov 2026 14:00:01 GMT; content-type: application/json; pagination-count: 5, 6',
  ]);
});

test('a POST shows its body, and is tried again as a GET is', async () => {
  const bodies: string[] = [];
  const record =
    (answer: ReturnType<typeof reply>): ReturnType<typeof reply> =>
    (...all) => {
      const [request] = all;
      request.on('data', (piece) => bodies.push(`${request.method} ${request.headers['content-type']} ${piece}`));
      request.on('end', () => answer(...all));
    };
  const { base } = await serve(record(reply(503)), record(reply(200, '[1]')));
  const lines: string[] = [];
  const post = '{"first":100,"after":null}';
  await ask(base, { debug: (line) => lines.push(line) }).get(new URL('/graphql', base), text, { post });
  expect(bodies).toEqual([`POST application/json ${post}`, `POST application/json ${post}`]);
  expect(lines.map((line) => line.replace(/, \d+ ms.*/, ''))).toEqual([
    `POST /graphql ${post} → 503, 2 bytes`,
    `POST /graphql ${post} → 200, 3 bytes`,
  ]);
});

test('a key in the body of a POST is not shown', async () => {
  const { base } = await serve(reply(200, '[1]'));
  const lines: string[] = [];
  const post = JSON.stringify({ by: KEY, more: 'x'.repeat(3000) });
  await ask(base, { debug: (line) => lines.push(line) }).get(new URL('/x', base), text, { post });
  expect(lines.join()).not.toContain(KEY);
  expect(lines.join().length).toBeLessThan(2500);
});

test('a try without an answer is one line with the fault', async () => {
  const { base } = await serve((request) => request.socket.resetAndDestroy(), reply(200));
  const lines: string[] = [];
  await ask(base, { debug: (line) => lines.push(line) }).get(new URL('/x', base), text);
  expect(lines[0]).toMatch(/^GET \/x → reset: .+ \((ECONNRESET|UND_ERR_SOCKET)\), \d+ ms, attempt 1$/);
});

test('a stopped try says so, and a key that the server repeats is removed', async () => {
  const stop = new AbortController();
  const { base, heard } = await serve(
    (_, response) => {
      response.writeHead(200, { 'x-request-id': `for ${KEY}` });
      response.end('[]');
    },
    () => {},
  );
  const lines: string[] = [];
  const client = ask(base, { debug: (line) => lines.push(line), signal: stop.signal });
  await client.get(new URL(`/x?echo=${encodeURIComponent(KEY)}`, base), text);
  const second = rejection(client.get(new URL('/y', base), text));
  await expect.poll(() => heard.length).toBe(2);
  stop.abort(new Error('Ctrl-C'));
  await second;
  expect(lines[0]).toContain('x-request-id: for [redacted]');
  expect(lines[0]).toContain('GET /x?echo=[redacted] ');
  expect(lines[1]).toContain('GET /y → stopped, ');
  expect(lines.join()).not.toContain(KEY);
});
