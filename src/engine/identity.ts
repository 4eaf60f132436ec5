import { hash } from 'node:crypto';
import type { Entry } from '../event.js';
import { HASH_BYTES, type HashSet, openHashSet } from './hashset.js';

/**
 * What an entry is beside those that came before it. `same`: one with its id and its text; `variant`: one with its id and
 * another text. An entry without an id is `alike` where another has its text: two equal entries may both be real.
 */
export type Likeness = 'new' | 'same' | 'variant' | 'alike';

/** Tells entries apart by id and text, in about 50 bytes of memory for each, whatever their size. */
export interface Identities {
  readonly size: number;
  /** `scope`: a number for what the id is unique in, such as the organization. */
  add(scope: number, entry: Entry): Likeness;
}

/** Ids are compared by 64 bits of a fast hash: that decides only whether a text is a variant, never whether it is dropped. */
const ID_BYTES = 8;

/** `most`: older entries are forgotten once twice as many were added; default: none is. */
export function openIdentities(most: number = Number.POSITIVE_INFINITY): Identities {
  let now = openGeneration();
  let before: Generation | undefined;
  const id = Buffer.alloc(ID_BYTES);

  const likeness = (text: Buffer, hasId: boolean): Likeness => {
    const isKnown = before?.texts.has(text) === true || !now.texts.add(text);
    if (!hasId) return isKnown ? 'alike' : 'new';
    const isKnownId = before?.ids.has(id) === true || !now.ids.add(id);
    if (isKnown) return 'same';
    return isKnownId ? 'variant' : 'new';
  };

  return {
    get size() {
      return now.texts.size + (before?.texts.size ?? 0);
    },
    add(scope, entry) {
      const text = hash('sha256', entry.raw, 'buffer');
      text.writeInt32LE(text.readInt32LE(HASH_BYTES - 4) ^ scope, HASH_BYTES - 4);
      if (entry.id !== undefined) writeIdHash(id, scope, entry.id);
      if (now.texts.size >= most) {
        before = now;
        now = openGeneration();
      }
      return likeness(text, entry.id !== undefined);
    },
  };
}

interface Generation {
  readonly texts: HashSet;
  readonly ids: HashSet;
}

function openGeneration(): Generation {
  return { texts: openHashSet(HASH_BYTES), ids: openHashSet(ID_BYTES) };
}

/** Two hashes of 32 bits (FNV-1a with other primes), mixed so that short ids spread as well as long ones. */
function writeIdHash(into: Buffer, scope: number, id: string): void {
  let one = 0x811c9dc5 ^ scope;
  let other = 0x9747b28c ^ scope;
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x85ebca6b);
    other ^= other >>> 15;
  }
  into.writeInt32LE(mixed(one ^ (other >>> 7)), 0);
  into.writeInt32LE(mixed(other ^ id.length) || 1, 4);
}

function mixed(word: number): number {
  const once = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
