import type { Context } from '../context.js';
import { AuditlogError } from '../errors.js';
import { VERSION } from '../version.js';
import type { Answerer } from './messages/about.js';
import { type HttpProxy, proxyFor } from './proxy.js';
import { makeScrubber, scrubError } from './redact.js';
import { heedLimit, openPatience, type Patience, type PatienceOptions, persist } from './retry/loop.js';
import type { ApiRequest, ApiResponse, Send } from './send.js';
import { Lifetime, orAborted } from './signals.js';
import { withTrace } from './trace.js';
import { withCount } from './traffic.js';
import { openTransport, type TransportOptions } from './transport.js';

export const USER_AGENT = `auditlog/${VERSION}`;

export interface ChannelOptions extends PatienceOptions, Omit<TransportOptions, 'proxy' | 'clock'> {
  /** Never through a proxy, whatever the environment says. */
  readonly direct?: boolean | undefined;
  /** Called with a line for each try, for `--debug`. Contains no secret; neutralise it before showing, as header values are the server's. */
  readonly debug?: ((line: string) => void) | undefined;
  /** Shows no header of an answer in `debug`: it may have a secret that is not known yet. */
  readonly hidesHeaders?: boolean;
  /** Headers of every request. Its own headers win. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called before the first request, while the transport loads. */
  readonly signIn: () => Promise<SignIn>;
}

export interface SignIn {
  readonly by: Answerer;
  /** Texts that no message may contain. */
  readonly secrets: readonly string[];
  readonly sign: Layer;
  /** Whether it has to be renewed before the next request, such as a token that ends. */
  readonly isOver?: () => boolean;
  /** Whether an answer refuses the sign-in; 401 and 403 always do. */
  readonly isRefusal?: ((response: ApiResponse) => boolean) | undefined;
  /** Called after a refusal, and without one where it is over: the sign-in that has replaced this one; undefined: it is the same. */
  readonly renew?: (refused: ApiResponse | undefined) => Promise<SignIn | undefined>;
}

type Layer = (send: Send) => Send;

interface OpenChannel {
  /** How it signs in now. */
  readonly signIn: () => SignIn;
  readonly send: Send;
  readonly scrub: (text: string) => string;
  close(): Promise<void>;
}

export interface ChannelRequest extends Omit<ApiRequest, 'attempt'> {
  /** See `RetryFacts`. */
  readonly shrinkable?: boolean;
}

/**
 * The requests of a run to one origin, with its sign-in, retries, rate and timeouts: under the API's client as under a destination's.
 * Throws a usage error when the proxy's variable is unusable. Opens nothing until the first request.
 */
export class Channel {
  readonly patience: Patience;
  readonly #ctx: Context;
  readonly #options: ChannelOptions;
  readonly #proxy: HttpProxy | undefined;
  readonly #lifetime: Lifetime;
  #headers: Readonly<Record<string, string>>;
  #opening: Promise<OpenChannel> | undefined;

  constructor(ctx: Context, options: ChannelOptions) {
    this.#ctx = ctx;
    this.#options = options;
    this.#proxy = options.direct === true ? undefined : proxyFor(options.base, ctx.env);
    this.#lifetime = new Lifetime(ctx.signal);
    this.#headers = options.headers;
    this.patience = openPatience(ctx, options);
  }

  /** Reads the sign-in and loads the transport, if no request did yet. Makes no connection. */
  open(): Promise<OpenChannel> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** Sends once. Rejects with a `Fault` when there is no whole answer, with the signal's reason when stopped. */
  send(request: ChannelRequest): Promise<ApiResponse> {
    return this.#during(request, ({ send }, signal) => send({ ...request, signal, attempt: 1 }));
  }

