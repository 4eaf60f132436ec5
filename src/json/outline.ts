import { CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, plainEnd, QUOTE, stringEnd, valueEnd } from './bytes.js';
import { hasLookup } from './lookup.js';
import { growPaths, type OutlineKey } from './paths.js';

/**
 * The positions of values at given paths in an entry's text, found in one pass over its bytes without decoding anything. Each path, and each prefix
 * of one, has a node: a number that is the same for every entry. Valid until the next `read`.
 */
export class Outline {
  /** The number of nodes; node 0 is the entry itself. */
  readonly size: number;
  /** The node directly above each node; of node 0 itself. */
  readonly above: readonly number[];
  /** Where each node's value begins; -1 where the entry has none. */
  readonly start: Int32Array;
  /** After each node's value. */
  readonly end: Int32Array;
  /** Where the key of each node begins; for an element of an array, where its value begins. */
  readonly keyStart: Int32Array;
  /** 1 if the node's value, a string, has no escapes. */
  readonly isPlain: Uint8Array;
  /** The nodes that were found, in the order of the text, each before those below it. */
  readonly order: Int32Array;
  /** How many nodes of `order` were found. */
  found = 0;
  /** For each node that was found: the index in `order` after those below it. */
  readonly after: Int32Array;
  /** The node of a path from the opening of the outline, or of a prefix of one. */
  readonly nodeAt: (path: string) => number;

  /** For each node, the keys that continue from it, by their length in bytes. */
  readonly #keys: readonly (readonly OutlineKey[] | undefined)[][];
  #isOdd = false;
  /** A path looks a member up: entries have to be decoded. */
  readonly #looksUp: boolean;

  /** For dotted paths; an element of an array has its index as key. */
  constructor(paths: Iterable<string>) {
    const all = [...paths];
    const { above, keys, nodes } = growPaths(all);
    this.#looksUp = all.some(hasLookup);
    const size = above.length;
    this.size = size;
    this.above = above;
    this.#keys = keys;
    this.nodeAt = (path) => nodes.get(path)!;
    this.start = new Int32Array(size);
    this.end = new Int32Array(size);
    this.keyStart = new Int32Array(size);
    this.isPlain = new Uint8Array(size);
    this.order = new Int32Array(size);
    this.after = new Int32Array(size);
  }

  /**
   * Reads an entry, which must be valid compact JSON. False if bytes do not identify its keys (repeated, written with escapes, with dots themselves,
   * or by a lookup): then the entry must be decoded completely.
   */
  read(text: Uint8Array): boolean {
    if (this.#looksUp) return false;
    this.start.fill(-1);
    this.found = 0;
    this.#isOdd = text[0] !== OPEN_BRACE;
    this.#note(text, 0, 0, 0);
    return !this.#isOdd;
  }

  /** Notes the value that begins at `from`; returns its end. */
  #note(text: Uint8Array, node: number, key: number, from: number): number {
    if (this.start[node]! >= 0) this.#isOdd = true;
    this.start[node] = from;
    this.keyStart[node] = key;
    this.order[this.found] = node;
    this.found += 1;
    const first = text[from];
    let to: number;
    if (first === QUOTE) {
      to = plainEnd(text, from + 1);
      this.isPlain[node] = text[to] === QUOTE ? 1 : 0;
      to = stringEnd(text, to) + 1;
    } else if (this.#keys[node]!.length === 0) to = valueEnd(text, from);
    else if (first === OPEN_BRACE) to = this.#members(text, node, from);
    else if (first === OPEN_BRACKET) to = this.#elements(text, node, from);
    else to = valueEnd(text, from);
    this.end[node] = to;
    this.after[node] = this.found;
    return to;
  }

  #members(text: Uint8Array, node: number, from: number): number {
    const keys = this.#keys[node]!;
    let at = from + 1;
    while (text[at] === QUOTE) {
      const key = at;
      at = plainEnd(text, key + 1);
      if (text[at] !== QUOTE) {
        this.#isOdd = true;
        at = stringEnd(text, at);
      }
      const below = nodeOf(keys[at - key - 1], text, key + 1);
      at += 2;
      if (below > 0) at = this.#note(text, below, key, at);
      else {
        if (below < 0) this.#isOdd = true;
        at = valueEnd(text, at);
      }
      if (text[at] !== COMMA) break;
      at += 1;
    }
    return at + 1;
  }

  #elements(text: Uint8Array, node: number, from: number): number {
    let at = from + 1;
    for (let index = 0; text[at] !== CLOSE_BRACKET; index += 1) {
      const name = INDEXES[index] ?? Buffer.from(String(index));
      const below = nodeOf(this.#keys[node]![name.length], name, 0);
      at = below > 0 ? this.#note(text, below, at, at) : valueEnd(text, at);
      if (text[at] !== COMMA) break;
      at += 1;
    }
    return at + 1;
  }
}

const INDEXES: readonly Uint8Array[] = Array.from({ length: 100 }, (_, index) => Buffer.from(String(index)));

/** The node of the key of this length that begins at `from`; 0 if no path has it. */
function nodeOf(keys: readonly OutlineKey[] | undefined, text: Uint8Array, from: number): number {
  if (keys === undefined) return 0;
  next: for (const { key, node } of keys) {
    for (let at = 0; at < key.length; at += 1) if (text[from + at] !== key[at]) continue next;
    return node;
  }
  return 0;
}
