import type { Entry } from '../../event.js';
import { addDays, LAST_DAY, utcDay } from '../../time.js';
import { halve } from '../halve.js';
import { type OrderSeen, orderOf } from '../order.js';
import { pagingStyle } from '../paging.js';
import { lengthOf, type Page, type Window } from '../request.js';
import type { PageStep } from '../walk/options.js';
import { Walk } from '../walk/walk.js';
import { countChanged, pageShort } from '../words.js';
import {
  type EntryRun,
  isStray,
  type NewestFacts,
  type NewestOptions,
  type NewestSource,
  type NewestTools,
  newestFirst,
  OutOfOrder,
  seePage,
} from './run.js';
import { SortedReader } from './sorted.js';

/** With this many pages left, reading on takes fewer requests than any other way. */
const FEW_PAGES = 3;

/**
 * One stream from its newest entry back, whatever order the server has. Newest first: page after page. Oldest first: from the last page back
 * if a believed count shows which that is. Otherwise see `SortedReader`.
 */
export class NewestFirst implements NewestSource {
  readonly facts: NewestFacts = {
    count: undefined,
    firstCount: undefined,
    firstAt: 0,
    at: 0,
    fetched: 0,
    doubt: undefined,
    isFinal: false,
    unordered: false,
    lost: false,
  };

  readonly #tools: NewestTools;
  readonly #options: NewestOptions;
  readonly #walk: Walk;
  readonly #sorted: SortedReader;
  #runs: AsyncGenerator<EntryRun, void> | undefined;
  #lastTime = Number.NaN;

  constructor(tools: NewestTools, options: NewestOptions) {
    this.#tools = tools;
    this.#options = options;
    this.#walk = new Walk(tools, options);
    this.#sorted = new SortedReader(tools, options, this.facts);
  }

  async next(): Promise<EntryRun | undefined> {
    this.#runs ??= this.#options.isUnordered === true ? this.#sorted.runs(undefined) : this.#read();
    const { done, value } = await this.#runs.next();
    return done === true ? undefined : value;
  }

  /** The windows with what the pages of this one do not reach, newest first: some of their entries were given out. None if all was reached. */
  beyond(): readonly Window[] {
    const { end } = this.#walk;
    if (end?.how !== 'reach') return [];
    const { takes, now } = this.#tools;
    const { window } = this.#options;
    const oldest = Number.isNaN(this.#lastTime) ? undefined : utcDay(this.#lastTime);
    const isBounded = takes.from && takes.to && this.#walk.order === 'newest-first';
    // The server's day of that entry may be the next one.
    const to = oldest === undefined ? window.to : [addDays(oldest, 1), window.to ?? LAST_DAY].sort()[0];
    const rest = to === window.to ? window : { from: window.from, to };
    const parts = isBounded ? halve(rest, { today: utcDay(now()), oldest }) : undefined;
    if (parts !== undefined) return parts;
    this.facts.doubt ??= end.doubt;
    this.facts.isFinal = true;
    return [];
  }

  get isCountSure(): boolean {
    const { learned } = this.#tools;
    return this.facts.count === undefined || learned.countsLog || learned.countsPages || this.#walk.end !== undefined;
  }

  async *#read(): AsyncGenerator<EntryRun, void> {
    const pending: PageStep[] = [];
    for (let step = await this.#step(); step !== undefined; step = await this.#step()) {
      pending.push(step);
      const { order } = this.#walk;
      if (this.#isMisplaced(step)) throw new OutOfOrder();
      // Nothing is given out before the order is known.
      if (order === 'unknown') continue;
      if (order === 'newest-first') {
        for (const each of pending.splice(0)) yield { entries: each.entries, step: each };
        continue;
      }
      if (pending.length < this.#walk.number) throw new OutOfOrder();
      yield* this.#turned(order, pending);
      return;
    }
    for (const each of pending) yield { entries: each.entries, step: each };
  }

  /** Beginning in the middle is right only if pages are as long as was asked for and the newest entries come first. */
  #isMisplaced({ page, start }: PageStep): boolean {
    const { startRow = 0, size } = this.#options;
    if (startRow === 0 || start !== startRow) return false;
    const rows = lengthOf(page);
    const isLast = this.#tools.learned.countsLog && this.#walk.rows === page.count;
    return this.#walk.order !== 'newest-first' || (rows !== size && !(isLast && rows < size));
  }

  async #step(): Promise<PageStep | undefined> {
    const step = await this.#walk.next();
    const { facts } = this;
    const { count, lost, end, firstAnswer } = this.#walk;
    if (firstAnswer !== undefined && facts.firstAt === 0) {
      facts.firstAt = firstAnswer.at;
      facts.firstCount = firstAnswer.count;
      facts.at = firstAnswer.at;
    }
    if (step !== undefined) seePage(facts, step.page);
    facts.count = count;
    facts.lost = lost !== undefined;
    this.#lastTime = step?.entries.findLast(({ time }) => !Number.isNaN(time))?.time ?? this.#lastTime;
    if (step === undefined && lost === undefined && end?.how !== 'reach') {
      facts.doubt ??= end?.doubt;
      facts.isFinal ||= end?.isFinal === true;
    }
    return step;
  }

