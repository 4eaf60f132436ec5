import type { Clock } from '../context.js';

export interface RateOptions {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Requests a minute that we take; undefined: as fast as the server answers. */
  readonly rate: number | undefined;
  /** Requests a minute that the vendor allows; undefined: unknown. */
  readonly limit: number | undefined;
}

/** Decides when a request may leave. One for all requests of a run. */
export interface Governor {
  /**
   * Resolves when one request may be sent now; rejects with the signal's reason when it aborts. First come, first served.
   * Every pass has to be handed back through `leave`.
   */
  enter(signal: AbortSignal): Promise<Pass>;
  /** Nobody passes for `ms` from now: the server said that there were too many. Halves the rate, once for all the requests that were under way together. */
  limited(pass: Pass, ms: number): void;
  /** Until when everybody waits, by the monotonic clock; 0 when nobody has to. */
  gate(): number;
  /** Requests a minute at this moment. */
  rate(): number | undefined;
}

export interface Pass {
  /** When it was given, by the monotonic clock. */
  readonly at: number;
  /** How much of the wait for it was for the rate or for a gate that the server asked for, ms. */
  readonly waited: number;
  /** Hands it back: whether the server answered as a healthy one does. */
  leave(healthy: boolean): void;
}

const MINUTE = 60_000;
/** Timers and clocks are not exact to the millisecond, and neither is a network. */
const MARGIN = 20;
/** After a 429 the rate grows again by a tenth of what was asked for, once in this time without another. */
const CLEAN = 30_000;
/** So many failures in a row, whoever's, mean that the server is down: from then on one request at a time probes it. */
const BROKEN = 5;
/** More requests than this are never under way at one time. */
const SLOTS = 16;

/**
 * Requests that may leave at once, so that small questions never wait: at most 60, and a quarter of the rate; together with the rate they stay under the limit.
 * Never less than one second of the rate, so that a late timer costs nothing: the log of the last minute keeps to the limit even then.
 */
export function burstFor(rate: number, limit: number | undefined): number {
  const room = limit === undefined ? 60 : limit - rate;
  return Math.max(1, rate / 60, Math.min(60, rate / 4, room));
}

/**
 * A token bucket of `burstFor` tokens that fills at the rate, and a log of the last minute that keeps every window of 60 s at or under the vendor's limit even so
 * (or under the rate, where the user asked for more than the vendor allows).
 */
export function makeGovernor(options: RateOptions): Governor {
  const { clock, limit } = options;
  const full = options.rate;
  const capacity = full === undefined ? Number.POSITIVE_INFINITY : burstFor(full, limit);
  const perMinute = full === undefined ? Number.POSITIVE_INFINITY : Math.max(limit ?? full + capacity, full);
  /** Times of the last requests, as a ring: the oldest is the one that a full minute has to have passed since. */
  const sent: number[] = [];
  let oldest = 0;

  let rate = full;
  let tokens = capacity;
  let filledAt = clock.monotonic();
  let gateUntil = 0;
  let slowedAt = Number.NEGATIVE_INFINITY;
  let grownAt = Number.NEGATIVE_INFINITY;
  let slots = SLOTS;
  let inFlight = 0;
  let failures = 0;
  let probeAt = 0;
  /** How long requests were held back because the server was down, ms. */
  let held = 0;
  let queue: Promise<void> = Promise.resolve();
  /** Ends the nap of the one request at the head of the queue, so that it looks again. */
  let wake = (): void => {};

  const refill = (now: number): void => {
    if (now - Math.max(slowedAt, grownAt) >= CLEAN && (slots < SLOTS || (rate !== undefined && rate < full!))) {
      grownAt = now;
      slots = Math.min(SLOTS, slots + 1);
      if (rate !== undefined) rate = Math.min(full!, rate + full! / 10);
    }
    if (rate === undefined) return;
    // A slowed-down governor has a smaller bucket as well, and a bucket does not fill behind a closed gate.
    const room = Math.max(1, (capacity * rate) / full!);
    const from = Math.max(filledAt, Math.min(gateUntil, now));
    tokens = Math.min(room, tokens + ((now - from) * rate) / MINUTE);
    filledAt = now;
  };

  /** How long the next request has to wait before it is worth looking again, ms; 0: it may leave; infinite: until another one is back. */
  const obstacle = (now: number): number => {
    refill(now);
    const broken = failures >= BROKEN;
    if (gateUntil > now) return gateUntil - now;
    if (inFlight >= (broken ? 1 : slots)) return Number.POSITIVE_INFINITY;
    if (broken && probeAt > now) return probeAt - now;
    if (rate !== undefined && tokens < 1) return ((1 - tokens) * MINUTE) / rate;
    return sent.length < perMinute ? 0 : Math.max(0, sent[oldest]! + MINUTE + MARGIN - now);
  };

  const take = (now: number): void => {
    if (rate !== undefined) tokens -= 1;
    inFlight += 1;
    if (perMinute === Number.POSITIVE_INFINITY) return;
    if (sent.length < perMinute) sent.push(now);
    else {
      sent[oldest] = now;
      oldest = (oldest + 1) % sent.length;
    }
  };

  return {
    async enter(signal) {
      let done = (): void => {};
      const turn = queue;
      queue = new Promise((resolve) => {
        done = () => void turn.then(resolve);
      });
      const began = clock.monotonic();
      const heldBefore = held;
      try {
        await orAborted(turn, signal);
        for (;;) {
          signal.throwIfAborted();
          const now = clock.monotonic();
          const wait = obstacle(now);
          if (wait === 0) {
            take(now);
            return { at: now, waited: now - began - (held - heldBefore), leave: once(leave) };
          }
          const broken = failures >= BROKEN && gateUntil <= now;
          // Rounded up: a timer that fires a fraction of a millisecond early would make us spin.
          await nap(Math.ceil(wait), signal);
          if (broken) held += clock.monotonic() - now;
        }
      } finally {
        done();
      }
    },
    limited(pass, ms) {
      const now = clock.monotonic();
      gateUntil = Math.max(gateUntil, now + ms);
      if (pass.at >= slowedAt) {
        slots = Math.max(1, Math.floor(Math.min(slots, inFlight) / 2));
        if (rate !== undefined) rate = Math.max(1, rate / 2);
      }
      // Nothing leaves before the gate opens: only what was sent after it tells that we are still too fast.
      slowedAt = Math.max(slowedAt, gateUntil);
      tokens = Math.min(tokens, 0);
      wake();
    },
    gate: () => (gateUntil > clock.monotonic() ? gateUntil : 0),
    rate: () => rate,
  };

  function leave(healthy: boolean): void {
    inFlight -= 1;
    failures = healthy ? 0 : failures + 1;
    if (failures >= BROKEN) {
      const step = Math.min(30_000, 500 * 2 ** (failures - BROKEN + 1));
      probeAt = clock.monotonic() + step * (0.5 + options.random() / 2);
    }
    wake();
  }

  async function nap(ms: number, signal: AbortSignal): Promise<void> {
    const alarm = new AbortController();
    const stop = (): void => alarm.abort();
    signal.addEventListener('abort', stop, { once: true });
    wake = stop;
    try {
      if (ms === Number.POSITIVE_INFINITY) await aborted(alarm.signal);
      else await clock.sleep(ms, alarm.signal);
    } catch (error) {
      if (!alarm.signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      wake = () => {};
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function once(leave: (healthy: boolean) => void): (healthy: boolean) => void {
  let left = false;
  return (healthy) => {
    if (left) return;
    left = true;
    leave(healthy);
  };
}

async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw signal.reason;
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
