import { type Counter, countAll } from '../count/counter.js';
import type { Stream, Window } from '../request.js';
import type { ReadCounters } from '../stats.js';
import { dayRange } from '../words.js';
import { sum } from './parts.js';

export interface RecountTools {
  readonly streams: readonly Stream[];
  readonly counter: Counter;
  readonly counters: ReadCounters;
  readonly pause: (ms: number) => Promise<void>;
}

/** A window, and the server's count of it when it was read. */
export interface ReadWindowCount extends Window {
  readonly count: number | undefined;
}

const RECOUNTS = 3;

/** Compares the sum of the windows with the server's count of all of them together. If they differ, a note names the days that have changed. */
export async function recount(tools: RecountTools, windows: readonly ReadWindowCount[]): Promise<void> {
  if (windows.length < 2 || windows.some(({ count }) => count === undefined)) return;
  const ascending = [...windows].sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1));
  for (let attempt = 0; attempt < RECOUNTS; attempt += 1) {
    if ((await countOf(tools, ascending)) === sumOf(ascending)) return;
    if (attempt + 1 < RECOUNTS) await tools.pause(1500 * (attempt + 1));
  }
  const changed = await changedWindows(tools, ascending);
  const days = changed.map(({ window, now }) => `${dayRange(window)} (${window.count} events when read, ${now} now)`);
  tools.counters.notes.push(
    days.length === 0
      ? 'the server reports another count for the whole range than for its days together'
      : `the log changed while it was being read: run the command again to get ${days.slice(0, 5).join(', ')}${days.length > 5 ? ` and ${days.length - 5} more` : ''}`,
  );
}

/** Halves the range until only windows with another count are left. */
async function changedWindows(
  tools: RecountTools,
  ascending: readonly ReadWindowCount[],
): Promise<readonly { window: ReadWindowCount; now: number }[]> {
  const now = await countOf(tools, ascending);
  const [window, ...others] = ascending;
  if (window === undefined || now === sumOf(ascending)) return [];
  if (others.length === 0) return [{ window, now: now ?? 0 }];
  const half = Math.ceil(ascending.length / 2);
  return [
    ...(await changedWindows(tools, ascending.slice(0, half))),
    ...(await changedWindows(tools, ascending.slice(half))),
  ];
}

async function countOf(tools: RecountTools, ascending: readonly ReadWindowCount[]): Promise<number | undefined> {
  const window = { from: ascending[0]?.from, to: ascending.at(-1)?.to };
  const found = await countAll(tools.counter, tools.streams, window);
  if (found !== undefined) tools.counters.seeTime(found.at);
  return found?.count;
}

function sumOf(windows: readonly ReadWindowCount[]): number {
  return sum(windows.map(({ count }) => count ?? 0));
}
