import { serverError } from '../../errors.js';
import type { Entry } from '../../event.js';
import { type NewestSource, type NewestTools, OutOfOrder } from '../newest/run.js';
import { openNewest } from '../newest/slices.js';
import { isOutside, wholeOf } from '../plan.js';
import type { Stream, Window } from '../request.js';
import { type KnownEntries, keyOf, REMEMBERED } from './known.js';
import { type Doubles, LookedOrdinals, NO_DOUBLES } from './repeats.js';

/** A look at the newest entries of a stream. */
export interface LookOptions {
  readonly tools: NewestTools;
  readonly stream: Stream;
  /** Newest first; several if the vendor takes only so many days at once. */
  readonly windows: readonly Window[];
  readonly known: KnownEntries;
  /** New entries that earlier looks could not distinguish from repeated ones. */
  readonly doubles?: Doubles;
  /** Everything down to here is met, epoch ms, unless the look may end early. */
  readonly reach: number;
  /** The count when everything was known: a quick look has met as many new entries as the count has grown by since. */
  readonly accounted: number | undefined;
  /** The look may end early, as soon as all that is left is known. */
  readonly isQuick: boolean;
  /** Takes the new entries of a page, newest first. Returns whether older ones are wanted, whatever `reach` is. */
  readonly take: (fresh: readonly Entry[]) => boolean;
  /** Called if the log turns out not to be sorted by time: everything that was taken comes again. */
  readonly restart: () => void;
}

/** What a look has met. */
export interface LookResult {
  /** The sort time of each entry, by key. */
  readonly met: ReadonlyMap<string, number>;
  /** Everything newer than this was met. */
  readonly floor: number;
  /** New entries. */
  readonly fresh: number;
  /** What may be new, or have come twice as others were pushed onto the next page. */
  readonly doubles: Doubles;
  /** The server's count of the window, on the first page. */
  readonly count: number | undefined;
  /** The server's clock then, epoch ms. */
  readonly at: number;
  /** It went all the way down. */
  readonly isWhole: boolean;
  /** Why entries may have been missed. */
  readonly doubt: string | undefined;
}

/**
 * Reads from the newest entry back until everything since `reach` was met, or what is left is known. Entries that come meanwhile push others onto
 * the next page, where they are recognized; without ids the next looks show whether they are others (see repeats.ts). An entry without a valid time has that of its newer neighbour.
 */
export async function look(options: LookOptions): Promise<LookResult> {
  try {
    return await new LookReader(options, false).look();
  } catch (error) {
    if (!(error instanceof OutOfOrder)) throw error;
    options.restart();
    return new LookReader(options, true).look();
  }
}

class LookReader {
  readonly #options: LookOptions;
  readonly #source: NewestSource;
  readonly #met = new Map<string, number>();
  readonly #ordinals: LookedOrdinals;
  readonly #whole: Window;
  #fresh = 0;
  #sortTime = Number.POSITIVE_INFINITY;
  /** Everything newer than this is in `#met`, once that is full. */
  #floor = Number.POSITIVE_INFINITY;
  #isFull = false;
  #isKnown = true;

  constructor(options: LookOptions, isUnordered: boolean) {
    this.#options = options;
    const { stream, windows, tools, doubles = NO_DOUBLES } = options;
    this.#ordinals = new LookedOrdinals(doubles);
    this.#whole = wholeOf(windows);
    this.#source = openNewest(tools, windows, { stream, size: tools.paging.max, isUnordered });
  }

  async look(): Promise<LookResult> {
    const { reach, isQuick, take } = this.#options;
    for (let run = await this.#source.next(); run !== undefined; run = await this.#source.next()) {
      const found = this.#meet(run.entries);
      if (take(found)) continue;
      if (this.#sortTime < reach) return this.#result(true, this.#sortTime);
      if (isQuick && this.#isKnown && this.#isExplained(found.length)) return this.#result(false, this.#sortTime);
    }
    return this.#result(true, Number.NEGATIVE_INFINITY);
  }

  /** Remembers entries and returns the new ones. */
  #meet(entries: readonly Entry[]): readonly Entry[] {
    const { known, reach } = this.#options;
    const found: Entry[] = [];
    this.#isKnown = true;
    this.#ordinals.beginPage();
    for (const entry of entries) {
      if (!Number.isNaN(entry.time) && !isOutside(this.#whole, entry.time)) this.#sortTime = entry.time;
      const key = keyOf(entry, this.#ordinals);
      if (this.#met.has(key)) continue;
      this.#isKnown = known.has(key) || this.#sortTime <= known.floor;
      if (!this.#isKnown && known.floor !== Number.POSITIVE_INFINITY && this.#ordinals.mayBeRepeated(key)) continue;
      if (!this.#isKnown || known.floor === Number.POSITIVE_INFINITY) {
        found.push(entry);
        this.#fresh += 1;
      }
      // Entries from before everything that is remembered are not kept.
      this.#isFull ||= this.#met.size >= REMEMBERED && this.#sortTime < reach;
      if (!this.#isFull) this.#met.set(key, this.#sortTime);
      else if (this.#floor === Number.POSITIVE_INFINITY || this.#sortTime > this.#floor) this.#floor = this.#sortTime;
    }
    return found;
  }

  /** Whether the number of new entries equals the growth of the count; without a count, whether there are no new entries. */
  #isExplained(found: number): boolean {
    const { accounted } = this.#options;
    const count = this.#count;
    return count === undefined ? found === 0 : accounted !== undefined && this.#fresh === count - accounted;
  }

  get #count(): number | undefined {
    const { learned, counted } = this.#options.tools;
    return counted && !learned.countsPages ? this.#source.facts.firstCount : undefined;
  }

  #result(isWhole: boolean, down: number): LookResult {
    const { firstAt, doubt, isFinal } = this.#source.facts;
    // A follower must never lose a part of the log permanently.
    if (isFinal && doubt !== undefined) throw serverError(doubt, 'Check the provider: auditlog doctor');
    const floor = this.#isFull ? this.#floor : down;
    const { doubles } = this.#ordinals;
    return { met: this.#met, floor, fresh: this.#fresh, doubles, count: this.#count, at: firstAt, isWhole, doubt };
  }
}
