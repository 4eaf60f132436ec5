import type { Entry } from '../../event.js';

export interface NewestEntry {
  readonly entry: Entry;
  readonly org: string;
}

/** The newest of any number of entries, of which no more than twice as many as are wanted are held. */
export interface NewestEntries {
  add(entry: Entry, org: string): void;
  /** Whether there are as many as are wanted, so that older ones are not. */
  full(): boolean;
  /** Newest first; equal times in the order in which they came. */
  ordered(): readonly NewestEntry[];
}

export function openNewest(wanted: number): NewestEntries {
  const held: (NewestEntry & { readonly time: number; readonly place: number })[] = [];
  let seen = 0;
  /** Entries older than this are not among the newest. */
  let floor = Number.NEGATIVE_INFINITY;
  let latest = Number.POSITIVE_INFINITY;
  const settle = (): void => {
    held.sort((a, b) => (a.time === b.time ? a.place - b.place : b.time - a.time));
    held.length = Math.min(held.length, wanted);
    if (held.length === wanted) floor = held.at(-1)?.time ?? floor;
  };
  return {
    add(entry, org) {
      // An entry without a valid time stays beside the one before it.
      const time = Number.isNaN(entry.time) ? latest : entry.time;
      latest = time;
      seen += 1;
      if (time < floor) return;
      // What is held must not keep a whole block of the file alive.
      held.push({ entry: { ...entry, raw: Buffer.from(entry.raw) }, org, time, place: seen });
      if (held.length >= wanted * 2 + 100) settle();
    },
    full: () => seen >= wanted,
    ordered() {
      settle();
      return held;
    },
  };
}
