import type { Context } from '../context.js';
import { AuditlogError, usageError } from '../errors.js';
import { isLoopback } from '../profile/loopback.js';
import { VERSION } from '../version.js';
import { badStatus } from './fault.js';
import { scrubError } from './line.js';
import { explain } from './messages/explain.js';
import { proxyFor } from './proxy.js';
import { makeGovernor } from './rate.js';
import { makeScrubber } from './redact.js';
import { persist } from './retry/loop.js';
import { openWaits, type Wait } from './retry/waits.js';
import type { ApiResponse, Method } from './send.js';
import { anySignal } from './signals.js';
import { withTrace } from './trace.js';
import { openTraffic } from './traffic.js';
import { type Limits, openTransport } from './transport.js';

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
  readonly authorize?: (request: OutboundRequest & { readonly url: URL }) => Headers | Promise<Headers>;
  /** What may stand in no message: every secret of this destination. */
  readonly secrets?: readonly string[];
  /** Requests at one time; default 4. */
  readonly connections?: number;
  /** Longest single wait that the server may ask for, ms; default 15 minutes. */
  readonly maxWait?: number;
  readonly limits?: Partial<Limits>;
}

type Headers = Readonly<Record<string, string>>;

const MAX_WAIT = 900_000;
const HEADERS: Headers = { 'accept-encoding': 'identity', 'user-agent': `auditlog/${VERSION}` };

/**
 * Opens the way to a destination's origin (https, or http on this machine), through the proxy that the environment names. Makes no connection yet: the first request does.
 * Certificates are always checked, redirects are never followed. Rejects with a usage error for an origin that would carry secrets and events unprotected.
 */
export async function openOutbound(ctx: Context, origin: URL, options: OutboundOptions): Promise<Outbound> {
  checkOrigin(origin);
  const { clock, random } = ctx;
  const proxy = proxyFor(origin, ctx.env);
  const secrets = [...(options.secrets ?? []), ...(proxy?.secrets ?? [])];
  for (const secret of secrets) ctx.keepSecret?.(secret);
  const scrub = makeScrubber(secrets);
  const transport = await openTransport({
    base: origin,
    proxy,
    clock,
    connections: options.connections ?? 4,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const closing = new AbortController();
  const run = anySignal([ctx.signal, closing.signal]);
  const traffic = openTraffic();
  const patience = {
    clock,
    random,
    maxWait: options.maxWait ?? MAX_WAIT,
    governor: makeGovernor({ clock, random, rate: undefined, limit: undefined }),
    waits: openWaits(clock, options.onWait),
    traffic,
  };
  const { debug } = options;
  const line = debug === undefined ? transport.send : withTrace(transport.send, clock, (text) => debug(scrub(text)));
  const tryOnce = async (request: OutboundRequest, url: URL, signal: AbortSignal, attempt: number) => {
    const { method, body, headers } = request;
    const authorization = (await options.authorize?.({ ...request, url })) ?? {};
    traffic.request();
    const response = await line({
      method,
      url,
      headers: { ...HEADERS, ...headers, ...authorization },
      signal,
      attempt,
      ...(body === undefined ? {} : { body }),
    });
    traffic.answer(response);
    return response;
  };
  const during = async <T>(request: OutboundRequest, work: (url: URL, signal: AbortSignal) => Promise<T>) => {
    const url = urlOf(origin, request.path);
    const { signal, release } =
      request.signal === undefined ? { ...run, release: undefined } : anySignal([run.signal, request.signal]);
    try {
      signal.throwIfAborted();
      return await work(url, signal);
    } catch (error) {
      throw error instanceof AuditlogError ? scrubError(error, scrub) : error;
    } finally {
      release?.();
    }
  };

  return {
    send: (request) => during(request, (url, signal) => tryOnce(request, url, signal, 1)),
    ask: (request, judge) =>
      during(request, (url, signal) =>
        persist(patience, {
          url,
          shrinkable: false,
          signal,
          tryOnce: async (attempt) => judge(await tryOnce(request, url, signal, attempt)),
          giveUp: (fault, attempts, why) =>
            explain(fault, {
              by: { what: options.what, secretFrom: options.secretFrom },
              url,
              proxy,
              attempts,
              why,
              now: clock.now(),
            }),
        }),
      ),
    async close() {
      closing.abort(new Error(`the way to ${options.what} is closed`));
      run.release();
      await transport.close();
    },
  };
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
