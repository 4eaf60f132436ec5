import type { Entry } from '../event.js';
import type { Page, Stream, Window } from './ask.js';
import { checkFilled, isOrdered, isSamePage, rowsDue } from './checks.js';
import { type ReadTools, SILENT, withoutOverlap } from './pass.js';
import { addCount, type Tally } from './tally.js';
import { pageOne } from './whole.js';

/** What reading the newest few needs. */
export interface NewestTools extends ReadTools {
  readonly tally: Tally;
  /** Whether our own filters keep an entry. */
  readonly keep: (entry: Entry, stream: number) => boolean;
  /** Whether `keep` ever drops one: else the server's pages are the answer's. */
  readonly filteredHere: boolean;
  /** Entries before this instant are not wanted, so an ordered log need not be read further; undefined: no lower bound. */
  readonly from: number | undefined;
}

export interface Newest {
  readonly entry: Entry;
  readonly stream: number;
}

const ATTEMPTS = 3;

/**
 * The `limit` newest entries that are kept, after `skip` of them: in sequence, page by page, merged by time, and no page more than that
 * takes. Should an entry vanish above a page while it is read, all is read once more; what stays unclear is noted in the tally.
 * `firsts`: page 1 of each stream with the largest page size, where it was read already.
 */
export async function readNewest(
  tools: NewestTools,
  streams: readonly Stream[],
  window: Window,
  want: { readonly skip: number; readonly limit: number },
  firsts?: readonly Page[],
): Promise<readonly Newest[]> {
  let before: readonly Newest[] = [];
  for (let attempt = 0; ; attempt += 1) {
    const cursors = streams.map((stream, index) =>
      openCursor(tools, stream, window, want, streams.length === 1, attempt === 0 ? firsts?.[index] : undefined),
    );
    const found = await merge(tools, cursors, want);
    const alike = cursors.some(({ facts }) => facts.alike) && !isSame(found, before);
    before = found;
    const dirty =
      cursors.map((cursor) => cursor.facts.dirty).find((why) => why !== undefined) ?? (alike ? TWICE : undefined);
    if (dirty === undefined || attempt + 1 === ATTEMPTS) {
      account(tools.tally, cursors, found.length, attempt, dirty);
      return found;
    }
    await tools.pause(500 * (attempt + 1));
  }
}

const TWICE = 'an entry came twice';

function isSame(found: readonly Newest[], before: readonly Newest[]): boolean {
  return (
    found.length === before.length &&
    found.every(({ entry, stream }, at) => stream === before[at]!.stream && entry.raw.equals(before[at]!.entry.raw))
  );
}

async function merge(
  tools: NewestTools,
  cursors: readonly Cursor[],
  want: { readonly skip: number; readonly limit: number },
): Promise<readonly Newest[]> {
  const found: Newest[] = [];
  let skip = want.skip - Math.min(...cursors.map(({ skipped }) => skipped));
  while (found.length < want.limit) {
    const heads = await Promise.all(cursors.map((cursor) => cursor.head()));
    let best = -1;
    for (const [index, head] of heads.entries()) {
      if (head === undefined) continue;
      if (best < 0 || sortTime(head) > sortTime(heads[best] as Entry)) best = index;
    }
    const cursor = cursors[best];
    if (cursor === undefined) break;
    const entry = cursor.take();
    if (!tools.keep(entry, cursor.stream.index)) continue;
    if (skip > 0) skip -= 1;
    else found.push({ entry, stream: cursor.stream.index });
  }
  return found;
}

/** An entry without a valid time stays where the server put it. */
function sortTime(entry: Entry): number {
  return Number.isNaN(entry.time) ? Number.POSITIVE_INFINITY : entry.time;
}

interface Cursor {
  readonly stream: Stream;
  /** Entries that need not be read to be skipped: those of earlier pages. */
  readonly skipped: number;
  head(): Promise<Entry | undefined>;
  take(): Entry;
  readonly facts: {
    dirty: string | undefined;
    count: number | undefined;
    fetched: number;
    at: number;
    unordered: boolean;
    /** Two pages have entries without ids that are equal: they may be one, given twice. */
    alike: boolean;
    /** More was wanted than a full page that says nothing of a next one. */
    silent: boolean;
  };
}

