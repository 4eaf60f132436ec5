import type { AuditEvent, Entry } from '../../event.js';
import { actionOf } from '../../providers/actions.js';
import { takesDays } from '../../providers/dates.js';
import { openEventReader } from '../../providers/event/reader.js';
import { writesDays } from '../../providers/instants.js';
import type { Provider } from '../../providers/provider.js';
import type { EventMatcher } from '../../query/match.js';
import type { QuerySplit, Strategy } from '../../query/split.js';
import { isOutside } from '../plan.js';
import type { Stream, Window } from '../request.js';
import type { Verdict } from '../source.js';
import { actionName, entryName, foreign, ODD, OUTSIDE, STRAY, TWICE, UNCLAIMED, UNDATED } from './kinds.js';
import { Oddities, type Oddity } from './oddities.js';

export interface JudgeOptions {
  readonly provider: Provider;
  readonly split: QuerySplit;
  readonly strategy: Strategy;
  readonly streams: readonly Stream[];
  /** The days asked for on the wire; an end that the vendor does not take is undefined. */
  readonly window: Window;
  /** Entries without a readable time are wanted whatever the range: they are a remark then, not a note. */
  readonly keepsUndated?: boolean | undefined;
}

const MOST_STRAYS = 10_000;

/**
 * Filters entries by the range, by our own filters, and by the server-side filters. Drops an entry of an action that was not requested;
 * keeps an entry that cannot be judged. Counts both, and names the first few.
 */
export class Judge {
  readonly #options: JudgeOptions;
  readonly #local: EventMatcher | undefined;
  /** What holds for every entry of a stream if the server filters as asked. */
  readonly #claims: readonly (EventMatcher | undefined)[];
  readonly #hasRange: boolean;
  readonly #eventOf: (entry: Entry) => AuditEvent;
  readonly #all = new Oddities();
  #recent = new Oddities();
  /** Entries that came for other days than their own. */
  readonly #strays = new Set<string>();
  #judged = 0;
  readonly #dropped = { range: 0, filters: 0 };

  constructor(options: JudgeOptions) {
    const { provider, split, strategy, streams } = options;
    this.#options = options;
    this.#local = split.localFor(strategy);
    this.#claims = streams.map(({ filters }) => split.claim({ filters }));
    this.#hasRange = split.from !== undefined || split.before !== undefined;
    this.#eventOf = openEventReader(provider);
  }

  /** Whether an entry belongs to the answer. `within`: the days of its own window, if that is a part of all days. */
  keeps(stream: number, entry: Entry, within: Window = this.#options.window): boolean {
    this.#judged += 1;
    const { time, odd } = entry;
    const { from, before } = this.#options.split;
    if (this.#isSecond(stream, entry, within)) {
      this.#find(TWICE, entry);
      return false;
    }
    // An entry of another action took the place of a requested one, whatever its time.
    if (this.#isForeign(stream, entry)) return false;
    if ((from !== undefined && time < from) || (before !== undefined && time >= before)) {
      this.#dropped.range += 1;
      return false;
    }
    const needsTime = this.#hasRange && this.#options.keepsUndated !== true && Number.isNaN(time);
    const isFiltered = this.#local !== undefined || this.#claims[stream] !== undefined;
    if (odd !== undefined) {
      this.#find(ODD[odd][isFiltered || needsTime ? 'note' : 'remark'], entry);
      return true;
    }
    if (isFiltered && !this.#matches(stream, entry)) {
      this.#dropped.filters += 1;
      return false;
    }
    if (Number.isNaN(time)) this.#find(UNDATED[needsTime ? 'note' : 'remark'], entry);
    return true;
  }

  /** What was dropped so far, and why so much was read. */
  dropped(): Pick<Verdict, 'dropped'> {
    const { range, filters } = this.#dropped;
    if (range + filters === 0) return {};
    const { dates } = this.#options.provider;
    const kind = !takesDays(dates).from ? 'none' : writesDays(dates) ? 'days' : 'instants';
    return { dropped: { range, filters, dates: kind } };
  }

  /** Why the answer is not certain, one sentence each. */
  notes(): readonly string[] {
    return this.#all.notes();
  }

  /** Facts that do not spoil the answer, one sentence each. */
  remarks(): readonly string[] {
    return this.#all.remarks();
  }

  /** The notes on entries since the last call: for the record of one window. */
  notesSince(): readonly string[] {
    const notes = this.#recent.notes();
    this.#recent = new Oddities();
    return notes;
  }

  /** How many entries were outside the days asked for. */
  outside(): number {
    return this.#all.count(OUTSIDE) + this.#all.count(STRAY);
  }

  #find(oddity: Oddity, entry: Entry, name = entryName(entry, this.#judged)): void {
    for (const oddities of [this.#all, this.#recent]) oddities.add(oddity, entry.id, name);
  }

  /** Whether the entry has another action than the server was asked for. */
  #isForeign(stream: number, entry: Entry): boolean {
    const code = this.#options.streams[stream]?.filters.action;
    if (code === undefined || entry.odd !== undefined) return false;
    const asked = actionOf(this.#options.provider, code);
    const { action } = this.#eventOf(entry);
    if (action === asked) return false;
    this.#find(foreign(asked), entry, `${actionName(action)}, ${entryName(entry, this.#judged)}`);
    return true;
  }

  #matches(stream: number, entry: Entry): boolean {
    const event = this.#eventOf(entry);
    if (this.#local !== undefined && !this.#local(event)) return false;
    if (this.#claims[stream]?.(event) === false) this.#find(UNCLAIMED, entry);
    return true;
  }

  /** Whether an entry that came for other days than its own now comes for its own. */
  #isSecond(stream: number, entry: Entry, within: Window): boolean {
    const { id, time } = entry;
    const strays = this.#strays;
    if (!isOutside(within, time)) return strays.size > 0 && id !== undefined && strays.has(`${stream} ${id}`);
    if (this.#hasRange || isOutside(this.#options.window, time)) this.#find(OUTSIDE, entry);
    else {
      this.#find(STRAY, entry);
      if (strays.size < MOST_STRAYS) strays.add(`${stream} ${id}`);
    }
    return false;
  }
}
