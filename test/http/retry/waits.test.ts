import { expect, test } from 'vitest';
import { AuditlogError } from '../../../src/errors.js';
import type { ClientOptions } from '../../../src/http/client.js';
import { ask, fastClock, rejection, reply, serve, text } from '../asking.js';

type Told = Parameters<NonNullable<ClientOptions['onWait']>>[0];

test('a 429 holds back all requests, and the wait is reported', async () => {
  const clock = fastClock();
  const began = clock.now();
  const at: number[] = [];
  const { base, heard } = await serve(reply(429, '', { 'retry-after': '42' }), (_, response) => {
    at.push(clock.now() - began);
    response.end('[]');
  });
  const told: Told[] = [];
  const rest: Promise<unknown>[] = [];
  const waiting: unknown[] = [];
  const client = ask(base, {
    clock,
    onWait: (wait) => {
      told.push(wait);
      if (wait === undefined) return;
      waiting.push(client.stats().waiting?.why);
      rest.push(...['/2', '/3', '/4'].map((path) => client.get(new URL(path, base), text)));
    },
  });
  await client.get(new URL('/1', base), text);
  await Promise.all(rest);
  expect(waiting).toEqual(['rate limited']);
  expect(heard).toHaveLength(5);
  expect(at.every((ms) => ms >= 42_000 && ms < 60_000)).toBe(true);
  expect(told).toHaveLength(2);
  expect(told[0]?.why).toBe('rate limited');
  expect(Math.abs(told[0]!.until - began - 42_500)).toBeLessThan(1000);
  expect(told[1]).toBeUndefined();
  expect(client.stats().waiting).toBeUndefined();
});

test("a date in Retry-After is compared with the server's clock, not with ours", async () => {
  const clock = fastClock();
  const { base } = await serve(
    // Two hours and more away from our clock, 30 s from its own.
    reply(429, '', { date: 'Fri, 20 Nov 2020 20:00:00 GMT', 'retry-after': 'Fri, 20 Nov 2020 20:00:30 GMT' }),
    reply(200),
  );
  const began = clock.now();
  await ask(base, { clock }).get(new URL('/x', base), text);
  expect(clock.now() - began).toBeGreaterThanOrEqual(30_000);
  expect(clock.now() - began).toBeLessThan(35_000);
});

test('a 429 without Retry-After is waited for a minute', async () => {
  const clock = fastClock();
  const { base } = await serve(reply(429), reply(200));
  const began = clock.now();
  await ask(base, { clock }).get(new URL('/x', base), text);
  expect(clock.now() - began).toBeGreaterThanOrEqual(60_000);
});

test('a 503 with Retry-After is waited for, and the reason is reported', async () => {
  const clock = fastClock();
  const told: Told[] = [];
  const { base } = await serve(reply(503, '', { 'retry-after': '9' }), reply(200));
  await ask(base, { clock, onWait: (wait) => told.push(wait) }).get(new URL('/x', base), text);
  expect(told.map((wait) => wait?.why)).toEqual(['the server answered 503 and asked to wait', undefined]);
});

test('a wait of less than a second is not reported', async () => {
  const told: Told[] = [];
  const { base } = await serve(reply(502), reply(200));
  await ask(base, { onWait: (wait) => told.push(wait) }).get(new URL('/x', base), text);
  expect(told).toEqual([]);
});

test('a wait beyond --max-wait ends the request, and the error says when to try again', async () => {
  const clock = fastClock();
  const { base, heard } = await serve(reply(429, '', { 'retry-after': '3600' }));
  const error = await rejection(ask(base, { clock }).get(new URL('/x', base), text));
  expect(error).toBeInstanceOf(AuditlogError);
  expect(error).toMatchObject({
    exitCode: 6,
    hint: 'Run the same command again then, or allow longer waits: --max-wait 2h',
  });
  const when =
    /^127\.0\.0\.1:\d+ limits the requests \(429\) until (\S+Z): longer than the 15 min that a wait may last$/.exec(
      error.message,
    )?.[1];
  expect(Math.abs(Date.parse(when!) - clock.now() - 3_600_500)).toBeLessThan(2000);
  expect(clock.slept).toEqual([]);
  expect(heard).toHaveLength(1);
});

test('a 503 with a wait of a day ends the request', async () => {
  const { base } = await serve(reply(503, '', { 'retry-after': '86400' }));
  const error = await rejection(ask(base).get(new URL('/x', base), text));
  expect(error).toMatchObject({ exitCode: 6 });
  expect(error.message).toContain(' is not ready (503) until ');
});

