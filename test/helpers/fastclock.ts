import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/context.js';

/** A clock that moves only when somebody sleeps or advances it. Sleeping returns at once. */
export interface FastClock extends Clock {
  advance(ms: number): void;
  /** Calls `act` once, as soon as the clock has reached `time`. */
  at(time: number, act: () => void): void;
}

export function fastClock(start: number): FastClock {
  let now = start;
  const alarms: { readonly time: number; readonly act: () => void }[] = [];
  const advance = (ms: number): void => {
    now += Math.max(0, ms);
    for (const alarm of alarms.filter(({ time }) => time <= now)) {
      alarms.splice(alarms.indexOf(alarm), 1);
      alarm.act();
    }
  };
  return {
    now: () => now,
    monotonic: () => now - start,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      advance(ms);
      await nextTurn();
      signal?.throwIfAborted();
    },
    advance,
    at: (time, act) => {
      alarms.push({ time, act });
      advance(0);
    },
  };
}
