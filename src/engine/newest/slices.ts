import type { Paging } from '../../providers/provider.js';
import { pagingStyle } from '../paging.js';
import type { Window } from '../request.js';
import { SharedEdges } from '../store/edges.js';
import { NewestFirst } from './first.js';
import type { EntryRun, NewestFacts, NewestOptions, NewestSource, NewestTools } from './run.js';

/** Opens the entries of one stream in consecutive windows, newest first. Several are read one after the other. */
export function openNewest(
  tools: NewestTools,
  windows: readonly Window[],
  options: Omit<NewestOptions, 'window'>,
): NewestSource {
  const [window, ...older] = windows as readonly [Window, ...Window[]];
  const first = new NewestFirst(tools, { ...options, window });
  return older.length === 0 && !hasReach(tools.paging) ? first : new Windows(tools, { first, older, options });
}

/** Whether the pages of a window may not reach all of it. */
function hasReach(paging: Paging): boolean {
  return paging.reach !== undefined || pagingStyle(paging).isOneAnswer;
}

interface WindowsOf {
  readonly first: NewestFirst;
  readonly older: readonly Window[];
  readonly options: Omit<NewestOptions, 'window'>;
}

class Windows implements NewestSource {
  readonly facts: NewestFacts;
  readonly #tools: NewestTools;
  readonly #options: Omit<NewestOptions, 'window'>;
  readonly #edges: SharedEdges;
  readonly #older: Window[];
  #current: NewestFirst;
  #isFirst = true;

  constructor(tools: NewestTools, { first, older, options }: WindowsOf) {
    this.#tools = tools;
    this.#options = options;
    this.#older = [...older];
    this.#current = first;
    this.facts = { ...first.facts };
    // Windows that start again where pages reach no further share whole days.
    const isShared = hasReach(tools.paging) ? () => true : tools.isShared;
    this.#edges = new SharedEdges(isShared ?? (() => false));
  }

  get isCountSure(): boolean {
    return !this.#isFirst || this.#older.length > 0 || this.#current.isCountSure;
  }

  async next(): Promise<EntryRun | undefined> {
    const run = await this.#current.next();
    // One window alone may need no other.
    if (run === undefined) this.#older.unshift(...this.#current.beyond());
    this.#see(run);
    if (run !== undefined) {
      const isAlone = this.#isFirst && this.#older.length === 0;
      const { index } = this.#options.stream;
      const entries = run.entries.filter((entry) => this.#edges.isNew(index, entry));
      // Positions and counts of a page are those of its own window.
      return isAlone ? run : { entries };
    }
    const slice = this.#older.shift();
    if (slice === undefined) return undefined;
    this.#edges.nextWindow();
    this.#isFirst = false;
    this.#current = new NewestFirst(this.#tools, { ...this.#options, window: slice, first: undefined, startRow: 0 });
    return this.next();
  }

  #see(run: EntryRun | undefined): void {
    const { facts } = this;
    const { firstAt, at, doubt, isFinal, unordered, lost, count, firstCount } = this.#current.facts;
    const isAlone = this.#isFirst && this.#older.length === 0;
    facts.count = isAlone ? count : undefined;
    facts.firstCount = isAlone ? firstCount : undefined;
    facts.firstAt ||= firstAt;
    facts.at = Math.max(facts.at, at);
    facts.doubt ??= doubt;
    facts.isFinal ||= isFinal;
    facts.unordered ||= unordered;
    facts.lost ||= lost;
    facts.fetched += run?.entries.length ?? 0;
  }
}
