import { serverError } from '../errors.js';
import type { Paging } from '../providers/provider.js';
import type { Ask, FetchPage, Page, Place, Stream, Window } from './ask.js';
import { checkFilled, checkSeam, isOrdered, isSamePage, rowsDue } from './checks.js';
import type { Rows } from './rows.js';

/** What reading a window needs of the world. */
export interface ReadTools {
  readonly fetch: FetchPage;
  readonly paging: Paging;
  /** Whether the vendor tells how many entries match. */
  readonly counted: boolean;
  /** Milliseconds, with jitter of its own. */
  readonly pause: (ms: number) => Promise<void>;
}

/** What came of reading one window of one stream. */
export interface WindowRead {
  readonly status: 'verified' | 'uncounted' | 'unreconciled';
  /** The server's count when it was last told. */
  readonly count: number | undefined;
  /** Distinct rows of the accepted pass. */
  readonly distinct: number;
  /** The server's clock then. */
  readonly at: number;
  /** Passes beyond the first. */
  readonly rereads: number;
  readonly unordered: boolean;
  /** Why it is unreconciled. */
  readonly note: string | undefined;
  /** Whether the note is about the organization as a whole, and was told already. */
  readonly told: boolean;
}

/** One way through all pages of a window. */
interface Pass {
  readonly count: number | undefined;
  readonly at: number;
  /** Why this pass alone proves nothing; undefined: the set of rows cannot have changed while it was read. */
  readonly dirty: string | undefined;
  readonly unordered: boolean;
  /** Whether any page told a count. */
  readonly told: boolean;
  /** Rows that the server fails to give, as places in the window from 0. */
  readonly unreadable: readonly number[];
  /** What no other pass would cure: the organization was lost, or its pages do not say whether there are more. */
  readonly lost: string | undefined;
  readonly silent: boolean;
}

/** What may be said of a full first page with nothing behind it, where no count tells that there is nothing. */
export const SILENT = 'the first page is full, and the answer says nothing of a next one: there may be more';

const ATTEMPTS = 8;
const PAUSE = 1500;
const SAME_PAGE = 'The server gives the same page again and again: it ignores the page that is asked for.';
/** Pages beyond what the count calls for, before we say that paging does not end. */
const SPARE_PAGES = 50;

/**
 * Reads every entry of a window into `rows` until the distinct rows of one pass equal the server's count and nothing changed meanwhile,
 * or those of several passes with the same count do. An open window is read in sequence, newest first, and topped up
 * from its head; a closed one page beside page. `first` is a page 1 that was read already, with the largest page size.
 * After eight passes it gives up: every row that was seen is kept, and the result says what does not agree.
 */
