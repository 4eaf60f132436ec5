import { serverError } from '../../errors.js';
import { isFirstPlace, type PagingStyle } from '../paging.js';
import type { FetchPage, FetchPart, Page, PageRequest, Place } from '../request.js';
import { isTooLarge, refusalOf, shrinkCause } from './fault.js';
import type { PageSizer } from './sizer.js';

/** More entries than this that the server answers 500 to on one page are no bad entries, but a server that fails. */
const MOST = 2;

/** Entries of a window, from 0: `to` is the first one after them. */
interface EntryRange {
  readonly from: number;
  readonly to: number;
}

/** Asks for pages by number or offset, and puts those that cannot be had whole together from smaller ones. */
export function openParts(fetch: FetchPart, style: PagingStyle, pace: PageSizer): FetchPage {
  const capped = openCapped(fetch, style);
  let hasAnswered = false;

  /** Whether it is the API at all, where its very first answer is too large: the first entry of this page or of the next one can be had then. */
  const isApi = async (ask: PageRequest): Promise<boolean> => {
    const row = firstRow(style, ask.place, ask.size);
    for (const place of [style.at(row, 1), style.at(row + ask.size, 1)] as readonly Place[]) {
      const isTooLargeToo = await fetch({ ...ask, place, size: 1, isPart: true }, true).then(() => false, isTooLarge);
      if (!isTooLargeToo) return true;
    }
    return false;
  };

  return async (ask) => {
    const known = capped.known(ask);
    const start = pace.sizeFor(known ?? ask.size);
    let failure: unknown;
    if (start >= (known ?? ask.size)) {
      try {
        const page = await fetch(ask, ask.size > 1);
        capped.note(ask, page);
        hasAnswered = true;
        return page;
      } catch (error) {
        if (shrinkCause(error) === undefined) throw error;
        if (!hasAnswered && isTooLarge(error) && !(await isApi(ask))) throw error;
        failure = error;
      }
    }
    const rows = known ?? (await capped.find(ask, failure));
    const from = firstRow(style, ask.place, rows);
    const parts = new PageParts({ fetch, style, ask, range: { from, to: from + rows } }, failure);
    const page = await parts.read(rows, start);
    hasAnswered = true;
    // Larger parts are tried first at no great cost: only to ask for whole pages again and again would double the requests.
    if (parts.failure !== undefined) pace.shrank(Math.max(parts.worked, Math.ceil(rows / 4)));
    else if (pace.held(ask.size)) pace.grow(ask.size);
    return page;
  };
}

/** The place of a page's first entry in the window, from 0. */
function firstRow({ first }: PagingStyle, place: Place, rows: number): number {
  if ('page' in place) return (place.page - ('page' in first ? first.page : 1)) * rows;
  return 'offset' in place ? place.offset : 0;
}

/** The next smaller size: one that divides the page, where there is one that is not far smaller. */
function smaller(size: number): number {
  const factor = [2, 3, 5, 7].find((one) => size > one && size % one === 0);
  return factor === undefined ? Math.max(1, Math.floor(size / 2)) : size / factor;
}

interface PagePartsOf {
  readonly fetch: FetchPart;
  readonly style: PagingStyle;
  readonly ask: PageRequest;
  /** The entries of the page. */
  readonly range: EntryRange;
}

/** One page in parts. */
class PageParts {
  /** The first failure: what is thrown where smaller pages do not help. */
  failure: unknown;
  /** The largest part that was answered. */
  worked = 0;
  private readonly fetch: FetchPart;
  private readonly style: PagingStyle;
  private readonly ask: PageRequest;
  private readonly range: EntryRange;
  private readonly pieces: Page[] = [];
  private readonly bad: { readonly row: number; readonly why: string; readonly isTooLarge: boolean }[] = [];
  private hasAnswered = false;
  private hasEnded = false;
  private isShort = false;
  private refused: Pick<Page, 'refused' | 'refusedWhy'> | undefined;

  constructor(of: PagePartsOf, failure: unknown) {
    this.fetch = of.fetch;
    this.style = of.style;
    this.ask = of.ask;
    this.range = of.range;
    this.failure = failure;
  }

  /** `rows`: entries of the whole page; `start`: the largest size to ask for. */
  async read(rows: number, start: number): Promise<Page> {
    if (this.failure === undefined) {
      let size = rows;
      while (size > start) size = smaller(size);
      await this.readRange(this.range, size, false);
    } else await this.failed(this.range, rows, this.failure);
    if (!this.hasAnswered) await this.seeLife();
    return this.joined();
  }

  /** `hasFailed`: the same entries failed in a larger part, so there must be some. */
  private async readRange({ from, to }: EntryRange, size: number, hasFailed: boolean): Promise<void> {
    for (let row = from; row < to && !this.hasEnded; ) {
      const begin = this.style.access === 'pages' ? Math.floor(row / size) * size : row;
      const end = Math.min(begin + size, to);
      const asked = this.style.access === 'pages' ? size : end - row;
      await this.readPart({ from: row, to: end }, begin, asked, hasFailed && row === from);
      row = end;
    }
  }

