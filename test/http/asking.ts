import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach } from 'vitest';
import type { Clock, Context } from '../../src/context.js';
import { type Client, type ClientOptions, openClient } from '../../src/http/client.js';
import type { ApiResponse } from '../../src/http/send.js';
import { makeSecret } from '../../src/keys.js';
import type { Connection } from '../../src/profile.js';
import type { Provider } from '../../src/providers/provider.js';

export const KEY = 'sk_test_Q7v9+xW/zR2=LmN4abcd';

/** A vendor of these tests alone. */
export const acme: Provider = {
  name: 'acme',
  title: 'Acme',
  base: undefined,
  path: '/orgs/{org}/audit-logs',
  defaultOrg: 'c',
  auth: { type: 'header', header: 'Authorization', scheme: 'Bearer' },
  filters: {},
  dates: { from: 'from', to: 'to', format: 'day' },
  paging: { style: 'page', page: 'page', size: 'take', max: 100 },
  items: '',
  total: { header: 'pagination-count' },
  fields: { id: 'id', time: 'created_at', action: 'action', actor: {} },
  actions: {},
  actionsComplete: false,
  rate: { default: 300, limit: 500 },
  needs: 'Audit logs need a Business plan.',
  assumed: [],
};

const cleanups: (() => Promise<void> | void)[] = [];

export function later(cleanup: () => Promise<void> | void): void {
  cleanups.push(cleanup);
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export interface Heard {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

export interface Serving {
  readonly base: URL;
  readonly server: Server;
  /** The requests so far. */
  readonly heard: Heard[];
}

type Answer = (request: IncomingMessage, response: ServerResponse, index: number) => unknown;

/** A server on a loopback port, closed after the test. The n-th request gets the n-th answer, those after it the last. */
export async function serve(...answers: [Answer, ...Answer[]]): Promise<Serving> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    heard.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    const index = heard.length - 1;
    void (answers[index] ?? answers.at(-1)!)(request, response, index);
  });
  return { base: await listen(server), server, heard };
}

/** Makes any server listen on a loopback port until the test ends. */
export async function listen(server: Server | import('node:net').Server, scheme = 'http'): Promise<URL> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  later(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return new URL(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** An answer with a status, headers and a body. */
export function reply(
  status: number,
  body: string | Buffer = '[]',
  headers: Record<string, string | string[]> = {},
): Answer {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
}

/** A clock whose sleeps take no time: they move it on. Sleeps of less than a second are real but short. */
export function fastClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  let ahead = 0;
  return {
    slept,
    now: () => Date.now() + ahead,
    monotonic: () => performance.now() + ahead,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      await delay(1);
      signal?.throwIfAborted();
      ahead += ms;
    },
  };
}

export interface AskOptions extends ClientOptions {
  readonly env?: Record<string, string>;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly connection?: Partial<Connection>;
}

/** A client of that server, closed after the test. */
export function ask(base: URL, options: AskOptions = {}): Client {
  const client = openClient(
    worldOf(options),
    {
      provider: acme,
      base,
      orgs: ['c'],
      key: async () => makeSecret(KEY, '$AUDITLOG_API_KEY'),
      rate: undefined,
      maxWait: 900_000,
      zone: 'UTC',
      profile: undefined,
      close: async () => {},
      ...options.connection,
    },
    options,
  );
  later(() => client.close());
  return client;
}

export function worldOf(options: AskOptions): Context {
  const port = { isTTY: false, columns: () => 0, rows: () => 0, write: async () => {} };
  return {
    env: options.env ?? {},
    cwd: '/',
    home: '/',
    tmp: '/',
    platform: 'linux',
    pid: 1,
    isRunning: () => true,
    nodeVersion: process.version,
    stdin: {
      isTTY: false,
      readAll: async () => Buffer.alloc(0),
      chunks: async function* () {},
      readHidden: async () => '',
      readShown: async () => '',
    },
    stdout: port,
    stderr: port,
    clock: options.clock ?? fastClock(),
    random: () => 0.5,
    signal: options.signal ?? new AbortController().signal,
  };
}

/** What the engine's parsers do, in short: the text must be whole JSON. */
export const text = (response: ApiResponse): string => response.body.toString('utf8');

/** The error of a promise that must reject. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    (value) => {
      throw new Error(`resolved with ${String(value)}`);
    },
    (error: unknown) => error as Error,
  );
}
