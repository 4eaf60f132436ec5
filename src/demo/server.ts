import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ProviderFile } from '../providers/file/parse.js';
import { findProvider } from '../providers/index.js';
import type { Provider } from '../providers/provider.js';
import { type Door, type Log, tooMany, type WireAnswer, type WireRequest } from './contract.js';
import { inventLog } from './entry.js';
import { answerFrom, type DemoVendor } from './file.js';
import { demoKey } from './key.js';
import { demoOrganization, subOrganizations } from './organization.js';
import { openTokens } from './tokens.js';

export interface DemoOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Epoch ms: the organization's log ends about then, and the server's clock starts then. */
  readonly now: number;
  /** The name of a built-in vendor, or the description of another; default: invent. */
  readonly provider?: string | ProviderFile;
  readonly key?: string;
  /** The rate limit, as the vendor documents it. The default is never reached. */
  readonly perMinute?: number;
  /** Whether the open server keeps the process alive until `close`. */
  readonly foreground?: boolean;
}

export interface Demo {
  readonly base: URL;
  readonly key: string;
  readonly org: string;
  /** With values for its variables. */
  readonly provider: Provider;
  /** Closes idle and busy sockets at once. */
  close(): Promise<void>;
}

const UNREACHED = 100_000;
const SMALL = 1024;
/** Bytes of a request's body. */
const MOST = 1024 * 1024;

/**
 * Starts a server on 127.0.0.1 that speaks a vendor's contract over a seeded organization. The same `now` gives the same data.
 * Rejects with the socket's error when the port is taken, with a usage error for the name of no built-in vendor.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const vendor = await vendorOf(options.provider ?? 'invent');
  const { provider } = vendor;
  const key = options.key ?? demoKey(provider);
  const logs = openLogs(options.now, vendor);
  const tokens = openTokens(provider, key);
  const started = performance.now();
  const clock = (): number => options.now + performance.now() - started;
  const limited = rateLimit(options.perMinute ?? UNREACHED);

  const respond = (request: WireRequest): WireAnswer => {
    const now = clock();
    const wait = limited(now);
    if (wait !== undefined) return tooMany(wait);
    const made = tokens?.answer(request, now);
    if (made !== undefined) return made;
    const door: Omit<Door, 'provider'> = {
      key,
      knows: logs.knows,
      now,
      isStrict: typeof options.provider === 'object',
      ...(tokens && { isSigned: (headers) => tokens.isSigned(headers, now) }),
    };
    return answerFrom(vendor.logs, door, logs.of, request);
  };
  const server = createServer((request, response) => {
    received(request).then(
      (asked) => send(response, request, respond(asked), clock()),
      () => response.destroy(),
    );
  });
  // Clients keep connections: closing an idle one could interrupt a request.
  server.keepAliveTimeout = 0;
  await once(server.listen(options.port ?? 0, '127.0.0.1'), 'listening');
  if (options.foreground !== true) {
    server.unref();
    server.on('connection', (socket) => socket.unref());
  }
  const { port } = server.address() as AddressInfo;
  return { base: new URL(`http://127.0.0.1:${port}`), key, org: logs.own, provider, close: () => close(server) };
}

async function vendorOf(named: string | ProviderFile): Promise<DemoVendor> {
  if (typeof named === 'object') return (await import('./file.js')).demoVendor(named);
  const provider = findProvider(named);
  if (provider.name === 'invent')
    return { provider, logs: [provider], tell: (_, organization) => inventLog(organization) };
  const { translatedLog } = await import('./vendors/index.js');
  return { provider, logs: [provider], tell: translatedLog };
}

/** The organization's name in the demo, for vendors whose paths use names. */
export const DEMO_ORG = 'lumenharbor';

/**
 * The logs that the demo's key may read: its own organization under any of its names (and '', if the path names none), and the sub-organizations,
 * made on demand.
 */
function openLogs(
  now: number,
  { tell, provider }: DemoVendor,
): { readonly own: string; knows(org: string): boolean; of(log: Provider, org: string): Log<number> } {
  const organization = demoOrganization(now);
  const names = new Set(['', 'c', DEMO_ORG, organization.id, provider.defaultOrg ?? '']);
  const others = subOrganizations();
  const opened = new Map<Provider, Map<string, Log<number>>>();
  return {
    own: organization.id,
    knows: (org) => names.has(org) || others.some(({ id }) => id === org),
    of: (log, org) => {
      const known = opened.get(log) ?? new Map<string, Log<number>>();
      opened.set(log, known);
      const id = names.has(org) ? organization.id : org;
      const found = known.get(id) ?? tell(log, others.find((other) => other.id === id)?.open(now) ?? organization);
      known.set(id, found);
      return found;
    },
  };
}

async function received(request: IncomingMessage): Promise<WireRequest> {
  if (request.method !== 'POST') return wire(request);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MOST) throw new Error('the body is too large');
    chunks.push(chunk as Buffer);
  }
  return { ...wire(request), body: Buffer.concat(chunks).toString('utf8') };
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

/** Allows `perMinute` requests in any minute. Returns the seconds to wait for one more. `at` is in ms and never decreases. */
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
