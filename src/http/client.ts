import type { Context } from '../context.js';
import type { Connection } from '../profile.js';
import { type Ask, makeAsk } from './ask.js';
import { type Line, type LineOptions, openLine } from './line.js';
import { proxyFor } from './proxy.js';
import { makeGovernor } from './rate.js';
import { openWaits } from './retry/waits.js';
import type { ApiResponse } from './send.js';
import { anySignal } from './signals.js';
import { isSkewed, openTraffic } from './traffic.js';

/** Asks the API, with the key, the rate, the retries and the timeouts all inside. One for a whole run: the rate gate and the retry budget are shared by all its callers. */
export interface Client {
  /**
   * GETs `url` (which must have the connection's origin) and gives what `parse` makes of the 200 answer; a web page never reaches `parse`.
   * `parse` throws a `Fault` (fault.ts: `cutBody`, `badText`, `unknownShape`) when the body is unusable; the fault's kind decides whether the page is asked for again, whole.
   * Rejects with an `AuditlogError` when retrying is over or pointless (its cause is the last `Fault`: see `faultOf`), with the signal's reason when stopped.
   */
  get<T>(url: URL, parse: (response: ApiResponse) => T, options?: GetOptions): Promise<T>;
  stats(): ClientStats;
  /** Cuts what is under way and frees the sockets. */
  close(): Promise<void>;
}

export interface GetOptions {
  /** The page was named by an earlier answer (a cursor or a link): where the server refuses it, that has expired. */
  readonly continues?: boolean;
  /**
   * The caller can ask for a smaller page. Then a server that answers 500 three times to this one rejects at once instead of after all attempts;
   * `faultOf(error)?.status === 500` tells. Without it such a page is asked for patiently.
   */
  readonly shrinkable?: boolean;
  /** Ends this request alone, besides the run's own signal; rejects with its reason. */
  readonly signal?: AbortSignal;
}

export interface ClientStats {
  /** Requests sent, retries included. */
  readonly requests: number;
  readonly retries: number;
  /** Set while all requests wait, such as after a 429: why, and until when (epoch ms). */
  readonly waiting: { readonly why: string; readonly until: number } | undefined;
  /** Server's clock minus ours, in ms: the median over the first answers; 0 before there is one. */
  readonly skew: number;
  /** Requests a minute at this moment; lower than asked for after a 429. Undefined: no limit of ours. */
  readonly rate: number | undefined;
}

export interface ClientOptions extends LineOptions {
  /** Gets the longest wait that just began (`rate limited`, until epoch ms), and undefined when there is none any more. Waits of less than a second are not told. */
  readonly onWait?: (wait: { readonly why: string; readonly until: number } | undefined) => void;
  /** Gets the skew once, as soon as an answer shows that the clocks are more than a minute apart: before `get` gives that answer. */
  readonly onSkew?: (skew: number) => void;
}

/** Opens nothing until the first `get`: then the key is read and the transport loaded, both at the same time. Throws a usage error when the proxy's variable is unusable. */
export function openClient(ctx: Context, connection: Connection, options: ClientOptions = {}): Client {
  const { clock, random } = ctx;
  const proxy = connection.direct === true ? undefined : proxyFor(connection.base, ctx.env);
  const governor = makeGovernor({ clock, random, rate: connection.rate, limit: connection.provider.rate.limit });
  const waits = openWaits(clock, options.onWait);
  const traffic = openTraffic();
  const closing = new AbortController();
  const run = anySignal([ctx.signal, closing.signal]);
  let opening: Promise<Line> | undefined;
  let ask: Promise<Ask> | undefined;

  const open = (): Promise<Ask> => {
    opening = openLine(ctx, connection, proxy, options);
    return opening.then((line) =>
      makeAsk({ clock, random, maxWait: connection.maxWait, connection, proxy, governor, waits, traffic, line }),
    );
  };

  let hasToldSkew = false;
  const tellSkew = (): void => {
    const { skew } = traffic.counts();
    if (hasToldSkew || !isSkewed(skew)) return;
    hasToldSkew = true;
    options.onSkew?.(skew);
  };

  return {
    async get(url, parse, { shrinkable = false, continues = false, signal: own } = {}) {
      run.signal.throwIfAborted();
      ask ??= open();
      const { signal, release } = own === undefined ? { ...run, release: undefined } : anySignal([run.signal, own]);
      try {
        return await (await ask)({ url, parse, shrinkable, continues, signal });
      } finally {
        release?.();
        tellSkew();
      }
    },
    stats: () => {
      const until = governor.gate();
      const waiting = until === 0 ? undefined : { why: 'rate limited', until: clock.now() + until - clock.monotonic() };
      return { ...traffic.counts(), waiting, rate: governor.rate() };
    },
    async close() {
      closing.abort(new Error('the client is closed'));
      run.release();
      const line = await opening?.catch(() => undefined);
      await line?.close();
    },
  };
}
