import type { Entry } from '../../event.js';
import { pagingStyle } from '../paging.js';
import { isOutside, wholeOf } from '../plan.js';
import type { Page, Stream, Window } from '../request.js';
import { addCount, type ReadCounters } from '../stats.js';
import type { PageStep } from '../walk/options.js';
import {
  type EntryRun,
  type NewestFacts,
  type NewestSource,
  type NewestTools,
  OutOfOrder,
  openNewest,
} from './first.js';

/** What reading the newest few needs. */
export interface FewTools extends NewestTools {
  readonly tally: ReadCounters;
  /** Whether our own filters keep an entry. */
  readonly keep: (entry: Entry, stream: number) => boolean;
  /** Whether `keep` ever drops one: else the server's pages are the answer's. */
  readonly filteredHere: boolean;
  /** Entries before this instant are not wanted, so an ordered log need not be read further; undefined: no lower bound. */
  readonly from: number | undefined;
}

export interface StreamEntry {
  readonly entry: Entry;
  readonly stream: number;
}

/** How many entries are wanted, after how many others. */
export interface Want {
  readonly skip: number;
  readonly limit: number;
}

const ATTEMPTS = 3;
/** Two rows show an order, one does not. */
const LEAST = 2;
const TWICE = 'an entry came twice';

/**
 * The `limit` newest entries that are kept, after `skip` of them, merged by time, with no more pages than that takes. Should an entry vanish above a page
 * while it is read, all is read once more; what stays unclear is noted in the tally.
 * `windows`: newest first; several where the vendor takes only so many days at once. `firsts`: page 1 of each stream in the first of them, with the largest
 * page size, where it was read already.
 */
export async function readNewest(
  tools: FewTools,
  streams: readonly Stream[],
  windows: readonly Window[],
  want: Want,
  firsts?: readonly Page[],
): Promise<readonly StreamEntry[]> {
  let how = { isAligned: streams.length === 1 && windows.length === 1 && firsts === undefined, isUnordered: false };
  let before: readonly StreamEntry[] = [];
  let given = firsts;
  for (let attempt = 0; ; ) {
    const cursors = streams.map(
      (stream, index) => new Cursor(tools, { stream, windows, want, first: given?.[index], ...how }),
    );
    given = undefined;
    try {
      const found = await merge(tools, cursors, want, wholeOf(windows));
      const alike = cursors.some(({ isAlike }) => isAlike) && !isSame(found, before);
      before = found;
      const doubt =
        cursors.map((cursor) => cursor.doubt).find((why) => why !== undefined) ?? (alike ? TWICE : undefined);
      if (doubt === undefined || attempt + 1 >= ATTEMPTS) {
        account(tools.tally, cursors, found.length, attempt, doubt);
        return found;
      }
      attempt += 1;
      await tools.pause(500 * attempt);
    } catch (error) {
      if (!(error instanceof OutOfOrder)) throw error;
      how = { isAligned: false, isUnordered: how.isUnordered || !cursors.some(({ isAligned }) => isAligned) };
    }
  }
}

function isSame(found: readonly StreamEntry[], before: readonly StreamEntry[]): boolean {
  return (
    found.length === before.length &&
    found.every(({ entry, stream }, at) => stream === before[at]!.stream && entry.raw.equals(before[at]!.entry.raw))
  );
}

async function merge(
  tools: FewTools,
  cursors: readonly Cursor[],
  want: Want,
  whole: Window,
): Promise<readonly StreamEntry[]> {
  const found: StreamEntry[] = [];
  let skip = want.skip - Math.min(...cursors.map(({ skipped }) => skipped));
  while (found.length < want.limit) {
    const heads = await Promise.all(cursors.map((cursor) => cursor.head()));
    let best = -1;
    for (const [index, head] of heads.entries()) {
      if (head === undefined) continue;
      if (best < 0 || sortTime(head, whole) > sortTime(heads[best] as Entry, whole)) best = index;
    }
    const cursor = cursors[best];
    if (cursor === undefined) break;
    const entry = cursor.take();
    if (!tools.keep(entry, cursor.stream.index)) continue;
    if (skip > 0) skip -= 1;
    else found.push({ entry, stream: cursor.stream.index });
  }
  await Promise.all(cursors.map((cursor) => cursor.makeCountSure()));
  return found;
}

/** An entry without a valid time, or of other days than were asked for, stays where it was put. */
function sortTime({ time }: Entry, whole: Window): number {
  return Number.isNaN(time) || isOutside(whole, time) ? Number.POSITIVE_INFINITY : time;
}

