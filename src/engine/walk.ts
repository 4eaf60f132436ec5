import { serverError } from '../errors.js';
import type { Entry } from '../event.js';
import { faultOf } from '../http/fault.js';
import type { Paging } from '../providers/provider.js';
import type { Ask, FetchPage, Page, Place, Stream, Window } from './ask.js';
import { countsBeyond, endsInside, isSamePage, withoutOverlap } from './checks.js';
import { mayEndList } from './count/caps.js';
import { type OrderSeen, seeOrder } from './order.js';
import { isNoPage, refusalOf } from './page/fault.js';
import { noPage } from './page/refused.js';
import { type PagingStyle, pagingStyle } from './paging.js';

/**
 * The one walk from page to page, for every style of paging: what to ask next, and whether this was the end.
 * `list`, `show`, `export`, `tail`, `stats`, `collect` and `doctor` read pages through it.
 *
 * The end. A page shorter than was asked for proves nothing, as servers cap their pages. These prove it:
 * - the rows reach the server's count, and the last page is shorter than a full page is known to be;
 * - an empty page, or one that only repeats the page before it; twice where the server says that there is more;
 * - for cursors and links: the server names no next page, and has shown on another page that it would;
 * - a 404 or 416 for the page after the last.
 *
 * The count. Some servers tell the number of rows on the page in place of a total. A count is believed once it was larger
 * than its page, or once an empty page has followed.
 *
 * Every walk ends: each page must have a row that the page before it had not, cursors must not repeat, and a believed count bounds the pages.
 */
export class Walk {
  /** How the walk ended; undefined while it goes on. */
  end: WalkEnd | undefined;
  /** Why the organization's pages can no longer be had; see orgs.ts. */
  lost: string | undefined;
  /** The order of the rows so far. */
  order: OrderSeen = 'unknown';
  /** The server's latest count; undefined when it tells none, or one of its pages only. */
  count: number | undefined;
  /** The first answer, whether it had rows or not. */
  firstAnswer: Page | undefined;
  /** Pages read that had new rows. */
  number = 0;
  /** The place in the window, from 0, of the row after the last one read. */
  rows: number;

  readonly #tools: WalkTools;
  readonly #way: Way;
  readonly #style: PagingStyle;
  readonly #cursors = new Set<string>();
  #asked = 0;
  #place: Place;
  #first: Page | undefined;
  #before: Page | undefined;
  /** The rows of the longest page so far. */
  #longest = 0;
  #highest = 0;
  /** Empty pages, and pages that were those before them, in a row. */
  #empties = 0;
  #repeats = 0;
  /** Pages in a row that went no further than the page before them. */
  #stale = 0;
  /** The server has said that there is no more, and is asked for the page that it names all the same. */
  #isConfirming = false;
  /** There was more where the server said that there was not. */
  #isMoreWrong = false;

  constructor(tools: WalkTools, way: Way) {
    this.#tools = tools;
    this.#way = way;
    this.#style = pagingStyle(tools.paging);
    this.rows = way.startRow ?? 0;
    this.#place = this.#style.at(this.rows, way.size) ?? this.#style.first;
  }

  /** The rows of a full page, as far as the server has shown. */
  get rowsPerPage(): number {
    const { size } = this.#way;
    if (this.number > 1) return this.#longest;
    return this.#longest > 0 && this.#longest < Math.min(size, this.count ?? 0) ? this.#longest : size;
  }

  /** Whether each page begins with the last row of the one before it: where that row is missing, something above it went away. */
  get overlaps(): boolean {
    return this.#way.isOverlapping === true && this.#style.access === 'rows' && this.#longest > 1;
  }

  /** The next page with new rows; undefined at the end. */
  async next(): Promise<Step | undefined> {
    while (this.end === undefined) {
      const page = await this.#askOrEnd();
      const step = page === undefined ? undefined : this.#see(page);
      if (step !== undefined) return step;
    }
    if (this.end.how === 'silent') this.end = await this.#listen();
    return undefined;
  }

  /** A cursor behind the last page may be refused. */
  async #askOrEnd(): Promise<Page | undefined> {
    try {
      return await this.#ask();
    } catch (error) {
      if (!this.#isConfirming || faultOf(error)?.kind !== 'expired') throw error;
      this.end = { how: 'told' };
      return undefined;
    }
  }

