import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import type { Dispatcher } from 'undici';
import type { Clock } from '../context.js';
import { toFault } from './causes.js';
import { Fault } from './fault.js';
import { decompress } from './gzip.js';
import type { HttpProxy } from './proxy.js';
import type { ApiRequest, ApiResponse, Send } from './send.js';

export interface TransportOptions {
  readonly base: URL;
  readonly proxy: HttpProxy | undefined;
  /** Sockets, and so requests at one time; each is opened when it is needed. */
  readonly connections: number;
  readonly clock: Clock;
  readonly limits?: Partial<Limits> | undefined;
}

/** Milliseconds, and bytes after decompression. */
export interface Limits {
  readonly connect: number;
  readonly headers: number;
  /** Between two pieces of a body. */
  readonly bodyIdle: number;
  /** One try, from its start to the end of its body. */
  readonly attempt: number;
  readonly bytes: number;
}

export const LIMITS: Limits = { connect: 10_000, headers: 30_000, bodyIdle: 30_000, attempt: 90_000, bytes: 32 << 20 };

export interface Transport {
  /** Rejects with a `Fault` without a whole answer; an error status with a cut body is still an answer. Redirects are answers, never followed. */
  readonly send: Send;
  /** Cuts every connection. */
  close(): Promise<void>;
}

/** Loads undici; the first requests open the sockets. Certificates are always checked, whatever the environment says. */
export async function openTransport(options: TransportOptions): Promise<Transport> {
  const limits = { ...LIMITS, ...options.limits };
  // Node tries each address of a host for 250 ms, one after another: too short for a slow line.
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
    // Loads in a third of the time of all of undici, which is most of the start of a short run. Its version is pinned.
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
    // The answer to CONNECT is part of connecting; the default is 300 s.
    clientFactory: (origin, given) => new Pool(origin, { ...given, headersTimeout: limits.connect }),
  });
}

function sendOnce(dispatcher: Dispatcher, options: TransportOptions, limits: Limits, request: ApiRequest) {
  return new Promise<ApiResponse>((resolve, reject) => {
    const { clock } = options;
    const sentAt = clock.now();
    const chunks: Buffer[] = [];
    let size = 0;
    let status = 0;
    let headers: ApiResponse['headers'] = new Map();
    let settled = false;
    let controller: Dispatcher.DispatchController | undefined;

    const settle = (work: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      work();
    };
    const succeed = () =>
      settle(() => {
        const answer = { status, headers, sentAt, receivedAt: clock.now() };
        const body = Buffer.concat(chunks);
        if (request.method === 'HEAD') resolve({ ...answer, body });
        else unpack(body, answer, limits.bytes).then(resolve, reject);
      });
    const stop = (reason: unknown) =>
      settle(() => {
        reject(reason);
        controller?.abort(reason instanceof Error ? reason : new Error('stopped'));
      });
    /** Ends an answer that will not be whole. A refusal is one by its status: its text may be cut. */
    const cut = (fault: Fault) => {
      if (status >= 300) succeed();
      else settle(() => reject(fault));
      controller?.abort(fault);
    };
    const onAbort = () => stop(request.signal?.reason);
    const late = () => cut(new Fault('timeout', `no whole answer within ${limits.attempt / 1000} s`));
    const timer = setTimeout(late, limits.attempt);

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
          // An answer that announces more than the cap is not waited for.
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

/** A connection that ends within a body has cut it. */
function inBody(fault: Fault, status: number): Fault {
  if (status === 0 || fault.kind !== 'reset') return fault;
  return new Fault('cutBody', 'the connection ended in the middle of the answer', { cause: fault, code: fault.code });
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