  /** The rest of a log that does not begin with its newest entries; `pending`: all pages so far. */
  async *#turned(order: OrderSeen, pending: readonly PageStep[]): AsyncGenerator<EntryRun, void> {
    const { learned, paging } = this.#tools;
    const { rows, count, rowsPerPage } = this.#walk;
    this.facts.unordered = order === 'mixed';
    const isSure = learned.countsLog && count !== undefined;
    const isLittleLeft = isSure
      ? count - rows <= FEW_PAGES * rowsPerPage
      : rows < this.#options.size || (count !== undefined && count <= rows);
    const all = [...pending];
    if (isLittleLeft) {
      for (let step = await this.#step(); step !== undefined; step = await this.#step()) {
        all.push(step);
        if (!isSure) break;
      }
    }
    const total = this.#walk.count;
    const reach = paging.reach ?? Number.POSITIVE_INFINITY;
    const { end } = this.#walk;
    if (end !== undefined && end.how !== 'reach') {
      this.facts.doubt ??= end.doubt;
      this.facts.isFinal ||= end.isFinal === true;
      yield { entries: this.#straysFirst(newestFirst(all.flatMap(({ entries }) => [...entries]))) };
    } else if (
      order === 'oldest-first' &&
      learned.countsLog &&
      total !== undefined &&
      total <= reach &&
      pagingStyle(paging).access !== 'chain'
    )
      yield* this.#backward(total);
    else yield* this.#sorted.runs(pending[0]?.page);
  }

  #straysFirst(entries: readonly Entry[]): readonly Entry[] {
    const { window } = this.#options;
    const strays = entries.filter((entry) => isStray(window, entry));
    return strays.length === 0 ? entries : [...strays, ...entries.filter((entry) => !isStray(window, entry))];
  }

  /** From the last page to the first, in a log that lists the oldest entries first. */
  async *#backward(count: number): AsyncGenerator<EntryRun, void> {
    const { facts } = this;
    const { rowsPerPage } = this.#walk;
    const last = rowsPerPage * (Math.ceil(count / rowsPerPage) - 1);
    if (count % rowsPerPage === 0 && (await this.#pageAt(count, rowsPerPage)).entries.length > 0) {
      // The count is capped: the newest entries are somewhere after it.
      yield* this.#sorted.runs(undefined);
      return;
    }
    let newer = Number.POSITIVE_INFINITY;
    for (let row = last; row >= 0; row -= rowsPerPage) {
      const page = await this.#pageAt(row, rowsPerPage);
      seePage(facts, page);
      if (page.lost !== undefined) {
        facts.lost = true;
        return;
      }
      if (page.count !== undefined && page.count < count) facts.doubt ??= countChanged(count, page.count);
      const entries = newestFirst(page.entries.slice(0, Math.max(0, count - row)));
      const times = entries.map(({ time }) => time).filter((time) => !Number.isNaN(time));
      if (['newest-first', 'mixed'].includes(orderOf(page.entries)) || (times[0] ?? newer) > newer)
        throw new OutOfOrder();
      newer = times.at(-1) ?? newer;
      const due = Math.min(rowsPerPage, count - row);
      if (entries.length < due) facts.doubt ??= pageShort(entries.length, due);
      yield { entries };
    }
  }

  #pageAt(row: number, rowsPerPage: number): Promise<Page> {
    const { stream, window, size } = this.#options;
    const style = pagingStyle(this.#tools.paging);
    return this.#tools.fetch({ stream, window, place: style.at(row, rowsPerPage) ?? style.first, size });
  }
}
