import { AuditlogError, EXIT } from '../../errors.js';
import { isFirstPlace, type PagingStyle } from '../paging.js';
import type { FetchPage, FetchPart, Page, PageRequest } from '../request.js';
import { isExpired, isTooLarge, refusalOf, shrinkCause } from './fault.js';
import type { PageSizer } from './sizer.js';

/**
 * Asks for pages behind cursors and links, and for smaller ones at the same place where one cannot be had. There may be a page number in a
 * cursor, so that it leads elsewhere with another size: with a smaller one back to entries that are known, which loses nothing; with a
 * larger one past entries that were never read. So the size grows again only after the same place gave the same entries with both.
 */
export function openChained(fetch: FetchPart, style: PagingStyle, pace: PageSizer): FetchPage {
  const ends = new Map<number, End>();
  /** A link carries the size that it was made with: once that was another, each later one is asked for with its own. */
  let isResized = false;
  let isSizeFree = false;
  let hasAnswered = false;

  const fetchSized = async (ask: PageRequest, size: number): Promise<Page> => {
    isResized ||= size < ask.size;
    const page = await fetch({ ...ask, size, ...(isResized ? { isPart: true } : {}) }, size > 1);
    hasAnswered = true;
    return size < ask.size ? { ...page, asked: size } : page;
  };

  /** A page that came at a smaller size than was wanted, or the larger one that may take its place. */
  const grown = async (ask: PageRequest, page: Page, size: number): Promise<Page> => {
    if (!pace.held(ask.size)) return page;
    if (!isSizeFree) {
      const larger = await fetchSized(ask, Math.min(ask.size, 2 * size)).catch((error: unknown) => {
        if (shrinkCause(error) === undefined && !isRefused(error)) throw error;
      });
      if (larger === undefined || !beginsWith(larger, page)) {
        pace.stay();
        return page;
      }
      isSizeFree = true;
      page = larger;
    }
    pace.grow(ask.size);
    return page;
  };

  const tooLargeAlone = (ask: PageRequest, error: unknown): unknown => {
    if (!hasAnswered || !isTooLarge(error)) return error;
    return new AuditlogError(
      `${placeWords(style, ask, ends.get(ask.stream.index))} cannot be read: ${shrinkCause(error)}`,
      EXIT.server,
      'The server leads to later entries only through this one. If the dates allow it, leave it out with --from and --to.',
      error,
    );
  };

  const read = async (ask: PageRequest): Promise<Page> => {
    let failure: unknown;
    let size = pace.sizeFor(ask.size);
    for (;;) {
      try {
        const page = await fetchSized(ask, size);
        if (failure === undefined) return await grown(ask, page, size);
        pace.shrank(size);
        return page;
      } catch (error) {
        // A server may accept a cursor only with the size that it was made for.
        if (failure !== undefined && isRefused(error)) return whole(fetch, ask, failure);
        if (shrinkCause(error) === undefined) throw error;
        failure ??= error;
        if (size === 1) throw tooLargeAlone(ask, error);
        // Where its very first answer is too large, it may not be the API at all: one entry can be had of that.
        if (!hasAnswered && isTooLarge(error)) await fetchSized(ask, 1);
        // A failing server gets fewer requests: each size is tried more than once.
        size = Math.max(1, Math.floor(size / (isTooLarge(error) ? 2 : 4)));
      }
    }
  };

  return async (ask) => {
    const page = await read(ask);
    const time = page.entries.at(-1)?.time;
    if (page.next !== undefined && time !== undefined) ends.set(ask.stream.index, { next: page.next, time });
    return page;
  };
}

/** What the last page of a stream ended with, and where it leads. */
interface End {
  readonly next: string;
  readonly time: number;
}

function isRefused(error: unknown): boolean {
  return isExpired(error) || refusalOf(error) !== undefined;
}

/** No smaller page can be had: the whole one, with all patience, or its own error. */
async function whole(fetch: FetchPart, ask: PageRequest, failure: unknown): Promise<Page> {
  if (isTooLarge(failure)) throw failure;
  return fetch(ask, false);
}

/** Whether a larger page of a place begins with all of a smaller one. */
function beginsWith({ entries }: Page, smaller: Page): boolean {
  if (smaller.entries.length === 0 || entries.length < smaller.entries.length) return false;
  return smaller.entries.every(({ raw }, at) => entries[at]?.raw.equals(raw));
}

/** Where an entry is, for people: behind the one before it, and by the server's own name of the place. */
function placeWords(style: PagingStyle, { place }: PageRequest, end: End | undefined): string {
  if (isFirstPlace(style, place) || !('next' in place) || place.next === undefined) return 'the first entry';
  const after = end?.next === place.next && !Number.isNaN(end.time) ? new Date(end.time).toISOString() : undefined;
  const at = style.address(place) === undefined ? `cursor ${JSON.stringify(place.next)}` : place.next;
  return `the entry ${after === undefined ? '' : `after ${after} `}at ${at}`;
}
