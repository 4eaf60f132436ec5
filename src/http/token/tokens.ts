import type { Context } from '../../context.js';
import { AuditlogError, EXIT } from '../../errors.js';
import { makeKeyOfParts, type Secret } from '../../keys.js';
import type { Connection } from '../../profile.js';
import { joinParts, keyParts, type ProviderAuth, secretTexts } from '../../providers/auth.js';
import { faultOf } from '../fault.js';
import { Channel, type ChannelOptions, USER_AGENT } from '../layers.js';
import { isSkewed } from '../traffic.js';
import { type MadeToken, NO_TOKEN, tokenIn } from './answer.js';
import { tokenRequest } from './request.js';

type TokenAuth = Extract<ProviderAuth, { readonly type: 'token' }>;

/** A token, and when it ends. */
export interface Token {
  readonly text: string;
  /** The key that it was made with. */
  readonly key: Secret;
  /** Other texts of the vendor that no output may contain: a refresh token that is new. */
  readonly secrets: readonly string[];
  /** By the monotonic clock and by the wall's, ms: a machine that slept has only moved the second. */
  readonly until: { readonly monotonic: number; readonly wall: number } | undefined;
}

export interface TokenOptions extends Pick<ChannelOptions, 'debug' | 'onWait' | 'limits'> {
  /** Called with the key that replaces the saved one, where the vendor replaced the refresh token. */
  readonly onRotation?: ((key: Secret) => void) | undefined;
}

/** An answer with a token is small. */
const LARGEST = 1 << 20;
/** A token is replaced so long before its end, ms, or when a tenth of its life is left, if that is less. */
const MARGIN = 60_000;

/** Makes the tokens of one API: in memory only, each over a channel of its own, so that the key goes nowhere else. */
export class Tokens {
  readonly #ctx: Context;
  readonly #connection: Connection;
  readonly #auth: TokenAuth;
  readonly #options: TokenOptions;
  /** The newest refresh token, by the text of the key that the first one was in. */
  readonly #rotated = new Map<string, string>();
  readonly #ending = new AbortController();
  /** The vendor's clock minus ours where they differ, ms. */
  #skew = 0;

  constructor(ctx: Context, connection: Connection, auth: TokenAuth, options: TokenOptions) {
    this.#ctx = ctx;
    this.#connection = connection;
    this.#auth = auth;
    this.#options = options;
  }

  /** Makes a token. Rejects with an `AuditlogError`. A key that was replaced in its file, or by its command, is read again where the old one is refused. */
  async make(key: Secret): Promise<Token> {
    try {
      return await this.#makeWith(key);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const next = await this.#connection.key(key);
      if (next.reveal() === key.reveal()) throw error;
      return this.#makeWith(next);
    }
  }

  /** Whether it has to be replaced before the next request. */
  isOver({ until }: Token): boolean {
    if (until === undefined) return false;
    const { clock } = this.#ctx;
    return clock.monotonic() >= until.monotonic || clock.now() >= until.wall;
  }

  /** Cuts what is under way. */
  close(why: string): void {
    this.#ending.abort(new Error(why));
  }

  async #makeWith(key: Secret): Promise<Token> {
    const before = this.#skew;
    try {
      return await this.#ask(key);
    } catch (error) {
      // A signature from the future, or from long ago, is refused: it is made again by the vendor's clock.
      if (this.#auth.token.grant !== 'jwt' || !isRefusal(error) || this.#skew === before) throw error;
      return this.#ask(key);
    }
  }

  async #ask(key: Secret): Promise<Token> {
    const { token } = this.#auth;
    const { clock } = this.#ctx;
    const parts = this.#partsOf(key);
    const sent = tokenRequest(token, { parts, from: key.from, now: clock.now() + this.#skew });
    const secrets = [...secretTexts(this.#auth, joinParts(this.#auth, parts)), ...sent.secrets];
    const url = new URL(token.url);
    const channel = this.#open(url, key, [...secretTexts(this.#auth, key.reveal()), ...secrets]);
    const began = { monotonic: clock.monotonic(), wall: clock.now() };
    const { headers, body } = sent;
    try {
      const made = await channel.ask({ method: 'POST', url, headers, body, signal: this.#ending.signal }, (response) =>
        tokenIn(token, response, (secret) => this.#ctx.keepSecret?.(secret)),
      );
      this.#rotate(key, parts, made);
      const fresh = [made.refresh, this.#rotated.get(key.reveal())].filter((text) => text !== undefined);
      return { text: made.text, key, secrets: fresh, until: endOf(made, began) };
    } finally {
      const { skew } = channel.patience.traffic;
      if (isSkewed(skew)) this.#skew = skew;
      await channel.close('the token is made');
    }
  }

  #open(url: URL, key: Secret, secrets: readonly string[]): Channel {
    const { provider, direct, maxWait } = this.#connection;
    const { debug, onWait, limits } = this.#options;
    return new Channel(this.#ctx, {
      base: url,
      direct,
      debug,
      onWait,
      maxWait,
      limits: { ...limits, bytes: LARGEST },
      connections: 1,
      hidesHeaders: true,
      headers: { accept: 'application/json', 'accept-encoding': 'gzip', 'user-agent': USER_AGENT },
      signIn: async () => ({
        by: { what: 'the token address', secretFrom: key.from, makes: { provider, key } },
        secrets,
        sign: (send) => send,
      }),
    });
  }

  /** The parts of the key, with the newest refresh token. */
  #partsOf(key: Secret): ReadonlyMap<string, string> {
    const parts = keyParts(this.#auth, key.reveal());
    const newest = this.#rotated.get(key.reveal());
    return newest === undefined ? parts : new Map([...parts, [REFRESH, newest]]);
  }

  /** Remembers a refresh token that replaces the one that was sent. */
  #rotate(key: Secret, parts: ReadonlyMap<string, string>, { refresh }: MadeToken): void {
    if (this.#auth.token.grant !== 'refresh_token' || refresh === undefined || refresh === parts.get(REFRESH)) return;
    this.#rotated.set(key.reveal(), refresh);
    const next = joinParts(this.#auth, new Map([...parts, [REFRESH, refresh]]));
    this.#options.onRotation?.(makeKeyOfParts(next, key.from));
  }
}

const REFRESH = 'refresh-token';

/** Whether the token address refused to make a token. */
function isRefusal(error: unknown): boolean {
  return error instanceof AuditlogError && error.exitCode === EXIT.key && faultOf(error)?.code === NO_TOKEN;
}

function endOf({ life }: MadeToken, began: { readonly monotonic: number; readonly wall: number }): Token['until'] {
  if (life === undefined) return undefined;
  const ms = life * 1000;
  const left = ms - Math.min(MARGIN, ms / 10);
  return { monotonic: began.monotonic + left, wall: began.wall + left };
}
