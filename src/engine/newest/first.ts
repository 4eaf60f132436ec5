import type { Entry } from '../../event.js';
import { DAY_MS, dayStart } from '../../time.js';
import { type OrderSeen, orderOf } from '../order.js';
import { pagingStyle } from '../paging.js';
import { type ReadTools, readWindow } from '../pass/pass.js';
import { isOutside, wireWindow } from '../plan.js';
import type { Page, Stream, Window } from '../request.js';
import type { EntryStore } from '../store/store.js';
import type { PageStep } from '../walk/options.js';
import { Walk } from '../walk/walk.js';
import { Stretches } from './stretches.js';

/** What reading a log from its newest entry back needs of the world. */
export interface NewestTools extends ReadTools {
  readonly openStore: () => EntryStore;
  /** The server's clock, epoch ms. */
  readonly now: () => number;
  /** Which ends of a range of days the vendor takes. */
  readonly takes: { readonly from: boolean; readonly to: boolean };
  /** Says why it takes longer. */
  readonly say: (fact: string) => void;
}

/** Entries that follow one another, the newest first. */
export interface EntryRun {
  readonly entries: readonly Entry[];
  /** The page that they were on; absent where they come of several. */
  readonly step?: PageStep;
}

/** What reading has found out, up to date after each run. */
export interface NewestFacts {
  /** The server's count of the window, where it can be believed. */
  count: number | undefined;
  /** The same on the first page. */
  firstCount: number | undefined;
  /** The server's clock at the first answer, and at the latest, epoch ms. */
  firstAt: number;
  at: number;
  /** Rows read. */
  fetched: number;
  /** Why entries may be missing. */
  doubt: string | undefined;
  /** Reading again would end in the same doubt. */
  isFinal: boolean;
  /** The log does not list the newest entries first. */
  unordered: boolean;
  lost: boolean;
}

/** Reading showed, after entries had been given out, that the log is not in the order of time: read again with `isUnordered`. */
export class OutOfOrder extends Error {
  override readonly name = 'OutOfOrder';
}

export interface NewestOptions {
  readonly stream: Stream;
  readonly window: Window;
  readonly size: number;
  readonly first?: Page | undefined;
  readonly startRow?: number;
  /** It is known not to list the newest first. */
  readonly isUnordered?: boolean;
}

/** Entries of one stream, the newest first. */
export interface NewestSource {
  readonly facts: NewestFacts;
  /** The next entries; undefined after the oldest. Rejects with `OutOfOrder`. */
  next(): Promise<EntryRun | undefined>;
  /** Whether the count is that of the log, and not that of the page. */
  readonly isCountSure: boolean;
}

/** Opens the entries of one stream in windows that follow one another, newest first. */
export function openNewest(
  tools: NewestTools,
  windows: readonly Window[],
  way: Omit<NewestOptions, 'window'>,
): NewestSource {
  const [window, ...older] = windows as readonly [Window, ...Window[]];
  const newest = new NewestFirst(tools, { ...way, window });
  return older.length === 0 ? newest : new NewestSlices(tools, newest, older, way);
}

/** Windows one after the other, for vendors that take only so many days at once. */
class NewestSlices implements NewestSource {
  readonly facts: NewestFacts;
  readonly isCountSure = true;
  readonly #tools: NewestTools;
  readonly #older: Window[];
  readonly #way: Omit<NewestOptions, 'window'>;
  #current: NewestFirst;

  constructor(tools: NewestTools, newest: NewestFirst, older: readonly Window[], way: Omit<NewestOptions, 'window'>) {
    this.#tools = tools;
    this.#older = [...older];
    this.#way = way;
    this.#current = newest;
    this.facts = { ...newest.facts };
  }

  async next(): Promise<EntryRun | undefined> {
    for (;;) {
      const run = await this.#current.next();
      const { firstAt, at, doubt, isFinal, unordered, lost } = this.#current.facts;
      this.facts.firstAt ||= firstAt;
      this.facts.at = Math.max(this.facts.at, at);
      this.facts.doubt ??= doubt;
      this.facts.isFinal ||= isFinal;
      this.facts.unordered ||= unordered;
      this.facts.lost ||= lost;
      this.facts.fetched += run?.entries.length ?? 0;
      // A page's place and count are those of its own window.
      if (run !== undefined) return { entries: run.entries };
      const window = this.#older.shift();
      if (window === undefined) return undefined;
      this.#current = new NewestFirst(this.#tools, { ...this.#way, window, first: undefined });
    }
  }
}

/**
 * One stream from its newest entry back, whatever order the server has. Newest first: page after page. Oldest first: from the last page back
 * where a believed count tells which that is. Else, and where entries are mixed: the days back from now, each stretch read whole and
 * sorted; and everything where the server does not filter by time.
 */
class NewestFirst implements NewestSource {
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
  readonly #way: NewestOptions;
  readonly #walk: Walk;
  #runs: AsyncGenerator<EntryRun, void> | undefined;
  readonly #stretches = new Stretches();

