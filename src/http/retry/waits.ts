import type { Clock } from '../../context.js';

/** Shorter waits are not worth telling, ms. */
const TOLD = 1000;

export interface Wait {
  readonly why: string;
  /** Epoch ms. */
  readonly until: number;
}

/** The waits of a run that people should hear of. */
export interface Waits {
  /** Tells of a wait of `ms` from now, until the function it gives is called. */
  hold(why: string, ms: number): () => void;
  /** Waits, telling of it. Rejects with the signal's reason. */
  sleep(why: string, ms: number, signal: AbortSignal): Promise<void>;
}

/** `onWait` hears of the longest wait whenever that changes, and undefined when there is none left. */
export function openWaits(clock: Clock, onWait: ((wait: Wait | undefined) => void) | undefined): Waits {
  const waits = new Set<Wait>();
  let told: Wait | undefined;

  const tell = (): void => {
    const longest = [...waits].reduce<Wait | undefined>(
      (a, b) => (a !== undefined && a.until >= b.until ? a : b),
      undefined,
    );
    if (longest === told) return;
    told = longest;
    onWait?.(longest);
  };

  const hold = (why: string, ms: number): (() => void) => {
    if (ms < TOLD) return () => {};
    const wait = { why, until: clock.now() + ms };
    waits.add(wait);
    tell();
    return () => {
      if (waits.delete(wait)) tell();
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
