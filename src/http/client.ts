import type { Context } from '../context.js';
import type { Secret } from '../keys.js';
import type { Connection } from '../profile.js';
import { secretTexts, signedHeaders } from '../providers/auth.js';
import type { Provider } from '../providers/provider.js';
import type { Limits } from './exchange.js';
import { badStatus, webPage } from './fault.js';
import { Channel, type SignIn, USER_AGENT } from './layers.js';
import { isWebPage } from './messages/server.js';
import type { Wait } from './retry/waits.js';
import type { ApiRequest, ApiResponse, Send } from './send.js';
import { type Token, type TokenOptions, Tokens } from './token/tokens.js';
import { isSkewed } from './traffic.js';

/** Requests to the API, with the key, the rate, the retries and the timeouts. One for a whole run: the rate and the retry budget are shared by all its callers. */
export interface Client {
  /**
   * Asks for `url` (which must have the connection's origin), by GET or with the body `post`, and gives what `parse` makes of the 200 answer; a web page never reaches `parse`.
   * `parse` throws a `Fault` (fault.ts: `cutBody`, `badText`, `unknownShape`) when the body is unusable; the fault's kind decides whether the page is requested again, whole.
   * Rejects with an `AuditlogError` when retrying is over or pointless (its cause is the last `Fault`: see `faultOf`), with the signal's reason when stopped.
   */
  get<T>(url: URL, parse: (response: ApiResponse) => T, options?: GetOptions): Promise<T>;
  stats(): ClientStats;
  /** Cuts what is under way and frees the sockets. */
  close(): Promise<void>;
}

export interface GetOptions {
  /** The JSON body of a POST. It only reads, so that it is repeated as a GET is; `--debug` shows it. Absent: GET. */
  readonly post?: string | undefined;
  /** The page was named by an earlier answer (a cursor or a link): where the server refuses it, that has expired. */
  readonly continues?: boolean;
  /**
   * The caller can ask for a smaller page. Then the third 500 rejects at once, with `faultOf(error)?.status === 500`; without it such a page
   * is tried as often as others.
   */
  readonly shrinkable?: boolean;
  /** Ends this request alone, besides the run's own signal; rejects with its reason. */
  readonly signal?: AbortSignal;
}

export interface ClientStats {
  /** Requests sent, retries included. */
  readonly requests: number;
  readonly retries: number;
  /** Set while all requests wait, such as after a 429. */
  readonly waiting: Wait | undefined;
  /** Server's clock minus ours, in ms: the median over the first answers; 0 before there is one. */
  readonly skew: number;
  /** Requests a minute at this moment; lower than asked for after a 429. Undefined: no limit of ours. */
  readonly rate: number | undefined;
}

export interface ClientOptions extends TokenOptions {
  /** Sockets; default 4, or 16 without a rate. */
  readonly connections?: number;
  /** Called once, as soon as an answer shows that the clocks are more than a minute apart: before `get` gives that answer. */
  readonly onSkew?: (skew: number) => void;
}

/** Opens nothing until the first `get`. Throws a usage error when the proxy's variable is unusable. */
export function openClient(ctx: Context, connection: Connection, options: ClientOptions = {}): Client {
  const { base, provider, rate } = connection;
  const { auth } = provider;
  const limits = { ...limitsFor(connection.timeout), ...options.limits };
  const tokens = auth.type === 'token' ? new Tokens(ctx, connection, auth, { ...options, limits }) : undefined;
  const channel = new Channel(ctx, {
    ...options,
    limits,
    base,
    direct: connection.direct,
    connections: options.connections ?? (rate === undefined ? 16 : 4),
    rate,
    limit: provider.rate.limit,
    maxWait: connection.maxWait,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'cache-control': 'no-cache',
      'user-agent': USER_AGENT,
      ...provider.headers,
    },
    signIn: async () => {
      const key = await connection.key();
      return tokens === undefined ? signInWith(connection, key) : signInByToken(connection, tokens, key);
    },
  });
  const { clock, governor, traffic } = channel.patience;

  let hasReported = false;
  const reportSkew = (): void => {
    const { skew } = traffic;
    if (hasReported || !isSkewed(skew)) return;
    hasReported = true;
    options.onSkew?.(skew);
  };

  return {
    async get(url, parse, { post, shrinkable = false, continues = false, signal } = {}) {
      try {
        return await channel.ask({ ...sentFor(url, post), shrinkable, signal }, (response) => {
          if (response.status !== 200) throw badStatus(response, continues);
          if (isWebPage(response)) throw webPage(response);
          return parse(response);
        });
      } finally {
        reportSkew();
      }
    },
    stats: () => {
      const { gate: until, rate: current } = governor;
      const waiting = until === 0 ? undefined : { why: 'rate limited', until: clock.now() + until - clock.monotonic() };
      const { requests, retries, skew } = traffic;
      return { requests, retries, waiting, skew, rate: current };
    },
    close: async () => {
      tokens?.close('the client is closed');
      await channel.close('the client is closed');
    },
  };
}

function sentFor(
  url: URL,
  post: string | undefined,
): Pick<ApiRequest, 'url' | 'method' | 'headers' | 'body' | 'shown'> {
  if (post === undefined) return { url, headers: {} };
  return {
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(post),
    shown: post,
  };
}

/** With the answer's body a request may take a minute more, as its pieces come. */
const REST = 60_000;

function limitsFor(timeout: number | undefined): Partial<Limits> {
  return timeout === undefined ? {} : { headers: timeout, bodyIdle: timeout, attempt: timeout + REST };
}

/** A key that was replaced while we run, in its file or by its command, is read again once the old one is refused. */
function signInWith(connection: Connection, key: Secret): SignIn {
  const { provider, base } = connection;
  return {
    by: { provider, key },
    secrets: secretTexts(provider.auth, key.reveal()),
    sign: (send) => withAuth(send, provider.auth, key, base.origin),
    renew: async (refused) => {
      const next = refused?.status === 401 ? await connection.key(key) : key;
      return next.reveal() === key.reveal() ? undefined : signInWith(connection, next);
    },
  };
}

/** With a token that is made before the first request, again before its end, and once after a 401. */
function signInByToken(connection: Connection, tokens: Tokens, key: Secret, token?: Token): SignIn {
  const { provider, base } = connection;
  const { auth } = provider;
  return {
    by: { provider, key },
    secrets: [...secretTexts(auth, key.reveal()), ...(token === undefined ? [] : [token.text, ...token.secrets])],
    sign: (send) => withHeaders(send, signedHeaders(auth, key.reveal(), token?.text ?? ''), base.origin),
    isOver: () => token === undefined || tokens.isOver(token),
    renew: async (refused) => {
      if (refused !== undefined && refused.status !== 401) return undefined;
      const next = await tokens.make(key);
      return signInByToken(connection, tokens, next.key, next);
    },
  };
}

/** Adds the key to requests to `origin`. Another origin is a fault of ours: it throws before anything is sent. */
export function withAuth(send: Send, auth: Provider['auth'], key: Secret, origin: string): Send {
  return withHeaders(send, signedHeaders(auth, key.reveal()), origin);
}

function withHeaders(send: Send, headers: Readonly<Record<string, string>>, origin: string): Send {
  return async (request) => {
    if (request.url.origin !== origin)
      throw new Error(`refused to send the key of ${origin} to ${request.url.origin}: this is a fault of auditlog`);
    return send({ ...request, headers: { ...request.headers, ...headers } });
  };
}
