import type { Clock } from '../../context.js';

/** Shorter waits are not reported, ms. */
const REPORTED = 1000;

export interface Wait {
  readonly why: string;
  /** Epoch ms. */
  readonly until: number;
}

/** The waits of a run, for progress lines. */
export interface Waits {
  /** Reports a wait of `ms` from now, until the returned function is called. */
  hold(why: string, ms: number): () => void;
  /** Waits and reports it. Rejects with the signal's reason. */
  sleep(why: string, ms: number, signal: AbortSignal): Promise<void>;
}

/** Calls `onWait` with the longest wait whenever that changes, and with undefined when there is none left. */
export function openWaits(clock: Clock, onWait: ((wait: Wait | undefined) => void) | undefined): Waits {
  const waits = new Set<Wait>();
  let reported: Wait | undefined;

  const report = (): void => {
    const longest = [...waits].reduce<Wait | undefined>(
      (a, b) => (a !== undefined && a.until >= b.until ? a : b),
      undefined,
    );
    if (longest === reported) return;
    reported = longest;
    onWait?.(longest);
  };

  const hold = (why: string, ms: number): (() => void) => {
    if (ms < REPORTED) return () => {};
    const wait = { why, until: clock.now() + ms };
    waits.add(wait);
    report();
    return () => {
      if (waits.delete(wait)) report();
    };
  };

  return {
    hold,
    async sleep(why, ms, signal) {
      const release = hold(why, ms);
      try {
        await clock.sleep(Math.ceil(ms), signal);
      } finally {
        release();
      }
    },
  };
}
