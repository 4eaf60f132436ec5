import { serverError } from '../errors.js';
import type { Entry } from '../event.js';
import type { Paging } from '../providers/provider.js';
import type { FetchPage, Page, Place, Stream, Window } from './ask.js';
import { isOrdered, isSamePage } from './checks.js';
import { type Known, keyOf, REMEMBERED } from './known.js';

/** A look at the newest entries of a stream, and what it is for. */
export interface LookOptions {
  readonly fetch: FetchPage;
  readonly paging: Paging;
  readonly stream: Stream;
  readonly window: Window;
  readonly known: Known;
  /** Down to here everything is met, epoch ms, unless the look may end early. */
  readonly reach: number;
  /** The look may end where everything further down is known: as soon as so many new ones were met as the count has grown since it was this. */
  readonly accounted: number | undefined;
  /** Whether the look may end early at all. */
  readonly quick: boolean;
  /** Takes the new entries of a page, newest first, and gives whether still older ones are wanted, whatever `reach` is. */
  readonly take: (fresh: readonly Entry[]) => boolean;
}

/** What a look has met. */
export interface Look {
  /** The sort time of everything that was met, by key. */
  readonly met: ReadonlyMap<string, number>;
  /** Everything newer than this was met. */
  readonly floor: number;
  /** New entries. */
  readonly fresh: number;
  /** The server's count of the window, on the first page. */
  readonly count: number | undefined;
  /** The server's clock then, epoch ms. */
  readonly at: number;
  /** Whether it went all the way down, and did not end early. */
  readonly isWhole: boolean;
}

/** Pages beyond what the count calls for, before we say that paging does not end. */
const SPARE_PAGES = 50;

/**
 * Reads page after page from the newest entry back, until everything since `reach` was met, or what is left is known. Entries that come
 * in meanwhile push others onto the next page, where they are known again. An entry without a valid time has its newer neighbour's.
 */
export async function look(options: LookOptions): Promise<Look> {
  const { paging, known, reach, accounted } = options;
  const met = new Map<string, number>();
  const equals = new Map<string, number>();
  let fresh = 0;
  let first: Page | undefined;
  let before: Page | undefined;
  let sortTime = Number.POSITIVE_INFINITY;
  let floor = Number.POSITIVE_INFINITY;
  let isFull = false;
  let ordered = true;
  let rowsPerPage = paging.max;
  let read = 0;
  let pushed = 0;
  for (let number = 1; ; number += 1) {
    const page = await options.fetch({
      stream: options.stream,
      window: options.window,
      place: placeOf(paging, number, read, before),
      size: paging.max,
    });
    first ??= page;
    if (number === 1) rowsPerPage = sizeOf(page, paging.max);
    if (before !== undefined && isSamePage(before, page))
      throw serverError('The server gives the same page again and again: it ignores the page that is asked for.');
    if (number > Math.ceil(Math.max(page.count ?? 0, read) / Math.max(1, rowsPerPage)) + SPARE_PAGES)
      throw serverError(`Paging does not end: ${number} pages were read.`);
    ordered &&= isOrdered(page);
    // Without ids nothing tells an entry that was pushed from the page before from an equal one; the count does.
    const grown = (page.count ?? 0) - (first.count ?? 0) - pushed;
    const repeats = paging.style === 'page' || paging.style === 'offset' ? Math.max(0, grown) : 0;
    pushed += repeats;
    const found: Entry[] = [];
    let isKnown = true;
    for (const [row, entry] of page.entries.entries()) {
      if (!Number.isNaN(entry.time)) sortTime = entry.time;
      if (entry.id === undefined && row < repeats) continue;
      const key = keyOf(entry, equals);
      if (met.has(key)) continue;
      isKnown = known.has(key) || sortTime <= known.floor;
      if (!isKnown || known.floor === Number.POSITIVE_INFINITY) {
        found.push(entry);
        fresh += 1;
      }
      // What lies further back than anything is remembered need not be held.
      isFull ||= met.size >= REMEMBERED && sortTime < reach;
      if (!isFull) met.set(key, sortTime);
      else if (floor === Number.POSITIVE_INFINITY || sortTime > floor) floor = sortTime;
    }
    const wantsMore = options.take(found);
    read += page.entries.length;
    const look = (isWhole: boolean, down: number): Look => ({
      met,
      floor: isFull ? floor : down,
      fresh,
      count: first?.count,
      at: first?.at ?? page.at,
      isWhole,
    });
    if (isLast(paging, page, number, rowsPerPage)) return look(true, Number.NEGATIVE_INFINITY);
    if (!wantsMore && ordered && sortTime < reach) return look(true, sortTime);
    const explained =
      first.count === undefined ? found.length === 0 : accounted !== undefined && fresh === first.count - accounted;
    if (!wantsMore && options.quick && isKnown && explained) return look(false, sortTime);
    before = page;
  }
}

function placeOf(paging: Paging, number: number, read: number, before: Page | undefined): Place {
  if (paging.style === 'page') return { page: number };
  if (paging.style === 'offset') return { offset: read };
  return { next: before?.next };
}

/** Rows a page: what the server really gives when it gives less than was asked for. */
function sizeOf(first: Page, size: number): number {
  const rows = first.entries.length;
  return first.count !== undefined && rows > 0 && rows < size && rows < first.count ? rows : size;
}

function isLast(paging: Paging, page: Page, number: number, rowsPerPage: number): boolean {
  const rows = page.entries.length + page.unreadable.length;
  if (paging.style === 'page')
    return rows < rowsPerPage || (page.count !== undefined && number * rowsPerPage >= page.count);
  if (paging.style === 'offset') return page.more === false || rows === 0 || rows < rowsPerPage;
  return page.next === undefined;
}
