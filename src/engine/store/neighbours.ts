import type { Entry } from '../../event.js';
import type { ReadCounters } from '../stats.js';
import { SharedEdges } from './edges.js';
import { IdentitySet } from './identity.js';
import type { StreamEntry } from './store.js';

/** Whether an entry of a stream is wanted. */
export type KeepEntry = (stream: number, entry: Entry) => boolean;

/** Entries that are compared with later ones in any case: 24 MB at most. */
const REMEMBERED = 250_000;

/** Compares the windows of one reading: an entry is in the output once for each text that its id has. */
export class Neighbours {
  readonly #counters: ReadCounters;
  readonly #seen = new IdentitySet(REMEMBERED);
  readonly #edges: SharedEdges;
  #twice = 0;
  #note = -1;

  /** `isShared`: whether an entry of this time may come with two windows, as both were asked for with that instant. */
  constructor(counters: ReadCounters, isShared: (time: number) => boolean = () => false) {
    this.#counters = counters;
    this.#edges = new SharedEdges(isShared);
  }

  nextWindow(): void {
    this.#edges.nextWindow();
  }

  /** Whether an entry belongs to the output: it is wanted, and no earlier one has its id and its text. */
  isNew({ stream, entry, isVariant }: StreamEntry, keep: KeepEntry): boolean {
    const isKept = this.#edges.isNew(stream, entry) && keep(stream, entry);
    const likeness = isKept && entry.id !== undefined ? this.#seen.add(stream, entry) : 'new';
    // The store has counted the variants of its window: only those that are in the output beside another count.
    this.#counters.stats.mutated += (likeness === 'variant' ? 1 : 0) - (isVariant === true ? 1 : 0);
    if (likeness === 'same' && !this.#edges.isShared(entry)) this.#countTwice();
    return isKept && likeness !== 'same';
  }

  #countTwice(): void {
    this.#twice += 1;
    const { notes } = this.#counters;
    const entries = this.#twice === 1 ? 'entry' : 'entries';
    const text = `${this.#twice} ${entries} came for two separate ranges of days; each is in the output once`;
    if (this.#note < 0) this.#note = notes.push(text) - 1;
    else notes[this.#note] = text;
  }
}
