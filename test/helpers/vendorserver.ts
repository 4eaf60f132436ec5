import { createServer } from 'node:http';
import { answer } from '../../src/demo/contract.js';
import { logOf } from '../../src/demo/valuelog.js';
import type { Provider } from '../../src/providers/provider.js';
import { close, listen, wireRequest } from '../model/server.js';

export interface VendorServer {
  readonly base: string;
  readonly key: string;
  /** Path and query of every request. */
  readonly targets: readonly string[];
  readonly headers: readonly Readonly<Record<string, string | undefined>>[];
  close(): Promise<void>;
}

/** Serves these entries on a real socket, by the contract that the vendor's own data describes. */
export async function serveVendor(provider: Provider, values: readonly object[], now: number): Promise<VendorServer> {
  const log = logOf(provider, values);
  const key = 'vendor_Wb5tYq9RmZ2xKc7LpVn4';
  const targets: string[] = [];
  const headers: Readonly<Record<string, string | undefined>>[] = [];
  const server = createServer((request, response) => {
    const asked = wireRequest(request);
    targets.push(asked.target);
    headers.push(asked.headers);
    const made = answer({ provider, key, knows: () => true, now }, () => log, asked);
    response.writeHead(made.status, { ...made.headers, date: new Date(now).toUTCString() } as Record<string, string>);
    response.end(made.body);
  });
  server.keepAliveTimeout = 0;
  const base = await listen(server);
  return { base: base.origin, key, targets, headers, close: () => close(server) };
}