export async function readWindow(
  tools: ReadTools,
  stream: Stream,
  window: Window,
  rows: Rows,
  how: { readonly open: boolean; readonly first?: Page },
): Promise<WindowRead> {
  const sideBySide = !how.open && tools.paging.style === 'page';
  let streakCount: number | undefined;
  let unordered = false;
  let untold = 0;
  let whole = 0;
  let last: Pass | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    // Every seam of one grid of pages lies inside a page of the other.
    const size = attempt % 2 === 0 ? tools.paging.max : Math.max(1, tools.paging.max - 3);
    const reader = passReader(tools, stream, window, rows, size);
    rows.startPass(stream.index);
    const first = attempt === 0 ? how.first : undefined;
    last = sideBySide ? await reader.sideBySide(first) : await reader.inSequence(first);
    unordered ||= last.unordered;
    const distinct = rows.inPass(stream.index);
    const result = (status: WindowRead['status'], note?: string): WindowRead => ({
      status,
      count: last?.count,
      distinct,
      at: last?.at ?? 0,
      rereads: attempt,
      unordered,
      note,
      told: last?.lost !== undefined,
    });
    if (last.lost !== undefined) return result('unreconciled', last.lost);
    if (last.silent) return result('unreconciled', SILENT);
    if (last.unreadable.length > 0) {
      const places = last.unreadable.map((place) => place + 1).join(' and ');
      return result('unreconciled', `the server fails (500) on entry ${places} from the newest; all others were read`);
    }
    if (!tools.counted) {
      if (last.dirty === undefined) {
        rows.settle(stream.index, 'pass');
        return result('uncounted');
      }
    } else if (last.dirty === undefined) {
      // Where rows have no ids, one that was given twice looks like two that are equal, and may hide that another was lost.
      const twins = rows.twins(stream.index);
      if (distinct === last.count) {
        whole += 1;
        const shrunk = rows.distinct(stream.index) - twins.elsewhere > distinct;
        if ((twins.inPass === 0 || whole > 1) && (!shrunk || attempt >= 3)) {
          rows.settle(stream.index, 'pass');
          return result('verified');
        }
      } else {
        rows.joinStreak(stream.index, streakCount !== last.count);
        streakCount = last.count;
        const alike = twins.inPass + twins.elsewhere > 0;
        if (!alike && rows.inStreak(stream.index) === last.count) {
          rows.settle(stream.index, 'streak');
          return { ...result('verified'), distinct: last.count };
        }
      }
    } else streakCount = undefined;
    untold = last.told ? 0 : untold + 1;
    if (tools.counted && untold === 2) {
      return result('unreconciled', 'the server does not say how many entries there are');
    }
    if (attempt + 1 < ATTEMPTS) await tools.pause(PAUSE * (attempt + 1));
  }
  const kept = rows.distinct(stream.index);
  return {
    status: 'unreconciled',
    count: last?.count,
    distinct: kept,
    at: last?.at ?? 0,
    rereads: ATTEMPTS - 1,
    unordered,
    told: false,
    note: last?.dirty ?? `${kept} entries were read where the server counts ${last?.count}`,
  };
}

