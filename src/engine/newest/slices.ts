import type { Window } from '../request.js';
import { NewestFirst } from './first.js';
import type { EntryRun, NewestFacts, NewestOptions, NewestSource, NewestTools } from './run.js';

type SliceOptions = Omit<NewestOptions, 'window'>;

/** Opens the entries of one stream in consecutive windows, newest first. */
export function openNewest(tools: NewestTools, windows: readonly Window[], options: SliceOptions): NewestSource {
  const [window, ...older] = windows as readonly [Window, ...Window[]];
  const newest = new NewestFirst(tools, { ...options, window });
  return older.length === 0 ? newest : new NewestSlices(tools, newest, older, options);
}

/** Reads window after window, for vendors that take only so many days at once. */
class NewestSlices implements NewestSource {
  readonly facts: NewestFacts;
  readonly isCountSure = true;
  readonly #tools: NewestTools;
  readonly #older: Window[];
  readonly #options: SliceOptions;
  #current: NewestFirst;

  constructor(tools: NewestTools, newest: NewestFirst, older: readonly Window[], options: SliceOptions) {
    this.#tools = tools;
    this.#older = [...older];
    this.#options = options;
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
      // Positions and counts of a page are those of its own window.
      if (run !== undefined) return { entries: run.entries };
      const window = this.#older.shift();
      if (window === undefined) return undefined;
      this.#current = new NewestFirst(this.#tools, { ...this.#options, window, first: undefined });
    }
  }
}
