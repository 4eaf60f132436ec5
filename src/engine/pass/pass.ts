import { serverError } from '../../errors.js';
import type { Paging } from '../../providers/provider.js';
import { checkFilled, checkSeam, countsBeyond, isSamePage, rowsDue, sharesRow } from '../checks.js';
import { orderOf } from '../order.js';
import { pagingStyle } from '../paging.js';
import type { FetchPage, Page, Stream, Window } from '../request.js';
import type { EntryStore } from '../store/store.js';
import { type Learned, type PageStep, pageOne } from '../walk/options.js';
import { SPARE_PAGES } from '../walk/state.js';
import { Walk } from '../walk/walk.js';

// How a window is read and verified, what twins and streaks are, and why it ends: docs/reliability.md, "When a window is verified".

/** What reading a window needs of the world. */
export interface ReadTools {
  readonly fetch: FetchPage;
  readonly paging: Paging;
  /** What the server has shown of its paging. */
  readonly learned: Learned;
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

const ATTEMPTS = 8;
const PAUSE = 1500;

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
  rows: EntryStore,
  how: { readonly open: boolean; readonly first?: Page },
): Promise<WindowRead> {
  let streakCount: number | undefined;
  let unordered = false;
  let untold = 0;
  let whole = 0;
  let last: Pass | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    // Every seam of one grid of pages lies inside a page of the other.
    const size = attempt % 2 === 0 ? tools.paging.max : Math.max(1, tools.paging.max - 3);
    rows.startPass(stream.index);
    const pass = new Pass(tools, { stream, window, rows, size });
    await pass.read(how.open, attempt === 0 ? how.first : undefined);
    last = pass;
    unordered ||= pass.unordered;
    const distinct = rows.inPass(stream.index);
    const result = (status: WindowRead['status'], note?: string): WindowRead => ({
      status,
      count: status === 'uncounted' ? undefined : pass.count,
      distinct,
      at: pass.at,
      rereads: attempt,
      unordered,
      note,
      told: pass.lost !== undefined,
    });
    const final = pass.lost ?? pass.doubt;
    if (final !== undefined) return result('unreconciled', final);
    if (pass.unreadable.length > 0) return result('unreconciled', pass.unreadableNote);
    const counted = tools.counted && !tools.learned.countsPages;
    if (!counted) {
      if (pass.dirty === undefined) {
        rows.settle(stream.index, 'pass');
        return result('uncounted');
      }
    } else if (pass.dirty === undefined) {
      // Where rows have no ids, one that was given twice looks like two that are equal, and may hide that another was lost.
      const twins = rows.twins(stream.index);
      if (distinct === pass.count) {
        whole += 1;
        const shrunk = rows.distinct(stream.index) - twins.elsewhere > distinct;
        if ((twins.inPass === 0 || whole > 1) && (!shrunk || attempt >= 3)) {
          rows.settle(stream.index, 'pass');
          return result('verified');
        }
      } else {
        rows.joinStreak(stream.index, streakCount !== pass.count);
        streakCount = pass.count;
        const alike = twins.inPass + twins.elsewhere > 0;
        if (!alike && rows.inStreak(stream.index) === pass.count) {
          rows.settle(stream.index, 'streak');
          return { ...result('verified'), distinct: pass.count };
        }
      }
    } else streakCount = undefined;
    untold = pass.isCountTold ? 0 : untold + 1;
    if (counted && untold === 2) return result('unreconciled', 'the server does not say how many entries there are');
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

/** What a pass reads, and where its rows go. */
interface Reach {
  readonly stream: Stream;
  readonly window: Window;
  readonly rows: EntryStore;
  readonly size: number;
}

/** One pass over all pages of a window, in pages of one size. */
class Pass {
  /** The server's count on the last page that told one. */
  count: number | undefined;
  /** The server's clock at the latest answer, epoch ms. */
  at = 0;
  /** Why this pass alone proves nothing; undefined: the set of rows cannot have changed while it was read. */
  dirty: string | undefined;
  /** Why no other pass would come to a proven end. */
  doubt: string | undefined;
  /** Why the organization was lost. */
  lost: string | undefined;
  unordered = false;
  /** Whether any page told a count. */
  isCountTold = false;
  /** Rows that the server fails to give, as places in the window from 0. */
  readonly unreadable: number[] = [];
  readonly #why = new Set<string>();
  readonly #tools: ReadTools;
  readonly #reach: Reach;
  #isGrown = false;

  constructor(tools: ReadTools, reach: Reach) {
    this.#tools = tools;
    this.#reach = reach;
  }

  /** Which entries cannot be had, and why. */
  get unreadableNote(): string {
    const places = this.unreadable.map((place) => place + 1).join(' and ');
    return `entry ${places} from the first cannot be read (${[...this.#why].join(', ')}); all others were read`;
  }

  /** Reads the pages: in sequence while days are still open, and page beside page once they are closed. */
  async read(isOpen: boolean, given: Page | undefined): Promise<void> {
    if (isOpen || pagingStyle(this.#tools.paging).access !== 'pages' || this.#tools.learned.countsPages)
      return this.#inSequence(given);
    const { stream, window, size } = this.#reach;
    const first = given ?? (await pageOne(this.#tools, stream, window, size));
    const { count } = first;
    const isOfLog = countsBeyond(first) && first.lost === undefined && first.entries.length <= size;
    if (count === undefined || !isOfLog) return this.#inSequence(first);
    return this.#sideBySide(first, count);
  }

  async #inSequence(first: Page | undefined): Promise<void> {
    const { stream, window, size } = this.#reach;
    const walk = new Walk(this.#tools, { stream, window, size, first, isOverlapping: true });
    for (let step = await walk.next(); step !== undefined; step = await walk.next()) {
      this.#seeCount(step.page);
      this.#checkSeam(step);
      this.#take(step.page, step.entries, step.start, walk.order === 'oldest-first');
    }
    this.lost = walk.lost;
    if (walk.end?.isFinal === true) this.doubt = walk.end.doubt;
    else this.#spoil(walk.end?.doubt);
    this.#seeEmpty(walk);
    if (walk.order === 'oldest-first' || walk.lost !== undefined) return;
    if (this.#isGrown) await this.#topUp();
  }

  /** An empty log tells its count on a page without rows. */
  #seeEmpty({ number, count, lost, firstAnswer }: Walk): void {
    if (number > 0 || lost !== undefined) return;
    this.at = firstAnswer?.at ?? 0;
    this.count = count;
    this.isCountTold = count !== undefined;
  }

  #seeCount({ count }: Page): void {
    if (count === undefined || this.#tools.learned.countsPages) return;
    if (this.count !== undefined && count < this.count)
      this.#spoil(`the count went down from ${this.count} to ${count}`);
    if (this.count !== undefined && count > this.count) this.#isGrown = true;
    this.count = count;
  }

  #checkSeam({ before, page, order, isOverlapping }: PageStep): void {
    if (before === undefined) return;
    if (isOverlapping) {
      if (!sharesRow(before, page)) this.#spoil('two pages that should share an entry do not');
      return;
    }
    // After inserts at the head a page begins with rows that are known: that only repeats rows.
    if (!this.#isGrown) this.#spoil(checkSeam(before, page, order));
  }

  /** Entries that came while the pass ran stand at the head: read it again until something known appears. */
  async #topUp(): Promise<void> {
    const { stream, window, size, rows } = this.#reach;
    rows.startAgain(stream.index);
    const walk = new Walk(this.#tools, { stream, window, size });
    for (let step = await walk.next(); step !== undefined; step = await walk.next()) {
      this.#seeCount(step.page);
      const fresh = this.#take(step.page, step.entries, step.start - 1_000_000, false);
      if (fresh < step.entries.length) return;
      if (walk.number > SPARE_PAGES) return this.#spoil('entries come faster than they can be read');
    }
    this.lost = walk.lost;
  }

  /** Reads page beside page: in closed days nothing new is due. */
  async #sideBySide(first: Page, count: number): Promise<void> {
    const { stream, window, size } = this.#reach;
    const style = pagingStyle(this.#tools.paging);
    this.#tools.learned.countsLog = true;
    this.count = count;
    if (first.entries.length + first.unreadable.length === 0)
      return this.#spoil(`an empty page where the server counts ${count}`);
    const rowsPerPage = Math.min(size, first.entries.length + first.unreadable.length);
    const pages = Math.ceil(count / rowsPerPage);
    const order = orderOf(first.entries);
    const edges: (Page | undefined)[] = [];
    const see = (page: Page, number: number): void => {
      this.#spoil(checkFilled(page, size, rowsDue(count, rowsPerPage, number)));
      this.#take(page, page.entries, (number - 1) * rowsPerPage, order === 'oldest-first');
      edges[number] = edgesOf(page);
    };
    const ask = async (number: number): Promise<Page> => {
      const place = style.at((number - 1) * rowsPerPage, rowsPerPage) ?? style.first;
      return this.#tools.fetch({ stream, window, place, size });
    };
    const read = async (number: number): Promise<void> => {
      const page = await ask(number);
      this.lost ??= page.lost;
      if (page.lost !== undefined) return;
      if (page.count !== undefined && page.count !== count)
        this.#spoil(`the count changed from ${count} to ${page.count}`);
      see(page, number);
    };
    see(first, 1);
    await allOrFirstError(Array.from({ length: pages - 1 }, (_, index) => () => read(index + 2)));
    if (this.lost !== undefined) return;
    this.#checkEdges(edges);
    // A count that ends exactly with a page may be a capped one: the page after the last must be empty.
    if (count % rowsPerPage !== 0) return;
    const beyond = await ask(pages + 1);
    if (beyond.entries.length === 0) return;
    this.#take(beyond, beyond.entries, pages * rowsPerPage, order === 'oldest-first');
    this.#spoil(`there are entries beyond the ${count} that the server counts`);
  }

  #checkEdges(edges: readonly (Page | undefined)[]): void {
    const [first, ...others] = edges.slice(1);
    if (
      first !== undefined &&
      others.length > 1 &&
      others.every((page) => page !== undefined && isSamePage(page, first))
    )
      throw serverError('The server gives the same page again and again: it ignores the page that is asked for.');
    const order = orderOf(edges.flatMap((page) => page?.entries ?? []));
    for (const [index, page] of edges.entries()) {
      const next = edges[index + 1];
      if (page !== undefined && next !== undefined && !this.unordered)
        this.#spoil(checkSeam(page, next, order === 'mixed' ? orderOf(page.entries) : order));
    }
  }

  #spoil(why: string | undefined): void {
    this.dirty ??= why;
  }

  /** Adds a page's rows; gives how many of them were new. Places grow from the newest row to the oldest. */
  #take(page: Page, entries: Page['entries'], start: number, isOldestFirst: boolean): number {
    const { rows, stream } = this.#reach;
    this.at = Math.max(this.at, page.at);
    this.unreadable.push(...page.unreadable);
    for (const why of page.unreadableWhy ?? []) this.#why.add(why);
    if (page.count !== undefined) this.isCountTold = true;
    else if (this.#tools.counted && !this.#tools.learned.countsPages)
      this.#spoil('the server left out its count on a page');
    if (orderOf(page.entries) === 'mixed') this.unordered = true;
    return isOldestFirst
      ? rows.addPage(stream.index, entries.toReversed(), -start - entries.length).fresh
      : rows.addPage(stream.index, entries, start).fresh;
  }
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