/** The two ways to make one pass over a window, in pages of one size. */
function passReader(tools: ReadTools, stream: Stream, window: Window, rows: Rows, size: number) {
  const ask = (place: Place): Promise<Page> => tools.fetch({ stream, window, place, size } satisfies Ask);

  const state = {
    count: undefined as number | undefined,
    at: 0,
    dirty: undefined as string | undefined,
    unordered: false,
    told: false,
    unreadable: [] as number[],
    lost: undefined as string | undefined,
    silent: false,
  };
  const finish = (): Pass => ({ ...state });
  const spoil = (why: string | undefined): void => {
    state.dirty ??= why;
  };

  const isLost = (page: Page): boolean => {
    state.lost ??= page.lost;
    return page.lost !== undefined;
  };

  /** Adds a page's rows; gives how many of them were new. */
  const take = (page: Page, place: number): number => {
    state.at = Math.max(state.at, page.at);
    state.unreadable.push(...page.unreadable);
    if (page.count !== undefined) state.told = true;
    else if (tools.counted) spoil('the server left out its count on a page');
    if (!isOrdered(page)) state.unordered = true;
    return rows.addPage(stream.index, page.entries, place).fresh;
  };

  /** Rows a page: what the server really gives when it gives less than was asked for. */
  const pageSize = (first: Page): number =>
    first.count !== undefined && first.entries.length < size && first.entries.length < first.count
      ? first.entries.length
      : size;

  const sideBySide = async (firstPage?: Page): Promise<Pass> => {
    const first = firstPage ?? (await ask({ page: 1 }));
    if (isLost(first)) return finish();
    const count = first.count;
    if (count === undefined) return inSequence(first);
    state.count = count;
    take(first, 0);
    const rowsPerPage = pageSize(first);
    if (rowsPerPage === 0) {
      spoil(`an empty page where the server counts ${count}`);
      return finish();
    }
    const pages = Math.max(1, Math.ceil(count / rowsPerPage));
    spoil(checkFilled(first, size, rowsDue(count, rowsPerPage, 1))?.detail);
    let settled = 1;
    const edges: (Page | undefined)[] = [undefined, edgesOf(first)];
    const read = async (number: number): Promise<void> => {
      const page = await ask({ page: number });
      if (isLost(page)) return;
      if (page.count !== undefined && page.count !== count) spoil(`the count changed from ${count} to ${page.count}`);
      spoil(checkFilled(page, size, rowsDue(count, rowsPerPage, number))?.detail);
      take(page, (number - 1) * rowsPerPage);
      edges[number] = edgesOf(page);
      settled += 1;
    };
    await allOrFirstError(Array.from({ length: pages - 1 }, (_, index) => () => read(index + 2)));
    if (state.lost !== undefined) return finish();
    const others = edges.slice(2);
    if (others.length > 1 && others.every((page) => page !== undefined && isSamePage(page, edges[1] as Page)))
      throw serverError(SAME_PAGE);
    for (let number = 2; number <= settled; number += 1) {
      const newer = edges[number - 1];
      const older = edges[number];
      if (newer !== undefined && older !== undefined && !state.unordered) spoil(checkSeam(newer, older)?.detail);
    }
    // A count that ends exactly with a page may be a capped one, or that of the page alone: the page after the last must be empty.
    if ((pages > 1 || count === size) && count % rowsPerPage === 0) {
      const beyond = await ask({ page: pages + 1 });
      if (beyond.entries.length > 0) {
        take(beyond, pages * rowsPerPage);
        spoil(`there are entries beyond the ${count} that the server counts`);
      }
    }
    return finish();
  };

  const inSequence = async (firstPage?: Page): Promise<Pass> => {
    const walk = openWalk(tools.paging, tools.counted);
    const seen = new Set<string>();
    let page = firstPage ?? (await ask(walk.first));
    let before: Page | undefined;
    let number = 1;
    let highest = 0;
    let grown = false;
    let rowsPerPage = size;
    let read = 0;
    let repeats = 0;
    for (;;) {
      if (isLost(page)) return finish();
      if (page.count !== undefined) {
        if (state.count !== undefined && page.count < state.count)
          spoil(`the count went down from ${state.count} to ${page.count}`);
        if (state.count !== undefined && page.count > state.count) grown = true;
        state.count = page.count;
        highest = Math.max(highest, page.count);
      }
      if (number === 1) rowsPerPage = pageSize(page);
      if (before !== undefined && isSamePage(before, page)) {
        repeats += 1;
        spoil('the server gave the same page twice');
        if (repeats === 2) throw serverError(SAME_PAGE);
      } else if (before !== undefined && walk.overlaps && !sharesRow(before, page)) {
        spoil('two pages that should share an entry do not');
      } else if (before !== undefined && !state.unordered && !walk.overlaps) {
        const seam = checkSeam(before, page);
        // After inserts at the head a page begins with rows that are known: that only repeats rows.
        if (seam !== undefined && !grown) spoil(seam.detail);
      }
      const oversize = checkFilled(page, size, undefined);
      if (oversize !== undefined) spoil(oversize.detail);
      const shift = Math.max(0, (page.count ?? 0) - (before?.count ?? page.count ?? 0));
      take(before === undefined ? page : withoutOverlap(before, page, shift + (walk.overlaps ? 1 : 0)), read);
      read += page.entries.length;
      if (tools.counted && number > Math.ceil(highest / Math.max(1, rowsPerPage)) + SPARE_PAGES) {
        throw serverError(`Paging does not end: ${number} pages were read where the server counts ${highest} entries.`);
      }
      const next = walk.after(page, number, rowsPerPage, read);
      if (next === undefined) {
        state.silent = number === 1 && !tools.counted && page.silent === true && page.entries.length >= size;
        break;
      }
      if (page.next !== undefined) {
        if (seen.has(page.next)) throw serverError('The server repeats a cursor: its pages would never end.');
        seen.add(page.next);
      }
      // One response is one moment: when it holds all that the server counts, there is nothing more to ask. Where that fills
      // the page, the count may be that of the page alone, and the next one tells.
      if (number === 1 && page.count !== undefined && page.entries.length === page.count && page.count < size) break;
      before = page;
      page = await ask(next);
      number += 1;
    }
    if (grown) await topUp(walk.first);
    return finish();
  };

  /** Entries that came while we read stand at the head: read it again until something known appears. */
  const topUp = async (first: Place): Promise<void> => {
    const walk = openWalk(tools.paging, tools.counted);
    rows.startAgain(stream.index);
    let place: Place | undefined = first;
    let read = 0;
    for (let number = 1; place !== undefined; number += 1) {
      const page: Page = await ask(place);
      if (isLost(page)) return;
      if (page.count !== undefined) {
        if (state.count !== undefined && page.count < state.count)
          spoil(`the count went down from ${state.count} to ${page.count}`);
        state.count = page.count;
      }
      const fresh = take(page, read - 1_000_000);
      read += page.entries.length;
      if (fresh < page.entries.length || page.entries.length < size) return;
      if (number > SPARE_PAGES) return spoil('entries come faster than they can be read');
      place = walk.after(page, number, size, read);
    }
  };

  return { sideBySide, inSequence };
}

