import { serverError } from '../../errors.js';
import { countsBeyond, endsInside, isSamePage } from '../checks.js';
import type { PagingStyle } from '../paging.js';
import { lengthOf, type Page } from '../request.js';
import type { Learned, WalkOptions, WalkTools } from './options.js';

/** Pages beyond what the count calls for, before the walk says that paging does not end. */
export const SPARE_PAGES = 50;

export const SAME_PAGE = 'the server returns the same page again and again: it ignores the page number';

/** What a page added to a walk. */
export interface PageGain {
  readonly isNew: boolean;
  /** The position in the window of its first new row, from 0. */
  readonly start: number;
  /** Rows that it shares with the page before because they were asked for again. */
  readonly overlap: number;
  /** By how much the count has risen since the page before. */
  readonly grown: number;
}

/** How far a walk has come, and what it has seen on the way. Rows are entries, unreadable ones included. */
export class WalkState {
  /** Pages with new rows. */
  number = 0;
  /** The position in the window, from 0, of the row after the last one read. */
  rows: number;
  /** The server's latest count; undefined if it has none, or one of its pages only. */
  count: number | undefined;
  /** The first page with rows, and the latest. */
  first: Page | undefined;
  before: Page | undefined;
  /** The rows of the longest page before the latest. */
  longest = 0;
  /** Empty pages in a row, and pages in a row that only repeat the one before. */
  empties = 0;
  repeats = 0;
  /** Pages in a row that went no further than the page before. */
  stale = 0;
  /** The server has said that there is no more; the page that it names is requested anyway. */
  isConfirming = false;
  /** There was more although the server said that there was not. */
  isMoreWrong = false;

  readonly learned: Learned;
  readonly size: number;
  readonly isChained: boolean;
  /** An empty page is the last one, whatever next page it names. */
  readonly emptyEnds: boolean;
  /** There is one answer, of the size that was asked for. */
  readonly isOneAnswer: boolean;
  readonly #cursors = new Set<string>();
  readonly #mayOverlap: boolean;
  #highest = 0;

  constructor(
    { startRow = 0, size, isOverlapping }: WalkOptions,
    { learned, paging }: Pick<WalkTools, 'learned' | 'paging'>,
    { access, isOneAnswer }: PagingStyle,
  ) {
    this.rows = startRow;
    this.size = size;
    this.learned = learned;
    this.emptyEnds = paging.emptyEnds === true;
    if (paging.nextKnown === true) learned.namesNext = true;
    this.isOneAnswer = isOneAnswer && paging.size !== undefined;
    this.isChained = access === 'chain';
    this.#mayOverlap = isOverlapping === true && access === 'rows';
  }

  /** The rows of a full page, as far as the server has shown. */
  get rowsPerPage(): number {
    if (this.number > 1) return this.longest;
    return this.longest > 0 && this.longest < Math.min(this.size, this.count ?? 0) ? this.longest : this.size;
  }

  /** Each page begins with the last row of the one before. If that row is missing, something before it went away. */
  get overlaps(): boolean {
    return this.#mayOverlap && this.longest > 1;
  }

  get isShortOfCount(): boolean {
    return this.count !== undefined && this.rows < this.count;
  }

  /** A believed count was reached. */
  get isAllCounted(): boolean {
    return this.count !== undefined && !this.isShortOfCount;
  }

  /** Whether a page is shorter than a full one: by the server's own field, or by an earlier page. */
  isShort(page: Page): boolean {
    return lengthOf(page) < Math.max(page.rowsPerPage ?? 0, this.longest);
  }

  knows(cursor: string): boolean {
    return this.#cursors.has(cursor);
  }

  remember(cursor: string | undefined): void {
    if (cursor !== undefined) this.#cursors.add(cursor);
  }

  /** Adds an answer. Throws a server error if there are more pages than the count allows. */
  take(page: Page): PageGain {
    const { before, rows: start } = this;
    const overlap = before !== undefined && this.overlaps ? 1 : 0;
    const length = lengthOf(page);
    const isRepeat = before !== undefined && isSamePage(before, page);
    const isNew = length > overlap && !isRepeat;
    if (this.isChained && page.silent !== true) this.learned.namesNext = true;
    if (!isRepeat) this.#learnCount(page, length);
    const grown = this.#seeCount(page, isNew);
    if (isNew) this.#advance(page, length - overlap);
    else if (isRepeat) this.repeats += 1;
    else this.empties += 1;
    return { isNew, start, overlap, grown };
  }

  /** Whether the first page comes again after the counted entries: some servers start over instead of sending an empty page. */
  isRound(page: Page): boolean {
    const isAll = this.learned.countsLog && this.rows === this.count && this.number > 1;
    return isAll && this.first !== undefined && isSamePage(this.first, page);
  }

  /** Makes a page the one before, once it has been judged. */
  leave(page: Page): void {
    this.longest = Math.max(this.longest, lengthOf(page));
    this.before = page;
  }

  #advance(page: Page, rows: number): void {
    if (this.isConfirming) this.isMoreWrong = true;
    this.isConfirming = false;
    this.empties = 0;
    this.repeats = 0;
    this.stale = this.before !== undefined && endsInside(this.before, page) ? this.stale + 1 : 0;
    this.number += 1;
    this.rows += rows;
    this.first ??= page;
    this.#guard();
  }

  /** The pages before show whether counts are those of pages. */
  #learnCount(page: Page, length: number): void {
    const { count } = page;
    const { learned } = this;
    if (count === undefined || length === 0 || learned.countsPages) return;
    if (countsBeyond(page)) learned.countsLog = true;
    else if (!learned.countsLog && this.before !== undefined && count === length && (this.count ?? 0) <= this.rows)
      learned.countsPages = true;
  }

  /** Takes over the count of a page. Returns by how much it has risen. */
  #seeCount({ count }: Page, isNew: boolean): number {
    if (this.learned.countsPages) {
      this.count = undefined;
      return 0;
    }
    // After the end some servers count nothing.
    if (count === undefined || (!isNew && count < this.rows)) return 0;
    const grown = Math.max(0, count - (this.count ?? count));
    this.count = count;
    this.#highest = Math.max(this.#highest, count);
    return grown;
  }

  #guard(): void {
    // Pages that are too large come in smaller ones if each names the next.
    const rowsPerPage = this.isChained ? 1 : Math.max(1, this.rowsPerPage - (this.overlaps ? 1 : 0));
    const most = Math.ceil(this.#highest / rowsPerPage) + SPARE_PAGES;
    if (this.count === undefined || this.number <= most) return;
    throw serverError(
      `paging does not end: ${this.number} pages were read, but the server reports ${this.#highest} events`,
    );
  }
}
