import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import type { Dispatcher } from 'undici';
import type { Clock } from '../context.js';
import { exchange, type Limits } from './exchange.js';
import type { HttpProxy } from './proxy.js';
import type { Send } from './send.js';

export interface TransportOptions {
  readonly base: URL;
  readonly proxy: HttpProxy | undefined;
  /** Sockets, and so requests at one time; each is opened when it is needed. */
  readonly connections: number;
  readonly clock: Clock;
  readonly limits?: Partial<Limits> | undefined;
}

const LIMITS: Limits = { connect: 10_000, headers: 30_000, bodyIdle: 30_000, attempt: 90_000, bytes: 32 << 20 };

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
    send: (request) => exchange(dispatcher, options, limits, request),
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
