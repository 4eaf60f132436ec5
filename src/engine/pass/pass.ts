import { orderOf } from '../order.js';
import type { Page, Stream, Window } from '../request.js';
import type { StreamStore } from '../store/stream.js';
import type { WalkTools } from '../walk/options.js';
import { countChanged } from '../words.js';

/** What reading a window needs of the world. */
export interface ReadTools extends WalkTools {
  /** The vendor documents a count. */
  readonly counted: boolean;
  /** Milliseconds, with jitter of its own. */
  readonly pause: (ms: number) => Promise<void>;
}

/** What a pass reads, and where its entries go. */
export interface PassReach {
  readonly stream: Stream;
  readonly window: Window;
  readonly entries: StreamStore;
  readonly size: number;
}

/** One reading of all pages of a window, in one page size: what it found. */
export class Pass {
  /** The server's latest count. */
  count: number | undefined;
  /** The server's clock at the latest answer, epoch ms. */
  at = 0;
  /** Why the log may have changed while it was read; undefined: the pass is clean. */
  dirty: string | undefined;
  /** Why another pass would not reach a proven end. */
  doubt: string | undefined;
  /** There may be entries that the server gives only in shorter ranges. */
  isBeyondReach = false;
  /** Why the organization was lost. */
  lost: string | undefined;
  unordered = false;
  /** A page had a count. */
  isCountTold = false;
  /** The count rose. */
  isGrown = false;
  /** Entries that the server fails to return, by their position in the window from 0. */
  readonly unreadable: number[] = [];
  readonly tools: ReadTools;
  readonly reach: PassReach;
  readonly #whyUnreadable = new Set<string>();

  constructor(tools: ReadTools, reach: PassReach) {
    this.tools = tools;
    this.reach = reach;
  }

  get unreadableNote(): string {
    const places = this.unreadable.map((place) => place + 1);
    return `the server fails to return ${places.length === 1 ? 'event' : 'events'} ${places.join(' and ')} of this range (${[...this.#whyUnreadable].join(', ')}); all other events were read`;
  }

  /** Makes the pass dirty if there is a reason. */
  spoil(why: string | undefined): void {
    this.dirty ??= why;
  }

  seeCount({ count }: Page): void {
    if (count === undefined || this.tools.learned.countsPages) return;
    if (this.count !== undefined && count < this.count) this.spoil(countChanged(this.count, count));
    if (this.count !== undefined && count > this.count) this.isGrown = true;
    this.count = count;
  }

  /** Adds entries of a page and returns how many were new. `start`: the position of the first, from 0. Stored places ascend from the newest. */
  take(page: Page, entries: Page['entries'], start: number, isOldestFirst: boolean): number {
    this.at = Math.max(this.at, page.at);
    this.unreadable.push(...page.unreadable);
    this.doubt ??= page.gap;
    for (const why of page.unreadableWhy ?? []) this.#whyUnreadable.add(why);
    if (page.count !== undefined) this.isCountTold = true;
    else if (this.tools.counted && !this.tools.learned.countsPages)
      this.spoil('the server reported no count on one of the pages');
    if (orderOf(page.entries) === 'mixed') this.unordered = true;
    const { entries: stored } = this.reach;
    return isOldestFirst
      ? stored.addPage(entries.toReversed(), -start - entries.length)
      : stored.addPage(entries, start);
  }
}
