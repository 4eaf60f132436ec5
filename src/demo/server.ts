import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { usageError } from '../errors.js';
import { findProvider } from '../providers/index.js';
import type { Provider } from '../providers/provider.js';
import { answer, type Door, type Log, tooMany, type WireAnswer, type WireRequest } from './contract.js';
import { inventLog } from './entry.js';
import { demoOrganization, type Organization, subOrganizations } from './organization.js';

export interface DemoOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Epoch ms: the organization's log ends about there, and the server's clock starts there. */
  readonly now: number;
  readonly provider?: string;
  readonly key?: string;
  /** The rate limit, as the vendor has one. The default is never reached. */
  readonly perMinute?: number;
  /** Whether the server alone keeps the process alive until `close`. */
  readonly foreground?: boolean;
}

export interface Demo {
  readonly base: URL;
  readonly key: string;
  readonly org: string;
  /** Closes idle and busy sockets at once. */
  close(): Promise<void>;
}

/** No secret: it opens invented data on this machine only. */
const DEMO_KEY = 'demo_Kq7vN2xT9cLw4RzYb8HsJm3F';
const UNREACHED = 100_000;
const SMALL = 1024;

/**
 * Starts a server on 127.0.0.1 that speaks a vendor's contract over a seeded organization. The same `now` gives the same data.
 * Rejects with the socket's error when the port is taken, with a usage error when the vendor has no demo.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const provider = findProvider(options.provider ?? 'invent');
  const key = options.key ?? DEMO_KEY;
  const logs = openLogs(options.now, await tellerOf(provider));
  const started = performance.now();
  const clock = (): number => options.now + performance.now() - started;
  const limited = rateLimit(options.perMinute ?? UNREACHED);

  const respond = (request: WireRequest): WireAnswer => {
    const now = clock();
    const wait = limited(now);
    if (wait !== undefined) return tooMany(wait);
    const door: Door = { provider, key, knows: (org) => logs.of(org) !== undefined, now };
    return answer(door, (org) => logs.of(org)!, request);
  };
  const server = createServer((request, response) => send(response, request, respond(wire(request)), clock()));
  // Clients may keep connections: closing an idle one could meet a request half-way.
  server.keepAliveTimeout = 0;
  await once(server.listen(options.port ?? 0, '127.0.0.1'), 'listening');
  if (options.foreground !== true) {
    server.unref();
    server.on('connection', (socket) => socket.unref());
  }
  const { port } = server.address() as AddressInfo;
  return { base: new URL(`http://127.0.0.1:${port}`), key, org: logs.own, close: () => close(server) };
}

/** What writes an organization's log as the vendor's entries. */
async function tellerOf(provider: Provider): Promise<(organization: Organization) => Log<number>> {
  if (provider.name === 'invent') return inventLog;
  const { TRANSLATIONS, translatedLog } = await import('./vendors/index.js');
  if (Object.hasOwn(TRANSLATIONS, provider.name)) return (organization) => translatedLog(provider, organization);
  const known = ['invent', ...Object.keys(TRANSLATIONS)].join(', ');
  throw usageError(`there is no demo of ${provider.title}`, `There are demos of ${known}.`);
}

/** The logs that the demo's key may read: its own under two names (and '', where the path names no organization), and those of the sub-organizations, made on demand. */
function openLogs(
  now: number,
  tell: (organization: Organization) => Log<number>,
): { readonly own: string; of(org: string): Log<number> | undefined } {
  const organization = demoOrganization(now);
  const own = tell(organization);
  const opened = new Map([
    ['', own],
    ['c', own],
    [organization.id, own],
  ]);
  const others = subOrganizations();
  return {
    own: organization.id,
    of: (org) => {
      const other = opened.has(org) ? undefined : others.find(({ id }) => id === org);
      if (other !== undefined) opened.set(org, tell(other.open(now)));
      return opened.get(org);
    },
  };
}

function wire(request: IncomingMessage): WireRequest {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return { method: request.method ?? '', target: request.url ?? '', headers };
}

function send(response: ServerResponse, request: IncomingMessage, answered: WireAnswer, now: number): void {
  const packed = answered.body.length > SMALL && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = packed ? gzipSync(answered.body, { level: 1 }) : Buffer.from(answered.body);
  response.writeHead(answered.status, {
    ...(answered.headers as Record<string, string | string[]>),
    ...(packed && { 'content-encoding': 'gzip' }),
    date: new Date(now).toUTCString(),
    'content-length': body.length,
  });
  response.end(body);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const MINUTE_MS = 60_000;

/** Admits `perMinute` requests in any minute. For one more it gives the seconds to wait. `at` is in ms and never decreases. */
export function rateLimit(perMinute: number): (at: number) => number | undefined {
  const admitted: number[] = [];
  let oldest = 0;
  return (at) => {
    while (oldest < admitted.length && admitted[oldest]! <= at - MINUTE_MS) oldest += 1;
    if (oldest > perMinute) oldest -= admitted.splice(0, oldest).length;
    if (admitted.length - oldest >= perMinute) return Math.ceil((admitted[oldest]! + MINUTE_MS - at) / 1000);
    admitted.push(at);
    return undefined;
  };
}
