import type { Entry } from '../../event.js';

export interface NewestEntry {
  readonly entry: Entry;
  readonly org: string;
}

/** Collects the newest of any number of entries. Holds about twice the wanted number. */
export function openNewest(wanted: number) {
  const held: (NewestEntry & { readonly time: number; readonly place: number })[] = [];
  let seen = 0;
  /** The time of the oldest entry that can still be wanted. */
  let floor = Number.NEGATIVE_INFINITY;
  let latest = Number.POSITIVE_INFINITY;
  const settle = (): void => {
    held.sort((a, b) => (a.time === b.time ? a.place - b.place : b.time - a.time));
    held.length = Math.min(held.length, wanted);
    if (held.length === wanted) floor = held.at(-1)?.time ?? floor;
  };
  return {
    add(entry: Entry, org: string): void {
      // An entry without a valid time stays next to the previous one.
      const time = Number.isNaN(entry.time) ? latest : entry.time;
      latest = time;
      seen += 1;
      if (time < floor) return;
      // A view would keep a whole block of the file in memory.
      held.push({ entry: { ...entry, raw: Buffer.from(entry.raw) }, org, time, place: seen });
      if (held.length >= wanted * 2 + 100) settle();
    },
    /** Whether enough entries were added, so that older parts can be skipped. */
    full: () => seen >= wanted,
    /** Newest first; equal times in the order of arrival. */
    ordered(): readonly NewestEntry[] {
      settle();
      return held;
    },
  };
}
