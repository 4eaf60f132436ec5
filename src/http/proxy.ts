import type { Context } from '../context.js';
import { usageError } from '../errors.js';
import { isLoopback } from '../profile/loopback.js';

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
 * The proxy for requests to `target`, from `https_proxy`, `HTTPS_PROXY`, `http_proxy`, `HTTP_PROXY`, `all_proxy`, `ALL_PROXY` and `no_proxy`, `NO_PROXY`; lower case wins.
 * `HTTP_PROXY` is ignored where `REQUEST_METHOD` is set: a web server's client could have set it. A plain-http target, which is always this machine,
 * is reached only through a proxy on this machine: the key is not encrypted. Throws a usage error for an unusable address, and never shows the value.
 */
export function proxyFor(target: URL, env: Context['env']): HttpProxy | undefined {
  if (excluded(target, firstOf(env, ['no_proxy', 'NO_PROXY'])?.value ?? '')) return undefined;
  const names =
    target.protocol === 'https:'
      ? ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']
      : ['http_proxy', ...((env.REQUEST_METHOD ?? '') === '' ? ['HTTP_PROXY'] : []), 'all_proxy', 'ALL_PROXY'];
  const found = firstOf(env, names);
  if (found === undefined) return undefined;
  const proxy = parseProxy(found.value, found.name);
  if (target.protocol === 'http:' && !isLoopback(proxy.url)) return undefined;
  return proxy;
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
      `Such as ${from}=http://proxy.example.com:3128`,
    );
  const password = decode(url.password);
  const credentials = `${decode(url.username)}:${password}`;
  const encoded = credentials === ':' ? '' : Buffer.from(credentials).toString('base64');
  const secrets = [url.password, password, encoded].filter((secret) => secret !== '');
  url.username = '';
  url.password = '';
  return { url, token: encoded === '' ? undefined : `Basic ${encoded}`, from, secrets: [...new Set(secrets)] };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** NO_PROXY: names and addresses, separated by commas or blanks. A name also covers the names below it, as in curl, and so do `.name` and `*.name`; `host:port` is one port, `*` everything. */
function excluded(target: URL, list: string): boolean {
  const host = hostOf(target).toLowerCase();
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((item) => item !== '')
    .some((item) => {
      if (item === '*') return true;
      const parts = /^(?:\[([0-9a-f:]+)\]|([^:]+)|([0-9a-f:]*:[0-9a-f:]*:[0-9a-f:]*))(?::(\d+))?$/.exec(item);
      const name = (parts?.[1] ?? parts?.[2] ?? parts?.[3] ?? item).replace(/^\*?\./, '').replace(/\.$/, '');
      if (parts?.[4] !== undefined && Number(parts[4]) !== portOf(target)) return false;
      return name !== '' && (host === name || host.endsWith(`.${name}`));
    });
}

/** The host name, or the address without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

export function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}
