import type { Context } from '../context.js';
import { usageError } from '../errors.js';
import { isLoopback } from '../profile/loopback.js';
import { Channel, type ChannelRequest, USER_AGENT } from './channel.js';
import { badStatus } from './fault.js';
import type { Wait } from './retry/waits.js';
import type { ApiRequest, ApiResponse, Method, Send } from './send.js';
import type { Limits } from './transport.js';

/** Requests to a destination: one origin, with its sign-in, its retries and its timeouts. One for a whole run: the retry budget is shared by all its callers. */
export interface Outbound {
  /** Sends once. Gives any whole answer, whatever its status; rejects with a `Fault` when there is none, with the signal's reason when stopped. */
  send(request: OutboundRequest): Promise<ApiResponse>;
  /**
   * Sends until `judge` is content. `judge` gets every whole answer, whatever its status: what it returns is the result; a `Fault` that it throws is tried again as
   * http/retry/decide.ts decides (429 and 503 as long as the server asks, resets, cut bodies), anything else that it throws ends it.
   * Rejects with an `AuditlogError` when retrying is over or pointless (its cause is the last `Fault`: see `faultOf`), with the signal's reason when stopped.
   * What is sent may so arrive more than once: it has to be idempotent there.
   */
  ask<T>(request: OutboundRequest, judge: (response: ApiResponse) => T): Promise<T>;
  /** Cuts what is under way and frees the sockets. */
  close(): Promise<void>;
}

export interface OutboundRequest {
  readonly method: Method;
  /** From the root, with its query: sent as it is where it is a URL's already. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Compressed by the caller, who then says so in `content-encoding`. */
  readonly body?: Buffer;
  /** Ends this request alone. */
  readonly signal?: AbortSignal;
}

/** Who hears of requests and waits. */
export interface Hearing {
  /** Gets a line for each try, for `--debug`. Neutralise it before showing; no secret is in it. */
  readonly debug?: ((line: string) => void) | undefined;
  /** Gets the longest wait that just began, until epoch ms, and undefined when there is none any more. */
  readonly onWait?: ((wait: Wait | undefined) => void) | undefined;
}

export interface OutboundOptions extends Hearing {
  /** What it is, for messages, such as `ClickHouse`. */
  readonly what: string;
  /** Where its secret came from, for messages, such as `$AUDITLOG_DEST_SECRET`; undefined: there is none. */
  readonly secretFrom?: string | undefined;
  /** The headers that say who we are, made anew for each try: never shown in a message or a trace. */
  readonly authorize?: (request: ApiRequest) => Headers | Promise<Headers>;
  /** What may stand in no message: every secret of this destination. */
  readonly secrets?: readonly string[];
  /** Requests at one time; default 4. */
  readonly connections?: number;
  /** Longest single wait that the server may ask for, ms; default 15 minutes. */
  readonly maxWait?: number;
  readonly limits?: Partial<Limits>;
}

type Headers = Readonly<Record<string, string>>;

/**
 * Opens a channel to a destination's origin (https, or http on this machine), through the proxy that the environment names. Makes no connection yet.
 * Certificates are always checked, redirects are never followed. Rejects with a usage error for an origin that would carry secrets and events unprotected.
 */
export async function openOutbound(ctx: Context, origin: URL, options: OutboundOptions): Promise<Outbound> {
  checkOrigin(origin);
  const { what, secretFrom, secrets = [], authorize, connections = 4, ...others } = options;
  const channel = new Channel(ctx, {
    ...others,
    base: origin,
    connections,
    headers: { 'accept-encoding': 'identity', 'user-agent': USER_AGENT },
    signIn: async () => ({ by: { what, secretFrom }, secrets, sign: (send) => withAuthorization(send, authorize) }),
  });
  await channel.open();
  const toChannel = ({ path, headers = {}, ...request }: OutboundRequest): ChannelRequest => ({
    ...request,
    headers,
    url: urlOf(origin, path),
  });
  return {
    send: async (request) => channel.send(toChannel(request)),
    ask: async (request, judge) => channel.ask(toChannel(request), judge),
    close: () => channel.close(`the way to ${what} is closed`),
  };
}

function withAuthorization(send: Send, authorize: OutboundOptions['authorize']): Send {
  return async (request) => send({ ...request, headers: { ...request.headers, ...(await authorize?.(request)) } });
}

/** For `ask`, where any 2xx is success: throws a `Fault` for the rest. */
export function accepted(response: ApiResponse): ApiResponse {
  if (response.status < 200 || response.status > 299) throw badStatus(response);
  return response;
}

function checkOrigin(origin: URL): void {
  if (origin.protocol === 'https:') return;
  if (origin.protocol !== 'http:') throw new Error(`${origin.protocol} is no HTTP: this is a fault of auditlog`);
  if (!isLoopback(origin))
    throw usageError(
      `http would send the events unprotected to ${origin.host}`,
      'Use the form for https; http is only for this machine (localhost).',
    );
}

function urlOf(origin: URL, path: string): URL {
  const url = URL.canParse(path, origin.origin) ? new URL(path, origin.origin) : undefined;
  if (url?.origin !== origin.origin || !path.startsWith('/'))
    throw new Error(`refused to send to a path that is none of ${origin.origin}: this is a fault of auditlog`);
  return url;
}
