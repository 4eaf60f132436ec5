import type { Entry } from '../../event.js';

/**
 * How an entry compares with those before it. `same`: one has its id and text; `variant`: one has its id and another text; `alike`: it has no
 * id, and one has its text: both may be real.
 */
export type Likeness = 'new' | 'same' | 'variant' | 'alike';

/** Compares entries by id and text, in 20 to 43 bytes of memory each, whatever their size. */
export class IdentitySet {
  readonly #most: number;
  readonly #print: Fingerprint = new Int32Array(WORDS);
  #now = new Generation();
  #before: Generation | undefined;

  /** Entries are forgotten once twice as many as `most` were added; default: never. */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  get size(): number {
    return this.#now.size + (this.#before?.size ?? 0);
  }

  /** `scope`: a number for what ids are unique in, such as the organization. */
  add(scope: number, { id, raw }: Entry): Likeness {
    const print = this.#print;
    writeFingerprint(print, scope, id, raw);
    if (this.#now.size >= this.#most) {
      this.#before = this.#now;
      this.#now = new Generation();
    }
    const earlier = this.#before?.find(print) ?? 'new';
    const likeness = earlier === 'same' ? earlier : this.#now.add(print);
    if (id === undefined) return likeness === 'same' ? 'alike' : 'new';
    return likeness === 'new' ? earlier : likeness;
  }
}

/**
 * Fast hashes: two words of the id, two of the text. They do not resist texts made to collide: an attacker who can make those could as well
 * leave an entry out.
 */
type Fingerprint = Int32Array;
const WORDS = 4;

/** A hash table of fingerprints. A slot whose second word is zero is empty. */
class Generation {
  size = 0;
  #slots = 1024;
  #table = new Int32Array(WORDS * this.#slots);

  find(print: Fingerprint): 'new' | 'same' | 'variant' {
    return this.#look(print, false);
  }

  /** Adds a fingerprint and returns what it was before. */
  add(print: Fingerprint): 'new' | 'same' | 'variant' {
    if ((this.size + 1) * 4 > this.#slots * 3) this.#grow();
    return this.#look(print, true);
  }

  #look(print: Fingerprint, isAdded: boolean): 'new' | 'same' | 'variant' {
    const table = this.#table;
    const mask = this.#slots - 1;
    let isKnownId = false;
    for (let slot = (print[0] as number) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS;
      if (table[at + 1] === 0) {
        if (isAdded) this.#put(print, 0, at);
        return isKnownId ? 'variant' : 'new';
      }
      if (table[at] !== print[0] || table[at + 1] !== print[1]) continue;
      if (table[at + 2] === print[2] && table[at + 3] === print[3]) return 'same';
      isKnownId = true;
    }
  }

  #put(from: Int32Array, at: number, to: number): void {
    for (let word = 0; word < WORDS; word += 1) this.#table[to + word] = from[at + word] as number;
    this.size += 1;
  }

  #grow(): void {
    const before = this.#table;
    this.#slots *= 2;
    this.#table = new Int32Array(WORDS * this.#slots);
    this.size = 0;
    const mask = this.#slots - 1;
    for (let at = 0; at < before.length; at += WORDS) {
      if (before[at + 1] === 0) continue;
      let slot = (before[at] as number) & mask;
      while (this.#table[slot * WORDS + 1] !== 0) slot = (slot + 1) & mask;
      this.#put(before, at, slot * WORDS);
    }
  }
}

/** Without an id the hash of the text is in both places. */
function writeFingerprint(print: Fingerprint, scope: number, id: string | undefined, raw: Buffer): void {
  writeTextHash(print, scope, raw);
  if (id !== undefined) writeIdHash(print, scope, id);
  else {
    print[0] = print[2] as number;
    print[1] = print[3] as number;
  }
  // Zero marks empty slots.
  print[1] ||= 1;
}

/** Two 32-bit hashes (FNV-1a with other primes), mixed so that short ids spread as well as long ones. */
function writeIdHash(print: Fingerprint, scope: number, id: string): void {
  let one = SEEDS[0] ^ scope;
  let other = SEEDS[1] ^ scope;
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x85ebca6b);
    other ^= other >>> 15;
  }
  print[0] = mixed(one ^ (other >>> 7));
  print[1] = mixed(other ^ id.length);
}

/** The same for bytes, eight at a time. */
function writeTextHash(print: Fingerprint, scope: number, raw: Buffer): void {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const whole = raw.length & ~7;
  let one = SEEDS[0] ^ scope;
  let other = SEEDS[1] ^ scope;
  for (let at = 0; at < whole; at += 8) {
    one = Math.imul(one ^ view.getInt32(at, true), 0x01000193) ^ (other >>> 13);
    other = Math.imul(other ^ view.getInt32(at + 4, true), 0x85ebca6b) ^ (one >>> 15);
  }
  for (let at = whole; at < raw.length; at += 1) {
    one = Math.imul(one ^ (raw[at] as number), 0x01000193);
    other = Math.imul(other ^ (raw[at] as number), 0x85ebca6b);
  }
  print[2] = mixed(one ^ raw.length);
  print[3] = mixed(other ^ one);
}

const SEEDS = [0x811c9dc5, 0x9747b28c] as const;

function mixed(word: number): number {
  const once = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
