import { serverError } from '../../errors.js';
import type { PagingStyle } from '../paging.js';
import type { FetchPage, FetchPart, Page, PageRequest, Place } from '../request.js';
import { CappedPages } from './capped.js';
import { isTooLarge, refusalOf, shrinkCause } from './fault.js';
import type { PageSizer } from './sizer.js';

/** With more entries on one page than this that the server answers 500 to, it is the server that fails. */
const MOST = 2;

/** Entries of a window, from 0: `to` is the first one after them. */
interface EntryRange {
  readonly from: number;
  readonly to: number;
}

/** Requests pages by number or offset, and joins pages that fail whole from smaller ones. */
export function openParts(fetch: FetchPart, style: PagingStyle, sizer: PageSizer): FetchPage {
  const capped = new CappedPages(fetch, style);
  let hasAnswered = false;

  /** If the very first answer is too large, it may not be the API's: then the first entry of this page or of the next one is too large as well. */
  const isApi = async (request: PageRequest): Promise<boolean> => {
    const row = firstRow(style, request.place, request.size);
    for (const place of [style.at(row, 1), style.at(row + request.size, 1)] as readonly Place[]) {
      const isAlso = await fetch({ ...request, place, size: 1, isPart: true }, true).then(() => false, isTooLarge);
      if (!isAlso) return true;
    }
    return false;
  };

  return async (request) => {
    const known = capped.knownSize(request);
    const start = sizer.sizeFor(known ?? request.size);
    let failure: unknown;
    if (start >= (known ?? request.size)) {
      try {
        const page = await fetch(request, request.size > 1);
        capped.note(request, page);
        hasAnswered = true;
        return page;
      } catch (error) {
        if (shrinkCause(error) === undefined) throw error;
        if (!hasAnswered && isTooLarge(error) && !(await isApi(request))) throw error;
        failure = error;
      }
    }
    const rows = known ?? (await capped.findSize(request, failure));
    const from = firstRow(style, request.place, rows);
    const parts = new PageParts({ fetch, style, request, range: { from, to: from + rows } }, failure);
    const page = await parts.read(rows, start);
    hasAnswered = true;
    // Trying larger parts first costs little; asking for whole pages again and again would double the requests.
    if (parts.failure !== undefined) sizer.shrank(Math.max(parts.worked, Math.ceil(rows / 4)));
    else if (sizer.held(request.size)) sizer.grow(request.size);
    return page;
  };
}

/** The position of a page's first entry in the window, from 0. */
function firstRow({ first }: PagingStyle, place: Place, rows: number): number {
  if ('page' in place) return (place.page - ('page' in first ? first.page : 1)) * rows;
  return 'offset' in place ? place.offset : 0;
}

/** The next smaller size: one that divides the page, if one is not far smaller. */
function smaller(size: number): number {
  const factor = [2, 3, 5, 7].find((one) => size > one && size % one === 0);
  return factor === undefined ? Math.max(1, Math.floor(size / 2)) : size / factor;
}

interface PagePartsOf {
  readonly fetch: FetchPart;
  readonly style: PagingStyle;
  readonly request: PageRequest;
  /** The entries of the page. */
  readonly range: EntryRange;
}

/** Some of the entries, in a request for `size` entries from row `begin` on. */
interface PagePart extends EntryRange {
  readonly begin: number;
  readonly size: number;
  /** They failed in a larger part, so there must be some. */
  readonly hasFailed: boolean;
}

/** One page in parts. */
class PageParts {
  /** The first failure: thrown if smaller pages do not help. */
  failure: unknown;
  /** The largest part that was answered. */
  worked = 0;
  readonly #of: PagePartsOf;
  readonly #pieces: Page[] = [];
  readonly #bad: { readonly row: number; readonly why: string; readonly isTooLarge: boolean }[] = [];
  #hasAnswered = false;
  #hasEnded = false;
  #isShort = false;
  #refused: Pick<Page, 'refused' | 'refusedWhy'> | undefined;

  constructor(of: PagePartsOf, failure: unknown) {
    this.#of = of;
    this.failure = failure;
  }