  /**
   * Sends until `judge` accepts the answer: its return value is the result. `decide` says whether its `Fault` is worth another try. Other
   * errors are passed on.
   */
  ask<T>(request: ChannelRequest, judge: (response: ApiResponse) => T): Promise<T> {
    const proxy = this.#proxy;
    return this.#during(request, ({ send, signIn }, signal) =>
      persist(this.patience, {
        asked: () => ({ by: signIn().by, url: request.url, proxy }),
        shrinkable: request.shrinkable === true,
        signal,
        tryOnce: async (attempt) => judge(await send({ ...request, signal, attempt })),
        again: ({ identity }) => {
          // Something on the way damages compressed bodies: compressed answers are no longer requested.
          if (identity) this.#headers = { ...this.#headers, 'accept-encoding': 'identity' };
        },
      }),
    );
  }

  /** Cuts what is under way and frees the sockets. */
  async close(why: string): Promise<void> {
    this.#lifetime.end(why);
    const opened = await this.#opening?.catch(() => undefined);
    await opened?.close();
  }

  #during<T>(
    { signal: own }: ChannelRequest,
    work: (opened: OpenChannel, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.#lifetime.during(own, async (signal) => {
      const opened = await this.open();
      return work(opened, signal).catch((error: unknown) => {
        throw error instanceof AuditlogError ? scrubError(error, opened.scrub) : error;
      });
    });
  }

  async #open(): Promise<OpenChannel> {
    this.#ctx.compileOnce?.();
    const { base, connections, limits, signIn } = this.#options;
    const { clock } = this.patience;
    const opening = openTransport({ base, proxy: this.#proxy, clock, connections, limits });
    const [first, transport] = await Promise.all([signIn(), opening]);
    const secrets = new Set<string>();
    let scrubber = makeScrubber([]);
    const scrub = (text: string): string => scrubber(text);
    const signs = renewing(first, (signed) => {
      for (const secret of [...signed.secrets, ...(this.#proxy?.secrets ?? [])]) {
        // The newest are kept: a run of days has many tokens.
        secrets.delete(secret);
        secrets.add(secret);
        this.#ctx.keepSecret?.(secret);
      }
      for (const oldest of [...secrets].slice(0, -MOST_SECRETS)) secrets.delete(oldest);
      scrubber = makeScrubber([...secrets]);
    });
    const layers = [withScrubber(scrub), ...this.#layers(signs.sign, scrub)];
    const send = layers.reduceRight((inner, layer) => layer(inner), transport.send);
    return { signIn: signs.current, send, scrub, close: () => transport.close() };
  }

  /**
   * The layers of one try, the outermost first. Around them, in `ask`: the scrubbing of errors, then the retries (retry/loop.ts), and inside of
   * those the rate (rate/governor.ts), so that each try waits for its turn and none holds its turn while it waits to be repeated.
   * 1. The key or signature: anew for each try, as signatures expire; before the common headers, which are not signed.
   * 2. The common headers.
   * 3. The count of requests and answers: only of requests that could be signed.
   * 4. The limits that an answer tells of.
   * 5. The trace: next to the wire, so that it shows each request as it is sent, and its time alone. Never the headers, which have the key.
   *
   * Below them is the transport: one exchange over a socket, whose body is whole, decompressed (gzip.ts) and below the cap, or a `Fault`.
   */
  #layers(sign: Layer, scrub: (text: string) => string): readonly Layer[] {
    const { traffic, clock } = this.patience;
    const { debug, hidesHeaders = false } = this.#options;
    return [
      sign,
      (send) => (request) => send({ ...request, headers: { ...this.#headers, ...request.headers } }),
      (send) => withCount(send, traffic),
      (send) => async (request) => {
        const response = await send(request);
        heedLimit(this.patience, response);
        return response;
      },
      (send) =>
        debug === undefined
          ? send
          : withTrace(withScrubber(scrub)(send), clock, { line: (text) => debug(scrub(text)), hidesHeaders }),
    ];
  }
}

/** Secrets that a channel removes from texts. */
const MOST_SECRETS = 200;

/** The statuses of a secret that is not accepted, or not any more. */
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/** Signs each request; one that is refused once more, where the secret has been replaced meanwhile. `learn` is called with each sign-in, before its first request. */
function renewing(first: SignIn, learn: (signIn: SignIn) => void): { readonly sign: Layer; current(): SignIn } {
  let current = first;
  let renewal: Promise<void> | undefined;
  learn(first);
  const renew = async (used: SignIn, refused: ApiResponse | undefined): Promise<boolean> => {
    await renewal;
    if (current === used) {
      renewal ??= (async () => {
        const next = await used.renew?.(refused);
        if (next === undefined) return;
        learn(next);
        current = next;
      })().finally(() => {
        renewal = undefined;
      });
      await renewal;
    }
    return current !== used;
  };
  return {
    current: () => current,
    sign: (send) => async (request) => {
      // What all wait for does not end with one of them.
      if (current.isOver?.() === true) await stoppable(renew(current, undefined), request.signal);
      const used = current;
      const response = await used.sign(send)(request);
      const isRefused = REFUSED.has(response.status) || used.isRefusal?.(response) === true;
      const isRenewed = isRefused && (await stoppable(renew(used, response), request.signal));
      return isRenewed ? current.sign(send)(request) : response;
    },
  };
}

function stoppable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return signal === undefined ? work : orAborted(work, signal);
}

/** Gives every answer what removes secrets from its texts. */
function withScrubber(scrub: (text: string) => string): Layer {
  return (send) => async (request) => ({ ...(await send(request)), scrub });
}
