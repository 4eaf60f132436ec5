import type { Counter } from '../count/counter.js';
import { lastClosedDay, type PlanNode, type Remaining, rowsOf } from '../plan.js';
import type { Page, Window } from '../request.js';
import type { Segment } from '../source.js';
import type { ReadCounters } from '../stats.js';
import type { EntryStore } from '../store/store.js';
import { inDays } from '../words.js';
import { countsOf, PartReader, type PartTools, type PlanPart, sum, type WindowEntries } from './parts.js';
import { type ReadWindowCount, recount } from './recount.js';

/** What reading everything needs. */
export interface WholeTools extends PartTools {
  readonly counter: Counter;
  readonly counters: ReadCounters;
  readonly oldestFirst: boolean;
  /** Begins to read the next windows before they are wanted. */
  readonly readsAhead: boolean;
  /** An organization could not be read to its end: then nothing can be counted again. */
  readonly isLost: () => boolean;
}

export interface WholeOptions {
  /** Newest first; several if the vendor takes only so many days at once. */
  readonly windows: readonly Window[];
  /** Page 1 of each stream over the whole window, if it was read already. */
  readonly firsts?: readonly Page[];
  /** What an earlier reading left to do. */
  readonly resume: { readonly plan: Remaining; readonly segments: readonly Segment[] } | undefined;
  /** Called before the first window is read, with what is to be read. */
  readonly begun?: (plan: Remaining) => Promise<void>;
}

/** A window that was read. The consumer closes its store. */
export interface FinishedWindow {
  readonly store: EntryStore;
  readonly segment: Omit<Segment, 'kept'>;
  /** There is no other window. */
  readonly isOnly: boolean;
}

/** Maximum number of entries in windows that are read ahead; a larger window is read alone. */
const ROWS_AHEAD = 7000;

/**
 * Reads everything: a small log with one request, open days in sequence, closed days in windows whose pages are read several at a time.
 * Windows come out in order, each verified or marked as not, while the next ones are being read. At the end their counts are compared with the
 * server's count of the whole closed range.
 */
export class WholeReader {
  readonly #tools: WholeTools;
  readonly #options: WholeOptions;
  readonly #reader: PartReader;
  /** What is left to read, in output order. */
  #parts: PlanPart[] = [];
  readonly #done: ReadWindowCount[] = [];
  #closedTo: string;

  constructor(tools: WholeTools, options: WholeOptions) {
    this.#tools = tools;
    this.#options = options;
    this.#reader = new PartReader(tools);
    this.#closedTo = options.resume?.plan.closedTo ?? '';
  }

  plan(): Remaining {
    return { closedTo: this.#closedTo, nodes: this.#parts.map(({ node }) => node) };
  }

  async *windows(): AsyncGenerator<FinishedWindow, void> {
    await this.#begin();
    await this.#options.begun?.(this.plan());
    try {
      for (;;) {
        this.#startAhead();
        const part = this.#parts[0];
        if (part?.work === undefined) break;
        const read = await part.work;
        if ('children' in read) {
          this.#parts.splice(0, 1, ...this.#inOrder(read.children));
          continue;
        }
        // It leaves the plan only now: a checkpoint made after it is out must not name it again.
        this.#parts.shift();
        this.#startAhead();
        const segment = this.#account(part.node, read);
        this.#done.push(segment);
        const isOnly = this.#done.length === 1 && this.#parts.length === 0;
        yield { store: read.store, segment, isOnly };
      }
    } finally {
      for (const { work } of this.#parts)
        work?.then((read) => ('store' in read ? read.store.close() : undefined)).catch(() => {});
    }
    const { counted, bounded, addsUp, isLost } = this.#tools;
    if (counted && bounded && addsUp && this.#options.windows.length === 1 && !isLost())
      await recount(
        this.#tools,
        this.#done.filter(({ to }) => to !== undefined && to <= this.#closedTo),
      );
  }

  async #begin(): Promise<void> {
    const { counters, now } = this.#tools;
    const { resume, windows } = this.#options;
    if (resume !== undefined) {
      this.#parts = resume.plan.nodes.map((node) => ({ node }));
      this.#done.push(...resume.segments);
      counters.expected =
        sum(this.#done.map(({ count }) => count ?? 0)) + sum(this.#parts.map(({ node }) => rowsOf(node)));
      return;
    }
    this.#closedTo = lastClosedDay(now());
    const [window, ...older] = windows as [Window, ...Window[]];
    if (older.length > 0) {
      this.#parts = [...this.#inOrder(windows.map((slice) => ({ node: this.#sliceNode(slice) })))];
      return;
    }
    const firsts = this.#options.firsts ?? (await this.#reader.firstPages(window));
    const counts = countsOf(firsts);
    counters.expected = counts && sum(counts);
    this.#parts = [...this.#inOrder(await this.#reader.firstParts(window, this.#closedTo, firsts))];
  }

  /** Begins to read the next parts, within the read-ahead limit. */
  #startAhead(): void {
    let ahead = 0;
    for (const part of this.#parts) {
      if (part.work === undefined) {
        if (ahead > 0 && ahead + rowsOf(part.node) > ROWS_AHEAD) return;
        part.work = this.#reader.read(part);
        part.work.catch(() => {});
      }
      ahead += Math.max(1, rowsOf(part.node));
      if (ahead > ROWS_AHEAD || !this.#tools.readsAhead) return;
    }
  }

  #inOrder(newestFirst: readonly PlanPart[]): readonly PlanPart[] {
    return this.#tools.oldestFirst ? newestFirst.toReversed() : newestFirst;
  }

  /** A part of a range that the vendor does not take at once. */
  #sliceNode(window: Window): PlanNode {
    const open = window.to === undefined || window.to > this.#closedTo;
    return { ...window, open, counts: undefined, budget: 0 };
  }

  /** Adds a window to the counters and makes its record. */
  #account({ from, to }: PlanNode, { store, reads }: WindowEntries): FinishedWindow['segment'] {
    const { counters } = this.#tools;
    counters.addStore(store);
    for (const read of reads) counters.addWindow(read);
    const noteOf = ({ note }: WindowEntries['reads'][number]): string[] =>
      note === undefined ? [] : [inDays(note, { from, to })];
    counters.notes.push(...reads.filter(({ told }) => !told).flatMap(noteOf));
    const notes = [...new Set(reads.flatMap(noteOf))];
    const counts = reads.flatMap(({ count }) => (count === undefined ? [] : [count]));
    const { oldest } = store;
    counters.seeOldest(oldest);
    return {
      from,
      to,
      ...(oldest === undefined ? {} : { oldest }),
      rows: store.size,
      count: counts.length === reads.length ? sum(counts) : undefined,
      at: Math.max(...reads.map(({ at }) => at)),
      note: notes.length > 0 ? notes.join('; ') : undefined,
    };
  }
}
