import { lookOf } from '../../terminal/lookalike.js';

/** Finds names that several people share, among the rows so far. Names that look alike are one. */
export class SeenNames {
  readonly #people = new Map<string, string>();
  readonly #shared = new Set<string>();
  readonly #looks = new Map<string, string>();

  /** `who`: identifies the person. */
  see(name: string, who: string): void {
    const look = this.#lookOf(name);
    const known = this.#people.get(look);
    if (known === undefined) this.#people.set(look, who);
    else if (known !== who) this.#shared.add(look);
  }

  /** The number of shared names. */
  get shared(): number {
    return this.#shared.size;
  }

  isShared(name: string): boolean {
    return this.#shared.has(this.#lookOf(name));
  }

  #lookOf(name: string): string {
    const known = this.#looks.get(name);
    if (known !== undefined) return known;
    if (this.#looks.size >= MOST_LOOKS) this.#looks.clear();
    const look = lookOf(name);
    this.#looks.set(name, look);
    return look;
  }
}

const MOST_LOOKS = 5000;
