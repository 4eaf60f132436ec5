import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { usageError } from '../errors.js';
import { findProvider } from '../providers/index.js';
import type { Provider } from '../providers/provider.js';
import { answer, type Door, type Log, tooMany, type WireAnswer, type WireRequest } from './contract.js';
import { inventLog } from './entry.js';
import { rateLimit } from './limit.js';
import { demoOrganization, type Organization, subOrganizations } from './organization.js';

export interface DemoOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Epoch ms: the organization's log ends about there, and the server's clock starts there. */
  readonly now: number;
  readonly provider?: string;
  readonly key?: string;
  /** Requests a minute that are let through, as the vendor's own limit does. The default is never felt. */
  readonly perMinute?: number;
  /** Keeps the process alive until `close`, for a server that people talk to. Otherwise it lives only as long as something else does. */
  readonly foreground?: boolean;
}

/** A running demo: where it is, the key that it takes, and the id of its organization. */
export interface Demo {
  readonly base: URL;
  readonly key: string;
  readonly org: string;
  /** Ends at once, with idle and busy sockets. */
  close(): Promise<void>;
}

/** It opens nothing but invented data on this machine, so it is no secret. */
const DEMO_KEY = 'demo_Kq7vN2xT9cLw4RzYb8HsJm3F';
const UNFELT = 100_000;
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
  const limited = rateLimit(options.perMinute ?? UNFELT);

  const respond = (request: WireRequest): WireAnswer => {
    const now = clock();
    const wait = limited(now);
    if (wait !== undefined) return tooMany(wait);
    const door: Door = { provider, key, knows: (org) => logs.of(org) !== undefined, now };
    return answer(door, (org) => logs.of(org)!, request);
  };
  const server = createServer((request, response) => send(response, request, respond(wire(request)), clock()));
  // A client may keep its connections as long as it likes: closing idle ones would meet a request half-way.
  server.keepAliveTimeout = 0;
  await listen(server, options.port ?? 0);
  if (options.foreground !== true) {
    server.unref();
    server.on('connection', (socket) => socket.unref());
  }
  const { port } = server.address() as AddressInfo;
  return { base: new URL(`http://127.0.0.1:${port}`), key, org: logs.own, close: () => close(server) };
}

/** Tells an organization's history in the vendor's own entries. */
async function tellerOf(provider: Provider): Promise<(organization: Organization) => Log<number>> {
  if (provider.name === 'invent') return inventLog;
  const { TRANSLATIONS, translatedLog } = await import('./vendors/index.js');
  if (Object.hasOwn(TRANSLATIONS, provider.name)) return (organization) => translatedLog(provider, organization);
  const known = ['invent', ...Object.keys(TRANSLATIONS)].join(', ');
  throw usageError(`there is no demo of ${provider.title}`, `There are demos of ${known}.`);
}

/**
 * The logs that the demo's key may read: its own under two names (and none, where the vendor's path names none), and
 * those of the sub-organizations, told when first asked for.
 */
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

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
