import { hash } from 'node:crypto';

export const HASH_BYTES = 16;

const WORDS = HASH_BYTES / 4;
/** A power of two, so that a mask finds the slot. */
const FIRST_SLOTS = 64;
const EMPTY = 0;
const HELD = 1;
const MARKED = 2;

/** The first 128 bits of a text's SHA-256, starting at a byte. Nobody can make two texts with the same bits. */
export function hashOf(text: string, start = 0): Buffer {
  return hash('sha256', text, 'buffer').subarray(start, start + HASH_BYTES);
}

/** A set of 16-byte hashes, each with or without a mark, in 23 to 46 bytes of memory each: a day may have millions of entries. */
export class HashSet {
  #words = new Int32Array(FIRST_SLOTS * WORDS);
  #states = new Uint8Array(FIRST_SLOTS);
  #size = 0;
  #marked = 0;

  get size(): number {
    return this.#size;
  }

  get unmarked(): number {
    return this.#size - this.#marked;
  }

  has(key: Buffer): boolean {
    return this.#states[this.#slotOf(key)] !== EMPTY;
  }

  isMarked(key: Buffer): boolean {
    return this.#states[this.#slotOf(key)] === MARKED;
  }

  /** Returns false if it was in the set before. */
  add(key: Buffer): boolean {
    const slot = this.#slotOf(key);
    if (this.#states[slot] !== EMPTY) return false;
    this.#states[slot] = HELD;
    for (let at = 0; at < WORDS; at += 1) this.#words[slot * WORDS + at] = key.readInt32LE(4 * at);
    this.#size += 1;
    if (this.#size * 4 > this.#states.length * 3) this.#grow();
    return true;
  }

  /** Returns false if it is not in the set. */
  mark(key: Buffer): boolean {
    const slot = this.#slotOf(key);
    if (this.#states[slot] === HELD) {
      this.#states[slot] = MARKED;
      this.#marked += 1;
    }
    return this.#states[slot] === MARKED;
  }

  #slotOf(key: Buffer): number {
    return this.#find(key.readInt32LE(0), key.readInt32LE(4), key.readInt32LE(8), key.readInt32LE(12));
  }

  /** The slot of these words, or the empty one where they would be. */
  #find(a: number, b: number, c: number, d: number): number {
    const words = this.#words;
    const mask = this.#states.length - 1;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      if (this.#states[slot] === EMPTY) return slot;
      const at = slot * WORDS;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return slot;
    }
  }

  #grow(): void {
    const [words, states] = [this.#words, this.#states];
    this.#words = new Int32Array(words.length * 2);
    this.#states = new Uint8Array(states.length * 2);
    for (const [slot, state] of states.entries()) {
      if (state === EMPTY) continue;
      const key = words.subarray(slot * WORDS, (slot + 1) * WORDS);
      const into = this.#find(key[0]!, key[1]!, key[2]!, key[3]!);
      this.#words.set(key, into * WORDS);
      this.#states[into] = state;
    }
  }
}
