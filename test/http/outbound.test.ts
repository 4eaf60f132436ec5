import { expect, test } from 'vitest';
import { badStatus, Fault } from '../../src/http/fault.js';
import { accepted, type OutboundOptions, openOutbound } from '../../src/http/outbound.js';
import { fastClock, later, rejection, reply, serve, worldOf } from './asking.js';

const PASSWORD = 'Zq9-secret-4711';

async function openTo(base: URL, options: Partial<OutboundOptions> = {}, env = {}) {
  const clock = fastClock();
  const outbound = await openOutbound(worldOf({ clock, env }), base, { what: 'the store', ...options });
  later(() => outbound.close());
  return { outbound, clock };
}

test('a request is sent with its method, path, headers and body, and with our user agent', async () => {
  const bodies: string[] = [];
  const { base, heard } = await serve(async (request, response) => {
    for await (const chunk of request) bodies.push(String(chunk));
    response.writeHead(201).end('made');
  });
  const { outbound } = await openTo(base, {
    authorize: ({ method, url }) => ({ 'x-signed': `${method} ${url.pathname}` }),
  });
  const response = await outbound.send({
    method: 'PUT',
    path: '/a%20b/c?x=1&y=%2F',
    headers: { 'content-encoding': 'gzip' },
    body: Buffer.from('text'),
  });
  expect([response.status, response.body.toString()]).toEqual([201, 'made']);
  expect(heard).toMatchObject([
    {
      method: 'PUT',
      url: '/a%20b/c?x=1&y=%2F',
      headers: { 'content-encoding': 'gzip', 'content-length': '4', 'x-signed': 'PUT /a%20b/c' },
    },
  ]);
  expect(bodies).toEqual(['text']);
});

test('send gives an answer of any status and tries once', async () => {
  const { base, heard } = await serve(reply(503));
  const { outbound } = await openTo(base);
  expect((await outbound.send({ method: 'GET', path: '/' })).status).toBe(503);
  expect(heard).toHaveLength(1);
});

test('ask retries until the answer is accepted, signs each try anew, and waits as long as Retry-After says', async () => {
  const { base, heard } = await serve(
    reply(429, '', { 'retry-after': '7' }),
    reply(503),
    (request) => request.socket.destroy(),
    reply(200, 'done'),
  );
  let signed = 0;
  const authorize = () => {
    signed += 1;
    return { authorization: `try ${signed}` };
  };
  const { outbound, clock } = await openTo(base, { authorize });
  expect((await outbound.ask({ method: 'POST', path: '/x' }, accepted)).body.toString()).toBe('done');
  expect(heard.map(({ headers }) => headers.authorization)).toEqual(['try 1', 'try 2', 'try 3', 'try 4']);
  expect(Math.max(...clock.slept)).toBeGreaterThanOrEqual(7000);
});

test('ask retries a fault that judge throws, and passes on any other error', async () => {
  const { base, heard } = await serve(reply(200, 'item failed'), reply(200, 'fine'));
  const { outbound } = await openTo(base);
  const judged = await outbound.ask({ method: 'POST', path: '/' }, (response) => {
    if (response.body.toString() === 'fine') return 'yes';
    throw badStatus({ ...response, status: 503 });
  });
  expect([judged, heard.length]).toEqual(['yes', 2]);
  const error = new Error('no use');
  const ended = outbound.ask({ method: 'POST', path: '/' }, () => {
    throw error;
  });
  expect(await rejection(ended)).toBe(error);
  expect(heard).toHaveLength(3);
});

test.each([
  [401, 'the store at HOST wants a sign-in (401)', 4],
  [404, 'the store at HOST answered 404', 2],
  [500, 'the store at HOST answered 500', 5],
  [
    307,
    'the store at HOST redirects to https://elsewhere.example (307): redirects are never followed, and no secret was sent there',
    5,
  ],
])('status %i is explained and has its exit code', async (status, message, exitCode) => {
  const { base } = await serve(reply(status, '', { location: 'https://elsewhere.example/?token=abc' }));
  const { outbound } = await openTo(base);
  const error = await rejection(outbound.ask({ method: 'GET', path: '/' }, accepted));
  expect(error).toMatchObject({ message: message.replace('HOST', base.host), exitCode });
});

test('no error contains a secret, whoever repeats it', async () => {
  const { base } = await serve(reply(403, JSON.stringify({ error: `bad token ${PASSWORD}` })));
  const lines: string[] = [];
  const { outbound } = await openTo(base, {
    secrets: [PASSWORD],
    secretFrom: '$AUDITLOG_DEST_SECRET',
    authorize: () => ({ authorization: `Bearer ${PASSWORD}` }),
    debug: (line) => lines.push(line),
  });
  const error = await rejection(outbound.ask({ method: 'POST', path: `/?q=${PASSWORD}` }, accepted));
  expect(error.message).toBe(
    `the store at ${base.host} refuses the secret from $AUDITLOG_DEST_SECRET (403): bad token [redacted]`,
  );
  const own = await rejection(
    outbound.ask({ method: 'POST', path: '/' }, () => {
      throw new Fault('unknownShape', `got ${PASSWORD}`);
    }),
  );
  expect(JSON.stringify([own, own.message, own.stack, lines])).not.toContain(PASSWORD);
  expect(lines[0]).toMatch(/^POST \/\?q=\[redacted\] → 403, /);
});

test('http is refused for other machines, and a path cannot lead to another host', async () => {
  const world = worldOf({});
  await expect(openOutbound(world, new URL('http://10.0.0.1:8123'), { what: 'x' })).rejects.toMatchObject({
    exitCode: 2,
    message: 'http would send the events unprotected to 10.0.0.1:8123',
  });
  const { base, heard } = await serve(reply(200));
  const { outbound } = await openTo(base);
  for (const path of ['//evil.example/x', 'https://evil.example/', '\\\\evil.example', 'x'])
    await expect(outbound.send({ method: 'GET', path })).rejects.toThrow('none of http://127.0.0.1');
  expect(heard).toEqual([]);
});

test('a request ends at once when its signal aborts, and when the channel is closed', async () => {
  const { base } = await serve(() => undefined);
  const { outbound } = await openTo(base);
  const alone = new AbortController();
  const asked = rejection(outbound.ask({ method: 'GET', path: '/', signal: alone.signal }, accepted));
  alone.abort(new Error('enough'));
  expect((await asked).message).toBe('enough');
  const other = rejection(outbound.ask({ method: 'GET', path: '/' }, accepted));
  await outbound.close();
  expect((await other).message).toBe('the way to the store is closed');
});

test('a refused connection is explained after three tries', async () => {
  const { base, server } = await serve(reply(200));
  await new Promise((resolve) => server.close(resolve));
  const { outbound } = await openTo(base);
  const error = await rejection(outbound.ask({ method: 'GET', path: '/' }, accepted));
  expect(error).toMatchObject({
    exitCode: 5,
    message: `cannot connect to the store at ${base.host} (ECONNREFUSED)`,
    hint: 'Is it running, and is this its port?\nGave up after 3 attempts',
  });
});
