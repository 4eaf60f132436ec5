import { TextOrdinals } from '../store/ordinals.js';

/** In how many looks in a row keys were met that may be those of repeated entries. */
export type Doubles = ReadonlyMap<string, number>;
export const NO_DOUBLES: Doubles = new Map();

/** Looks in a row after which an entry is one of its own: new entries push another one onto the next page each time. */
const AGREED = 3;

/**
 * The keys of the entries of a look. Without an id, one with the text of an entry of an earlier page may be the same one, pushed onto this page by entries
 * that came in between: only looks that agree show that the log has both.
 */
export class LookedOrdinals extends TextOrdinals {
  readonly #before: Doubles;
  readonly #doubles = new Map<string, number>();
  readonly #pages = new Map<string, number>();
  #page = 0;

  constructor(before: Doubles) {
    super();
    this.#before = before;
  }

  beginPage(): void {
    this.#page += 1;
  }

  override keyOf(raw: Buffer): string {
    const key = super.keyOf(raw);
    if (this.isFirst(key)) this.#pages.set(textOf(key), this.#page);
    return key;
  }

  /** Whether a new key may be that of an entry that was met before. */
  mayBeRepeated(key: string): boolean {
    const page = this.#pages.get(textOf(key));
    if (page === undefined || page === this.#page) return false;
    const looks = (this.#before.get(key) ?? 0) + 1;
    if (looks >= AGREED) return false;
    this.#doubles.set(key, looks);
    return true;
  }

  get doubles(): Doubles {
    return this.#doubles;
  }
}

function textOf(key: string): string {
  return key.slice(0, key.lastIndexOf('\0'));
}
