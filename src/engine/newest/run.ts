import type { Entry } from '../../event.js';
import type { ReadTools } from '../pass/pass.js';
import { isOutside } from '../plan.js';
import type { Page, Stream, Window } from '../request.js';
import type { EntryStore } from '../store/store.js';
import type { PageStep } from '../walk/options.js';

/** What reading a log from its newest entry back needs of the world. */
export interface NewestTools extends ReadTools {
  readonly openStore: () => EntryStore;
  /** The server's clock, epoch ms. */
  readonly now: () => number;
  /** Which ends of a range of days the vendor takes. */
  readonly takes: { readonly from: boolean; readonly to: boolean };
  /** The same days without the future, which some servers refuse; absent: as they are. */
  readonly cap?: (days: Window) => Window;
  /** Whether an entry of this time may come with two windows, as both are asked for with that instant; absent: none may. */
  readonly isShared?: (time: number) => boolean;
  /** Called with a reason why reading takes longer. */
  readonly say: (fact: string) => void;
}

export interface NewestOptions {
  readonly stream: Stream;
  readonly window: Window;
  readonly size: number;
  readonly first?: Page | undefined;
  readonly startRow?: number;
  /** The log is known not to list the newest entries first. */
  readonly isUnordered?: boolean;
}

/** Consecutive entries, newest first. */
export interface EntryRun {
  readonly entries: readonly Entry[];
  /** Their page; absent if they come from several. */
  readonly step?: PageStep;
}

/** What reading has found out, up to date after each run. */
export interface NewestFacts {
  /** The server's count of the window, if it can be believed. */
  count: number | undefined;
  /** The same on the first page. */
  firstCount: number | undefined;
  /** The server's clock at the first and at the latest answer, epoch ms. */
  firstAt: number;
  at: number;
  /** Entries read. */
  fetched: number;
  /** Why entries may be missing. */
  doubt: string | undefined;
  /** Reading again would end in the same doubt. */
  isFinal: boolean;
  /** The log does not list the newest entries first. */
  unordered: boolean;
  lost: boolean;
}

/** The entries of one stream, newest first. */
export interface NewestSource {
  readonly facts: NewestFacts;
  /** The next entries; undefined after the oldest. Rejects with `OutOfOrder`. */
  next(): Promise<EntryRun | undefined>;
  /** The count is known to be that of the log, not of the page. */
  readonly isCountSure: boolean;
}

/** Entries were given out before the log turned out not to be sorted by time: read again with `isUnordered`. */
export class OutOfOrder extends Error {
  override readonly name = 'OutOfOrder';
}

/** Passes each fact on once. */
export function sayOnce(say: ((fact: string) => void) | undefined): (fact: string) => void {
  const said = new Set<string>();
  return (fact) => {
    if (!said.has(fact)) say?.(fact);
    said.add(fact);
  };
}

/** Whether an entry is outside the days asked for. It may have taken the place of one inside, so it is given out before anybody has enough. */
export function isStray(window: Window, { time }: Entry): boolean {
  return isOutside(window, time);
}

/** Adds what a page shows. */
export function seePage(facts: NewestFacts, { at, entries, unreadable, unreadableWhy, gap }: Page): void {
  facts.at = Math.max(facts.at, at);
  facts.fetched += entries.length;
  facts.doubt ??= gap;
  if (gap !== undefined) facts.isFinal = true;
  if (unreadable.length > 0)
    facts.doubt ??= `the server fails to return one of the events (${unreadableWhy?.[0] ?? 'the server fails'}); all other events were read`;
}

/** Newest first; equal times in the reverse of the order given. An entry without a time stays behind the one that followed it. */
export function newestFirst(entries: readonly Entry[]): readonly Entry[] {
  let sortTime = Number.NEGATIVE_INFINITY;
  const timed = entries.toReversed().map((entry) => {
    if (!Number.isNaN(entry.time)) sortTime = entry.time;
    return { entry, sortTime };
  });
  return timed.sort((a, b) => (a.sortTime === b.sortTime ? 0 : b.sortTime - a.sortTime)).map(({ entry }) => entry);
}
