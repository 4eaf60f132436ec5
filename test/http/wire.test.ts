import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { cutBody, faultOf } from '../../src/http/fault.js';
import type { ApiResponse } from '../../src/http/send.js';
import { type AskOptions, ask, listen, rejection, reply, serve, text } from './asking.js';

/** A server of bare bytes: the n-th request (each on a connection of its own) gets the n-th answer, those after it the last. */
async function raw(...answers: ((socket: Socket) => void)[]) {
  let requests = 0;
  const server = createServer((socket) => {
    socket.once('data', () => {
      const answer = answers[requests] ?? answers.at(-1)!;
      requests += 1;
      answer(socket);
    });
  });
  const base = await listen(server);
  return { base, requests: () => requests };
}

const bytes =
  (...parts: (string | Buffer)[]) =>
  (socket: Socket): void => {
    for (const part of parts) socket.write(part);
    socket.end();
  };

const GOOD = bytes(
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 7\r\nconnection: close\r\n\r\n["yes"]',
);
const ZIPPED = gzipSync(JSON.stringify(Array.from({ length: 500 }, (_, n) => `event ${n}`)));
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n';

/** As the engine's parser: the text must be whole JSON. */
function parseWhole(response: ApiResponse): string {
  const body = text(response);
  try {
    JSON.parse(body);
    return body;
  } catch {
    throw cutBody(response);
  }
}

async function outcome(base: URL, options: AskOptions = {}): Promise<string> {
  return ask(base, options).get(new URL('/x', base), parseWhole);
}

const gzipped = (body: Buffer) => bytes(`${HEAD}content-encoding: gzip\r\n\r\n`, body);
const damaged = (at: number) => {
  const body = Buffer.from(ZIPPED);
  body[at < 0 ? body.length + at : at]! ^= 0x10;
  return body;
};

test.each<[string, (socket: Socket) => void]>([
  ['a reset before the headers', (socket) => socket.resetAndDestroy()],
  ['a connection that closes before the headers', (socket) => socket.end()],
  ['headers that are cut', bytes('HTTP/1.1 200 OK\r\ncontent-ty')],
  ['what is no HTTP at all', bytes('SSH-2.0-OpenSSH_9.6\r\n')],
  ['headers without end', bytes(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n[]`)],
  [
    'a reset in the middle of the body',
    (socket) => {
      socket.write(`${HEAD}content-length: 500\r\n\r\n["half`, () => setTimeout(() => socket.resetAndDestroy(), 5));
    },
  ],
  ['a body shorter than its content-length', bytes(`${HEAD}content-length: 500\r\n\r\n["half"]`)],
  ['a chunked body that is cut', bytes(`${HEAD}transfer-encoding: chunked\r\n\r\n8\r\n["half"]\r\n`)],
  ['a body that ends with the connection, too early', bytes(`${HEAD}\r\n["half",`)],
  ['an empty body', bytes(`${HEAD}\r\n`)],
  ['gzip that is cut', gzipped(ZIPPED.subarray(0, 200))],
  ['gzip without its trailer', gzipped(ZIPPED.subarray(0, -8))],
  ['gzip with half a trailer', gzipped(ZIPPED.subarray(0, -3))],
  ['gzip with a wrong checksum', gzipped(damaged(-6))],
  ['gzip with a flipped bit', gzipped(damaged(60))],
  ['gzip with bytes after its end', gzipped(Buffer.concat([ZIPPED, Buffer.from('more')]))],
  ['gzip with zeros after its end', gzipped(Buffer.concat([ZIPPED, Buffer.alloc(9)]))],
  ['gzip of no bytes', gzipped(Buffer.alloc(0))],
  ['what claims to be gzip and is not', gzipped(Buffer.from('["plain"]'))],
  ['a compression that was not asked for', bytes(`${HEAD}content-encoding: br\r\n\r\n[]`)],
])('a bad answer is requested again: %s', async (_, answer) => {
  const { base, requests } = await raw(answer, GOOD);
  expect(await outcome(base)).toBe('["yes"]');
  expect(requests()).toBe(2);
});

test.each<[string, (socket: Socket) => void]>([
  ['a server that says nothing', () => {}],
  ['a body that stalls', (socket) => socket.write(`${HEAD}content-length: 100\r\n\r\n["`)],
  [
    'a body that trickles for ever',
    (socket) => {
      socket.write(`${HEAD}content-length: 100000\r\n\r\n[`);
      const timer = setInterval(() => socket.write(' '), 20);
      socket.on('close', () => clearInterval(timer));
    },
  ],
])('a request without an answer in time is repeated: %s', async (_, answer) => {
  const { base, requests } = await raw(answer, GOOD);
  expect(await outcome(base, { limits: { attempt: 300 } })).toBe('["yes"]');
  expect(requests()).toBe(2);
});

test.each<[string, AskOptions['limits'], (socket: Socket) => void]>([
  ['UND_ERR_HEADERS_TIMEOUT', { headers: 50 }, () => {}],
  ['UND_ERR_BODY_TIMEOUT', { bodyIdle: 50 }, (socket) => socket.write(`${HEAD}content-length: 100\r\n\r\n["`)],
])('headers and bodies have their own timeouts: %s', async (code, limits, answer) => {
  const { base } = await raw(answer, GOOD);
  const lines: string[] = [];
  expect(await outcome(base, { ...(limits === undefined ? {} : { limits }), debug: (line) => lines.push(line) })).toBe(
    '["yes"]',
  );
  expect(lines[0]).toContain(`→ timeout: `);
  expect(lines[0]).toContain(`(${code})`);
});

test('a body that is always cut fails after 5 attempts', async () => {
  const { base, requests } = await raw(bytes(`${HEAD}\r\n["half`));
  const error = await rejection(outcome(base));
  expect(error).toMatchObject({ message: `the answers of ${base.host} keep being cut off`, exitCode: 5 });
  expect(requests()).toBe(5);
});

test('after two damaged answers nothing more is requested compressed', async () => {
  const { base, heard } = await serve(
    reply(200, damaged(60), { 'content-encoding': 'gzip' }),
    reply(200, damaged(60), { 'content-encoding': 'gzip' }),
    reply(200, '["plain"]'),
  );
  const client = ask(base);
  expect(await client.get(new URL('/x', base), text)).toBe('["plain"]');
  expect(await client.get(new URL('/y', base), text)).toBe('["plain"]');
  expect(heard.map((one) => one.headers['accept-encoding'])).toEqual(['gzip', 'gzip', 'identity', 'identity']);
});

test('an endless body is cut at the cap and not requested again', async () => {
  let closed = false;
  const { base, requests } = await raw((socket) => {
    socket.write(`${HEAD}\r\n`);
    const chunk = Buffer.alloc(1 << 20, 0x20);
    const pour = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', pour);
    socket.on('close', () => {
      closed = true;
    });
    pour();
  });
  const error = await rejection(outcome(base));
  expect(error).toMatchObject({ message: `${base.host}: the answer is larger than 33554432 bytes`, exitCode: 5 });
  expect(requests()).toBe(1);
  await expect.poll(() => closed).toBe(true);
});

test('a body whose content-length exceeds the cap is not waited for', async () => {
  const { base } = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String((32 << 20) + 1) });
    response.write('[');
  });
  const error = await rejection(outcome(base));
  expect(faultOf(error)?.kind).toBe('tooLarge');
});

