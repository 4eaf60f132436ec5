import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import type { Dispatcher } from 'undici';
import type { Clock } from '../context.js';
import { toFault } from './causes.js';
import { Fault } from './fault.js';
import { decompress } from './gzip.js';
import type { HttpProxy } from './proxy.js';
import type { ApiResponse, Send } from './send.js';

export interface TransportOptions {
  readonly base: URL;
  readonly proxy: HttpProxy | undefined;
  /** Sockets, and so requests at one time. */
  readonly connections: number;
  readonly clock: Clock;
  readonly limits?: Partial<Limits> | undefined;
}

/** Milliseconds, and bytes after decompression. */
export interface Limits {
  readonly connect: number;
  readonly headers: number;
  /** Silence between two pieces of a body. */
  readonly bodyIdle: number;
  /** One try from its start to the end of its body, whatever trickles in. */
  readonly attempt: number;
  readonly bytes: number;
}

export const LIMITS: Limits = { connect: 10_000, headers: 30_000, bodyIdle: 30_000, attempt: 90_000, bytes: 32 << 20 };

export interface Transport {
  /** Rejects with a `Fault` when no whole answer came; an error status with a cut body is still an answer. Redirects are answers, never followed. */
  readonly send: Send;
  /** Cuts every connection. */
  close(): Promise<void>;
}

/** Opens nothing yet: sockets are made by the first requests. Loads undici. Certificates are always checked, whatever the environment says. */
export async function openTransport(options: TransportOptions): Promise<Transport> {
  const limits = { ...LIMITS, ...options.limits };
  // Node gives each address of a host 250 ms to connect, one after the other: too little for a slow line.
  setDefaultAutoSelectFamilyAttemptTimeout(2500);
  const dispatcher = await openDispatcher(options, limits);
  return {
    send: (request) => sendOnce(dispatcher, options, limits, request),
    close: () => dispatcher.destroy(),
  };
}

async function openDispatcher(options: TransportOptions, limits: Limits): Promise<Dispatcher> {
  const tls = { timeout: limits.connect, rejectUnauthorized: true };
  const pool = { connections: options.connections, pipelining: 1 };
  if (options.proxy === undefined) {
    // All of undici takes three times as long to load as this file of it, which is most of the start of a small question. Its version is pinned.
    const { default: Pool } = await import('undici/lib/dispatcher/pool.js');
    return new Pool(options.base.origin, { ...pool, connect: tls });
  }
  const { Pool, ProxyAgent } = await import('undici');
  return new ProxyAgent({
    ...pool,
    uri: options.proxy.url.href,
    ...(options.proxy.token === undefined ? {} : { token: options.proxy.token }),
    proxyTls: tls,
    requestTls: tls,
    proxyTunnel: options.base.protocol === 'https:',
    // The answer to CONNECT has to come in the time of a connection, not in the 300 s that are the default.
    clientFactory: (origin, given) => new Pool(origin, { ...given, headersTimeout: limits.connect }),
  });
}

type Request = Parameters<Send>[0];

function sendOnce(dispatcher: Dispatcher, options: TransportOptions, limits: Limits, request: Request) {
  return new Promise<ApiResponse>((resolve, reject) => {
    const { clock } = options;
    const sentAt = clock.now();
    const chunks: Buffer[] = [];
    let size = 0;
    let status = 0;
    let headers: ApiResponse['headers'] = new Map();
    let settled = false;
    let controller: Dispatcher.DispatchController | undefined;

    const timer = setTimeout(
      () => cut(new Fault('timeout', `no whole answer within ${limits.attempt / 1000} s`)),
      limits.attempt,
    );
    const onAbort = () => stop(request.signal?.reason);
    const finish = () => {
      settled = true;
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
    };
    const fail = (error: unknown) => {
      if (settled) return;
      finish();
      reject(error);
    };
    const succeed = () => {
      if (settled) return;
      finish();
      const answer = { status, headers, sentAt, receivedAt: clock.now() };
      const body = Buffer.concat(chunks);
      if (request.method === 'HEAD') resolve({ ...answer, body });
      else unpack(body, answer, limits.bytes).then(resolve, reject);
    };
    const stop = (reason: unknown) => {
      if (settled) return;
      fail(reason);
      controller?.abort(reason instanceof Error ? reason : new Error('stopped'));
    };
    /** The answer will not be whole. A refusal says what it has to say in its status: its text may be cut. */
    const cut = (fault: Fault) => {
      if (status >= 300) succeed();
      else fail(fault);
      controller?.abort(fault);
    };

    if (request.signal?.aborted) return stop(request.signal.reason);
    request.signal?.addEventListener('abort', onAbort, { once: true });

    dispatcher.dispatch(
      {
        origin: options.base.origin,
        path: `${request.url.pathname}${request.url.search}`,
        method: request.method ?? 'GET',
        headers: { ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
        headersTimeout: limits.headers,
        bodyTimeout: limits.bodyIdle,
      },
      {
        onRequestStart(given) {
          controller = given;
          if (settled) given.abort(new Error('stopped'));
        },
        onResponseStart(_, code, fields) {
          if (code < 200) return;
          status = code;
          headers = toHeaders(fields);
          // What says that it is too large need not be waited for.
          if (request.method !== 'HEAD' && Number(headers.get('content-length')?.[0]) > limits.bytes)
            cut(tooLarge(limits));
        },
        onResponseData(_, chunk) {
          size += chunk.length;
          if (size > limits.bytes) cut(tooLarge(limits));
          else chunks.push(chunk);
        },
        onResponseEnd: succeed,
        onResponseError: (_, error) => cut(inBody(toFault(error), status)),
      },
    );
  });
}

function tooLarge({ bytes }: Limits): Fault {
  return new Fault('tooLarge', `the answer is larger than ${bytes} bytes`);
}

/** A connection that ends in the middle of a body has cut it. */
function inBody(fault: Fault, status: number): Fault {
  if (status === 0 || fault.kind !== 'reset') return fault;
  return new Fault('cutBody', 'the connection ended in the middle of the answer', {
    cause: fault,
    ...(fault.code === undefined ? {} : { code: fault.code }),
  });
}

function toHeaders(fields: Readonly<Record<string, string | string[] | undefined>>): ApiResponse['headers'] {
  const headers = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) headers.set(name.toLowerCase(), typeof value === 'string' ? [value] : value);
  }
  return headers;
}

async function unpack(body: Buffer, answer: Omit<ApiResponse, 'body'>, cap: number): Promise<ApiResponse> {
  const encoding = answer.headers.get('content-encoding')?.join(',').trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return { ...answer, body };
  if (answer.status === 204 || answer.status === 304) return { ...answer, body };
  try {
    if (encoding !== 'gzip' && encoding !== 'x-gzip')
      throw new Fault('badGzip', 'the answer is compressed in a way that was not asked for', {
        code: encoding.slice(0, 40),
      });
    return { ...answer, body: await decompress(body, cap) };
  } catch (error) {
    if (answer.status < 300) throw error;
    return { ...answer, body: Buffer.alloc(0) };
  }
}
