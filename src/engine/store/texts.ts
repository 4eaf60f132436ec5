import type { Entry } from '../../event.js';
import type { Spool } from './spool.js';

/** An entry of an `EntryStore`. */
export interface StoredEntry {
  readonly stream: number;
  /** Its `raw` is empty while the text is in the spool. */
  entry: Entry;
  /** The time that it is sorted by: its own, or that of its newer neighbour if it has none. */
  readonly sortTime: number;
  /** Its key in the stream, which also sorts equal times: the id, or what replaces it. */
  readonly key: string;
  /** The position in the server's order, ascending from the newest. */
  place: number;
  /** The latest pass and streak that saw it. */
  pass: number;
  streak: number;
  readonly length: number;
  /** Its id came with another text before. */
  readonly isVariant: boolean;
  /** The look that saw it first: each begins at the newest entry of the stream. */
  readonly look: number;
  /** Where its text is in the spool; -1: in memory. */
  offset: number;
}

const NO_TEXT = Buffer.alloc(0);

/** The texts of stored entries: in memory up to `memory` bytes, all of them in a spool beyond that. */
export class EntryTexts {
  readonly #memory: number;
  readonly #openSpool: () => Spool;
  #inMemory: StoredEntry[] = [];
  #bytes = 0;
  #spool: Spool | undefined;

  constructor(memory: number, openSpool: () => Spool) {
    this.#memory = memory;
    this.#openSpool = openSpool;
  }

  get areInMemory(): boolean {
    return this.#spool === undefined;
  }

  keep(stored: StoredEntry): void {
    if (this.#spool === undefined) {
      this.#inMemory.push(stored);
      this.#bytes += stored.length;
      if (this.#bytes <= this.#memory) return;
      this.#spool = this.#openSpool();
      for (const each of this.#inMemory) putAside(each, this.#spool);
      this.#inMemory = [];
    } else putAside(stored, this.#spool);
  }

  read({ offset, length, entry }: StoredEntry): Buffer {
    return offset < 0 ? entry.raw : (this.#spool as Spool).read(offset, length);
  }

  close(): void {
    this.#spool?.close();
    this.#spool = undefined;
    this.#inMemory = [];
  }
}

function putAside(stored: StoredEntry, spool: Spool): void {
  stored.offset = spool.append(stored.entry.raw);
  stored.entry = { ...stored.entry, raw: NO_TEXT };
}
