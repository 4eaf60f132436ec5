import type { Entry } from '../../event.js';

/**
 * Which entries lie in which of the stretches that a log is read in, from now back. The days that are asked for overlap, as the zone of a vendor's
 * days is not known: each entry is told once, where its time lies.
 */
export class Stretches {
  /** Entries without an id and a readable time that were in no stretch yet, by their text; undefined: it was in one. */
  readonly #left = new Map<string, Entry | undefined>();

  /**
   * Whether an entry, of those that come newest first, lies from `from` up to `before`. One without a readable time lies where its newer neighbour
   * does; with an id it is one of every stretch that has it, as whoever reads on knows it again.
   */
  from(from: number, before: number): (entry: Entry) => boolean {
    let near = Number.MAX_VALUE;
    return (entry) => {
      const { id, time } = entry;
      const isTimed = !Number.isNaN(time);
      if (isTimed) near = time;
      else if (id !== undefined) return true;
      const isIn = near >= from && near < before;
      if (!isTimed) this.#remember(entry, isIn);
      return isIn;
    };
  }

  /** Those that were in no stretch: without an order the neighbours are others each time. */
  left(): readonly Entry[] {
    return [...this.#left.values()].filter((entry) => entry !== undefined);
  }

  #remember(entry: Entry, isIn: boolean): void {
    const text = entry.raw.toString('latin1');
    if (isIn) this.#left.set(text, undefined);
    else if (!this.#left.has(text)) this.#left.set(text, entry);
  }
}
