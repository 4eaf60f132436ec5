/** Hashes of one width. A busy day has a million of them: at 16 bytes each they take 21 to 43 bytes of memory. */
export interface HashSet {
  readonly size: number;
  /** Whether it was not there before. */
  add(hash: Buffer): boolean;
  has(hash: Buffer): boolean;
}

export const HASH_BYTES = 16;

const WORD_BYTES = 4;
const SMALLEST = 64;

/** `bytes`: how many of a hash tell it apart from others, a multiple of 4. */
export function openHashSet(bytes: number = HASH_BYTES): HashSet {
  const words = bytes / WORD_BYTES;
  // All words zero: the slot is empty. No hash is all zero.
  let table = new Uint32Array(SMALLEST * words);
  let size = 0;
  const wanted = new Uint32Array(words);

  const read = (hash: Buffer): void => {
    for (let word = 0; word < words; word += 1) wanted[word] = hash.readUInt32LE(word * WORD_BYTES);
  };
  /** Where the wanted hash is in a table, or the empty slot where it would be. */
  const find = (within: Uint32Array): number => {
    const mask = within.length / words - 1;
    for (let slot = (wanted[0] ?? 0) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * words;
      let isEmpty = true;
      let isSame = true;
      for (let word = 0; word < words; word += 1) {
        const there = within[at + word];
        if (there !== 0) isEmpty = false;
        if (there !== wanted[word]) isSame = false;
      }
      if (isSame || isEmpty) return at;
    }
  };
  const isHeld = (at: number): boolean => {
    for (let word = 0; word < words; word += 1) if (table[at + word] !== 0) return true;
    return false;
  };
  const grow = (): void => {
    const larger = new Uint32Array(table.length * 2);
    for (let at = 0; at < table.length; at += words) {
      if (!isHeld(at)) continue;
      for (let word = 0; word < words; word += 1) wanted[word] = table[at + word] ?? 0;
      larger.set(wanted, find(larger));
    }
    table = larger;
  };

  return {
    get size() {
      return size;
    },
    add(hash) {
      if ((size + 1) * 4 > (table.length / words) * 3) grow();
      read(hash);
      const at = find(table);
      if (isHeld(at)) return false;
      table.set(wanted, at);
      size += 1;
      return true;
    },
    has(hash) {
      read(hash);
      return isHeld(find(table));
    },
  };
}
