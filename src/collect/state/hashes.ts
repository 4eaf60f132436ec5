/** Hashes of 16 bytes each, in 21 to 43 bytes of memory: a busy day has a million of them. */
export interface HashSet {
  readonly size: number;
  /** Whether it was not there before. */
  add(hash: Buffer): boolean;
  has(hash: Buffer): boolean;
}

export const HASH_BYTES = 16;

const WORDS = 4;
const SMALLEST = 64;

export function openHashSet(): HashSet {
  // All four words zero: the slot is empty. No hash is all zero.
  let table = new Uint32Array(SMALLEST * WORDS);
  let size = 0;

  /** Where these words are in a table, or the empty slot where they would be. */
  const find = (within: Uint32Array, [a, b, c, d]: Words): number => {
    const mask = within.length / WORDS - 1;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS;
      if (isEmpty(within, at)) return at;
      if (within[at] === a && within[at + 1] === b && within[at + 2] === c && within[at + 3] === d) return at;
    }
  };
  const grow = (): void => {
    const larger = new Uint32Array(table.length * 2);
    for (let at = 0; at < table.length; at += WORDS) {
      if (isEmpty(table, at)) continue;
      const [a = 0, b = 0, c = 0, d = 0] = table.subarray(at, at + WORDS);
      larger.set([a, b, c, d], find(larger, [a, b, c, d]));
    }
    table = larger;
  };

  return {
    get size() {
      return size;
    },
    add(hash) {
      if ((size + 1) * 4 > (table.length / WORDS) * 3) grow();
      const words = wordsOf(hash);
      const at = find(table, words);
      if (!isEmpty(table, at)) return false;
      table.set(words, at);
      size += 1;
      return true;
    },
    has: (hash) => !isEmpty(table, find(table, wordsOf(hash))),
  };
}

type Words = readonly [number, number, number, number];

function wordsOf(hash: Buffer): Words {
  return [hash.readUInt32LE(0), hash.readUInt32LE(4), hash.readUInt32LE(8), hash.readUInt32LE(12)];
}

function isEmpty(table: Uint32Array, at: number): boolean {
  return table[at] === 0 && table[at + 1] === 0 && table[at + 2] === 0 && table[at + 3] === 0;
}
