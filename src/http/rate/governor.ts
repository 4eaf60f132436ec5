import type { Clock, Context } from '../../context.js';
import { orAborted } from '../signals.js';
import { burstFor, MinuteLog, type Rate, TokenBucket } from './limits.js';

/** Allows one request. */
export interface Permit {
  /** When it was given, by the monotonic clock. */
  readonly at: number;
  /** The wait for the rate and for gates that the server asked for, ms. Waits for a server that is down do not count. */
  readonly waited: number;
  /** Has to be called when the request is over; only the first call counts. `healthy`: the server answered as it should. */
  leave(healthy: boolean): void;
}

/** After a 429, the rate and the slots grow one step each time that this passes without another, ms. */
const CLEAN = 30_000;
/** After this many failures in a row, whichever request's, the server counts as down: one request at a time probes it. */
const BROKEN = 5;
/** Requests under way at one time. */
const SLOTS = 16;

/**
 * Decides when a request may leave, for all requests of a run: a token bucket at the rate, and a log of the last minute that keeps every window of
 * 60 s at or below the vendor's limit, or the rate where the user asked for more than that.
 */
export class Governor {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #bucket: TokenBucket;
  readonly #log: MinuteLog;
  #gateUntil = 0;
  #slowedAt = Number.NEGATIVE_INFINITY;
  #grownAt = Number.NEGATIVE_INFINITY;
  #slots = SLOTS;
  #inFlight = 0;
  #failures = 0;
  #probeAt = 0;
  /** How long requests were held back because the server was down, ms. */
  #held = 0;
  #queue: Promise<void> = Promise.resolve();
  /** Ends the nap of the request at the head of the queue, so that it looks again. */
  #wake = (): void => {};

  constructor({ clock, random }: Pick<Context, 'clock' | 'random'>, { rate, limit }: Rate) {
    this.#clock = clock;
    this.#random = random;
    const capacity = rate === undefined ? Number.POSITIVE_INFINITY : burstFor(rate, limit);
    this.#bucket = new TokenBucket(rate, capacity, clock.monotonic());
    this.#log = new MinuteLog(rate === undefined ? capacity : Math.max(limit ?? rate + capacity, rate));
  }

  /** Requests a minute at this moment; undefined: unlimited. */
  get rate(): number | undefined {
    return this.#bucket.rate;
  }

  /** Until when no request leaves, by the monotonic clock; 0 when there is no such wait. */
  get gate(): number {
    return this.#gateUntil > this.#clock.monotonic() ? this.#gateUntil : 0;
  }

  /** Resolves when one request may be sent, first come, first served; rejects with the signal's reason when it aborts. */
  async enter(signal: AbortSignal): Promise<Permit> {
    let next = (): void => {};
    const turn = this.#queue;
    this.#queue = new Promise((resolve) => {
      next = () => void turn.then(resolve);
    });
    const began = this.#clock.monotonic();
    const heldBefore = this.#held;
    try {
      await orAborted(turn, signal);
      for (;;) {
        signal.throwIfAborted();
        const now = this.#clock.monotonic();
        const wait = this.#obstacle(now);
        if (wait === 0) return this.#admit(now, now - began - (this.#held - heldBefore));
        const isProbing = this.#isBroken && this.#gateUntil <= now;
        // Rounded up: a timer that fires a fraction of a millisecond early would spin.
        await this.#nap(Math.ceil(wait), signal);
        if (isProbing) this.#held += this.#clock.monotonic() - now;
      }
    } finally {
      next();
    }
  }

  /** Closes the gate for `ms`: the server said that there were too many requests. Halves the rate, once for all requests that were under way together. */
  limited(permit: Permit, ms: number): void {
    this.#gateUntil = Math.max(this.#gateUntil, this.#clock.monotonic() + ms);
    if (permit.at >= this.#slowedAt) {
      this.#slots = Math.max(1, Math.floor(Math.min(this.#slots, this.#inFlight) / 2));
      this.#bucket.slowDown();
    }
    // Nothing leaves before the gate opens: only a request that is sent later shows that we are still too fast.
    this.#slowedAt = Math.max(this.#slowedAt, this.#gateUntil);
    this.#bucket.empty();
    this.#wake();
  }

  /** Closes the gate for `ms`, without slowing down: the server said in time that no more requests are allowed. */
  close(ms: number): void {
    this.#gateUntil = Math.max(this.#gateUntil, this.#clock.monotonic() + ms);
    this.#wake();
  }

  get #isBroken(): boolean {
    return this.#failures >= BROKEN;
  }

  /** ms until it is worth looking again; 0: the next request may leave; infinite: once another one is back. */
  #obstacle(now: number): number {
    this.#recover(now);
    this.#bucket.refill(now, this.#gateUntil);
    if (this.#gateUntil > now) return this.#gateUntil - now;
    if (this.#inFlight >= (this.#isBroken ? 1 : this.#slots)) return Number.POSITIVE_INFINITY;
    if (this.#isBroken && this.#probeAt > now) return this.#probeAt - now;
    return this.#bucket.wait() || this.#log.wait(now);
  }

  #recover(now: number): void {
    if (now - Math.max(this.#slowedAt, this.#grownAt) < CLEAN) return;
    if (this.#slots >= SLOTS && !this.#bucket.isSlowed) return;
    this.#grownAt = now;
    this.#slots = Math.min(SLOTS, this.#slots + 1);
    this.#bucket.speedUp();
  }

  #admit(at: number, waited: number): Permit {
    this.#bucket.take();
    this.#log.add(at);
    this.#inFlight += 1;
    let hasLeft = false;
    const leave = (healthy: boolean): void => {
      if (!hasLeft) this.#leave(healthy);
      hasLeft = true;
    };
    return { at, waited, leave };
  }

  #leave(healthy: boolean): void {
    this.#inFlight -= 1;
    this.#failures = healthy ? 0 : this.#failures + 1;
    if (this.#isBroken) {
      const step = Math.min(30_000, 500 * 2 ** (this.#failures - BROKEN + 1));
      this.#probeAt = this.#clock.monotonic() + step * (0.5 + this.#random() / 2);
    }
    this.#wake();
  }

  async #nap(ms: number, signal: AbortSignal): Promise<void> {
    const alarm = new AbortController();
    const stop = (): void => alarm.abort();
    signal.addEventListener('abort', stop, { once: true });
    this.#wake = stop;
    try {
      if (ms === Number.POSITIVE_INFINITY) await aborted(alarm.signal);
      else await this.#clock.sleep(ms, alarm.signal);
    } catch (error) {
      if (!alarm.signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#wake = () => {};
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
