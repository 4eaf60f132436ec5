import type { Entry } from '../../event.js';
import { canResize, pagingStyle } from '../paging.js';
import { lengthOf, type Page, type Stream, type Window } from '../request.js';
import type { ReadCounters } from '../stats.js';
import type { PageStep } from '../walk/options.js';
import { countChanged, NO_COUNT, pageShort } from '../words.js';
import type { EntryRun, NewestFacts, NewestSource, NewestTools } from './run.js';
import { openNewest } from './slices.js';

/** What reading the newest few needs. */
export interface FewTools extends NewestTools {
  readonly counters: ReadCounters;
  /** Whether our own filters keep an entry. */
  readonly keep: (entry: Entry, stream: number) => boolean;
  /** Whether `keep` may drop an entry: otherwise the server's pages are those of the answer. */
  readonly filteredHere: boolean;
  /** Entries before this instant are not wanted, so a sorted log need not be read further; undefined: no lower bound. */
  readonly from: number | undefined;
}

/** How many entries are wanted, after how many others. */
export interface Want {
  readonly skip: number;
  readonly limit: number;
}

export interface CursorOptions {
  readonly stream: Stream;
  readonly windows: readonly Window[];
  readonly want: Want;
  readonly first: Page | undefined;
  /** Reading may begin at the page that is wanted if the server's pages are those of the answer. */
  readonly isAligned: boolean;
  readonly isUnordered: boolean;
}

/** Two entries show an order, one does not. */
const LEAST = 2;
export const TWICE = 'an entry came twice';

/** The entries of one stream, newest first, one by one, each of them once. */
export class Cursor {
  readonly stream: Stream;
  readonly isAligned: boolean;
  /** Entries of earlier pages, which need not be read to be skipped. */
  readonly skipped: number;
  /** Two pages have equal entries without ids: they may be one, given twice. */
  isAlike = false;

  readonly #tools: FewTools;
  readonly #size: number;
  readonly #source: NewestSource;
  readonly #known = new Set<string>();
  #doubt: string | undefined;
  #buffer: readonly Entry[] = [];
  #next = 0;
  #hasEnded = false;
  #count: number | undefined;

  constructor(tools: FewTools, { stream, windows, want, first, isAligned, isUnordered }: CursorOptions) {
    const { max } = tools.paging;
    this.#tools = tools;
    this.stream = stream;
    // A page of exactly what is wanted if the server's pages are those of the answer; otherwise the largest, for the fewest requests.
    const isExact = !tools.filteredHere && first === undefined && !isUnordered && canResize(tools.paging);
    const mayBegin = isExact && isAligned && pagingStyle(tools.paging).access === 'pages' && want.limit >= LEAST;
    const isOnePage = mayBegin && want.limit <= max && want.skip % want.limit === 0;
    const few = Math.max(LEAST, want.skip + want.limit);
    this.#size = isOnePage ? want.limit : isExact ? Math.min(max, few) : max;
    const startRow = mayBegin ? want.skip - (want.skip % this.#size) : 0;
    this.isAligned = startRow > 0;
    this.skipped = startRow;
    this.#source = openNewest(tools, windows, { stream, size: this.#size, first, isUnordered, startRow });
  }

  get facts(): NewestFacts {
    return this.#source.facts;
  }

  /** Why entries may be missing. */
  get doubt(): string | undefined {
    return this.#doubt ?? this.facts.doubt;
  }

  async head(): Promise<Entry | undefined> {
    while (this.#next >= this.#buffer.length && !this.#hasEnded) {
      const run = await this.#source.next();
      if (run === undefined || this.facts.lost) this.#hasEnded = true;
      if (run !== undefined) this.#fill(run);
    }
    return this.#buffer[this.#next];
  }

  take(): Entry {
    const entry = this.#buffer[this.#next] as Entry;
    this.#next += 1;
    return entry;
  }

  /** If the count may be that of the page, the next page shows which it is. */
  async makeCountSure(): Promise<void> {
    if (!this.#source.isCountSure && !this.facts.lost) await this.#source.next();
  }

  #fill({ entries, step }: EntryRun): void {
    const isGrown = step !== undefined && this.#check(step);
    this.#buffer = entries.filter(({ id, time }) => {
      if (id === undefined) return true;
      // A vendor may use an id again for another event.
      const key = `${time} ${id}`;
      if (!this.#known.has(key)) {
        this.#known.add(key);
        return true;
      }
      if (!isGrown && step !== undefined) this.#doubt ??= TWICE;
      return false;
    });
    this.#next = 0;
    const oldest = entries.at(-1)?.time;
    const { from } = this.#tools;
    if (from !== undefined && !this.facts.unordered && oldest !== undefined && oldest < from) this.#hasEnded = true;
  }

  /** Checks what holds for a page of a log that does not change. Returns whether the count has risen. */
  #check({ page, before, entries, start }: PageStep): boolean {
    const { counted, learned, paging } = this.#tools;
    if (before?.entries.some((one) => one.id === undefined && entries.some(({ raw }) => raw.equals(one.raw))))
      this.isAlike = true;
    if (!counted || learned.countsPages) return false;
    const { count } = page;
    if (count === undefined) {
      this.#doubt ??= NO_COUNT;
      return false;
    }
    const last = this.#count ?? count;
    if (count < last) this.#doubt ??= countChanged(last, count);
    this.#count = count;
    if (page.entries.length > count)
      this.#doubt ??= `a page has ${page.entries.length} events, but the server reports ${count}`;
    if (pagingStyle(paging).access === 'pages' && learned.countsLog && start > 0) {
      const due = Math.min(before?.entries.length ?? this.#size, Math.max(0, count - start));
      const rows = lengthOf(page);
      if (rows < due) this.#doubt ??= pageShort(rows, due);
    }
    return count > last;
  }
}
