import type { Entry } from '../../event.js';
import { isOutside, wholeOf } from '../plan.js';
import type { Page, Stream, Window } from '../request.js';
import type { StreamEntry } from '../store/store.js';
import { Cursor, type FewTools, TWICE, type Want } from './cursor.js';
import { OutOfOrder } from './run.js';

/** What to read the newest entries of. */
export interface FewOptions extends Want {
  readonly streams: readonly Stream[];
  /** Newest first; several if the vendor takes only so many days at once. */
  readonly windows: readonly Window[];
  /** Page 1 of each stream in the first window, in the largest page size, if it was read already. */
  readonly firsts?: readonly Page[];
}

const ATTEMPTS = 3;

/**
 * The `limit` newest entries that are kept, after `skip` others, merged by time, with no more pages than that takes. If an entry vanished
 * before a page that was read, all is read again, at most three times; the counters note what stays in doubt.
 */
export async function readNewest(tools: FewTools, options: FewOptions): Promise<readonly StreamEntry[]> {
  const { streams, windows, firsts } = options;
  let how = { isAligned: streams.length === 1 && windows.length === 1 && firsts === undefined, isUnordered: false };
  let before: readonly StreamEntry[] = [];
  let given = firsts;
  for (let rereads = 0; ; ) {
    const cursors = streams.map(
      (stream, index) => new Cursor(tools, { stream, windows, want: options, first: given?.[index], ...how }),
    );
    given = undefined;
    try {
      const found = await merge(tools, cursors, options);
      const isAlike = cursors.some((cursor) => cursor.isAlike) && !isSame(found, before);
      before = found;
      const doubts = cursors.flatMap(({ doubt }) => (doubt === undefined ? [] : [doubt]));
      const doubt = doubts[0] ?? (isAlike ? TWICE : undefined);
      if (doubt === undefined || rereads + 1 >= ATTEMPTS) {
        account(tools, cursors, found.length);
        tools.counters.stats.rereads += rereads;
        if (doubt !== undefined) tools.counters.notes.push(doubt);
        return found;
      }
      rereads += 1;
      await tools.pause(500 * rereads);
    } catch (error) {
      if (!(error instanceof OutOfOrder)) throw error;
      how = { isAligned: false, isUnordered: how.isUnordered || !cursors.some(({ isAligned }) => isAligned) };
    }
  }
}

function isSame(found: readonly StreamEntry[], before: readonly StreamEntry[]): boolean {
  return (
    found.length === before.length &&
    found.every(({ entry, stream }, at) => stream === before[at]!.stream && entry.raw.equals(before[at]!.entry.raw))
  );
}

async function merge(tools: FewTools, cursors: readonly Cursor[], options: FewOptions): Promise<StreamEntry[]> {
  const whole = wholeOf(options.windows);
  const found: StreamEntry[] = [];
  let skip = options.skip - Math.min(...cursors.map(({ skipped }) => skipped));
  while (found.length < options.limit) {
    const heads = await Promise.all(cursors.map((cursor) => cursor.head()));
    let best = -1;
    for (const [index, head] of heads.entries()) {
      if (head === undefined) continue;
      if (best < 0 || sortTime(head, whole) > sortTime(heads[best] as Entry, whole)) best = index;
    }
    const cursor = cursors[best];
    if (cursor === undefined) break;
    const entry = cursor.take();
    if (!tools.keep(entry, cursor.stream.index)) continue;
    if (skip > 0) skip -= 1;
    else found.push({ entry, stream: cursor.stream.index });
  }
  await Promise.all(cursors.map((cursor) => cursor.makeCountSure()));
  return found;
}

/** An entry without a valid time, or of other days than were asked for, stays where the server put it. */
function sortTime({ time }: Entry, whole: Window): number {
  return Number.isNaN(time) || isOutside(whole, time) ? Number.POSITIVE_INFINITY : time;
}

function account({ counters }: FewTools, cursors: readonly Cursor[], kept: number): void {
  counters.kept = kept;
  counters.counted = 0;
  for (const { facts } of cursors) {
    counters.fetched += facts.fetched;
    counters.seeTime(facts.at);
    if (facts.unordered) counters.stats.unordered += 1;
    counters.addCount(facts.count);
  }
  counters.expected = counters.counted;
}
