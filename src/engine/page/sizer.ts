/** Pages that must have come at a size before a larger one is tried, at most. */
const MOST_PATIENCE = 8;

/** How large the pages to ask for may be, by what came of the pages before: not each of many large pages is first asked for whole. */
export interface PageSizer {
  /** The size to begin with where `size` is wanted. */
  sizeFor(size: number): number;
  /** A page could be had only in smaller answers; `worked` is the largest of them, 0 where there was none. */
  shrank(worked: number): void;
  /** A page of `wanted` entries was had at the size to begin with; gives whether a larger one is worth a try by now. */
  held(wanted: number): boolean;
  /** From now on a larger size is begun with where `wanted` is. */
  grow(wanted: number): void;
  /** A larger size was tried, and is not to be had yet. */
  stay(): void;
}

export function openSizer(): PageSizer {
  let most = Number.POSITIVE_INFINITY;
  let streak = 0;
  let patience = 1;
  let hasShrunk = false;
  const stay = (): void => {
    streak = 0;
    patience = Math.min(MOST_PATIENCE, 2 * patience);
  };
  return {
    sizeFor: (size) => Math.max(1, Math.min(size, most)),
    shrank(worked) {
      streak = 0;
      if (worked === 0) return;
      if (hasShrunk) stay();
      hasShrunk = true;
      most = worked;
    },
    held(wanted) {
      if (wanted <= most) return false;
      streak += 1;
      return streak >= patience;
    },
    grow(wanted) {
      streak = 0;
      most = 2 * most >= wanted ? Number.POSITIVE_INFINITY : 2 * most;
    },
    stay,
  };
}