/** How to go from page to page in sequence. */
interface Walk {
  readonly first: Place;
  /** Whether a page begins with the last row of the page before it. */
  readonly overlaps: boolean;
  /** The place after `page`; undefined when it was the last. `read`: rows so far. */
  readonly after: (page: Page, number: number, rowsPerPage: number, read: number) => Place | undefined;
}

function openWalk(paging: Paging, counted: boolean): Walk {
  // Without a count a short page may be one that the server keeps smaller than was asked: only an empty one is the end.
  const isShort = (rows: number, rowsPerPage: number): boolean => (counted ? rows < rowsPerPage : rows === 0);
  switch (paging.style) {
    case 'page':
      return {
        first: { page: 1 },
        overlaps: false,
        after: (page, number, rowsPerPage) =>
          isShort(page.entries.length, rowsPerPage) ? undefined : { page: number + 1 },
      };
    case 'offset':
      return {
        first: { offset: 0 },
        overlaps: true,
        // Each page asks for the last row of the one before it once more: where that row is missing, something above it went away.
        after: (page, number, rowsPerPage, read) => {
          if (page.more === false || page.entries.length < 2) return undefined;
          if (page.more === undefined && isShort(page.entries.length, rowsPerPage)) return undefined;
          return { offset: read - number };
        },
      };
    default:
      return {
        first: { next: undefined },
        overlaps: false,
        after: (page) => (page.next === undefined ? undefined : { next: page.next }),
      };
  }
}

/** Without ids the rows that two pages share, at most so many, would be taken for equal ones. */
export function withoutOverlap(before: Page, page: Page, most: number): Page {
  if (most === 0 || page.entries[0]?.id !== undefined) return page;
  const older = before.entries;
  for (let shared = Math.min(most, older.length, page.entries.length); shared > 0; shared -= 1) {
    const tail = older.slice(-shared);
    if (tail.every(({ raw }, at) => raw.equals(page.entries[at]!.raw)))
      return { ...page, entries: page.entries.slice(shared) };
  }
  return page;
}

function sharesRow(before: Page, page: Page): boolean {
  const last = before.entries.at(-1);
  if (last === undefined) return true;
  return page.entries.some((entry) => (last.id === undefined ? entry.raw.equals(last.raw) : entry.id === last.id));
}

/** Only the ends of a page matter for its seams: the rest may be let go. */
function edgesOf(page: Page): Page {
  const { entries } = page;
  if (entries.length <= 2) return page;
  return { ...page, entries: [entries[0] as Page['entries'][number], entries.at(-1) as Page['entries'][number]] };
}

/** Runs all; when one fails the others may end, but nothing is left unobserved. */
async function allOrFirstError(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  let failed = false;
  const results = await Promise.allSettled(
    tasks.map(async (task) => {
      if (failed) return;
      try {
        await task();
      } catch (error) {
        failed = true;
        throw error;
      }
    }),
  );
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
