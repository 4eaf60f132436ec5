import type { Clock } from '../../src/context.js';

export interface VirtualClock extends Clock {
  /** Lets time pass, from one sleeper's end to the next, until the promise settles. */
  run<T>(until: Promise<T>): Promise<T>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands still, but for `run`. */
export function virtualClock(start = 0): VirtualClock {
  let now = start;
  const sleepers = new Set<Sleeper>();
  return {
    now: () => now,
    monotonic: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = {
          at: now + ms,
          wake: () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        const onAbort = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        sleepers.add(sleeper);
      }),
    async run(until) {
      let settled = false;
      const done = until.finally(() => {
        settled = true;
      });
      done.catch(() => undefined);
      for (;;) {
        // Everything that can go on without time passing does so first.
        await new Promise((resolve) => setImmediate(resolve));
        if (settled) return done;
        const next = [...sleepers].reduce<Sleeper | undefined>(
          (a, b) => (a !== undefined && a.at <= b.at ? a : b),
          undefined,
        );
        if (next === undefined) throw new Error('nobody sleeps, and nothing happens');
        sleepers.delete(next);
        now = Math.max(now, next.at);
        next.wake();
      }
    },
  };
}
