import { serverError } from '../../errors.js';
import { checkFilled, checkSeam, isSamePage, rowsDue } from '../checks.js';
import { orderOf } from '../order.js';
import { pagingStyle } from '../paging.js';
import { lengthOf, type Page } from '../request.js';
import { SAME_PAGE } from '../walk/state.js';
import { countChanged, emptyPage } from '../words.js';
import type { Pass } from './pass.js';

/** Reads the pages of a pass several at a time: no new entry is due in closed days. `first`: page 1; `count`: the server's count on it. */
export async function readSideBySide(pass: Pass, first: Page, count: number): Promise<void> {
  pass.tools.learned.countsLog = true;
  pass.count = count;
  if (lengthOf(first) === 0) return pass.spoil(emptyPage(count));
  return new PagesBeside(pass, first, count).read();
}

class PagesBeside {
  readonly #pass: Pass;
  readonly #first: Page;
  readonly #count: number;
  readonly #rowsPerPage: number;
  readonly #isOldestFirst: boolean;
  /** The first and last entry of each page, by its number from 1. */
  readonly #edges: (Page | undefined)[] = [];

  constructor(pass: Pass, first: Page, count: number) {
    this.#pass = pass;
    this.#first = first;
    this.#count = count;
    this.#rowsPerPage = Math.min(pass.reach.size, lengthOf(first));
    this.#isOldestFirst = orderOf(first.entries) === 'oldest-first';
  }

  async read(): Promise<void> {
    const pages = Math.ceil(this.#count / this.#rowsPerPage);
    this.#see(this.#first, 1);
    await allOrFirstError(Array.from({ length: pages - 1 }, (_, index) => () => this.#read(index + 2)));
    if (this.#pass.lost !== undefined) return;
    this.#checkEdges();
    // A count that ends exactly with a page may be capped: the page after the last must be empty.
    if (this.#count % this.#rowsPerPage !== 0) return;
    const beyond = await this.#ask(pages + 1);
    if (beyond.entries.length === 0) return;
    this.#pass.take(beyond, beyond.entries, pages * this.#rowsPerPage, this.#isOldestFirst);
    this.#pass.spoil(`the server returned more events than the ${this.#count} it reports`);
  }

  #ask(number: number): Promise<Page> {
    const { tools, reach } = this.#pass;
    const { stream, window, size } = reach;
    const style = pagingStyle(tools.paging);
    const place = style.at((number - 1) * this.#rowsPerPage, this.#rowsPerPage) ?? style.first;
    return tools.fetch({ stream, window, place, size });
  }

  async #read(number: number): Promise<void> {
    const page = await this.#ask(number);
    this.#pass.lost ??= page.lost;
    if (page.lost !== undefined) return;
    if (page.count !== undefined && page.count !== this.#count) this.#pass.spoil(countChanged(this.#count, page.count));
    this.#see(page, number);
  }

  #see(page: Page, number: number): void {
    this.#pass.spoil(checkFilled(page, this.#pass.reach.size, rowsDue(this.#count, this.#rowsPerPage, number)));
    this.#pass.take(page, page.entries, (number - 1) * this.#rowsPerPage, this.#isOldestFirst);
    this.#edges[number] = edgesOf(page);
  }

  #checkEdges(): void {
    const [first, ...others] = this.#edges.slice(1);
    if (first !== undefined && others.length > 1 && others.every((page) => page && isSamePage(page, first)))
      throw serverError(SAME_PAGE);
    const order = orderOf(this.#edges.flatMap((page) => page?.entries ?? []));
    for (const [index, page] of this.#edges.entries()) {
      const next = this.#edges[index + 1];
      if (page !== undefined && next !== undefined && !this.#pass.unordered)
        this.#pass.spoil(checkSeam(page, next, order === 'mixed' ? orderOf(page.entries) : order));
    }
  }
}

/** Only the ends of a page are compared with its neighbours: the rest need not stay in memory. */
function edgesOf(page: Page): Page {
  const { entries } = page;
  if (entries.length <= 2) return page;
  return { ...page, entries: [entries[0] as Page['entries'][number], entries.at(-1) as Page['entries'][number]] };
}

/** Runs all tasks. After one has failed no other begins, and its error is thrown once those that run have ended. */
async function allOrFirstError(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  let hasFailed = false;
  const results = await Promise.allSettled(
    tasks.map(async (task) => {
      if (hasFailed) return;
      try {
        await task();
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }),
  );
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
