import type { Entry } from '../../event.js';

/**
 * What an entry is beside those that came before it. `same`: one with its id and its text; `variant`: one with its id and
 * another text. An entry without an id is `alike` where another has its text: two equal entries may both be real.
 */
export type Likeness = 'new' | 'same' | 'variant' | 'alike';

/** Tells entries apart by id and text, in 20 to 43 bytes of memory for each, whatever their size. */
export interface IdentitySet {
  readonly size: number;
  /** `scope`: a number for what the id is unique in, such as the organization. */
  add(scope: number, entry: Entry): Likeness;
}

/** `most`: older entries are forgotten once twice as many were added; default: none is. */
export function openIdentitySet(most: number = Number.POSITIVE_INFINITY): IdentitySet {
  let now = new Generation();
  let before: Generation | undefined;
  const mark: Fingerprint = new Int32Array(WORDS);

  return {
    get size() {
      return now.size + (before?.size ?? 0);
    },
    add(scope, { id, raw }) {
      writeMark(mark, scope, id, raw);
      if (now.size >= most) {
        before = now;
        now = new Generation();
      }
      const earlier = before?.find(mark) ?? 'new';
      const likeness = earlier === 'same' ? earlier : now.add(mark);
      if (id === undefined) return likeness === 'same' ? 'alike' : 'new';
      return likeness === 'new' ? earlier : likeness;
    },
  };
}

/**
 * An id in two words and its text in two more, by fast hashes. They are not proof against texts made to collide: whoever makes two texts of one id
 * could as well leave one of them out.
 */
type Fingerprint = Int32Array;
const WORDS = 4;

/** A hash table of marks. A slot whose second word is zero is empty. */
class Generation {
  size = 0;
  #slots = 1024;
  #table = new Int32Array(WORDS * this.#slots);

  find(mark: Fingerprint): 'new' | 'same' | 'variant' {
    return this.#look(mark, false);
  }

  /** What the mark was before it was added. */
  add(mark: Fingerprint): 'new' | 'same' | 'variant' {
    if ((this.size + 1) * 4 > this.#slots * 3) this.#grow();
    return this.#look(mark, true);
  }

  #look(mark: Fingerprint, isAdded: boolean): 'new' | 'same' | 'variant' {
    const table = this.#table;
    const mask = this.#slots - 1;
    let isKnownId = false;
    for (let slot = (mark[0] as number) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS;
      if (table[at + 1] === 0) {
        if (isAdded) this.#put(mark, 0, at);
        return isKnownId ? 'variant' : 'new';
      }
      if (table[at] !== mark[0] || table[at + 1] !== mark[1]) continue;
      if (table[at + 2] === mark[2] && table[at + 3] === mark[3]) return 'same';
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

/** An entry without an id is looked up by its text alone. */
function writeMark(mark: Fingerprint, scope: number, id: string | undefined, raw: Buffer): void {
  writeTextHash(mark, scope, raw);
  if (id !== undefined) writeIdHash(mark, scope, id);
  else {
    mark[0] = mark[2] as number;
    mark[1] = mark[3] as number;
  }
  // Zero is for empty slots.
  mark[1] ||= 1;
}

/** Two hashes of 32 bits (FNV-1a with other primes), mixed so that short ids spread as well as long ones. */
function writeIdHash(mark: Fingerprint, scope: number, id: string): void {
  let one = SEEDS[0] ^ scope;
  let other = SEEDS[1] ^ scope;
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x85ebca6b);
    other ^= other >>> 15;
  }
  mark[0] = mixed(one ^ (other >>> 7));
  mark[1] = mixed(other ^ id.length);
}

/** The same of bytes, eight at a time. */
function writeTextHash(mark: Fingerprint, scope: number, raw: Buffer): void {
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
  mark[2] = mixed(one ^ raw.length);
  mark[3] = mixed(other ^ one);
}

const SEEDS = [0x811c9dc5, 0x9747b28c] as const;

function mixed(word: number): number {
  const once = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
