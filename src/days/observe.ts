import { instant } from '../manifest/record.js';
import { addDays, FIRST_DAY, parseTimestamp } from '../time.js';
import type { Confirmed } from './ending.js';
import { isSettled } from './sealing.js';

/** Observations closer together than this may both miss the same delayed entry. */
const APART_MS = 6 * 3_600_000;

/** The first and the last time that a day was observed unchanged. `before`: these times so far. `at`: the server's clock, epoch ms. */
export function observeAgain(day: string, before: readonly string[], at: number): readonly string[] {
  const [first, last] = before;
  const now = instant(at);
  if (now === null) return before;
  if (first === undefined) return [now];
  if (isObserved(day, before) || parseTimestamp(first) + APART_MS > at) return before;
  return last !== undefined && last >= now ? before : [first, now];
}

/** Whether a day was observed twice, the last time when no more entries were due. */
export function isObserved(day: string, observed: readonly string[]): boolean {
  const last = observed[1];
  return last !== undefined && isSettled(day, parseTimestamp(last));
}

/** When all windows that may have entries of a day were last counted unchanged, epoch ms; undefined: they were not. */
export function confirmedAt(day: string, confirmed: readonly Confirmed[]): number | undefined {
  const whole = confirmed.filter(({ from, to }) => (from ?? FIRST_DAY) <= addDays(day, -1) && addDays(day, 1) <= to);
  return whole.length === 0 ? undefined : Math.max(...whole.map(({ at }) => at));
}
