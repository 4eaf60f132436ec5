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
  /** Asked for each request, by its number from 0. */
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
