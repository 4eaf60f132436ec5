import { hash } from 'node:crypto';

/**
 * Keys of entries, each with a mark, in 17 bytes each and some room: a day may have millions. They are told apart by 128 bits of SHA-256, so that
 * nobody can make two that are taken for one.
 */
export interface KeySet {
  /** Whether it was not there before. */
  add(key: string): boolean;
  /** Marks a key; false when it is not in the set. */
  mark(key: string): boolean;
  has(key: string): boolean;
  isMarked(key: string): boolean;
  /** The number of keys without a mark. */
  unmarked(): number;
}

const WORDS = 4;
const EMPTY = 0;
const THERE = 1;
const MARKED = 2;
/** Slots at first, and how full they may become, in tenths. */
const SLOTS = 1024;
const FULL = 7;

export function openKeySet(): KeySet {
  let slots = SLOTS;
  let words = new Int32Array(slots * WORDS);
  let states = new Uint8Array(slots);
  let size = 0;
  let marked = 0;
  const digest = new Int32Array(WORDS);

  const read = (key: string): void => {
    const bytes = hash('sha256', key, 'buffer');
    for (let at = 0; at < WORDS; at += 1) digest[at] = bytes.readInt32LE(4 * at);
  };
  /** The slot of the digest, or the empty one where it would be. */
  const find = (): number => {
    for (let slot = (digest[0]! >>> 0) % slots; ; slot = (slot + 1) % slots) {
      if (states[slot] === EMPTY) return slot;
      const at = slot * WORDS;
      if (
        words[at] === digest[0] &&
        words[at + 1] === digest[1] &&
        words[at + 2] === digest[2] &&
        words[at + 3] === digest[3]
      )
        return slot;
    }
  };
  const put = (state: number): void => {
    const slot = find();
    words.set(digest, slot * WORDS);
    states[slot] = state;
  };
  const grow = (): void => {
    const [before, stood] = [words, states];
    slots *= 2;
    words = new Int32Array(slots * WORDS);
    states = new Uint8Array(slots);
    for (const [slot, state] of stood.entries()) {
      if (state === EMPTY) continue;
      digest.set(before.subarray(slot * WORDS, (slot + 1) * WORDS));
      put(state);
    }
  };
  const stateOf = (key: string): number => {
    read(key);
    return states[find()] ?? EMPTY;
  };

  return {
    add(key) {
      if (stateOf(key) !== EMPTY) return false;
      put(THERE);
      size += 1;
      if (size * 10 > slots * FULL) grow();
      return true;
    },
    mark(key) {
      const state = stateOf(key);
      if (state !== THERE) return state === MARKED;
      states[find()] = MARKED;
      marked += 1;
      return true;
    },
    has: (key) => stateOf(key) !== EMPTY,
    isMarked: (key) => stateOf(key) === MARKED,
    unmarked: () => size - marked,
  };
}
