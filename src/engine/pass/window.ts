import { countsBeyond } from '../checks.js';
import { askedRows, pagingStyle } from '../paging.js';
import type { Page, Stream, Window } from '../request.js';
import type { StreamStore } from '../store/stream.js';
import { pageOne } from '../walk/options.js';
import { NO_COUNT, shortOf } from '../words.js';
import { readSideBySide } from './beside.js';
import { Pass, type ReadTools } from './pass.js';
import { readInSequence } from './sequence.js';

export interface WindowOptions {
  readonly stream: Stream;
  readonly window: Window;
  /** Where the entries go. */
  readonly entries: StreamStore;
  /** Days of the window are not over: read it in sequence, newest first, and again from its head. */
  readonly isOpen: boolean;
  /** Page 1 in the largest page size, if it was read already. */
  readonly first?: Page | undefined;
}

/** The result of reading one window of one stream. */
export interface WindowRead {
  readonly status: 'verified' | 'uncounted' | 'unreconciled';
  /** The server's latest count. */
  readonly count: number | undefined;
  /** Distinct entries of the accepted pass or streak. */
  readonly distinct: number;
  /** The server's clock at the latest answer, epoch ms. */
  readonly at: number;
  /** Passes after the first. */
  readonly rereads: number;
  readonly unordered: boolean;
  /** Why it is unreconciled. */
  readonly note: string | undefined;
  /** The note is about the whole organization and is in the verdict already. */
  readonly told: boolean;
  /** There may be entries that the server gives only in shorter ranges. */
  readonly isBeyondReach?: boolean;
}

const ATTEMPTS = 8;
const PAUSE = 1500;

/**
 * Reads all entries of a window, in up to eight passes, until they are verified. After that all entries are kept, and the result says what does
 * not agree. Passes, streaks, twins and why this ends: docs/explanation/reliability.md.
 */
export function readWindow(tools: ReadTools, options: WindowOptions): Promise<WindowRead> {
  return new WindowReader(tools, options).read();
}

class WindowReader {
  readonly #tools: ReadTools;
  readonly #options: WindowOptions;
  readonly #entries: StreamStore;
  /** The count of the current streak. */
  #streakCount: number | undefined;
  #isUnordered = false;
  /** Passes in a row without any count. */
  #uncounted = 0;
  /** Clean passes with as many entries as the count. */
  #whole = 0;
  #rereads = 0;

  constructor(tools: ReadTools, options: WindowOptions) {
    this.#tools = tools;
    this.#options = options;
    this.#entries = options.entries;
  }

  async read(): Promise<WindowRead> {
    for (; ; this.#rereads += 1) {
      const pass = await this.#readPass();
      const result = this.#judge(pass);
      if (result !== undefined) return result;
      if (this.#rereads + 1 === ATTEMPTS) return this.#giveUp(pass);
      await this.#tools.pause(PAUSE * (this.#rereads + 1));
    }
  }

  async #readPass(): Promise<Pass> {
    const { first, isOpen, ...reach } = this.#options;
    const { max } = this.#tools.paging;
    // With two page sizes the border between two pages of one pass lies inside a page of the other.
    const size = this.#rereads % 2 === 0 ? max : askedRows(this.#tools.paging, Math.max(1, max - 3));
    this.#entries.startPass();
    const pass = new Pass(this.#tools, { ...reach, size });
    await this.#readPages(pass, isOpen, this.#rereads === 0 ? first : undefined);
    this.#isUnordered ||= pass.unordered;
    return pass;
  }

  /** In sequence while days are open, several pages at a time once they are closed. */
  async #readPages(pass: Pass, isOpen: boolean, given: Page | undefined): Promise<void> {
    const { tools, reach } = pass;
    if (isOpen || pagingStyle(tools.paging).access !== 'pages' || tools.learned.countsPages)
      return readInSequence(pass, given);
    const first = given ?? (await pageOne(tools, reach.stream, reach.window, reach.size));
    const isCountOfLog = countsBeyond(first) && first.lost === undefined && first.entries.length <= reach.size;
    const isInReach = (first.count ?? 0) <= (tools.paging.reach ?? Number.POSITIVE_INFINITY);
    if (first.count === undefined || !isCountOfLog || !isInReach) return readInSequence(pass, first);
    return readSideBySide(pass, first, first.count);
  }

  /** The result if this pass settles it. */
  #judge(pass: Pass): WindowRead | undefined {
    const final = pass.lost ?? pass.doubt;
    if (final !== undefined) return this.#result(pass, 'unreconciled', final);
    if (pass.unreadable.length > 0) return this.#result(pass, 'unreconciled', pass.unreadableNote);
    const isCounted = this.#tools.counted && !this.#tools.learned.countsPages;
    if (pass.dirty !== undefined) this.#streakCount = undefined;
    else if (!isCounted) return this.#accept(pass, 'pass', 'uncounted');
    else if (this.#isWhole(pass)) return this.#accept(pass, 'pass', 'verified');
    else if (this.#completesStreak(pass))
      return { ...this.#accept(pass, 'streak', 'verified'), distinct: this.#entries.inStreak };
    this.#uncounted = pass.isCountTold ? 0 : this.#uncounted + 1;
    if (!isCounted || this.#uncounted < 2) return undefined;
    return this.#result(pass, 'unreconciled', NO_COUNT);
  }

  /** Without ids, an entry that was given twice looks like two equal ones and may hide that another was lost: with twins two passes must agree. */
  #isWhole(pass: Pass): boolean {
    const { inPass, distinct } = this.#entries;
    if (inPass !== pass.count) return false;
    const twins = this.#entries.twins();
    this.#whole += 1;
    const hasShrunk = distinct - twins.elsewhere > inPass;
    return (twins.inPass === 0 || this.#whole > 1) && (!hasShrunk || this.#rereads >= 3);
  }

  #completesStreak(pass: Pass): boolean {
    if (this.#entries.inPass === pass.count) return false;
    this.#entries.joinStreak(this.#streakCount !== pass.count);
    this.#streakCount = pass.count;
    const { inPass, elsewhere } = this.#entries.twins();
    return inPass + elsewhere === 0 && this.#entries.inStreak === pass.count;
  }

  #accept(pass: Pass, by: 'pass' | 'streak', status: WindowRead['status']): WindowRead {
    this.#entries.settle(by);
    return this.#result(pass, status);
  }

  #giveUp(pass: Pass): WindowRead {
    const { distinct } = this.#entries;
    const note = pass.dirty ?? shortOf(distinct, pass.count);
    return { ...this.#result(pass, 'unreconciled', note), distinct };
  }

  #result(pass: Pass, status: WindowRead['status'], note?: string): WindowRead {
    return {
      status,
      count: status === 'uncounted' ? undefined : pass.count,
      distinct: this.#entries.inPass,
      at: pass.at,
      rereads: this.#rereads,
      unordered: this.#isUnordered,
      note,
      told: pass.lost !== undefined,
      isBeyondReach: pass.isBeyondReach,
    };
  }
}
