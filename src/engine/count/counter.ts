import type { Provider } from '../../providers/provider.js';
import { countsBeyond } from '../checks.js';
import { type PagingStyle, pagingStyle } from '../paging.js';
import { type FetchPage, lengthOf, type Page, type PageRequest, type Stream, type Window } from '../request.js';
import { looksCapped } from './caps.js';

/** A server's count of a window that can be believed. */
export interface Count {
  readonly count: number;
  /** The server's clock when it counted, epoch ms. */
  readonly at: number;
  /** The page that the count came with: the first one to three entries of the window. */
  readonly page: Page;
}

/** usable: the count is that of the window; doubtful: it may be that of the page; unusable: there is none, or it contradicts the page. */
export type CountTrust = 'usable' | 'doubtful' | 'unusable';

export type CountedPage = Page & { readonly count: number };

/** Page sizes that show whether a count moves with the page. */
const OTHER_SIZES = [2, 3];

/**
 * Asks for counts without reading the entries. A "total" may be the length of its page, or the largest number that the server counts to.
 * A count is believed if it cannot come from its page, or if a page of another size has the same count. What one window shows of the server
 * holds for all later ones.
 */
export class Counter {
  readonly #fetch: FetchPage;
  readonly #largestPage: number;
  readonly #style: PagingStyle;
  readonly #attempts: number;
  #isBelieved: boolean | undefined;
  /** The largest count known to be whole. */
  #largest = 0;
  /** Entries of a page of one: more than one if the server has a smallest page size. */
  #least = 1;
  /** One doubt is settled at a time: what the first one shows saves the others their requests. */
  #settling: Promise<unknown> = Promise.resolve();

  /** `attempts`: how often a window is asked if its count is missing or unusable. */
  constructor(fetch: FetchPage, { paging }: Pick<Provider, 'paging'>, attempts = 1) {
    this.#fetch = fetch;
    this.#largestPage = paging.max;
    this.#style = pagingStyle(paging);
    this.#attempts = attempts;
  }

  /** Whether the server's counts are believed; undefined: nothing has shown it yet. */
  get isBelieved(): boolean | undefined {
    return this.#isBelieved;
  }

  /** One request, and up to two more until counts are believed; undefined: the server has no usable count. */
  async count(stream: Stream, window: Window): Promise<Count | undefined> {
    let contradictions = 0;
    for (let attempt = 0; attempt < this.#attempts && this.#isBelieved !== false; attempt += 1) {
      const page = await this.#firstPage(stream, window, 1);
      const found = await this.#countOn(stream, window, page);
      if (found !== undefined) return found;
      if (isCounted(page)) contradictions += 1;
    }
    // Once may be chance: an entry that came between the count and the entries.
    if (contradictions > 1 && contradictions === this.#attempts) this.#isBelieved = false;
    return undefined;
  }

  /** What the first page of a window, of any size, shows of its count. Remembers it. */
  judge(page: Page): CountTrust {
    const length = lengthOf(page);
    if (this.#isBelieved === false || !isCounted(page) || page.count < length) return 'unusable';
    if (length === 0) return page.count === 0 ? 'usable' : 'unusable';
    if (countsBeyond(page)) this.#isBelieved = true;
    return this.#isBelieved === true ? 'usable' : 'doubtful';
  }

  /** Whether there are entries after as many as the server counts. Costs a request if counting may stop at such a number. */
  async isCapped(stream: Stream, window: Window, page: CountedPage): Promise<boolean> {
    const mayBeCapped = page.count > this.#largest && looksCapped(page.count);
    if (mayBeCapped && (await this.#goesOn(stream, window, page)) !== false) return true;
    this.#largest = Math.max(this.#largest, page.count);
    return false;
  }

  async #firstPage(stream: Stream, window: Window, size: number): Promise<Page> {
    const page = await this.#fetch({ stream, window, place: this.#style.first, size });
    if (lengthOf(page) > size) this.#least = Math.max(this.#least, lengthOf(page));
    return page;
  }

  async #countOn(stream: Stream, window: Window, page: Page): Promise<Count | undefined> {
    const trust = this.judge(page);
    if (trust === 'unusable' || !isCounted(page)) return undefined;
    const settled = trust === 'usable' ? page : await this.#settle(stream, window, page);
    if (settled === undefined) return undefined;
    if (!(await this.isCapped(stream, window, settled))) return { count: settled.count, at: settled.at, page: settled };
    this.#isBelieved = false;
    return undefined;
  }

  #settle(stream: Stream, window: Window, page: CountedPage): Promise<CountedPage | undefined> {
    const settled = this.#settling.then(() => {
      const trust = this.judge(page);
      return trust === 'doubtful' ? this.#compare(stream, window, page) : trust === 'usable' ? page : undefined;
    });
    this.#settling = settled.catch(() => {});
    return settled;
  }

  /** Asks in pages of other sizes: a count that changes with them is that of the page, in all windows. */
  async #compare(stream: Stream, window: Window, first: CountedPage): Promise<CountedPage | undefined> {
    let before = first;
    for (const size of OTHER_SIZES.filter((other) => other <= this.#largestPage)) {
      const page = await this.#firstPage(stream, window, size);
      const trust = this.judge(page);
      if (trust === 'unusable' || !isCounted(page)) return undefined;
      const isOther = lengthOf(page) !== lengthOf(before) || lengthOf(page) < size;
      if (trust === 'usable' || (page.count === before.count && isOther)) return page;
      before = page;
    }
    const ignoresSize = lengthOf(before) === lengthOf(first);
    if (ignoresSize && (await this.#goesOn(stream, window, before)) === false) return before;
    this.#isBelieved = false;
    return undefined;
  }

  /** Whether there is an entry after as many as are counted; undefined: that cannot be asked. */
  async #goesOn(stream: Stream, window: Window, page: CountedPage): Promise<boolean | undefined> {
    const unit = this.#style.access === 'rows' ? 1 : this.#least;
    const place = this.#style.at(page.count + unit - 1, unit);
    if (place === undefined)
      return lengthOf(page) < page.count ? undefined : page.next !== undefined || page.silent === true;
    return isBehind(this.#fetch, { stream, window, place, size: 1 }, page.count);
  }
}

/** Statuses for a page beyond the server's limit: they do not show whether entries exist. */
const REFUSED: readonly number[] = [400, 416, 422];

/** Whether there is an entry at a place after as many as were counted; undefined: the server refuses the request. */
async function isBehind(fetch: FetchPage, request: PageRequest, counted: number): Promise<boolean | undefined> {
  const page = await fetch(request);
  if (page.refused !== undefined) return REFUSED.includes(page.refused) ? undefined : false;
  // If the log has grown meanwhile, so has the count.
  return lengthOf(page) > 0 && (page.count === undefined || page.count <= counted);
}

/** The counts of a window in all streams together; `at` is the latest of them. Undefined if one of them is. */
export async function countAll(
  counter: Counter,
  streams: readonly Stream[],
  window: Window,
): Promise<Pick<Count, 'count' | 'at'> | undefined> {
  return sumOf(await Promise.all(streams.map((stream) => counter.count(stream, window))));
}

export function sumOf(counts: readonly (Count | undefined)[]): Pick<Count, 'count' | 'at'> | undefined {
  const known = counts.filter((one) => one !== undefined);
  if (known.length < counts.length) return undefined;
  return {
    count: known.reduce((total, { count }) => total + count, 0),
    at: Math.max(...known.map(({ at }) => at)),
  };
}

export function isCounted(page: Page): page is CountedPage {
  return page.count !== undefined;
}
