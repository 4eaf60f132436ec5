import type { Entry } from '../../event.js';
import type { Page } from '../request.js';

/** For vendors whose pages begin at the time of an entry: one instant has more entries than a page holds. */
export const FULL_INSTANT =
  'all events of a page have the same time, and the next page starts at that time: others of that time may be missing';

interface Seen {
  readonly time: number;
  count: number;
}

/** Entries that come again because the next page begins at the instant of the last one, or with that entry. */
export class SharedEntries {
  /** The entries of the latest page's instant by their identity, and how often each has come. */
  #seen = new Map<string, Seen>();
  #last: Entry | undefined;

  /** The page without entries that came before. Remembers those that may come again. */
  fresh(page: Page): Page {
    const { again } = page;
    const entries = again === undefined ? this.#withoutLast(page.entries) : this.#withoutSeen(page.entries);
    this.#last = page.entries.at(-1) ?? this.#last;
    if (again !== undefined) this.#remember(entries, again);
    return entries.length === page.entries.length ? page : { ...page, entries };
  }

  /** Some servers begin a page with the entry that they were asked to go on after. */
  #withoutLast(entries: readonly Entry[]): readonly Entry[] {
    const [first] = entries;
    const isAgain = first !== undefined && this.#last !== undefined && keyOf(first) === keyOf(this.#last);
    return isAgain ? entries.slice(1) : entries;
  }

  #withoutSeen(entries: readonly Entry[]): readonly Entry[] {
    const due = new Map([...this.#seen].map(([key, { count }]) => [key, count]));
    return entries.filter((entry) => {
      const key = keyOf(entry);
      const times = due.get(key) ?? 0;
      due.set(key, times - 1);
      return times <= 0;
    });
  }

  /** An entry without a time may come again at any instant. */
  #remember(entries: readonly Entry[], { towards, edge }: NonNullable<Page['again']>): void {
    const mayComeAgain = (time: number): boolean => !(towards === 'older' ? time > edge : time < edge);
    const kept = [...this.#seen].filter(([, { time }]) => mayComeAgain(time));
    this.#seen = new Map(kept);
    for (const entry of entries) {
      if (!mayComeAgain(entry.time)) continue;
      const key = keyOf(entry);
      const seen = this.#seen.get(key);
      if (seen === undefined) this.#seen.set(key, { time: entry.time, count: 1 });
      else seen.count += 1;
    }
  }
}

/** An id and its time; the text of an entry without an id. */
function keyOf({ id, time, raw }: Entry): string {
  return id === undefined ? raw.toString('latin1') : `#${time} ${id}`;
}
