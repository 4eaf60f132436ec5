import type { Entry } from '../../event.js';

/**
 * Entries without an id of windows beside one another that have an instant in common: those of that instant come with both. As many equal texts are
 * real as the window with the most of them has.
 */
export class SharedEdges {
  readonly #isShared: (time: number) => boolean;
  #before = new Map<string, number>();
  #here = new Map<string, number>();

  constructor(isShared: (time: number) => boolean) {
    this.#isShared = isShared;
  }

  isShared({ time }: Entry): boolean {
    return this.#isShared(time);
  }

  nextWindow(): void {
    for (const [key, count] of this.#here) this.#before.set(key, Math.max(count, this.#before.get(key) ?? 0));
    this.#here = new Map();
  }

  /** Whether an entry of this window was in none before it. `scope`: as for `IdentitySet`. */
  isNew(scope: number, entry: Entry): boolean {
    if (entry.id !== undefined || !this.isShared(entry)) return true;
    const key = `${scope} ${entry.raw.toString('latin1')}`;
    const count = (this.#here.get(key) ?? 0) + 1;
    this.#here.set(key, count);
    return count > (this.#before.get(key) ?? 0);
  }
}
