import type { ExitCode } from '../../errors.js';
import type { Secret } from '../../keys.js';
import type { Provider } from '../../providers/provider.js';
import type { HttpProxy } from '../proxy.js';
import type { StopReason } from '../retry/decide.js';

export interface ApiAnswerer {
  readonly provider: Provider;
  readonly key: Secret;
}

/** A destination such as `ClickHouse`, and the source of its secret; undefined: it has none. */
export interface DestinationAnswerer {
  readonly what: string;
  readonly secretFrom: string | undefined;
}

/** Where the tokens of an API are made, with its key. */
export interface TokenAnswerer extends DestinationAnswerer {
  readonly makes: ApiAnswerer;
}

export type Answerer = ApiAnswerer | DestinationAnswerer | TokenAnswerer;

/** Who was asked, and by which way. */
export interface Asked {
  readonly by: Answerer;
  readonly url: URL;
  readonly proxy: HttpProxy | undefined;
}

/** The facts around the last fault of a request. */
export interface Circumstances extends Asked {
  readonly attempts: number;
  readonly why: StopReason;
  /** Local clock, epoch ms. */
  readonly now: number;
}

/** An error for people. Its exit code is that of a server's fault where none is given. */
export interface FaultText {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly exit?: ExitCode;
}

/** `api.example.com`, or `ClickHouse at db.example.com:8123`. */
export function nameOf({ by, url }: Circumstances): string {
  return 'what' in by ? `${by.what} at ${url.host}` : url.host;
}

/** What to check where a proxy is used and there is no connection. */
export function proxyHint({ proxy }: Circumstances): string | undefined {
  return proxy && `The proxy ${proxy.url.host} comes from $${proxy.from}; NO_PROXY names the hosts that need none`;
}

/** The answer 407, which comes from the proxy. */
export function wantsCredentials({ proxy }: Circumstances): FaultText {
  return {
    message: `the proxy${proxy === undefined ? '' : ` ${proxy.url.host}`} wants credentials (407)`,
    hint: `Give it some: ${proxy?.from ?? 'HTTPS_PROXY'}=http://USER:PASSWORD@HOST:PORT`,
  };
}