interface CursorOptions {
  readonly stream: Stream;
  readonly windows: readonly Window[];
  readonly want: Want;
  readonly first: Page | undefined;
  /** Whether reading may begin at the page that is wanted, where the server's pages are the answer's. */
  readonly isAligned: boolean;
  readonly isUnordered: boolean;
}

/** The entries of one stream, one by one, the newest first and each of them once. */
class Cursor {
  readonly stream: Stream;
  readonly isAligned: boolean;
  /** Entries that need not be read to be skipped: those of earlier pages. */
  readonly skipped: number;
  /** Two pages have entries without ids that are equal: they may be one, given twice. */
  isAlike = false;

  readonly #tools: FewTools;
  readonly #size: number;
  readonly #source: NewestSource;
  readonly #known = new Set<string>();
  #doubt: string | undefined;
  #buffer: readonly Entry[] = [];
  #next = 0;
  #ended = false;
  #count: number | undefined;

  constructor(tools: FewTools, { stream, windows, want, first, isAligned, isUnordered }: CursorOptions) {
    const { max } = tools.paging;
    this.#tools = tools;
    this.stream = stream;
    // A page of exactly what is wanted when the server's pages are the answer's; else the largest, for the fewest requests.
    const isExact = !tools.filteredHere && first === undefined && !isUnordered;
    const mayBegin = isExact && isAligned && pagingStyle(tools.paging).access === 'pages' && want.limit >= LEAST;
    const isOnePage = mayBegin && want.limit <= max && want.skip % want.limit === 0;
    const few = Math.max(LEAST, want.skip + want.limit);
    this.#size = isOnePage ? want.limit : isExact ? Math.min(max, few) : max;
    const startRow = mayBegin ? want.skip - (want.skip % this.#size) : 0;
    this.isAligned = startRow > 0;
    this.skipped = startRow;
    this.#source = openNewest(tools, windows, { stream, size: this.#size, first, isUnordered, startRow });
  }

  get facts(): NewestFacts {
    return this.#source.facts;
  }

  /** Why entries may be missing. */
  get doubt(): string | undefined {
    return this.#doubt ?? this.facts.doubt;
  }

  async head(): Promise<Entry | undefined> {
    while (this.#next >= this.#buffer.length && !this.#ended) {
      const run = await this.#source.next();
      if (run === undefined || this.facts.lost) this.#ended = true;
      if (run !== undefined) this.#fill(run);
    }
    return this.#buffer[this.#next];
  }

  take(): Entry {
    const entry = this.#buffer[this.#next] as Entry;
    this.#next += 1;
    return entry;
  }

  /** A count that may be that of the page shows at the next page which it is. */
  async makeCountSure(): Promise<void> {
    if (!this.#source.isCountSure && !this.facts.lost) await this.#source.next();
  }

  #fill({ entries, step }: EntryRun): void {
    const isGrown = step !== undefined && this.#check(step);
    this.#buffer = entries.filter(({ id, time }) => {
      if (id === undefined) return true;
      // A vendor may use an id again for another event.
      const key = `${time} ${id}`;
      if (this.#known.has(key)) {
        if (!isGrown && step !== undefined) this.#doubt ??= TWICE;
        return false;
      }
      this.#known.add(key);
      return true;
    });
    this.#next = 0;
    const oldest = entries.at(-1)?.time;
    const { from } = this.#tools;
    if (from !== undefined && !this.facts.unordered && oldest !== undefined && oldest < from) this.#ended = true;
  }

  /** What a page must be in a log that does not change; gives whether the count has risen. */
  #check({ page, before, entries, start }: PageStep): boolean {
    const { counted, learned, paging } = this.#tools;
    if (before?.entries.some((one) => one.id === undefined && entries.some(({ raw }) => raw.equals(one.raw))))
      this.isAlike = true;
    if (!counted || learned.countsPages) return false;
    const { count } = page;
    if (count === undefined) {
      this.#doubt ??= 'the server does not say how many entries there are';
      return false;
    }
    const last = this.#count ?? count;
    if (count < last) this.#doubt ??= `the count went down from ${last} to ${count} while it was read`;
    this.#count = count;
    if (page.entries.length > count) this.#doubt ??= `${page.entries.length} rows where the server counts ${count}`;
    if (pagingStyle(paging).access === 'pages' && learned.countsLog && start > 0) {
      const due = Math.min(before?.entries.length ?? this.#size, Math.max(0, count - start));
      const rows = page.entries.length + page.unreadable.length;
      if (rows < due) this.#doubt ??= `${rows} rows where the count leaves ${due}`;
    }
    return count > last;
  }
}

function account(
  tally: ReadCounters,
  cursors: readonly Cursor[],
  kept: number,
  rereads: number,
  doubt: string | undefined,
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
  if (doubt !== undefined) tally.notes.push(doubt);
}
