import type { Entry } from '../../event.js';

export interface NewestEntry {
  readonly entry: Entry;
  readonly org: string;
}

/** Gathers the newest of any number of entries. Holds about twice as many as are wanted. */
export function openNewest(wanted: number) {
  const held: (NewestEntry & { readonly time: number; readonly place: number })[] = [];
  let seen = 0;
  /** Older entries are not among the newest. */
  let floor = Number.NEGATIVE_INFINITY;
  let latest = Number.POSITIVE_INFINITY;
  const settle = (): void => {
    held.sort((a, b) => (a.time === b.time ? a.place - b.place : b.time - a.time));
    held.length = Math.min(held.length, wanted);
    if (held.length === wanted) floor = held.at(-1)?.time ?? floor;
  };
  return {
    add(entry: Entry, org: string): void {
      // An entry without a valid time stays beside the previous one.
      const time = Number.isNaN(entry.time) ? latest : entry.time;
      latest = time;
      seen += 1;
      if (time < floor) return;
      // A view would keep a whole block of the file alive.
      held.push({ entry: { ...entry, raw: Buffer.from(entry.raw) }, org, time, place: seen });
      if (held.length >= wanted * 2 + 100) settle();
    },
    /** Whether as many as are wanted were added, so that older parts can be skipped. */
    full: () => seen >= wanted,
    /** Newest first; equal times in the order of arrival. */
    ordered(): readonly NewestEntry[] {
      settle();
      return held;
    },
  };
}
