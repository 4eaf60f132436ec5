import type { Entry } from '../../event.js';
import type { Spool } from './spool.js';
import { type StoreFacts, StreamStore } from './stream.js';
import { EntryTexts, type StoredEntry } from './texts.js';

/** An entry of one of several streams. */
export interface StreamEntry {
  readonly stream: number;
  readonly entry: Entry;
  /** Its id came with another text before, so that it is one of `mutated`. */
  readonly isVariant?: boolean;
}

export interface StoreOrder {
  /** How equal times are sorted: by id, descending, or as the server listed them. */
  readonly ties: 'canonical' | 'server';
  readonly direction: 'newest-first' | 'oldest-first';
}

/** The distinct entries of one window in all streams. Texts beyond `memory` bytes go to the spool that `openSpool` makes. */
export class EntryStore {
  readonly facts: Readonly<StoreFacts> = { duplicates: 0, mutated: 0, vanished: 0, missingId: 0 };
  readonly #texts: EntryTexts;
  readonly #streams = new Map<number, StreamStore>();
  /** Entries that share an id: variants, and those of other streams. */
  readonly #families = new Map<string, Set<StoredEntry>>();

  constructor(memory: number, openSpool: () => Spool) {
    this.#texts = new EntryTexts(memory, openSpool);
  }

  /** The entries of one stream. */
  of(stream: number): StreamStore {
    let entries = this.#streams.get(stream);
    if (entries === undefined) {
      entries = new StreamStore(stream, {
        texts: this.#texts,
        facts: this.facts,
        onNew: (stored) => this.#joinFamily(stored),
      });
      this.#streams.set(stream, entries);
    }
    return entries;
  }

  get size(): number {
    let size = 0;
    for (const { distinct } of this.#streams.values()) size += distinct;
    return size;
  }

  /** The oldest time of all entries; undefined if none has a readable one. */
  get oldest(): number | undefined {
    const spans = [...this.#streams.values()].flatMap((stream) => stream.span() ?? []);
    return spans.length === 0 ? undefined : Math.min(...spans.map(({ oldest }) => oldest));
  }

  /** All entries in order, vanished ones too, at most `batch` at a time. */
  async *ordered({ ties, direction }: StoreOrder, batch: number): AsyncGenerator<readonly StreamEntry[], void> {
    const all = [...this.#streams.values()].flatMap((stream) => [...stream.entries()]);
    all.sort(ties === 'canonical' ? byTimeThenId : byTimeThenPlace);
    if (direction === 'oldest-first') all.reverse();
    for (const family of this.#families.values()) numberSiblings([...family]);
    for (let start = 0; start < all.length; start += batch) {
      const some = all.slice(start, start + batch);
      yield this.#texts.areInMemory ? some : some.map((stored) => this.#withText(stored));
    }
  }

  close(): void {
    this.#texts.close();
    this.#streams.clear();
    this.#families.clear();
  }

  #withText(stored: StoredEntry): StreamEntry {
    const { stream, isVariant, entry } = stored;
    return { stream, isVariant, entry: { ...entry, raw: this.#texts.read(stored) } };
  }

  #joinFamily(stored: StoredEntry): void {
    const { id } = stored.entry;
    if (id === undefined || (!stored.isVariant && this.#streams.size === 1)) return;
    for (const stream of this.#streams.values()) {
      const first = stream.find(id);
      if (first === undefined) continue;
      const family = this.#families.get(id) ?? new Set();
      this.#families.set(id, family.add(first).add(stored));
    }
  }
}

/**
 * Numbers the entries of one id and time, from the oldest position, as new ones come on top. Only entries that one look saw first are
 * distinguished: a different text in a later look is most likely the same entry rendered again.
 */
function numberSiblings(family: StoredEntry[]): void {
  const next = new Map<string, number>();
  family.sort((a, b) => byPlace(b, a));
  for (const stored of family) {
    const group = `${stored.look} ${stored.entry.time}`;
    const sibling = next.get(group) ?? 0;
    next.set(group, sibling + 1);
    if (sibling > 0) stored.entry = { ...stored.entry, sibling };
  }
}

/** Newest first; equal times by id, descending by code units. */
function byTimeThenId(a: StoredEntry, b: StoredEntry): number {
  if (a.sortTime !== b.sortTime) return b.sortTime - a.sortTime;
  if (a.key !== b.key) return a.key < b.key ? 1 : -1;
  return byPlace(a, b);
}

function byTimeThenPlace(a: StoredEntry, b: StoredEntry): number {
  return a.sortTime !== b.sortTime ? b.sortTime - a.sortTime : byPlace(a, b);
}

function byPlace(a: StoredEntry, b: StoredEntry): number {
  return a.stream !== b.stream ? a.stream - b.stream : a.place - b.place;
}
