import type { Stream } from '../request.js';
import { KnownEntries } from './known.js';
import type { LookResult } from './look.js';
import { type Doubles, NO_DOUBLES } from './repeats.js';

/** Whole looks that must agree on how many entries were not met. */
const AGREED = 3;

/** What following knows of one stream. */
export class FollowedStream {
  readonly stream: Stream;
  readonly known = new KnownEntries();
  doubles: Doubles = NO_DOUBLES;
  /** When a look last went all the way down, by the server's clock, epoch ms. */
  wholeAt = Number.NEGATIVE_INFINITY;
  /** The server's count when everything in the overlap was known; undefined if it has no meaning for the next look. */
  #accounted: number | undefined;
  /** The first day that was asked for then. */
  #from: string | undefined;
  /** The count minus the entries met in the last whole look, and how many whole looks in a row agreed on it. */
  #beside = 0;
  #agreed = 0;

  constructor(stream: Stream) {
    this.stream = stream;
  }

  /** The count to compare with when days from `from` on are asked for. */
  accountedFor(from: string | undefined): number | undefined {
    if (this.#from !== from) this.#accounted = undefined;
    this.#from = from;
    return this.#accounted;
  }

  /** Whether a look may end where everything further down is known. */
  mayBeQuick(now: number, overlap: number): boolean {
    return now - this.wholeAt < overlap / 3 && this.#beside === 0 && this.doubles.size === 0;
  }

  /** Takes over the result of a look. Returns how many entries turned up too late to be met. */
  settle({ met, floor, count, fresh, at, isWhole, doubles }: LookResult, isFirst: boolean): number {
    this.known.accept(met, floor);
    this.doubles = doubles;
    if (!isWhole) {
      this.#accounted = count;
      return 0;
    }
    this.wholeAt = at;
    const accounted = this.#accounted;
    const beside = isFirst || accounted === undefined || count === undefined ? 0 : count - accounted - fresh;
    // An answer may be older than the one before it, or leave out another entry of the same time: several looks must agree.
    this.#agreed = beside === this.#beside ? this.#agreed + 1 : 1;
    if (beside !== 0 && this.#agreed < AGREED) {
      this.#beside = beside;
      if (accounted !== undefined) this.#accounted = accounted + fresh;
      return 0;
    }
    this.#beside = 0;
    this.#accounted = count;
    return Math.max(0, beside);
  }
}
