import type { Context } from '../context.js';
import { usageError } from '../errors.js';
import { isLoopback } from '../profile/loopback.js';
import { badStatus } from './fault.js';
import { Channel, type ChannelOptions, type ChannelRequest, type SignIn, USER_AGENT } from './layers.js';
import type { ApiRequest, ApiResponse, Method } from './send.js';

/** Requests to the origin of a destination, with its sign-in, retries and timeouts. One for a whole run: the retry budget is shared by all its callers. */
export interface Outbound {
  /** Sends once. Gives any whole answer, whatever its status; rejects with a `Fault` without one, with the signal's reason when stopped. */
  send(request: OutboundRequest): Promise<ApiResponse>;
  /**
   * Sends until `judge` accepts the answer. `judge` gets every whole answer, whatever its status, and returns the result. A `Fault` that it throws is
   * tried again as http/retry/decide.ts decides (429 and 503 as long as the server asks, resets, cut bodies); other errors are passed on.
   * Rejects with an `AuditlogError` when retrying is over or pointless (its cause is the last `Fault`: see `faultOf`), with the signal's reason when
   * stopped. The request may arrive more than once, so it has to be idempotent.
   */
  ask<T>(request: OutboundRequest, judge: (response: ApiResponse) => T): Promise<T>;
  /** Cuts what is under way and frees the sockets. */
  close(): Promise<void>;
}

export interface OutboundRequest {
  readonly method: Method;
  /** From the root, with its query, percent-encoded. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Compressed bodies need a `content-encoding`. */
  readonly body?: Buffer;
  /** See `ApiRequest`. */
  readonly verbatim?: boolean;
  /** Ends this request alone. */
  readonly signal?: AbortSignal;
}

export type Hearing = Pick<ChannelOptions, 'debug' | 'onWait'>;

export interface OutboundOptions
  extends OutboundSignIn,
    Pick<ChannelOptions, 'debug' | 'onWait' | 'maxWait' | 'limits'> {
  /** The product, for messages, such as `ClickHouse`. */
  readonly what: string;
  /** Requests at one time; default 4. */
  readonly connections?: number;
}

/** How to sign in to a destination. */
export interface OutboundSignIn {
  /** The source of its secret, for messages, such as `$AUDITLOG_DEST_SECRET`; undefined: it has none. */
  readonly secretFrom?: string | undefined;
  /** Makes the headers of the sign-in for each try. They appear in no message and no trace. */
  readonly authorize?: (request: ApiRequest) => Headers | Promise<Headers>;
  /** Texts that no message may contain. */
  readonly secrets?: readonly string[];
  /** Whether an answer other than 401 and 403 refuses the sign-in. */
  readonly isRefusal?: (response: ApiResponse) => boolean;
  /** Called once after a refusal: how to sign in with the secret that has replaced this one; undefined: it is the same. */
  readonly again?: () => Promise<OutboundSignIn | undefined>;
}

type Headers = Readonly<Record<string, string>>;

/**
 * Opens a channel to a destination's origin (https, or http on this machine), through the proxy that the environment names. Makes no connection yet.
 * Certificates are always checked, redirects are never followed. Rejects with a usage error for an origin that would carry secrets and events unprotected.
 */
export async function openOutbound(ctx: Context, origin: URL, options: OutboundOptions): Promise<Outbound> {
  checkOrigin(origin);
  const { what, secretFrom, secrets, authorize, isRefusal, again, connections = 4, ...others } = options;
  const channel = new Channel(ctx, {
    ...others,
    base: origin,
    connections,
    headers: { 'accept-encoding': 'identity', 'user-agent': USER_AGENT },
    signIn: async () => signInOf(what, { secretFrom, secrets, authorize, isRefusal, again }),
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

function signInOf(
  what: string,
  { secretFrom, secrets = [], authorize, isRefusal, again }: Loose<OutboundSignIn>,
): SignIn {
  return {
    by: { what, secretFrom },
    secrets,
    sign: (send) => async (request) =>
      send({ ...request, headers: { ...request.headers, ...(await authorize?.(request)) } }),
    isRefusal,
    renew: async () => {
      const next = await again?.();
      return next && signInOf(what, next);
    },
  };
}

/** With members that may be undefined as well as absent. */
type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

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
      'Use the form for https; http is only for this machine (localhost)',
    );
}

function urlOf(origin: URL, path: string): URL {
  const url = URL.canParse(path, origin.origin) ? new URL(path, origin.origin) : undefined;
  if (url?.origin !== origin.origin || !path.startsWith('/'))
    throw new Error(`refused to send to a path that is none of ${origin.origin}: this is a fault of auditlog`);
  return url;
}
