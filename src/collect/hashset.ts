/** Hashes of 16 bytes each, in 32 bytes of memory or so: a busy day has a million of them. */
export interface HashSet {
  readonly size: number;
  /** Whether it was not there before. */
  add(hash: Buffer): boolean;
}

export const HASH_BYTES = 16;

const WORDS = 4;
const SMALLEST = 64;

export function openHashSet(): HashSet {
  // All four words zero: nothing is there. No hash is.
  let table = new Uint32Array(SMALLEST * WORDS);
  let size = 0;

  const place = (into: Uint32Array, a: number, b: number, c: number, d: number): boolean => {
    const mask = into.length / WORDS - 1;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS;
      if (into[at] === 0 && into[at + 1] === 0 && into[at + 2] === 0 && into[at + 3] === 0) {
        into[at] = a;
        into[at + 1] = b;
        into[at + 2] = c;
        into[at + 3] = d;
        return true;
      }
      if (into[at] === a && into[at + 1] === b && into[at + 2] === c && into[at + 3] === d) return false;
    }
  };

  const grow = (): void => {
    const larger = new Uint32Array(table.length * 2);
    for (let at = 0; at < table.length; at += WORDS) {
      const [a = 0, b = 0, c = 0, d = 0] = table.subarray(at, at + WORDS);
      if (a !== 0 || b !== 0 || c !== 0 || d !== 0) place(larger, a, b, c, d);
    }
    table = larger;
  };

  return {
    get size() {
      return size;
    },
    add(hash) {
      if ((size + 1) * 2 > table.length / WORDS) grow();
      const isNew = place(
        table,
        hash.readUInt32LE(0),
        hash.readUInt32LE(4),
        hash.readUInt32LE(8),
        hash.readUInt32LE(12),
      );
      if (isNew) size += 1;
      return isNew;
    },
  };
}
