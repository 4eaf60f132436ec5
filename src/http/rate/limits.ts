const MINUTE = 60_000;
/** Timers, clocks and networks are not exact to the millisecond. */
const MARGIN = 20;

/** Requests a minute. */
export interface Rate {
  /** That we send; undefined: unlimited. */
  readonly rate: number | undefined;
  /** That the vendor allows; undefined: unknown. */
  readonly limit: number | undefined;
}

/**
 * Requests that may leave at once, so that short runs never wait: at most 60 and a quarter of the rate; together with the rate they stay below
 * the vendor's limit. Never less than one second of the rate: then a late timer costs nothing, and `MinuteLog` keeps the limit.
 */
export function burstFor(rate: number, limit: number | undefined): number {
  const room = limit === undefined ? 60 : limit - rate;
  return Math.max(1, rate / 60, Math.min(60, rate / 4, room));
}

/** Tokens that refill at a rate a minute, at most `capacity`; one for each request. Without a rate there is always one. */
export class TokenBucket {
  /** Requests a minute at this moment; undefined: unlimited. */
  rate: number | undefined;
  readonly #full: number | undefined;
  readonly #capacity: number;
  #tokens: number;
  #filledAt: number;

  constructor(rate: number | undefined, capacity: number, now: number) {
    this.#full = rate;
    this.rate = rate;
    this.#capacity = capacity;
    this.#tokens = capacity;
    this.#filledAt = now;
  }

  get isSlowed(): boolean {
    return this.rate !== this.#full;
  }

  /** Refills for the time up to `now`. No tokens are added before `closedUntil`. */
  refill(now: number, closedUntil: number): void {
    if (this.rate === undefined) return;
    // A bucket that was slowed down is smaller, too.
    const room = Math.max(1, (this.#capacity * this.rate) / this.#full!);
    const from = Math.max(this.#filledAt, Math.min(closedUntil, now));
    this.#tokens = Math.min(room, this.#tokens + ((now - from) * this.rate) / MINUTE);
    this.#filledAt = now;
  }

  /** ms until there is a token. */
  wait(): number {
    if (this.rate === undefined || this.#tokens >= 1) return 0;
    return ((1 - this.#tokens) * MINUTE) / this.rate;
  }

  take(): void {
    this.#tokens -= 1;
  }

  empty(): void {
    this.#tokens = Math.min(this.#tokens, 0);
  }

  slowDown(): void {
    if (this.rate !== undefined) this.rate = Math.max(1, this.rate / 2);
  }

  /** Regains a tenth of the full rate. */
  speedUp(): void {
    if (this.rate !== undefined) this.rate = Math.min(this.#full!, this.rate + this.#full! / 10);
  }
}

/** The times of the last requests, which keeps every window of 60 s at or below `most` requests. */
export class MinuteLog {
  readonly #most: number;
  /** A ring. */
  readonly #sent: number[] = [];
  #oldest = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** ms until one more request fits. */
  wait(now: number): number {
    return this.#sent.length < this.#most ? 0 : Math.max(0, this.#sent[this.#oldest]! + MINUTE + MARGIN - now);
  }

  add(now: number): void {
    if (this.#most === Number.POSITIVE_INFINITY) return;
    if (this.#sent.length < this.#most) this.#sent.push(now);
    else {
      this.#sent[this.#oldest] = now;
      this.#oldest = (this.#oldest + 1) % this.#most;
    }
  }
}