  /** `rows`: entries of the whole page; `start`: the largest size to ask for. */
  async read(rows: number, start: number): Promise<Page> {
    const { range } = this.#of;
    if (this.failure === undefined) {
      let size = rows;
      while (size > start) size = smaller(size);
      await this.#readRange(range, size, false);
    } else await this.#split(range, rows, this.failure);
    if (!this.#hasAnswered) await this.#seeLife();
    return this.#joined();
  }

  /** `hasFailed`: the same entries failed in a larger part. */
  async #readRange({ from, to }: EntryRange, size: number, hasFailed: boolean): Promise<void> {
    const isPaged = this.#of.style.access === 'pages';
    for (let row = from; row < to && !this.#hasEnded; ) {
      const begin = isPaged ? Math.floor(row / size) * size : row;
      const end = Math.min(begin + size, to);
      const asked = isPaged ? size : end - row;
      await this.#readPart({ from: row, to: end, begin, size: asked, hasFailed: hasFailed && row === from });
      row = end;
    }
  }

  async #readPart(part: PagePart): Promise<void> {
    let page: Page;
    try {
      page = await this.#fetch(part.begin, part.size);
    } catch (error) {
      if (refusalOf(error) !== undefined) throw this.failure ?? error;
      if (shrinkCause(error) === undefined) throw error;
      this.failure ??= error;
      return this.#split(part, part.size, error);
    }
    this.#take(page, part);
  }

  async #split(range: EntryRange, size: number, error: unknown): Promise<void> {
    if (size > 1) return this.#readRange(range, smaller(size), true);
    this.#bad.push({ row: range.from, why: shrinkCause(error) ?? '', isTooLarge: isTooLarge(error) });
    if (this.#bad.filter((one) => !one.isTooLarge).length > MOST) throw this.failure;
    if (this.#bad.length > MOST && !this.#hasAnswered) await this.#seeLife();
  }

  #take(page: Page, { from, to, begin, size, hasFailed }: PagePart): void {
    const rows = page.entries.length;
    if (page.refused !== undefined) {
      // The entries are there: it is the smaller size that is refused.
      if (hasFailed) throw this.failure;
      const { refused, refusedWhy } = page;
      this.#refused = { refused, ...(refusedWhy === undefined ? {} : { refusedWhy }) };
      this.#hasEnded = true;
      this.#hasAnswered = true;
      return;
    }
    if (rows === 0 && hasFailed && isTooLarge(this.failure)) throw this.failure;
    if (rows > size) throw this.#noParts(`${rows} entries where ${size} were asked for`);
    if (rows > 0 && this.#isShort) throw this.#noParts('more entries after a page that is not full');
    this.#hasAnswered = true;
    this.worked = Math.max(this.worked, size);
    this.#isShort ||= rows < size;
    this.#hasEnded = rows === 0 || page.more === false;
    const entries = page.entries.slice(from - begin, to - begin);
    const isCut = begin + rows > to;
    this.#pieces.push({ ...page, entries, ...(isCut && page.more === false ? { more: true } : {}) });
  }

  #noParts(what: string): unknown {
    return this.failure ?? serverError(`the server returned ${what}`);
  }

  /** If nothing of the page can be read but something after it can, the server works and is the right API. */
  async #seeLife(): Promise<void> {
    try {
      const page = await this.#fetch(this.#of.range.to, 1);
      this.#hasAnswered = true;
      if (page.refused === undefined) this.#pieces.push({ ...page, entries: [], more: undefined });
    } catch (error) {
      throw shrinkCause(error) === undefined && refusalOf(error) === undefined ? error : this.failure;
    }
  }

  #fetch(row: number, size: number): Promise<Page> {
    const { fetch, style, request } = this.#of;
    return fetch({ ...request, place: style.at(row, size) as Place, size, isPart: true }, true);
  }

  #joined(): Page {
    const pieces = this.#pieces;
    const bad = this.#bad;
    const counts = new Set(pieces.map(({ count }) => count));
    const entries = pieces.flatMap((piece) => piece.entries);
    const isRefused = entries.length === 0 && bad.length === 0 && this.#refused !== undefined;
    return {
      entries,
      count: counts.size === 1 ? [...counts][0] : undefined,
      next: undefined,
      more: pieces.at(-1)?.more,
      at: Math.max(0, ...pieces.map(({ at }) => at)),
      orgs: new Set(pieces.flatMap(({ orgs }) => [...orgs])),
      unreadable: bad.map(({ row }) => row),
      ...(bad.length > 0 ? { unreadableWhy: bad.map(({ why }) => why) } : {}),
      ...(isRefused ? this.#refused : {}),
    };
  }
}