test.each([1, 40])('a gzip bomb (%i streams of 40 MB) is not decompressed', async (copies) => {
  const one = gzipSync(Buffer.alloc(40_000_000));
  const { base, requests } = await raw(gzipped(Buffer.concat(Array(copies).fill(one))));
  const error = await rejection(outcome(base));
  expect(faultOf(error)?.kind).toBe('tooLarge');
  expect(requests()).toBe(1);
});

test('an answer as large as the cap is read', async () => {
  const body = `[${' '.repeat((32 << 20) - 2)}]`;
  const { base } = await serve(reply(200, gzipSync(body), { 'content-encoding': 'gzip' }));
  expect(await outcome(base)).toBe(body);
});

test('early hints and trailers are ignored', async () => {
  const { base } = await raw(
    bytes(
      'HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n',
      `${HEAD}transfer-encoding: chunked\r\ntrailer: x\r\n\r\n7\r\n["yes"]\r\n0\r\nx: y\r\n\r\n`,
    ),
  );
  expect(await outcome(base)).toBe('["yes"]');
});

test('an HTTP/1.0 answer is read', async () => {
  const { base } = await raw(bytes('HTTP/1.0 200 OK\r\n\r\n["yes"]'));
  expect(await outcome(base)).toBe('["yes"]');
});

test('a repeated header has two values, and names are in lower case', async () => {
  const { base } = await serve(reply(200, '[]', { 'Pagination-Count': ['5', '6'] }));
  const values = await ask(base).get(new URL('/x', base), (response) => response.headers.get('pagination-count'));
  expect(values).toEqual(['5', '6']);
});

test('a 403 whose body is cut is explained as a 403', async () => {
  const { base, requests } = await raw(
    bytes('HTTP/1.1 401 Unauthorized\r\ncontent-length: 500\r\ncontent-type: application/json\r\n\r\n{"mess'),
  );
  expect(await rejection(outcome(base))).toMatchObject({ exitCode: 4 });
  expect(requests()).toBe(1);
});

test('a 403 whose body never ends is explained as a 403', async () => {
  const { base, requests } = await raw((socket) => {
    socket.write('HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\n\r\n');
    const timer = setInterval(() => socket.write('x'.repeat(1000)), 5);
    socket.on('close', () => clearInterval(timer));
  });
  expect(await rejection(outcome(base, { limits: { bytes: 10_000 } }))).toMatchObject({ exitCode: 2 });
  expect(await rejection(outcome(base, { limits: { attempt: 100 } }))).toMatchObject({ exitCode: 2 });
  expect(requests()).toBe(2);
});

test('a 403 whose body is damaged gzip is explained as a 403', async () => {
  const { base } = await serve(reply(404, damaged(60), { 'content-encoding': 'gzip' }));
  expect(await rejection(outcome(base))).toMatchObject({ exitCode: 2 });
});

test('a refused connection is tried three times and then explained', async () => {
  const server = createServer();
  const base = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  const client = ask(base);
  const error = await rejection(client.get(new URL('/x', base), text));
  expect(error).toMatchObject({
    message: `cannot connect to ${base.host} (ECONNREFUSED)`,
    hint: 'Check the base URL and the network\nGave up after 3 attempts',
    exitCode: 5,
  });
  expect(client.stats().requests).toBe(3);
});
