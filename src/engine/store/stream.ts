import type { Entry } from '../../event.js';
import { digestOf, TextOrdinals } from './ordinals.js';
import type { EntryTexts, StoredEntry } from './texts.js';

/** What the streams of one store share. */
export interface SharedStore {
  readonly texts: EntryTexts;
  readonly facts: StoreFacts;
  /** Called with each new entry before its key is known. */
  readonly onNew: (stored: StoredEntry) => void;
}

/** Numbers of entries. */
export interface StoreFacts {
  duplicates: number;
  mutated: number;
  vanished: number;
  missingId: number;
}

/** Entries without an id whose text is also that of another entry: seen by the current pass, and by other passes only. */
export interface TwinCounts {
  readonly inPass: number;
  readonly elsewhere: number;
}

/**
 * The distinct entries of one stream over all passes. The same id and text are one entry; the same id with another text is a second one.
 * Entries without an id are compared by their text: the second equal text of one pass is a second entry (a twin).
 * Passes, streaks and twins: docs/explanation/reliability.md.
 */
export class StreamStore {
  /** Distinct entries that the current pass saw. */
  inPass = 0;
  /** Distinct entries that the passes of the current streak saw. */
  inStreak = 0;

  readonly #stream: number;
  readonly #shared: SharedStore;
  readonly #byKey = new Map<string, StoredEntry>();
  readonly #twins: StoredEntry[] = [];
  #ordinals = new TextOrdinals();
  #pass = 0;
  #streak = 0;
  #look = 0;

  constructor(stream: number, shared: SharedStore) {
    this.#stream = stream;
    this.#shared = shared;
  }

  /** Distinct entries of all passes. */
  get distinct(): number {
    return this.#byKey.size;
  }

  entries(): IterableIterator<StoredEntry> {
    return this.#byKey.values();
  }

  find(id: string): StoredEntry | undefined {
    return this.#byKey.get(id);
  }

  /** Adds a page and returns the number of new entries. `place`: the position of its first entry, ascending from the newest. */
  addPage(entries: readonly Entry[], place: number): number {
    let sortTime = entries.find(({ time }) => !Number.isNaN(time))?.time ?? Number.NEGATIVE_INFINITY;
    let fresh = 0;
    for (let at = 0; at < entries.length; at += 1) {
      const entry = entries[at] as Entry;
      if (!Number.isNaN(entry.time)) sortTime = entry.time;
      if (this.#add(entry, sortTime, place + at)) fresh += 1;
    }
    return fresh;
  }

  startPass(): void {
    this.#pass += 1;
    this.inPass = 0;
    this.startAgain();
  }

  /** Starts again at the newest entry within the same pass: equal texts without an id are counted from zero. */
  startAgain(): void {
    this.#look += 1;
    this.#ordinals = new TextOrdinals();
  }

  twins(): TwinCounts {
    const inPass = this.#twins.filter(({ pass }) => pass === this.#pass).length;
    return { inPass, elsewhere: this.#twins.length - inPass };
  }

  /** Adds the entries of the current pass to the streak, or to a new one. */
  joinStreak(isNew: boolean): void {
    if (isNew) {
      this.#streak += 1;
      this.inStreak = 0;
    }
    for (const stored of this.#byKey.values()) {
      if (stored.pass !== this.#pass || stored.streak === this.#streak) continue;
      stored.streak = this.#streak;
      this.inStreak += 1;
    }
  }

  /** The oldest and the newest time; undefined if no entry has a readable one. */
  span(): { readonly oldest: number; readonly newest: number } | undefined {
    let oldest = Number.POSITIVE_INFINITY;
    let newest = Number.NEGATIVE_INFINITY;
    for (const { entry } of this.#byKey.values()) {
      if (Number.isNaN(entry.time)) continue;
      oldest = Math.min(oldest, entry.time);
      newest = Math.max(newest, entry.time);
    }
    return oldest > newest ? undefined : { oldest, newest };
  }

  /** Accepts the current pass or streak: entries that only others saw have vanished, and twins that only others saw never existed. */
  settle(by: 'pass' | 'streak'): void {
    const { facts } = this.#shared;
    for (const { key, pass } of by === 'pass' ? this.#twins : []) {
      if (pass === this.#pass) continue;
      this.#byKey.delete(key);
      facts.missingId -= 1;
    }
    facts.vanished += this.distinct - (by === 'pass' ? this.inPass : this.inStreak);
  }

  #add(entry: Entry, sortTime: number, place: number): boolean {
    const { facts, texts } = this.#shared;
    const key = entry.id ?? this.#ordinals.keyOf(entry.raw);
    const first = this.#byKey.get(key);
    if (first === undefined) {
      this.#insert(entry, key, sortTime, place);
      return true;
    }
    const isSame = first.length === entry.raw.length && texts.read(first).equals(entry.raw);
    const variant = isSame ? key : `${key}\0${digestOf(entry.raw)}`;
    const known = isSame ? first : this.#byKey.get(variant);
    if (known === undefined) {
      facts.mutated += 1;
      this.#insert(entry, variant, sortTime, place);
      return true;
    }
    facts.duplicates += 1;
    this.#see(known, place);
    return false;
  }

  #insert(entry: Entry, key: string, sortTime: number, place: number): void {
    const stored: StoredEntry = {
      stream: this.#stream,
      entry,
      key,
      isVariant: entry.id !== undefined && key !== entry.id,
      look: this.#look,
      sortTime,
      place,
      pass: -1,
      streak: -1,
      length: entry.raw.length,
      offset: -1,
    };
    this.#shared.texts.keep(stored);
    this.#shared.onNew(stored);
    this.#byKey.set(key, stored);
    if (entry.id === undefined) {
      this.#shared.facts.missingId += 1;
      if (!this.#ordinals.isFirst(key)) this.#twins.push(stored);
    }
    this.#see(stored, place);
  }

  #see(stored: StoredEntry, place: number): void {
    stored.place = place;
    if (stored.pass === this.#pass) return;
    stored.pass = this.#pass;
    this.inPass += 1;
  }
}
