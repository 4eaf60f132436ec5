import type { Provider } from '../../providers/provider.js';
import { countsBeyond } from '../checks.js';
import { pagingStyle } from '../paging.js';
import type { FetchPage, Page, PageRequest, Stream, Window } from '../request.js';
import { looksCapped } from './caps.js';

/** How many entries of a window the server counts, where its count can be believed. */
export interface Count {
  readonly count: number;
  /** The server's clock when it counted, epoch ms. */
  readonly at: number;
  /** The beginning of the window, one to three entries, as it came with the count. */
  readonly page: Page;
}

/**
 * Asks for counts without reading the entries. A "total" may be the length of the page that it comes with, or the largest number that the
 * server counts to: one answer does not show that. A count is believed when it cannot come from its page, or when a page of another
 * size comes with the same count. What one window shows of the server holds for all later ones.
 */
export interface Counter {
  /** One request, and up to two more until counts are believed; undefined: the server tells no usable count. */
  readonly count: (stream: Stream, window: Window) => Promise<Count | undefined>;
  /** What the first page of a window shows of its count, whatever its size; remembers it. */
  readonly judge: (page: Page) => CountTrust;
  /** Whether there are entries after as many as the server counts. Costs a request where the count may be one that counting stops at. */
  readonly isCapped: (stream: Stream, window: Window, page: CountedPage) => Promise<boolean>;
  /** Whether the server's counts are believed; undefined: nothing has shown it yet. */
  readonly isBelieved: () => boolean | undefined;
}

/** usable: the count is that of the window; doubtful: it may be that of the page; unusable: there is none, or it contradicts the page. */
export type CountTrust = 'usable' | 'doubtful' | 'unusable';

export type CountedPage = Page & { readonly count: number };

/** Page sizes, one after the other, that show whether a count moves with the page. */
const OTHER_SIZES = [2, 3];

/** `attempts`: how often a window is asked when its count is missing or unusable. */
export function openCounter(fetch: FetchPage, { paging }: Pick<Provider, 'paging'>, attempts = 1): Counter {
  const style = pagingStyle(paging);
  let believed: boolean | undefined;
  /** The largest count that was seen to be whole. */
  let largest = 0;
  /** Rows of a page of one: more than one where the server has a smallest page size. */
  let least = 1;
  /** One doubt is settled at a time: what the first one shows saves the others their requests. */
  let settling: Promise<unknown> = Promise.resolve();

  const firstPage = async (stream: Stream, window: Window, size: number): Promise<Page> => {
    const page = await fetch({ stream, window, place: style.first, size });
    if (rowsOn(page) > size) least = Math.max(least, rowsOn(page));
    return page;
  };

  const judge = (page: Page): CountTrust => {
    const rows = rowsOn(page);
    if (believed === false || !isCounted(page) || page.count < rows) return 'unusable';
    if (rows === 0) return page.count === 0 ? 'usable' : 'unusable';
    if (countsBeyond(page)) believed = true;
    return believed === true ? 'usable' : 'doubtful';
  };

  /** Whether there is an entry after as many as are counted; undefined: that cannot be asked. */
  const goesOn = async (stream: Stream, window: Window, page: CountedPage): Promise<boolean | undefined> => {
    const unit = style.access === 'rows' ? 1 : least;
    const place = style.at(page.count + unit - 1, unit);
    if (place === undefined)
      return rowsOn(page) < page.count ? undefined : page.next !== undefined || page.silent === true;
    return isBehind(fetch, { stream, window, place, size: 1 }, page.count);
  };

  const isCapped = async (stream: Stream, window: Window, page: CountedPage): Promise<boolean> => {
    if (page.count > largest && looksCapped(page.count) && (await goesOn(stream, window, page)) !== false) return true;
    largest = Math.max(largest, page.count);
    return false;
  };

  /** The window again in pages of other sizes: a count that goes with them is that of the page, for this and all other windows. */
  const compare = async (stream: Stream, window: Window, first: CountedPage): Promise<CountedPage | undefined> => {
    let before = first;
    for (const size of OTHER_SIZES.filter((other) => other <= paging.max)) {
      const page = await firstPage(stream, window, size);
      const shown = judge(page);
      if (shown === 'unusable' || !isCounted(page)) return undefined;
      const isOther = rowsOn(page) !== rowsOn(before) || rowsOn(page) < size;
      if (shown === 'usable' || (page.count === before.count && isOther)) return page;
      before = page;
    }
    const ignoresSize = rowsOn(before) === rowsOn(first);
    if (ignoresSize && (await goesOn(stream, window, before)) === false) return before;
    believed = false;
    return undefined;
  };

  const settle = (stream: Stream, window: Window, page: CountedPage): Promise<CountedPage | undefined> => {
    const settled = settling.then(() => {
      const shown = judge(page);
      return shown === 'doubtful' ? compare(stream, window, page) : shown === 'usable' ? page : undefined;
    });
    settling = settled.catch(() => {});
    return settled;
  };

  const countOn = async (stream: Stream, window: Window, page: Page): Promise<Count | undefined> => {
    const shown = judge(page);
    if (shown === 'unusable' || !isCounted(page)) return undefined;
    const settled = shown === 'usable' ? page : await settle(stream, window, page);
    if (settled === undefined) return undefined;
    if (await isCapped(stream, window, settled)) {
      believed = false;
      return undefined;
    }
    return { count: settled.count, at: settled.at, page: settled };
  };

  return {
    count: async (stream, window) => {
      let contradictions = 0;
      for (let attempt = 0; attempt < attempts && believed !== false; attempt += 1) {
        const page = await firstPage(stream, window, 1);
        const found = await countOn(stream, window, page);
        if (found !== undefined) return found;
        if (isCounted(page)) contradictions += 1;
      }
      // Once may be chance: an entry that came between the count and the rows.
      if (contradictions > 1 && contradictions === attempts) believed = false;
      return undefined;
    },
    judge,
    isCapped,
    isBelieved: () => believed,
  };
}

/** A page beyond those that the server lets us ask for: that it refuses shows nothing of what is there. */
const REFUSED: readonly number[] = [400, 416, 422];

/** Whether there is an entry at a place behind as many as were counted; undefined: the server refuses to say. */
async function isBehind(fetch: FetchPage, ask: PageRequest, counted: number): Promise<boolean | undefined> {
  const page = await fetch(ask);
  if (page.refused !== undefined) return REFUSED.includes(page.refused) ? undefined : false;
  // The log may have grown meanwhile: then so has the count.
  return rowsOn(page) > 0 && (page.count === undefined || page.count <= counted);
}

/** The counts of a window in all streams together; `at` is the latest of them. Undefined where one of them is. */
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

/** Those that the server fails to give are among the rows. */
export function rowsOn({ entries, unreadable }: Page): number {
  return entries.length + unreadable.length;
}
