import { faultOf } from '../../http/fault.js';
import { withoutOverlap } from '../checks.js';
import { beyondReach } from '../halve.js';
import { type OrderSeen, seeOrder } from '../order.js';
import { isNoPage, refusalOf } from '../page/fault.js';
import { refusedPage } from '../page/refused.js';
import { type PagingStyle, pagingStyle } from '../paging.js';
import { lengthOf, type Page, type PageRequest, type Place } from '../request.js';
import { endAfter, endAfterRefusal } from './ends.js';
import type { PageStep, WalkEnd, WalkOptions, WalkTools } from './options.js';
import { FULL_INSTANT, SharedEntries } from './shared.js';
import { WalkState } from './state.js';

/**
 * The one walk from page to page, for every style of paging: what to ask next, and whether this was the end. All commands read pages through it.
 * What proves the end, when a count is believed, and why every walk ends: docs/explanation/reliability.md.
 */
export class Walk {
  /** How the walk ended; undefined while it goes on. */
  end: WalkEnd | undefined;
  /** Why the organization was lost; see orgs.ts. */
  lost: string | undefined;
  /** The order of the rows so far. */
  order: OrderSeen = 'unknown';
  /** The first answer, whether it had rows or not. */
  firstAnswer: Page | undefined;

  readonly #tools: WalkTools;
  readonly #options: WalkOptions;
  readonly #style: PagingStyle;
  readonly #state: WalkState;
  /** For pages that begin where the last entry was. */
  readonly #shared: SharedEntries | undefined;
  /** Why entries between two pages may be missing. */
  #gap: string | undefined;
  #asked = 0;
  #place: Place;

  constructor(tools: WalkTools, options: WalkOptions) {
    this.#tools = tools;
    this.#options = options;
    this.#style = pagingStyle(tools.paging);
    this.#state = new WalkState(options, tools, this.#style);
    this.#shared = ['last', 'time'].includes(this.#style.nextIn.where) ? new SharedEntries() : undefined;
    this.#place = this.#style.at(this.#state.rows, options.size) ?? this.#style.first;
  }

  get count(): number | undefined {
    return this.#state.count;
  }

  /** Pages read that had new rows. */
  get number(): number {
    return this.#state.number;
  }

  get rows(): number {
    return this.#state.rows;
  }

  get rowsPerPage(): number {
    return this.#state.rowsPerPage;
  }

  /** The next page with new rows; undefined at the end. */
  async next(): Promise<PageStep | undefined> {
    while (this.end === undefined) {
      const page = await this.#askOrEnd();
      const step = page === undefined ? undefined : this.#see(page);
      if (step !== undefined) return step;
    }
    if (this.end.how === 'silent') this.end = await this.#listen();
    if (this.#gap !== undefined) this.end = { ...this.end, doubt: this.#gap, isFinal: true };
    return undefined;
  }

  /** A cursor after the last page may be refused. */
  async #askOrEnd(): Promise<Page | undefined> {
    try {
      return await this.#ask();
    } catch (error) {
      if (!this.#state.isConfirming || faultOf(error)?.kind !== 'expired') throw error;
      this.end = { how: 'told' };
      return undefined;
    }
  }

  async #ask(): Promise<Page> {
    const { first } = this.#options;
    this.#asked += 1;
    const page = this.#asked === 1 && first !== undefined ? first : await this.#fetch(this.#place);
    return this.#shared === undefined ? page : this.#withoutShared(page, this.#shared);
  }

