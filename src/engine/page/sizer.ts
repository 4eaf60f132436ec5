/** Pages that must have come at a size before a larger one is tried, at most. */
const MOST_PATIENCE = 8;

/** Chooses the size of the next pages from the results of earlier ones: otherwise each large page would first be requested whole. */
export class PageSizer {
  #most = Number.POSITIVE_INFINITY;
  #streak = 0;
  #patience = 1;
  #hasShrunk = false;

  /** The size to begin with if `size` is wanted. */
  sizeFor(size: number): number {
    return Math.max(1, Math.min(size, this.#most));
  }

  /** A page succeeded only in smaller answers; `worked` is the largest of them, 0 if none succeeded. */
  shrank(worked: number): void {
    this.#streak = 0;
    if (worked === 0) return;
    if (this.#hasShrunk) this.stay();
    this.#hasShrunk = true;
    this.#most = worked;
  }

  /** A page came at the size begun with. Returns whether a larger one is worth a try. */
  held(wanted: number): boolean {
    if (wanted <= this.#most) return false;
    this.#streak += 1;
    return this.#streak >= this.#patience;
  }

  /** Pages begin with a larger size from now on. */
  grow(wanted: number): void {
    this.#streak = 0;
    this.#most = 2 * this.#most >= wanted ? Number.POSITIVE_INFINITY : 2 * this.#most;
  }

  /** A larger size failed. */
  stay(): void {
    this.#streak = 0;
    this.#patience = Math.min(MOST_PATIENCE, 2 * this.#patience);
  }
}
