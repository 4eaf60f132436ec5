import type { Entry } from '../event.js';

/** An entry of the table, with the bits of its sections. */
export interface KeptEntry {
  readonly entry: Entry;
  readonly org: string;
  readonly sections: number;
}

/** Keeps the newest of any number of entries. Sorts equal times by id, descending, like an export. */
export function openKept(most: number) {
  let held: (KeptEntry & { readonly time: number; readonly place: number })[] = [];
  const slack = Math.max(500, Math.ceil(most / 20));
  let seen = 0;
  let floor = Number.NEGATIVE_INFINITY;
  /** An entry without a valid time stays next to the previous one. */
  let latest = Number.POSITIVE_INFINITY;
  const settle = (): void => {
    held.sort((a, b) => b.time - a.time || byId(a.entry.id, b.entry.id) || a.place - b.place);
    held.length = Math.min(held.length, most);
    if (held.length === most) floor = held.at(-1)?.time ?? floor;
  };
  return {
    add(entry: Entry, org: string, sections: number): void {
      const time = Number.isNaN(entry.time) ? latest : entry.time;
      latest = time;
      seen += 1;
      if (time < floor) return;
      // A view would keep a whole page in memory.
      held.push({ entry: { ...entry, raw: Buffer.from(entry.raw) }, org, sections, time, place: seen });
      if (held.length >= most + slack) settle();
    },
    /** Newest first. Nothing can be added afterwards. */
    take(): readonly KeptEntry[] {
      settle();
      const taken = held;
      held = [];
      return taken;
    },
  };
}

function byId(a = '', b = ''): number {
  return a < b ? 1 : a > b ? -1 : 0;
}
