import { createServer as createProxy } from 'node:http';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { type Fault, faultOf } from '../../src/http/fault.js';
import { proxyFor } from '../../src/http/proxy.js';
import { type ReachOptions, reach } from '../../src/http/reach.js';
import { fastClock, listen, rejection, reply, serve } from './asking.js';

function to(base: URL, more: Partial<ReachOptions> = {}): ReachOptions {
  return { base, proxy: undefined, clock: fastClock(), signal: new AbortController().signal, ...more };
}

/** Takes connections and says nothing. */
async function silent() {
  let bytes = 0;
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
  });
  const base = await listen(server, 'https');
  return { base, bytes: () => bytes };
}

test('reach connects to plain http without a request', async () => {
  const { base, heard } = await serve(reply(200));
  expect(await reach(to(base))).toMatchObject({ address: '127.0.0.1', certificate: undefined });
  expect(heard).toEqual([]);
});

test('a TLS handshake that never ends is a timeout', async () => {
  const { base } = await silent();
  const fault = await rejection(reach(to(base, { timeout: 50 })));
  expect(faultOf(fault)).toMatchObject({ kind: 'timeout', code: 'ETIMEDOUT' } satisfies Partial<Fault>);
});

test('reach rejects at once with the reason of the signal', async () => {
  const { base, bytes } = await silent();
  const stop = new AbortController();
  const stopped = rejection(reach(to(base, { signal: stop.signal })));
  const shaking = async (): Promise<void> => {
    while (bytes() === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  await shaking();
  stop.abort(new Error('Ctrl-C'));
  expect((await stopped).message).toBe('Ctrl-C');
  expect((await rejection(reach(to(base, { signal: stop.signal })))).message).toBe('Ctrl-C');
});

test('a proxy that answers 407, and a server that is not a proxy, give proxy faults', async () => {
  const wants = createProxy();
  wants.on('connect', (_, socket) => socket.end('HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n'));
  const { port } = await listen(wants);
  const base = new URL('https://api.invalid');
  const proxy = proxyFor(base, { https_proxy: `http://127.0.0.1:${port}` });
  expect(faultOf(await rejection(reach(to(base, { proxy }))))).toMatchObject({ kind: 'proxy', code: '407' });
  const none = await serve(reply(200));
  const other = proxyFor(base, { https_proxy: none.base.origin });
  expect(faultOf(await rejection(reach(to(base, { proxy: other }))))?.kind).toMatch(/^(proxy|reset)$/);
});