function openCursor(
  tools: NewestTools,
  stream: Stream,
  window: Window,
  want: { readonly skip: number; readonly limit: number },
  alone: boolean,
  given: Page | undefined,
): Cursor {
  const { paging } = tools;
  const pageWise = paging.style === 'page';
  // A page of exactly what is wanted when the server's pages are the answer's; else the largest, for the fewest requests.
  const exact = !tools.filteredHere && given === undefined;
  const aligned = exact && alone && pageWise && want.limit <= paging.max && want.skip % want.limit === 0;
  const size = aligned ? want.limit : exact ? Math.min(paging.max, want.skip + want.limit) : paging.max;
  const firstPage = exact && alone && pageWise ? Math.floor(want.skip / size) + 1 : 1;
  const skipped = (firstPage - 1) * size;

  const facts = {
    dirty: undefined as string | undefined,
    count: undefined as number | undefined,
    fetched: 0,
    at: 0,
    unordered: false,
    silent: false,
    alike: false,
  };
  const known = new Set<string>();
  let buffer: readonly Entry[] = [];
  let next = 0;
  let number = firstPage - 1;
  let before: Page | undefined;
  let ended = false;
  let rowsPerPage = size;

  const fetchNext = async (): Promise<Page> => {
    if (before === undefined) {
      if (given !== undefined) return given;
      return firstPage === 1
        ? pageOne(tools, stream, window, size)
        : tools.fetch({ stream, window, place: { page: firstPage }, size });
    }
    if (paging.style === 'page') return tools.fetch({ stream, window, place: { page: number + 1 }, size });
    if (paging.style === 'offset') return tools.fetch({ stream, window, place: { offset: facts.fetched }, size });
    return tools.fetch({ stream, window, place: { next: before.next }, size });
  };

  const advance = async (): Promise<void> => {
    const page = await fetchNext();
    if (page.lost !== undefined) {
      facts.count = undefined;
      buffer = [];
      next = 0;
      ended = true;
      return;
    }
    number += 1;
    const rows = page.entries.length;
    const shift = Math.max(0, (page.count ?? 0) - (facts.count ?? page.count ?? 0));
    const grown = shift > 0;
    const own = before === undefined ? page : withoutOverlap(before, page, shift);
    if (before?.entries.some((one) => one.id === undefined && own.entries.some(({ raw }) => raw.equals(one.raw))))
      facts.alike = true;
    if (facts.count !== undefined && page.count !== undefined && page.count < facts.count) {
      facts.dirty ??= `the count went down from ${facts.count} to ${page.count} while it was read`;
    }
    if (tools.counted && page.count === undefined) facts.dirty ??= 'the server does not say how many entries there are';
    if (
      before === undefined &&
      firstPage === 1 &&
      page.count !== undefined &&
      rows > 0 &&
      rows < size &&
      rows < page.count
    )
      rowsPerPage = rows;
    if (pageWise && page.count !== undefined) {
      facts.dirty ??= checkFilled(page, size, rowsDue(page.count, rowsPerPage, number))?.detail;
    }
    if (before !== undefined && isSamePage(before, page)) facts.dirty ??= 'the server gave the same page twice';
    if (page.unreadable.length > 0) facts.dirty ??= 'the server fails (500) on an entry; all others were read';
    if (!isOrdered(page)) facts.unordered = true;
    facts.count = page.count ?? facts.count;
    facts.at = Math.max(facts.at, page.at);
    facts.fetched += rows;
    buffer = own.entries.filter(({ id }) => {
      if (id === undefined) return true;
      if (known.has(id)) {
        if (!grown) facts.dirty ??= TWICE;
        return false;
      }
      known.add(id);
      return true;
    });
    next = 0;
    ended = isLast(page, rows);
    before = page;
  };

  // Without a count a short page may be one that the server keeps smaller than was asked: only an empty one is the end.
  const isShort = (rows: number): boolean => (tools.counted ? rows < rowsPerPage : rows === 0);

  const isLast = (page: Page, rows: number): boolean => {
    const oldest = page.entries.at(-1)?.time;
    if (tools.from !== undefined && !facts.unordered && oldest !== undefined && oldest < tools.from) return true;
    if (paging.style === 'page')
      return isShort(rows) || (page.count !== undefined && number * rowsPerPage >= page.count);
    if (paging.style === 'offset')
      return page.more === false || rows === 0 || (page.more === undefined && tools.counted && rows < size);
    return page.next === undefined;
  };

  return {
    stream,
    skipped,
    facts,
    async head() {
      while (next >= buffer.length && !ended) await advance();
      if (next >= buffer.length && !tools.counted && number === 1 && before?.silent === true)
        facts.silent = before.entries.length >= size;
      return buffer[next];
    },
    take() {
      const entry = buffer[next] as Entry;
      next += 1;
      return entry;
    },
  };
}

function account(
  tally: Tally,
  cursors: readonly Cursor[],
  kept: number,
  rereads: number,
  dirty: string | undefined,
): void {
  tally.kept = kept;
  tally.rereads += rereads;
  let expected: number | undefined = 0;
  tally.counted = 0;
  for (const { facts } of cursors) {
    tally.fetched += facts.fetched;
    tally.at = Math.max(tally.at, facts.at);
    if (facts.unordered) tally.unordered += 1;
    addCount(tally, facts.count);
    expected = expected === undefined || facts.count === undefined ? undefined : expected + facts.count;
  }
  tally.expected = expected;
  if (dirty !== undefined) tally.notes.push(dirty);
  if (cursors.some(({ facts }) => facts.silent)) tally.notes.push(SILENT);
}
