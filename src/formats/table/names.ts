/** Finds names that several people share, among the rows so far. */
export class SeenNames {
  readonly #people = new Map<string, string>();
  readonly #shared = new Set<string>();

  /** `who`: identifies the person. */
  see(name: string, who: string): void {
    const known = this.#people.get(name);
    if (known === undefined) this.#people.set(name, who);
    else if (known !== who) this.#shared.add(name);
  }

  /** The number of shared names. */
  get shared(): number {
    return this.#shared.size;
  }

  isShared(name: string): boolean {
    return this.#shared.has(name);
  }
}
