import { AuditlogError, EXIT } from '../../errors.js';
import { isFirstPlace, type PagingStyle } from '../paging.js';
import type { FetchPage, FetchPart, Page, PageRequest } from '../request.js';
import { isExpired, isTooLarge, refusalOf, shrinkCause } from './fault.js';
import type { PageSizer } from './sizer.js';

/**
 * Requests pages behind cursors and links, and smaller ones at the same place if a page fails. A cursor may hold a page number, so that it
 * leads elsewhere with another size: with a smaller one back to known entries, which loses nothing; with a larger one past entries that
 * were never read. So the size grows again only after the same place had the same entries with both.
 */
export function openChained(fetch: FetchPart, style: PagingStyle, sizer: PageSizer): FetchPage {
  const ends = new Map<number, End>();
  /** A link has the size that it was made with: once that was another, each later one is asked for with its own. */
  let isResized = false;
  let isSizeFree = false;
  let hasAnswered = false;

  const fetchSized = async (request: PageRequest, size: number): Promise<Page> => {
    isResized ||= size < request.size;
    const page = await fetch({ ...request, size, ...(isResized ? { isPart: true } : {}) }, size > 1);
    hasAnswered = true;
    return size < request.size ? { ...page, asked: size } : page;
  };

  /** A page that succeeded at a smaller size, or the larger one in its place. */
  const grown = async (request: PageRequest, page: Page, size: number): Promise<Page> => {
    if (!sizer.held(request.size)) return page;
    if (!isSizeFree) {
      const larger = await fetchSized(request, Math.min(request.size, 2 * size)).catch((error: unknown) => {
        if (shrinkCause(error) === undefined && !isRefused(error)) throw error;
      });
      if (larger === undefined || !beginsWith(larger, page)) {
        sizer.stay();
        return page;
      }
      isSizeFree = true;
      page = larger;
    }
    sizer.grow(request.size);
    return page;
  };

  const tooLargeAlone = (request: PageRequest, error: unknown): unknown => {
    if (!hasAnswered || !isTooLarge(error)) return error;
    return new AuditlogError(
      `${placeWords(style, request, ends.get(request.stream.index))} cannot be read: ${shrinkCause(error)}`,
      EXIT.server,
      'Later entries can only be reached through this one. If the dates allow it, leave it out with --from and --to',
      error,
    );
  };

  const read = async (request: PageRequest): Promise<Page> => {
    // Its size goes with the first request only.
    if (style.isAlone && !isFirstPlace(style, request.place)) return fetch(request, false);
    let failure: unknown;
    let size = sizer.sizeFor(request.size);
    for (;;) {
      try {
        const page = await fetchSized(request, size);
        if (failure === undefined) return await grown(request, page, size);
        sizer.shrank(size);
        return page;
      } catch (error) {
        // A server may accept a cursor only with its original size: retry the whole page with all attempts, or pass its error on.
        if (failure !== undefined && isRefused(error)) {
          if (isTooLarge(failure)) throw failure;
          return fetch(request, false);
        }
        if (shrinkCause(error) === undefined) throw error;
        failure ??= error;
        if (size === 1) throw tooLargeAlone(request, error);
        // If the very first answer is too large, it may not be the API's. From the API, one entry alone succeeds.
        if (!hasAnswered && isTooLarge(error)) await fetchSized(request, 1);
        // A failing server gets fewer requests: each size is tried more than once.
        size = Math.max(1, Math.floor(size / (isTooLarge(error) ? 2 : 4)));
      }
    }
  };

  return async (request) => {
    const page = await read(request);
    const time = page.entries.at(-1)?.time;
    if (page.next !== undefined && time !== undefined) ends.set(request.stream.index, { next: page.next, time });
    return page;
  };
}

/** The time of the last entry of a page, and where the page leads. */
interface End {
  readonly next: string;
  readonly time: number;
}

function isRefused(error: unknown): boolean {
  return isExpired(error) || refusalOf(error) !== undefined;
}

/** Whether a larger page of a place begins with all of a smaller one. */
function beginsWith({ entries }: Page, smaller: Page): boolean {
  if (smaller.entries.length === 0 || entries.length < smaller.entries.length) return false;
  return smaller.entries.every(({ raw }, at) => entries[at]?.raw.equals(raw));
}

/** Where an entry is, for people: after the one before it, and by the server's own name of the place. */
function placeWords(style: PagingStyle, { place }: PageRequest, end: End | undefined): string {
  if (isFirstPlace(style, place) || !('next' in place) || place.next === undefined) return 'the first entry';
  const after = end?.next === place.next && !Number.isNaN(end.time) ? new Date(end.time).toISOString() : undefined;
  const at = style.address(place) === undefined ? `cursor ${JSON.stringify(place.next)}` : place.next;
  return `the entry ${after === undefined ? '' : `after ${after} `}at ${at}`;
}
