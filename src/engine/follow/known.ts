import type { Entry } from '../../event.js';
import type { TextOrdinals } from '../store/ordinals.js';

/** Old entries that are remembered in any case: in a quiet log a late entry is then still recognized after days. */
export const REMEMBERED = 2000;

/** The entries at the newest end of a stream that have been met: all that are newer than `floor`. Old ones are forgotten. */
export class KnownEntries {
  /** Epoch ms: entries of that time or older may have been met or not. */
  floor = Number.POSITIVE_INFINITY;
  readonly #times = new Map<string, number>();

  get size(): number {
    return this.#times.size;
  }

  has(key: string): boolean {
    return this.#times.has(key);
  }

  /** Adds the entries of a look that went down to `floor`. */
  accept(met: ReadonlyMap<string, number>, floor: number): void {
    for (const [key, time] of met) this.#times.set(key, time);
    this.floor = Math.min(this.floor, floor);
  }

  /** Forgets what is older than `time`, except the newest of it. */
  forget(time: number): void {
    if (this.#times.size <= REMEMBERED) return;
    const oldestFirst = [...this.#times].sort((a, b) => a[1] - b[1]);
    const droppable = oldestFirst.slice(0, this.#times.size - REMEMBERED).filter(([, at]) => at < time);
    for (const [key] of droppable) this.#times.delete(key);
    this.floor = Math.max(this.floor, droppable.at(-1)?.[1] ?? this.floor);
  }
}

/** The id and the time, as some vendors number the entries of each day from one. */
export function keyOf({ id, time, raw }: Entry, ordinals: TextOrdinals): string {
  return id === undefined ? ordinals.keyOf(raw) : `#${time} ${id}`;
}