  private async readPart(range: EntryRange, begin: number, size: number, hasFailed: boolean): Promise<void> {
    const place = this.style.at(begin, size) as Place;
    let page: Page;
    try {
      page = await this.fetch({ ...this.ask, place, size, isPart: true }, true);
    } catch (error) {
      if (refusalOf(error) !== undefined) throw this.failure ?? error;
      if (shrinkCause(error) === undefined) throw error;
      this.failure ??= error;
      return this.failed(range, size, error);
    }
    this.take(page, range, begin, size, hasFailed);
  }

  private async failed(range: EntryRange, size: number, error: unknown): Promise<void> {
    if (size > 1) return this.readRange(range, smaller(size), true);
    this.bad.push({ row: range.from, why: shrinkCause(error) ?? '', isTooLarge: isTooLarge(error) });
    if (this.bad.filter((one) => !one.isTooLarge).length > MOST) throw this.failure;
    if (this.bad.length > MOST && !this.hasAnswered) await this.seeLife();
  }

  private take(page: Page, range: EntryRange, begin: number, size: number, hasFailed: boolean): void {
    const rows = page.entries.length;
    if (page.refused !== undefined) {
      // The entries are there: it is the smaller size that is refused.
      if (hasFailed) throw this.failure;
      this.refused = {
        refused: page.refused,
        ...(page.refusedWhy === undefined ? {} : { refusedWhy: page.refusedWhy }),
      };
      this.hasEnded = true;
      this.hasAnswered = true;
      return;
    }
    if (rows === 0 && hasFailed && isTooLarge(this.failure)) throw this.failure;
    if (rows > size) throw this.noParts(`${rows} entries where ${size} were asked for`);
    if (rows > 0 && this.isShort) throw this.noParts('more entries after a page that is not full');
    this.hasAnswered = true;
    this.worked = Math.max(this.worked, size);
    this.isShort ||= rows < size;
    this.hasEnded = rows === 0 || page.more === false;
    const entries = page.entries.slice(range.from - begin, range.to - begin);
    const isCut = begin + rows > range.to;
    this.pieces.push({ ...page, entries, ...(isCut && page.more === false ? { more: true } : {}) });
  }

  private noParts(what: string): unknown {
    return this.failure ?? serverError(`The server gives ${what}.`);
  }

  /** Where nothing of the page could be had, something after it must be: else it is the server that fails, or it is not the API. */
  private async seeLife(): Promise<void> {
    const { to } = this.range;
    try {
      const page = await this.fetch({ ...this.ask, place: this.style.at(to, 1) as Place, size: 1, isPart: true }, true);
      this.hasAnswered = true;
      if (page.refused === undefined) this.pieces.push({ ...page, entries: [], more: undefined });
    } catch (error) {
      throw shrinkCause(error) === undefined && refusalOf(error) === undefined ? error : this.failure;
    }
  }

  private joined(): Page {
    const { pieces, bad } = this;
    const counts = new Set(pieces.map(({ count }) => count));
    const entries = pieces.flatMap((piece) => piece.entries);
    const isRefused = entries.length === 0 && bad.length === 0 && this.refused !== undefined;
    return {
      entries,
      count: counts.size === 1 ? [...counts][0] : undefined,
      next: undefined,
      more: pieces.at(-1)?.more,
      at: Math.max(0, ...pieces.map(({ at }) => at)),
      orgs: new Set(pieces.flatMap(({ orgs }) => [...orgs])),
      unreadable: bad.map(({ row }) => row),
      ...(bad.length > 0 ? { unreadableWhy: bad.map(({ why }) => why) } : {}),
      ...(isRefused ? this.refused : {}),
    };
  }
}

/**
 * Numbered pages of servers that give fewer entries a page than were asked for: a page's first entry lies elsewhere there. Fewer entries on
 * the first page may have other reasons, so it is asked for again with just that size before any part is counted by it.
 */
function openCapped(fetch: FetchPart, style: PagingStyle) {
  const firsts = new Map<number, number>();
  const known = new Map<number, number>();
  return {
    known: ({ size }: PageRequest): number | undefined => known.get(size),
    note: ({ place, size }: PageRequest, { entries }: Page): void => {
      if (isFirstPlace(style, place)) firsts.set(size, Math.max(firsts.get(size) ?? 0, entries.length));
    },
    /** Entries a page, for pages of `ask.size`. */
    async find(ask: PageRequest, failure: unknown): Promise<number> {
      const rows = firsts.get(ask.size) ?? 0;
      const isWhole = style.access === 'rows' || isFirstPlace(style, ask.place) || rows === 0 || rows >= ask.size;
      if (isWhole) return ask.size;
      const page = await fetch({ ...ask, place: style.first, size: rows, isPart: true }, false);
      if (page.entries.length !== rows) throw failure;
      known.set(ask.size, rows);
      return rows;
    },
  };
}
