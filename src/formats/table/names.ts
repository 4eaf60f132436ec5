/** Which names of people stand for more than one person, among the rows so far. */
export class SeenNames {
  readonly #people = new Map<string, string>();
  readonly #shared = new Set<string>();

  /** `who`: what tells this person from others. */
  see(name: string, who: string): void {
    const known = this.#people.get(name);
    if (known === undefined) this.#people.set(name, who);
    else if (known !== who) this.#shared.add(name);
  }

  /** How many names stand for more than one person. */
  get shared(): number {
    return this.#shared.size;
  }

  isShared(name: string): boolean {
    return this.#shared.has(name);
  }
}