  /** A page without entries that came before. If they fill it, the instant that they share cannot be passed but by leaving it out. */
  async #withoutShared(page: Page, shared: SharedEntries): Promise<Page> {
    const { learned } = this.#tools;
    const rows = lengthOf(page);
    const fresh = shared.fresh(page);
    if (page.again === undefined) return fresh;
    learned.longest = Math.max(learned.longest, rows);
    if (lengthOf(fresh) > 0 || rows === 0) return fresh;
    if (rows < Math.min(this.#state.size, learned.longest)) return { ...fresh, next: undefined };
    const behind = await this.#fetch({ next: page.again.beyond });
    // One entry alone is known whole if nothing is behind it.
    if (rows > 1 || lengthOf(behind) > 0) this.#gap = FULL_INSTANT;
    const rest = shared.fresh(behind);
    return lengthOf(rest) > 0 ? rest : { ...rest, next: undefined };
  }

  async #fetch(place: Place): Promise<Page> {
    const { stream, window, size } = this.#options;
    const request: PageRequest = { stream, window, place, size: this.#within(place, size) };
    try {
      const page = await this.#tools.fetch(request);
      // A missing list counts as empty only if it is missing twice.
      return page.isListMissing === true ? await this.#tools.fetch(request) : page;
    } catch (error) {
      // Once all that the server counts was read, whatever it answers to the next page means the end.
      const isAll = this.#state.isAllCounted && this.#tools.learned.countsLog;
      if (this.number === 0 || !isAll || !isNoPage(error)) throw error;
      return refusedPage(refusalOf(error) ?? 200);
    }
  }

  /** Whether the next page lies beyond those that the server gives. */
  get #isAtReach(): boolean {
    const { reach } = this.#tools.paging;
    if (reach === undefined || this.#style.access === 'chain') return false;
    const { rows, rowsPerPage, longest } = this.#state;
    return this.#style.access === 'rows' ? rows >= reach : rows + Math.min(rowsPerPage, longest) > reach;
  }

  /** The page after this one cannot be asked for: a shorter one than those before it is the last. */
  #reachEnd(page: Page): WalkEnd {
    const isLast = this.#state.isShort(page) && page.more !== true && !this.#state.isShortOfCount;
    if (isLast) return { how: 'told' };
    return { how: 'reach', doubt: beyondReach(this.#tools.paging.reach ?? 0, this.#options.window), isFinal: true };
  }

  /** The size of a page that ends within reach, if pages can begin at any row. */
  #within(place: Place, size: number): number {
    const { reach } = this.#tools.paging;
    return reach === undefined || !('offset' in place) ? size : Math.max(1, Math.min(size, reach - place.offset));
  }

  #see(page: Page): PageStep | undefined {
    if (page.lost === undefined && page.refused === undefined) return this.#take(page);
    this.lost = page.lost;
    this.end = page.refused === undefined ? { how: 'lost' } : endAfterRefusal(this.#state, page.refused);
    return undefined;
  }

  /** Decides where an answer leads. Returns a step if it has new rows. */
  #take(page: Page): PageStep | undefined {
    this.firstAnswer ??= page;
    const state = this.#state;
    if (state.isRound(page)) {
      this.end = { how: 'counted' };
      return undefined;
    }
    const { before } = state;
    const { order } = this;
    const { isNew, start, overlap, grown } = state.take(page);
    if (isNew) this.order = seeOrder(order, before, page);
    this.end = endAfter(state, page, isNew);
    if (isNew) state.leave(page);
    if (this.end === undefined && this.#isAtReach) this.end = this.#reachEnd(page);
    if (this.end === undefined) this.#move(page);
    if (!isNew) return undefined;
    const repeated = state.isChained ? 0 : grown + overlap;
    const entries = before === undefined ? page.entries : withoutOverlap(before, page, repeated).entries;
    const told = this.#gap === undefined ? page : { ...page, gap: this.#gap };
    return { page: told, before, entries, start, order, isOverlapping: overlap > 0 };
  }

  /** The answer has no field for a next page. A smaller page must have it, otherwise the provider file names the wrong field. */
  async #listen(): Promise<WalkEnd> {
    const { doubt } = this.end ?? {};
    const end: WalkEnd = { how: 'told', ...(doubt === undefined ? {} : { doubt }) };
    if (this.rows < 2) return end;
    const { stream, window } = this.#options;
    const { learned, fetch } = this.#tools;
    const { silent } = await fetch({ stream, window, place: this.#style.first, size: Math.floor(this.rows / 2) });
    if (silent !== true) learned.namesNext = true;
    return silent !== true ? end : { how: 'told', doubt: SILENT, isFinal: true };
  }

  #move(page: Page): void {
    const { access, at } = this.#style;
    if (access === 'chain') {
      this.#state.remember(page.next);
      this.#place = { next: page.next };
    } else if (access === 'rows') {
      this.#place = at(this.rows - (this.#state.overlaps ? 1 : 0), this.#options.size) ?? this.#place;
    } else if ('page' in this.#place) this.#place = { page: this.#place.page + 1 };
  }
}

const SILENT = 'no answer has a next page, whatever the page size: there may be more events';
