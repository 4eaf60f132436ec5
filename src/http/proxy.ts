import { BlockList, isIP } from 'node:net';
import type { Context } from '../context.js';
import { usageError } from '../errors.js';
import { decoded } from './decoded.js';

export interface HttpProxy {
  /** Without credentials. */
  readonly url: URL;
  /** The value of `proxy-authorization`; undefined without credentials. Secret. */
  readonly token: string | undefined;
  /** The variable it came from, for messages. */
  readonly from: string;
  /** Texts that are never printed: the password as written and decoded, and the token. */
  readonly secrets: readonly string[];
}

/**
 * The proxy for requests to `target`, from `https_proxy`, `HTTPS_PROXY`, `all_proxy`, `ALL_PROXY` and `no_proxy`, `NO_PROXY`; lower case wins. A plain-http
 * target is always this machine, and never reached through a proxy: the key is not encrypted. Throws a usage error for an unusable address, and never
 * shows the value.
 */
export function proxyFor(target: URL, env: Context['env']): HttpProxy | undefined {
  if (target.protocol !== 'https:') return undefined;
  if (excluded(target, firstOf(env, ['no_proxy', 'NO_PROXY'])?.value ?? '')) return undefined;
  const found = firstOf(env, ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']);
  return found && parseProxy(found.value, found.name);
}

function firstOf(env: Context['env'], names: readonly string[]): { name: string; value: string } | undefined {
  return names.map((name) => ({ name, value: env[name]?.trim() ?? '' })).find(({ value }) => value !== '');
}

function parseProxy(value: string, from: string): HttpProxy {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '')
    throw usageError(
      `$${from} is not the address of an http or https proxy`,
      `Example: ${from}=http://proxy.example.com:3128`,
    );
  const password = decoded(url.password);
  const credentials = `${decoded(url.username)}:${password}`;
  const encoded = credentials === ':' ? '' : Buffer.from(credentials).toString('base64');
  const secrets = [url.password, password, encoded].filter((secret) => secret !== '');
  url.username = '';
  url.password = '';
  return { url, token: encoded === '' ? undefined : `Basic ${encoded}`, from, secrets: [...new Set(secrets)] };
}

/**
 * NO_PROXY: names, addresses and ranges of addresses (`10.0.0.0/8`), separated by commas or blanks. A name also covers the names below it, as in curl, and
 * so do `.name` and `*.name`; `host:port` is one port, `*` everything.
 */
function excluded(target: URL, list: string): boolean {
  const host = hostOf(target).toLowerCase().replace(/\.$/, '');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((item) => item !== '' && covers(item, host, portOf(target)));
}

function covers(item: string, host: string, port: number): boolean {
  if (item === '*') return true;
  const [, range, bits] = /^\[?([0-9a-f.:]+)\]?\/(\d{1,3})$/.exec(item) ?? [];
  if (range !== undefined) return isWithin(host, range, Number(bits));
  const parts = /^(?:\[([0-9a-f.:]+)\]|([^:]+)|([0-9a-f]*:[0-9a-f.]*:[0-9a-f.:]*))(?::(\d+))?$/.exec(item);
  if (parts?.[4] !== undefined && Number(parts[4]) !== port) return false;
  const name = (parts?.[1] ?? parts?.[2] ?? parts?.[3] ?? item).replace(/^\*?\./, '').replace(/\.$/, '');
  if (isIP(name) !== 0) return isWithin(host, name, undefined);
  return host === name || (name !== '' && isIP(host) === 0 && host.endsWith(`.${name}`));
}

/** Whether a host is an address in a range, or where there are no bits, that address, however it is written. */
function isWithin(host: string, address: string, bits: number | undefined): boolean {
  const [own, family] = [isIP(host), isIP(address)];
  const most = family === 4 ? 32 : 128;
  if (own === 0 || family === 0 || (bits ?? 0) > most) return false;
  const range = new BlockList();
  range.addSubnet(address, bits ?? most, family === 4 ? 'ipv4' : 'ipv6');
  return range.check(host, own === 4 ? 'ipv4' : 'ipv6');
}

/** The host name, or the address without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

export function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}
