import type { Entry } from '../../event.js';

/**
 * Decides in which stretch of a log each entry lies, so that it is given out once. The days asked for overlap, as the zone of a vendor's days is
 * not known.
 */
export class Stretches {
  /** Entries without an id and a readable time, by their text; undefined: it was in a stretch. */
  readonly #left = new Map<string, Entry | undefined>();

  /**
   * Whether an entry lies from `from` up to `before`; entries come newest first. Without a readable time it lies where its newer neighbour does;
   * if it has an id it is in every stretch that has it, as readers know it again.
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

  /** Entries that were in no stretch: without an order their neighbours are others each time. */
  left(): readonly Entry[] {
    return [...this.#left.values()].filter((entry) => entry !== undefined);
  }

  #remember(entry: Entry, isIn: boolean): void {
    const text = entry.raw.toString('latin1');
    if (isIn) this.#left.set(text, undefined);
    else if (!this.#left.has(text)) this.#left.set(text, entry);
  }
}
