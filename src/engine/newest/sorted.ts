import type { Entry } from '../../event.js';
import { DAY_MS, dayStart, utcDay } from '../../time.js';
import { halve } from '../halve.js';
import { readWindow } from '../pass/window.js';
import { isOutside, wireWindow } from '../plan.js';
import type { Page, Window } from '../request.js';
import type { EntryStore } from '../store/store.js';
import { type EntryRun, isStray, type NewestFacts, type NewestOptions, type NewestTools } from './run.js';
import { Stretches } from './stretches.js';

const BATCH = 200;
/** How far back each stretch reaches, in days. */
const STRETCHES = [1, 7, 30, 180, 730];

/** Instants: from `from` up to `before`. */
interface TimeSpan {
  readonly from: number;
  readonly before: number;
}

/** Reads a log that is not sorted by time: the days back from now in longer and longer stretches, each of them whole. */
export class SortedReader {
  readonly #tools: NewestTools;
  readonly #options: NewestOptions;
  readonly #facts: NewestFacts;
  readonly #stretches = new Stretches();

  constructor(tools: NewestTools, options: NewestOptions, facts: NewestFacts) {
    this.#tools = tools;
    this.#options = options;
    this.#facts = facts;
  }

  /** `first`: page 1 of the whole window. */
  async *runs(first: Page | undefined): AsyncGenerator<EntryRun, void> {
    const { window } = this.#options;
    const { takes, say, now } = this.#tools;
    this.#facts.count = undefined;
    this.#facts.unordered = true;
    let before = Number.POSITIVE_INFINITY;
    if (!takes.from) {
      say('the server does not list the newest events first and has no date filter: reading every event');
      yield* this.#stretch(window, { from: Number.NEGATIVE_INFINITY, before }, first);
      return;
    }
    say('the server does not list the newest events first: reading whole days, starting with today');
    const begin = window.from === undefined ? Number.NEGATIVE_INFINITY : dayStart(window.from);
    const end = window.to === undefined ? now() : Math.min(now(), dayStart(window.to) + DAY_MS);
    for (const days of STRETCHES) {
      const from = end - days * DAY_MS;
      if (from <= begin) break;
      yield* this.#stretch(this.#days({ from, before }), { from, before });
      before = from;
    }
    const rest = { from: Number.NEGATIVE_INFINITY, before };
    yield* this.#stretch(this.#days(rest), rest);
    const left = this.#stretches.left();
    if (left.length > 0) yield { entries: left };
  }

  /** The days to ask for to have a stretch, inside the window. */
  #days({ from, before }: TimeSpan): Window {
    const { window } = this.#options;
    const isLast = before === Number.POSITIVE_INFINITY || !this.#tools.takes.to;
    const asked = wireWindow(Number.isFinite(from) ? from : undefined, isLast ? undefined : before);
    const days = { from: later(asked.from, window.from), to: earlier(asked.to, window.to) };
    // A day more on each side may not be over.
    return this.#tools.cap?.(days) ?? days;
  }

  #halves(window: Window, oldest: number | undefined): readonly Window[] | undefined {
    const { takes, now } = this.#tools;
    if (!takes.from || !takes.to) return undefined;
    return halve(window, { today: utcDay(now()), oldest: oldest === undefined ? undefined : utcDay(oldest) });
  }

  /** The entries of some days that happened in the stretch, sorted; and those that should not be there, for the judge. */
  async *#stretch(window: Window, { from, before }: TimeSpan, given?: Page): AsyncGenerator<EntryRun, void> {
    const { stream, size } = this.#options;
    const store = this.#tools.openStore();
    try {
      const first = size === this.#tools.paging.max ? given : undefined;
      const entries = store.of(stream.index);
      const read = await readWindow(this.#tools, { stream, window, entries, isOpen: true, first });
      const halves = read.isBeyondReach === true ? this.#halves(window, store.oldest) : undefined;
      if (halves !== undefined) {
        for (const half of halves) yield* this.#stretch(half, { from, before });
        return;
      }
      this.#facts.doubt ??= read.note;
      this.#facts.isFinal ||= read.isBeyondReach === true;
      this.#facts.at = Math.max(this.#facts.at, read.at);
      this.#facts.firstAt ||= read.at;
      this.#facts.fetched += store.size;
      this.#facts.lost ||= read.told;
      const isStrayHere = (entry: Entry): boolean => isStray(this.#options.window, entry);
      yield* runsOf(store, isStrayHere);
      const isIn = this.#stretches.from(from, before);
      yield* runsOf(store, (entry) => !isStrayHere(entry) && (isIn(entry) || isOutside(window, entry.time)));
    } finally {
      store.close();
    }
  }
}

async function* runsOf(store: EntryStore, isWanted: (entry: Entry) => boolean): AsyncGenerator<EntryRun, void> {
  for await (const some of store.ordered({ ties: 'server', direction: 'newest-first' }, BATCH)) {
    const entries = some.map(({ entry }) => entry).filter(isWanted);
    if (entries.length > 0) yield { entries };
  }
}

function later(day: string | undefined, other: string | undefined): string | undefined {
  if (day === undefined || other === undefined) return day ?? other;
  return other < day ? day : other;
}

function earlier(day: string | undefined, other: string | undefined): string | undefined {
  if (day === undefined || other === undefined) return day ?? other;
  return day < other ? day : other;
}
