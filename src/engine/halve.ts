import { addDays, daysBetween } from '../time.js';
import type { Window } from './request.js';

/** What is known of a window that holds more entries than its pages reach. */
export interface WindowFacts {
  /** The last day that may have entries. */
  readonly today: string;
  /** The day of the oldest entry that was read; undefined: none was. */
  readonly oldest: string | undefined;
}

/** Two windows in place of one, newest first; undefined for a single day, and where nothing shows where to cut. */
export function halve({ from, to, until }: Window, { today, oldest }: WindowFacts): readonly Window[] | undefined {
  const last = to ?? today;
  const first = from ?? oldest;
  if (first === undefined || first > last) return undefined;
  const days = daysBetween(first, last) + 1;
  // Without a beginning, what is older than the oldest entry that was read is a window of its own.
  if (from === undefined) return [newer(first), { from, to: addDays(first, -1) }];
  if (days < 2) return undefined;
  const middle = addDays(first, Math.floor(days / 2));
  return [newer(middle), { from, to: addDays(middle, -1) }];

  function newer(begin: string): Window {
    return { from: begin, to, ...(until === undefined ? {} : { until }) };
  }
}

/** Why a window is not whole. `day`: what could not be cut any further. */
export function beyondReach(reach: number, { from, to }: Window): string {
  const days = from !== undefined && from === to ? from : `${from ?? 'the beginning'} to ${to ?? 'now'}`;
  return `the server returns at most ${reach} events for a range, and ${days} has more: the rest is missing`;
}
