import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { later } from '../http/asking.js';

export interface Request {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  /** A Buffer is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What happens to a request instead of its answer: the connection is cut before or after it is carried out, or something on the way answers. */
export type Mishap = 'cut-before' | 'cut-after' | Answer;

export interface Unreliable {
  readonly host: string;
  /** Every request that arrived whole. */
  readonly requests: readonly Request[];
  /** Called for each request, with its number from 0. */
  mishap: (at: number, request: Request) => Mishap | undefined;
  /** Ms before each answer. */
  pause: number;
  /** Cuts every connection and stops listening, until `start`: on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** A server on a loopback port that carries out requests by `handle`, unless a mishap comes first. Stopped after the test. */
export async function startUnreliable(handle: (request: Request) => Answer | Promise<Answer>): Promise<Unreliable> {
  const requests: Request[] = [];
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;

  const unreliable: Unreliable & { host: string } = {
    host: '',
    requests,
    mishap: () => undefined,
    pause: 0,
    async stop() {
      const stopping = server;
      server = undefined;
      for (const socket of sockets) socket.destroy();
      if (stopping !== undefined) await new Promise((resolve) => stopping.close(resolve));
    },
    async start() {
      const starting = createServer(async (message, response) => {
        const chunks: Buffer[] = [];
        try {
          for await (const chunk of message) chunks.push(chunk as Buffer);
        } catch {
          return;
        }
        const { method = '', url = '', headers } = message;
        const request = { method, path: url, headers, body: Buffer.concat(chunks) };
        const mishap = unreliable.mishap(requests.length, request);
        requests.push(request);
        if (mishap === 'cut-before') return message.socket.resetAndDestroy();
        const answer = typeof mishap === 'object' ? mishap : await handle(request);
        if (unreliable.pause > 0) await delay(unreliable.pause);
        if (mishap === 'cut-after') return message.socket.resetAndDestroy();
        response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
        if (answer.body === undefined || method === 'HEAD') response.end();
        else response.end(Buffer.isBuffer(answer.body) ? answer.body : JSON.stringify(answer.body));
      });
      starting.on('connection', (socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        socket.on('error', () => undefined);
      });
      await new Promise<void>((resolve) => starting.listen(port, '127.0.0.1', resolve));
      port = (starting.address() as AddressInfo).port;
      unreliable.host = `127.0.0.1:${port}`;
      server = starting;
    },
  };
  await unreliable.start();
  later(() => unreliable.stop());
  return unreliable;
}

/** Stops the server, for the suite of all destinations. */
export async function stopped(server: Unreliable): Promise<() => Promise<void>> {
  await server.stop();
  return () => server.start();
}

/** Answers the deliveries among the requests by `mishap`, until it is ended. */
export function during(
  server: Unreliable,
  isDelivery: (request: Request) => boolean,
  mishap: (at: number) => Mishap | undefined,
): () => void {
  const before = server.mishap;
  let deliveries = 0;
  server.mishap = (at, request) => (isDelivery(request) ? mishap(++deliveries) : undefined) ?? before(at, request);
  return () => {
    server.mishap = before;
  };
}

/** Restarts the server while it carries out the second delivery. Gives how often it did. */
export function restarting(server: Unreliable, isDelivery: (request: Request) => boolean): () => number {
  let restarts = 0;
  during(server, isDelivery, (at) => {
    if (at !== 2) return undefined;
    restarts += 1;
    void restart(server);
    return 'cut-after';
  });
  return () => restarts;
}

/** Loses requests and answers, is busy and restarts, by chance. Gives how often. */
export function losing(server: Unreliable, chance: () => number): () => number {
  const before = server.mishap;
  let times = 0;
  let restarts = 0;
  const drawn = (at: number): Mishap | undefined => {
    const draw = chance();
    if (draw < 0.12) return 'cut-before';
    if (draw < 0.24) return 'cut-after';
    if (draw < 0.32) return { status: 429, body: { error: 'too many requests' } };
    if (draw < 0.4) return { status: 503, headers: { 'retry-after': '2' } };
    if (at % 9 !== 8 || restarts >= 4) return undefined;
    restarts += 1;
    void restart(server);
    return 'cut-after';
  };
  server.mishap = (at, request) => {
    const mishap = drawn(at);
    if (mishap !== undefined) times += 1;
    return mishap ?? before(at, request);
  };
  return () => times;
}

async function restart(server: Unreliable): Promise<void> {
  await server.stop();
  await delay(30);
  await server.start();
}