  async #ask(): Promise<Page> {
    const { stream, window, size, first } = this.#way;
    this.#asked += 1;
    if (this.#asked === 1 && first !== undefined) return first;
    const ask: Ask = { stream, window, place: this.#place, size };
    try {
      const page = await this.#tools.fetch(ask);
      // A list that is left out counts as empty only when it is left out twice.
      return page.isListMissing === true ? await this.#tools.fetch(ask) : page;
    } catch (error) {
      // Where all that the server counts was read, whatever it answers to the page after that is its word for the end.
      const isAll = this.count !== undefined && this.#tools.learned.countsLog && !this.#isShortOfCount;
      if (this.number === 0 || !isAll || !isNoPage(error)) throw error;
      return noPage(refusalOf(error) ?? 200);
    }
  }

  #see(page: Page): Step | undefined {
    if (page.lost === undefined && page.refused === undefined) return this.#take(page);
    this.lost = page.lost;
    this.end = page.refused === undefined ? { how: 'lost' } : this.#refused(page.refused);
    return undefined;
  }

  /** Takes an answer and decides where it leads; gives a step when it has new rows. */
  #take(page: Page): Step | undefined {
    this.firstAnswer ??= page;
    const before = this.#before;
    const start = this.rows;
    const overlap = before !== undefined && this.overlaps ? 1 : 0;
    const length = page.entries.length + page.unreadable.length;
    const isRepeat = before !== undefined && isSamePage(before, page);
    const isNew = length > overlap && !isRepeat;
    if (this.#style.access === 'chain' && page.silent !== true) this.#tools.learned.namesNext = true;
    if (!isRepeat) this.#learnCount(page, length, start);
    const grown = this.#seeCount(page, isNew);
    if (!isNew) {
      if (isRepeat) this.#repeats += 1;
      else this.#empties += 1;
      this.end = this.#style.access === 'chain' ? this.#afterNothingChained(page) : this.#afterNothing(page, length);
      if (this.end === undefined) this.#move(page);
      return undefined;
    }
    if (this.#isConfirming) this.#isMoreWrong = true;
    this.#isConfirming = false;
    this.#empties = 0;
    this.#repeats = 0;
    this.#stale = before !== undefined && endsInside(before, page) ? this.#stale + 1 : 0;
    this.number += 1;
    this.rows = start + length - overlap;
    this.#first ??= page;
    const order = this.order;
    this.order = seeOrder(order, before, page);
    this.#guard();
    this.end = this.#style.access === 'chain' ? this.#afterChained(page) : this.#afterNumbered(page, length);
    this.#longest = Math.max(this.#longest, length);
    this.#before = page;
    if (this.end === undefined) this.#move(page);
    const repeated = this.#style.access === 'chain' ? 0 : grown + overlap;
    const entries = before === undefined ? page.entries : withoutOverlap(before, page, repeated).entries;
    return { page, before, entries, start, order, isOverlapping: overlap > 0 };
  }

  /** Whether counts are those of pages shows when the pages before are known. */
  #learnCount(page: Page, length: number, start: number): void {
    const { count } = page;
    const { learned } = this.#tools;
    if (count === undefined || length === 0 || learned.countsPages) return;
    if (countsBeyond(page)) learned.countsLog = true;
    else if (!learned.countsLog && this.#before !== undefined && count === length && (this.count ?? 0) <= start)
      learned.countsPages = true;
  }

  /** Takes over the count of a page; gives by how much it has risen. */
  #seeCount({ count }: Page, isNew: boolean): number {
    if (this.#tools.learned.countsPages) {
      this.count = undefined;
      return 0;
    }
    // Past the end some servers count nothing.
    if (count === undefined || (!isNew && count < this.rows)) return 0;
    const grown = Math.max(0, count - (this.count ?? count));
    this.count = count;
    this.#highest = Math.max(this.#highest, count);
    return grown;
  }

  #guard(): void {
    // Pages that are too large come in smaller ones where each names the next.
    const rowsPerPage = this.#style.access === 'chain' ? 1 : Math.max(1, this.rowsPerPage - (this.overlaps ? 1 : 0));
    const most = Math.ceil(this.#highest / rowsPerPage) + SPARE_PAGES;
    if (this.count === undefined || this.number <= most) return;
    throw serverError(
      `Paging does not end: ${this.number} pages were read where the server counts ${this.#highest} entries.`,
    );
  }