  constructor(tools: NewestTools, way: NewestOptions) {
    this.#tools = tools;
    this.#way = way;
    this.#walk = new Walk(tools, way);
  }

  async next(): Promise<EntryRun | undefined> {
    this.#runs ??= this.#way.isUnordered === true ? this.#sorted(undefined) : this.#read();
    const { done, value } = await this.#runs.next();
    return done === true ? undefined : value;
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
      // Nothing is given out before the order shows.
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

  /** Beginning in the middle is right only where pages are as long as was asked for and the newest come first. */
  #isMisplaced({ page, start }: PageStep): boolean {
    const { startRow = 0, size } = this.#way;
    if (startRow === 0 || start !== startRow) return false;
    const rows = page.entries.length + page.unreadable.length;
    const isLast = this.#tools.learned.countsLog && this.#walk.rows === page.count;
    return this.#walk.order !== 'newest-first' || (rows !== size && !(isLast && rows < size));
  }

  async #step(): Promise<PageStep | undefined> {
    const step = await this.#walk.next();
    const { facts } = this;
    const { count, lost, end } = this.#walk;
    this.#seeFirst();
    if (step !== undefined) this.#see(step.page);
    facts.count = count;
    facts.lost = lost !== undefined;
    if (step === undefined && lost === undefined) {
      facts.doubt ??= end?.doubt;
      facts.isFinal ||= end?.isFinal === true;
    }
    return step;
  }

  /** What the first answer tells, even where it has no entries. */
  #seeFirst(): void {
    const { facts } = this;
    const { firstAnswer } = this.#walk;
    if (firstAnswer === undefined || facts.firstAt > 0) return;
    facts.firstAt = firstAnswer.at;
    facts.firstCount = firstAnswer.count;
    facts.at = firstAnswer.at;
  }

  #see({ at, entries, unreadable, unreadableWhy }: Page): void {
    const { facts } = this;
    facts.at = Math.max(facts.at, at);
    facts.fetched += entries.length;
    if (unreadable.length > 0)
      facts.doubt ??= `an entry cannot be read (${unreadableWhy?.[0] ?? 'the server fails'}); all others were read`;
  }

  /** The rest of a log whose pages do not begin with the newest entries; `pending` are all pages so far. */
  async *#turned(order: OrderSeen, pending: readonly PageStep[]): AsyncGenerator<EntryRun, void> {
    const { rows, count } = this.#walk;
    this.facts.unordered = order === 'mixed';
    // Where little is left, reading on is the shortest way.
    const isSure = this.#tools.learned.countsLog && count !== undefined;
    const few = isSure
      ? count - rows <= FEW_PAGES * this.#walk.rowsPerPage
      : rows < this.#way.size || (count !== undefined && count <= rows);
    const all = [...pending];
    if (few) {
      for (let step = await this.#step(); step !== undefined; step = await this.#step()) {
        all.push(step);
        if (!isSure) break;
      }
    }
    if (this.#walk.end !== undefined)
      yield { entries: this.#straysFirst(newestFirst(all.flatMap(({ entries }) => [...entries]))) };
    else if (order === 'oldest-first' && this.#canGoBack) yield* this.#backward(this.#walk.count as number);
    else yield* this.#sorted(pending[0]?.page);
  }

  /** Whether an entry is of days that were not asked for. It may stand in the place of one that was, so it comes before anybody has enough. */
  #isStray({ time }: Entry): boolean {
    return isOutside(this.#way.window, time);
  }

  #straysFirst(entries: readonly Entry[]): readonly Entry[] {
    const strays = entries.filter((entry) => this.#isStray(entry));
    return strays.length === 0 ? entries : [...strays, ...entries.filter((entry) => !this.#isStray(entry))];
  }

  get #canGoBack(): boolean {
    const { learned, paging } = this.#tools;
    return learned.countsLog && this.#walk.count !== undefined && pagingStyle(paging).access !== 'chain';
  }

  /** From the last page to the first, in a log that lists the oldest first. */
  async *#backward(count: number): AsyncGenerator<EntryRun, void> {
    const { stream, window, size } = this.#way;
    const style = pagingStyle(this.#tools.paging);
    const { rowsPerPage } = this.#walk;
    const fetchAt = (row: number): Promise<Page> =>
      this.#tools.fetch({ stream, window, place: style.at(row, rowsPerPage) ?? style.first, size });
    const last = rowsPerPage * (Math.ceil(count / rowsPerPage) - 1);
    if (count % rowsPerPage === 0 && (await fetchAt(count)).entries.length > 0) {
      // The count is capped: the newest entries are somewhere beyond it.
      yield* this.#sorted(undefined);
      return;
    }
    let newer = Number.POSITIVE_INFINITY;
    for (let row = last; row >= 0; row -= rowsPerPage) {
      const page = await fetchAt(row);
      this.#see(page);
      if (page.lost !== undefined) {
        this.facts.lost = true;
        return;
      }
      if (page.count !== undefined && page.count < count)
        this.facts.doubt ??= `the count went down from ${count} to ${page.count} while it was read`;
      const entries = newestFirst(page.entries.slice(0, Math.max(0, count - row)));
      const times = entries.map(({ time }) => time).filter((time) => !Number.isNaN(time));
      if (orderOf(page.entries) === 'newest-first' || orderOf(page.entries) === 'mixed' || (times[0] ?? newer) > newer)
        throw new OutOfOrder();
      newer = times.at(-1) ?? newer;
      if (entries.length < Math.min(rowsPerPage, count - row))
        this.facts.doubt ??= `${entries.length} rows where the count leaves ${Math.min(rowsPerPage, count - row)}`;
      yield { entries };
    }
  }

  /** The days back from now, in longer and longer stretches, each read whole and sorted. `first`: page 1 of the whole window. */
  async *#sorted(first: Page | undefined): AsyncGenerator<EntryRun, void> {
    const { window } = this.#way;
    const { takes, say, now } = this.#tools;
    this.facts.count = undefined;
    this.facts.unordered = true;
    if (!takes.from) {
      say('the server does not list the newest events first, and cannot be asked for days: every event is read');
      yield* this.#stretch(window, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, first);
      return;
    }
    say('the server does not list the newest events first: days are read whole, back from now');
    const begin = window.from === undefined ? Number.NEGATIVE_INFINITY : dayStart(window.from);
    let before = Number.POSITIVE_INFINITY;
    const end = window.to === undefined ? now() : Math.min(now(), dayStart(window.to) + DAY_MS);
    for (const days of STRETCHES) {
      const from = end - days * DAY_MS;
      if (from <= begin) break;
      const to = before === Number.POSITIVE_INFINITY || !takes.to ? window.to : wireWindow(undefined, before).to;
      const asked = wireWindow(from, undefined).from as string;
      yield* this.#stretch({ from: later(asked, window.from), to: earlier(to, window.to) }, from, before);
      before = from;
    }
    const to = before === Number.POSITIVE_INFINITY || !takes.to ? window.to : wireWindow(undefined, before).to;
    yield* this.#stretch({ from: window.from, to: earlier(to, window.to) }, Number.NEGATIVE_INFINITY, before);
    const left = this.#stretches.left();
    if (left.length > 0) yield { entries: left };
  }

  /** The entries of a window that lie from `from` up to `before`, read whole and sorted; and those that should not be in it, for whoever judges them. */
  async *#stretch(window: Window, from: number, before: number, first?: Page): AsyncGenerator<EntryRun, void> {
    const { stream, size } = this.#way;
    const rows = this.#tools.openStore();
    try {
      const given = first !== undefined && size === this.#tools.paging.max ? { first } : {};
      const read = await readWindow(this.#tools, stream, window, rows, { open: true, ...given });
      this.facts.doubt ??= read.note;
      this.facts.at = Math.max(this.facts.at, read.at);
      this.facts.firstAt ||= read.at;
      this.facts.fetched += rows.size;
      this.facts.lost ||= read.told;
      yield* runs(rows, (entry) => this.#isStray(entry));
      const isOf = this.#stretches.from(from, before);
      yield* runs(rows, (entry) => !this.#isStray(entry) && (isOf(entry) || isOutside(window, entry.time)));
    } finally {
      await rows.close();
    }
  }
}

/** Pages that are read on rather than looking for another way. */
const FEW_PAGES = 3;
const BATCH = 200;
/** How far back each stretch reaches, in days. */
const STRETCHES = [1, 7, 30, 180, 730];

async function* runs(rows: EntryStore, isWanted: (entry: Entry) => boolean): AsyncGenerator<EntryRun, void> {
  for await (const some of rows.ordered({ ties: 'server', direction: 'newest-first' }, BATCH)) {
    const entries = some.map(({ entry }) => entry).filter(isWanted);
    if (entries.length > 0) yield { entries };
  }
}

/** The newest first; entries of the same time in the reverse of the order in which they came, and those without one behind what came after them. */
export function newestFirst(entries: readonly Entry[]): readonly Entry[] {
  let sortTime = Number.NEGATIVE_INFINITY;
  const timed = entries.toReversed().map((entry) => {
    if (!Number.isNaN(entry.time)) sortTime = entry.time;
    return { entry, sortTime };
  });
  return timed.sort((a, b) => (a.sortTime === b.sortTime ? 0 : b.sortTime - a.sortTime)).map(({ entry }) => entry);
}

function later(day: string, other: string | undefined): string {
  return other === undefined || other < day ? day : other;
}

function earlier(day: string | undefined, other: string | undefined): string | undefined {
  if (day === undefined || other === undefined) return day ?? other;
  return day < other ? day : other;
}