test('a long wait that is allowed does not count towards the 5 minutes of a request', async () => {
  const { base, heard } = await serve(
    reply(429, '', { 'retry-after': '600' }),
    reply(503, '', { 'retry-after': '400' }),
    reply(502),
    reply(200, '[1]'),
  );
  expect(await ask(base).get(new URL('/x', base), text)).toBe('[1]');
  expect(heard).toHaveLength(4);
});

/** A clock whose sleeps last until they are stopped. */
function stillClock() {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  };
}

test.each<[string, Parameters<typeof serve>[0]]>([
  ['while everybody waits for a limit', reply(429, '', { 'retry-after': '42' })],
  ['while one waits for a server that asked to', reply(503, '', { 'retry-after': '42' })],
  ['while the answer is awaited', () => {}],
  [
    'while the answer comes in',
    (_, response) => {
      response.writeHead(200);
      response.write('[');
    },
  ],
])('Ctrl-C ends a request at once with its own reason: %s', async (_, answer) => {
  const stop = new AbortController();
  const { base, heard } = await serve(answer);
  const asked = ask(base, { signal: stop.signal, clock: stillClock() }).get(new URL('/x', base), text);
  const error = rejection(asked);
  await expect.poll(() => heard.length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const reason = new Error('stopped by SIGINT');
  stop.abort(reason);
  expect(await error).toBe(reason);
});

test('Ctrl-C ends a request that waits for its turn', async () => {
  const stop = new AbortController();
  const { base } = await serve(reply(200));
  const client = ask(base, { signal: stop.signal, clock: stillClock(), connection: { rate: 1 } });
  await client.get(new URL('/1', base), text);
  const second = rejection(client.get(new URL('/2', base), text));
  const third = rejection(client.get(new URL('/3', base), text));
  const reason = new Error('stopped by SIGINT');
  stop.abort(reason);
  expect([await second, await third]).toEqual([reason, reason]);
  expect(await rejection(client.get(new URL('/4', base), text))).toBe(reason);
});

test('the signal of one request ends that request alone', async () => {
  const { base } = await serve((_, response) => response.writeHead(200).write('['), reply(200, '[2]'));
  const own = new AbortController();
  const client = ask(base);
  const first = rejection(client.get(new URL('/1', base), text, { signal: own.signal }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  own.abort(new Error('not needed any more'));
  expect((await first).message).toBe('not needed any more');
  expect(await client.get(new URL('/2', base), text)).toBe('[2]');
});

test('a closed client sends no request and cuts those under way', async () => {
  const { base } = await serve(() => {});
  const client = ask(base, { limits: { attempt: 2000 } });
  const asked = rejection(client.get(new URL('/x', base), text));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await client.close();
  expect((await asked).message).toBe('the client is closed');
  expect((await rejection(client.get(new URL('/x', base), text))).message).toBe('the client is closed');
});

test('the skew is the median over the first three answers', async () => {
  const dates = [600, 3600, 610, -9000];
  const { base } = await serve((_, response, index) => {
    response.setHeader('date', new Date(Date.now() + dates[index]! * 1000).toUTCString());
    response.end('[]');
  });
  const client = ask(base);
  const skews: number[] = [];
  for (let n = 0; n < 4; n += 1) {
    expect(client.stats().skew === 0 || n > 0).toBe(true);
    await client.get(new URL('/x', base), text);
    skews.push(Math.round(client.stats().skew / 10_000));
  }
  expect(skews).toEqual([60, 210, 61, 61]);
});

test('a run ends when its budget of retries is used up', async () => {
  const { base, heard } = await serve((_, response, index) => {
    // Three of four fail.
    response.statusCode = index % 4 === 3 ? 200 : 502;
    response.end('[]');
  });
  const client = ask(base);
  const error = await rejection(
    (async () => {
      for (let n = 0; n < 100; n += 1) await client.get(new URL('/x', base), text);
    })(),
  );
  expect(error).toMatchObject({ exitCode: 5 });
  expect((error as AuditlogError).hint).toContain('too many requests of this run had to be repeated');
  expect(client.stats().retries).toBeLessThanOrEqual(20 + 0.25 * heard.length);
  expect(heard.length).toBeLessThan(50);
});

test('the rate is kept on real sockets', async () => {
  const { base, heard } = await serve(reply(200));
  const clock = fastClock();
  const client = ask(base, { clock, connection: { rate: 60 } });
  const began = clock.monotonic();
  for (let n = 0; n < 45; n += 1) await client.get(new URL('/x', base), text);
  // 15 at once, then one a second.
  expect(clock.monotonic() - began).toBeGreaterThanOrEqual(29_000);
  expect(clock.monotonic() - began).toBeLessThan(35_000);
  expect(heard).toHaveLength(45);
});