  get #isShortOfCount(): boolean {
    return this.count !== undefined && this.rows < this.count;
  }

  /** A full page is at least as long as this: the server's own word, or an earlier page. */
  #isShort(page: Page, length: number): boolean {
    return length < Math.max(page.rowsPerPage ?? 0, this.#longest);
  }

  /** After new rows, where pages have places of their own. */
  #afterNumbered(page: Page, length: number): WalkEnd | undefined {
    const again = this.#beginsAgain(page);
    if (again !== undefined || page.more === true || this.#isShortOfCount) return again;
    const isShort = this.#isShort(page, length);
    if (this.count === undefined) return isShort && page.more === false ? { how: 'told' } : undefined;
    const isAllOnOnePage = this.number === 1 && this.#tools.learned.countsLog && length < this.#way.size;
    return isShort || isAllOnOnePage ? { how: 'counted' } : undefined;
  }

  /** After a page without new rows, where pages have places of their own. */
  #afterNothing(page: Page, length: number): WalkEnd | undefined {
    const isTwice = this.#empties + this.#repeats >= TWICE;
    if (this.#repeats > 0) {
      // A server may give its last page again for all that come after it.
      if (this.count !== undefined && !this.#isShortOfCount) return { how: 'counted' };
      if (this.count === undefined && length < (page.rowsPerPage ?? 0)) return { how: 'repeated' };
      if (this.count === undefined && isTwice && this.number > 1) return { how: 'repeated' };
      if (this.count === undefined && this.number === 1 && length < this.#way.size)
        return {
          how: 'repeated',
          doubt: 'the page after the first is the first again: there may be more',
          isFinal: true,
        };
      if (isTwice) throw serverError(SAME_PAGE);
      return undefined;
    }
    if (page.more === true && !isTwice) return undefined;
    if (this.#isShortOfCount)
      return {
        how: 'empty',
        doubt: `an empty page where the server counts ${this.count}`,
        isFinal: page.isListMissing === true,
      };
    return this.overlaps && length === 0 ? { how: 'empty', doubt: NO_OVERLAP } : { how: 'empty' };
  }

  /** After new rows, where each page names the next one. */
  #afterChained(page: Page): WalkEnd | undefined {
    const again = this.#beginsAgain(page);
    if (again !== undefined) return again;
    const saysNoMore = page.more === false && !this.#isMoreWrong;
    if (saysNoMore && !this.#isShortOfCount && !this.#isDoubtfulWord(page)) return { how: 'told' };
    if (page.next !== undefined) return undefined;
    if (page.more === true)
      return { how: 'told', doubt: 'the server says that there is more, but names no next page', isFinal: true };
    const { namesNext, countsLog } = this.#tools.learned;
    const isCounted = this.count !== undefined && countsLog && !this.#isShortOfCount;
    return { how: namesNext || saysNoMore || isCounted ? 'told' : 'silent', ...this.#doubt };
  }

  /**
   * Whether a no to there being more may come of a page that is shorter than was asked for, by a server that caps its pages: only on the first
   * page, as later ones are told apart by the pages before them. The page that is named tells.
   */
  #isDoubtfulWord(page: Page): boolean {
    this.#isConfirming =
      this.number === 1 &&
      page.next !== undefined &&
      page.entries.length < this.#way.size &&
      !this.#isShort(page, page.entries.length);
    return this.#isConfirming;
  }

  /** After a page without new rows, where each page names the next one. */
  #afterNothingChained(page: Page): WalkEnd | undefined {
    if (this.#isConfirming) return { how: 'told', ...this.#doubt };
    if (page.next === undefined) return { how: 'empty', ...this.#doubt };
    const isKnown = this.#cursors.has(page.next);
    if (isKnown && this.#repeats === 0) return { how: 'empty', ...this.#doubt };
    if (isKnown && this.count !== undefined && !this.#isShortOfCount) return { how: 'counted' };
    if (isKnown) return { how: 'repeated', doubt: 'a page names itself as the next one', isFinal: true };
    const isAll = this.count !== undefined && !this.#isShortOfCount;
    const isMoreDue = this.#isShortOfCount || (page.more === true && !isAll);
    const most = isMoreDue ? SPARE_PAGES : TWICE;
    if (this.#empties + this.#repeats < most) return undefined;
    if (this.#repeats > 0) return { how: 'repeated', doubt: 'cursors lead to the same page again', isFinal: true };
    if (!isMoreDue) return { how: 'empty', ...this.#doubt };
    const why = this.#isShortOfCount ? `counts ${this.count}, and ${this.rows} were read` : 'says that there is more';
    return { how: 'empty', doubt: `${most} empty pages in a row, and the server ${why}`, isFinal: true };
  }

  get #doubt(): { doubt?: string } {
    return this.#isShortOfCount
      ? { doubt: `the pages end after ${this.rows} entries where the server counts ${this.count}` }
      : {};
  }

  /** A server that comes round to its first page again would never end. */
  #beginsAgain(page: Page): WalkEnd | undefined {
    if (this.#stale >= SPARE_PAGES)
      return { how: 'repeated', doubt: `${SPARE_PAGES} pages in a row went no further`, isFinal: true };
    if (this.number < 3 || this.#first === undefined || !isSamePage(this.#first, page)) return undefined;
    return { how: 'repeated', doubt: 'the server began again with its first page', isFinal: true };
  }

  /** The server refuses a page after the first. */
  #refused(status: number): WalkEnd {
    const what = `the server refuses page ${this.number + 1} (${status})`;
    // A 404 may pass; the others are limits.
    if (this.#isShortOfCount)
      return { how: 'refused', doubt: `${what} where it counts ${this.count} entries`, isFinal: status !== 404 };
    if (this.count === undefined && this.#before?.more === true)
      return { how: 'refused', doubt: `${what} after it said that there is more`, isFinal: status !== 404 };
    if (this.count !== undefined && mayEndList(this.count) && !NO_SUCH_PAGE.has(status))
      return { how: 'refused', doubt: `${what}, and may count no further than ${this.count} entries`, isFinal: true };
    // Where there are several pages, they show how long a full one is.
    const full = this.number > 1 ? this.#longest : this.#way.size;
    const isLastShort = (this.#before?.entries.length ?? 0) < full;
    if (this.count !== undefined || NO_SUCH_PAGE.has(status) || isLastShort) return { how: 'refused' };
    return { how: 'refused', doubt: `${what}: what follows could not be read`, isFinal: true };
  }

  /** An answer that says nothing of a next page: a smaller one must name it, or the place where it is named is wrong. */
  async #listen(): Promise<WalkEnd> {
    const { doubt } = this.end ?? {};
    const end: WalkEnd = { how: 'told', ...(doubt === undefined ? {} : { doubt }) };
    if (this.rows < 2) return end;
    const { stream, window } = this.#way;
    const { learned, fetch } = this.#tools;
    const { silent } = await fetch({ stream, window, place: this.#style.first, size: Math.floor(this.rows / 2) });
    if (silent !== true) learned.namesNext = true;
    return silent !== true ? end : { how: 'told', doubt: SILENT, isFinal: true };
  }

  #move(page: Page): void {
    const { access, at } = this.#style;
    if (access === 'chain') {
      if (page.next !== undefined) this.#cursors.add(page.next);
      this.#place = { next: page.next };
    } else if (access === 'rows') {
      this.#place = at(this.rows - (this.overlaps ? 1 : 0), this.#way.size) as Place;
    } else if ('page' in this.#place) this.#place = { page: this.#place.page + 1 };
  }
}

/** Pages beyond what the count calls for, before the walk says that paging does not end. */
export const SPARE_PAGES = 50;
const TWICE = 2;
/** The statuses that say that a page does not exist. */
const NO_SUCH_PAGE: ReadonlySet<number> = new Set([404, 416]);
const SAME_PAGE = 'The server gives the same page again and again: it ignores the page that is asked for.';
const NO_OVERLAP = 'two pages that should share an entry do not';
const SILENT = 'the answers name no next page, whatever their size: there may be more';

/** What the answers of a server have shown so far. All walks of a run add to it. */
export interface Learned {
  /** An answer has named a next page, or said that there was none. */
  namesNext: boolean;
  /** A count was larger than its page: counts are those of the log. */
  countsLog: boolean;
  /** Counts are those of the pages that they come with. */
  countsPages: boolean;
}

export function nothingLearned(): Learned {
  return { namesNext: false, countsLog: false, countsPages: false };
}

/** What walking needs of the world. */
export interface WalkTools {
  readonly fetch: FetchPage;
  readonly paging: Paging;
  readonly learned: Learned;
}

/** Which pages to walk through. */
export interface Way {
  readonly stream: Stream;
  readonly window: Window;
  /** Rows to ask for with each page. */
  readonly size: number;
  /** The first page, where it was read already. */
  readonly first?: Page | undefined;
  /** The row to begin at, from 0: a multiple of `size` where pages are numbered. */
  readonly startRow?: number;
  /** Ask for the last row of each page again with the next one, where pages begin at any row. */
  readonly isOverlapping?: boolean;
}

/** A page with new rows. */
export interface Step {
  readonly page: Page;
  /** The page with new rows before it. */
  readonly before: Page | undefined;
  /** Its entries, without those that have no id and were pushed here from the page before. */
  readonly entries: readonly Entry[];
  /** The place of its first new row in the window, from 0. */
  readonly start: number;
  /** The order of the rows before it. */
  readonly order: OrderSeen;
  /** Whether it should begin with the last row of the page before. */
  readonly isOverlapping: boolean;
}

/** How a walk ended. */
export interface WalkEnd {
  /** `silent`: nothing was said of a next page; asking on finds out whether that is the end. */
  readonly how: 'counted' | 'empty' | 'told' | 'silent' | 'repeated' | 'refused' | 'lost';
  /** Why there may be more all the same. */
  readonly doubt?: string;
  /** Walking again would end in the same doubt. */
  readonly isFinal?: boolean;
}

/** The first page of a window. */
export function pageOne(
  { fetch, paging }: Pick<WalkTools, 'fetch' | 'paging'>,
  stream: Stream,
  window: Window,
  size: number,
): Promise<Page> {
  return fetch({ stream, window, place: pagingStyle(paging).first, size });
}
