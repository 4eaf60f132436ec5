import type { Clock } from '../../context.js';

/** Shorter waits are not reported, ms. */
const REPORTED = 1000;

export interface Wait {
  readonly why: string;
  /** Epoch ms. */
  readonly until: number;
}

/** The waits of a run, for progress lines. Calls `onWait` with the longest whenever it changes, and with undefined when no wait is left. */
export class Waits {
  readonly #clock: Clock;
  readonly #onWait: ((wait: Wait | undefined) => void) | undefined;
  readonly #waits = new Set<Wait>();
  #reported: Wait | undefined;

  constructor(clock: Clock, onWait: ((wait: Wait | undefined) => void) | undefined) {
    this.#clock = clock;
    this.#onWait = onWait;
  }

  /** Reports a wait of `ms` from now, until the returned function is called. */
  hold(why: string, ms: number): () => void {
    if (ms < REPORTED) return () => {};
    const wait = { why, until: this.#clock.now() + ms };
    this.#waits.add(wait);
    this.#report();
    return () => {
      if (this.#waits.delete(wait)) this.#report();
    };
  }

  /** Waits and reports it. Rejects with the signal's reason. */
  async sleep(why: string, ms: number, signal: AbortSignal): Promise<void> {
    const release = this.hold(why, ms);
    await this.#clock.sleep(Math.ceil(ms), signal).finally(release);
  }

  #report(): void {
    const [longest] = [...this.#waits].sort((a, b) => b.until - a.until);
    if (longest === this.#reported) return;
    this.#reported = longest;
    this.#onWait?.(longest);
  }
}
