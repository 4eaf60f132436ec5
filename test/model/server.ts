import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireRequest } from '../../src/demo/contract.js';
import { deliver, type Patience } from './deliver.js';
import { createModel, type MemoryModel } from './model.js';
import type { ModelOptions } from './options.js';

/** The adversary on a real socket. */
export interface Model extends MemoryModel {
  readonly base: URL;
  /** The origin that `redirect-other` points to: it answers 200 to everything, and keeps what it was sent. */
  readonly elsewhere: {
    readonly base: URL;
    readonly requests: readonly { readonly target: string; readonly headers: IncomingMessage['headers'] }[];
  };
  /** Connections that were ever opened to the model. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts a model server on 127.0.0.1. */
export async function startModel(options: ModelOptions & Partial<Patience>): Promise<Model> {
  const caught: { target: string; headers: IncomingMessage['headers'] }[] = [];
  const trap = createServer((request, response) => {
    caught.push({ target: request.url ?? '', headers: request.headers });
    response.writeHead(200, { 'content-type': 'application/json', 'pagination-count': '0' }).end('[]');
  });
  const elsewhere = { base: await listen(trap), requests: caught };
  const model = createModel(options, elsewhere.base.origin);
  const patience: Patience = {
    stallMs: options.stallMs ?? Number.POSITIVE_INFINITY,
    drip: options.drip ?? { bytes: 1, everyMs: 100 },
  };

  let connections = 0;
  const server = createServer((request, response) => {
    request.socket.setNoDelay(true);
    deliver(request, response, model.answer(wireRequest(request)), patience);
  });
  server.keepAliveTimeout = 0;
  server.on('connection', () => {
    connections += 1;
  });
  const base = await listen(server);
  return {
    ...model,
    base,
    elsewhere,
    connections: () => connections,
    close: async () => {
      await Promise.all([close(server), close(trap)]);
    },
  };
}

export function wireRequest(request: IncomingMessage): WireRequest {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return { method: request.method ?? '', target: request.url ?? '', headers };
}

export function listen(server: Server, port = 0): Promise<URL> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () =>
      resolve(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
    );
  });
}

export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
