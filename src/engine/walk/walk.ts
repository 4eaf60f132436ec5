import { faultOf } from '../../http/fault.js';
import { withoutOverlap } from '../checks.js';
import { type OrderSeen, seeOrder } from '../order.js';
import { isNoPage, refusalOf } from '../page/fault.js';
import { refusedPage } from '../page/refused.js';
import { type PagingStyle, pagingStyle } from '../paging.js';
import type { Page, PageRequest, Place } from '../request.js';
import { endAfter, endAfterRefusal } from './ends.js';
import type { PageStep, WalkEnd, WalkOptions, WalkTools } from './options.js';
import { WalkState } from './state.js';

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
  /** The first answer, whether it had rows or not. */
  firstAnswer: Page | undefined;

  readonly #tools: WalkTools;
  readonly #way: WalkOptions;
  readonly #style: PagingStyle;
  readonly #reached: WalkState;
  #asked = 0;
  #place: Place;

  constructor(tools: WalkTools, way: WalkOptions) {
    this.#tools = tools;
    this.#way = way;
    this.#style = pagingStyle(tools.paging);
    this.#reached = new WalkState(way, tools.learned, this.#style.access);
    this.#place = this.#style.at(this.#reached.rows, way.size) ?? this.#style.first;
  }

  /** The server's latest count; undefined when it tells none, or one of its pages only. */
  get count(): number | undefined {
    return this.#reached.count;
  }

  /** Pages read that had new rows. */
  get number(): number {
    return this.#reached.number;
  }

  /** The place in the window, from 0, of the row after the last one read. */
  get rows(): number {
    return this.#reached.rows;
  }

  /** The rows of a full page, as far as the server has shown. */
  get rowsPerPage(): number {
    return this.#reached.rowsPerPage;
  }

  /** The next page with new rows; undefined at the end. */
  async next(): Promise<PageStep | undefined> {
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
      if (!this.#reached.isConfirming || faultOf(error)?.kind !== 'expired') throw error;
      this.end = { how: 'told' };
      return undefined;
    }
  }

  async #ask(): Promise<Page> {
    const { stream, window, size, first } = this.#way;
    this.#asked += 1;
    if (this.#asked === 1 && first !== undefined) return first;
    const ask: PageRequest = { stream, window, place: this.#place, size };
    try {
      const page = await this.#tools.fetch(ask);
      // A list that is left out counts as empty only when it is left out twice.
      return page.isListMissing === true ? await this.#tools.fetch(ask) : page;
    } catch (error) {
      // Where all that the server counts was read, whatever it answers to the page after that is its word for the end.
      const isAll = this.#reached.isAllCounted && this.#tools.learned.countsLog;
      if (this.number === 0 || !isAll || !isNoPage(error)) throw error;
      return refusedPage(refusalOf(error) ?? 200);
    }
  }

  #see(page: Page): PageStep | undefined {
    if (page.lost === undefined && page.refused === undefined) return this.#take(page);
    this.lost = page.lost;
    this.end = page.refused === undefined ? { how: 'lost' } : endAfterRefusal(this.#reached, page.refused);
    return undefined;
  }

  /** Takes an answer and decides where it leads; gives a step when it has new rows. */
  #take(page: Page): PageStep | undefined {
    this.firstAnswer ??= page;
    const reached = this.#reached;
    if (reached.isRound(page)) {
      this.end = { how: 'counted' };
      return undefined;
    }
    const { before } = reached;
    const { order } = this;
    const { isNew, start, overlap, grown } = reached.take(page);
    if (isNew) this.order = seeOrder(order, before, page);
    this.end = endAfter(reached, page, isNew);
    if (isNew) reached.leave(page);
    if (this.end === undefined) this.#move(page);
    if (!isNew) return undefined;
    const repeated = reached.isChained ? 0 : grown + overlap;
    const entries = before === undefined ? page.entries : withoutOverlap(before, page, repeated).entries;
    return { page, before, entries, start, order, isOverlapping: overlap > 0 };
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
      this.#reached.remember(page.next);
      this.#place = { next: page.next };
    } else if (access === 'rows') {
      this.#place = at(this.rows - (this.#reached.overlaps ? 1 : 0), this.#way.size) ?? this.#place;
    } else if ('page' in this.#place) this.#place = { page: this.#place.page + 1 };
  }
}

const SILENT = 'the answers name no next page, whatever their size: there may be more';
