import { CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, plainEnd, QUOTE, stringEnd, valueEnd } from './bytes.js';

/**
 * Where in an entry's text the values at some places are, found in one pass over its bytes; nothing is decoded, nothing made. A place is a
 * node: a number, the same for every entry. What an outline tells is valid until the next entry is read.
 */
export interface Outline {
  /**
   * Looks at an entry: valid JSON without white space between tokens. False where its keys are too odd to be found by their bytes (repeated,
   * written with escapes, or holding dots themselves): then the outline tells nothing, and whoever asks must read the entry in full.
   */
  readonly read: (text: Uint8Array) => boolean;
  /** The node of a path such as `actor.email`; only of the paths that the outline was opened for, and of what is above them. */
  readonly nodeAt: (path: string) => number;
  /** How many nodes there are; the first, 0, is the entry itself. */
  readonly size: number;
  /** The node that is directly above each; of the first itself. */
  readonly above: readonly number[];
  /** Where each node's value begins; -1 where the entry has none. */
  readonly start: Int32Array;
  /** After each node's value. */
  readonly end: Int32Array;
  /** Where the key of each node's member begins; an element of an array has none, and its value stands here. */
  readonly keyStart: Int32Array;
  /** Whether a node's value has no escapes, if it is a string. */
  readonly isPlain: Uint8Array;
  /** The nodes that were found, in the order of the text, each before those below it; so many as `found()` tells. */
  readonly order: Int32Array;
  readonly found: () => number;
  /** For each node that was found: after which index of `order` those below it end. */
  readonly after: Int32Array;
}

/** A key that leads on from a node. */
interface OutlineKey {
  readonly key: Uint8Array;
  /** -1: a key that holds dots and may be what a path means. */
  readonly node: number;
}

/** Opens an outline for dotted paths; an element of an array is found by its index. */
export function openOutline(paths: Iterable<string>): Outline {
  const { above, steps, nodes } = grow(paths);
  const size = above.length;
  const start = new Int32Array(size);
  const end = new Int32Array(size);
  const keyStart = new Int32Array(size);
  const isPlain = new Uint8Array(size);
  const order = new Int32Array(size);
  const after = new Int32Array(size);
  let found = 0;
  let isOdd = false;

  /** The node that a key leads to: 0 for one that no path has. */
  const nodeOf = (text: Uint8Array, node: number, from: number, to: number): number => {
    const known = steps[node]![to - from];
    if (known === undefined) return 0;
    next: for (const { key, node: below } of known) {
      for (let at = 0; at < key.length; at += 1) if (text[from + at] !== key[at]) continue next;
      return below;
    }
    return 0;
  };

  /** Notes the value that begins at `from`, and gives its end. */
  const note = (text: Uint8Array, node: number, key: number, from: number): number => {
    if (start[node]! >= 0) isOdd = true;
    start[node] = from;
    keyStart[node] = key;
    order[found] = node;
    found += 1;
    const first = text[from];
    let to: number;
    if (first === QUOTE) {
      to = plainEnd(text, from + 1);
      isPlain[node] = text[to] === QUOTE ? 1 : 0;
      to = stringEnd(text, to) + 1;
    } else if (steps[node]!.length === 0) to = valueEnd(text, from);
    else if (first === OPEN_BRACE) to = members(text, node, from);
    else if (first === OPEN_BRACKET) to = elements(text, node, from);
    else to = valueEnd(text, from);
    end[node] = to;
    after[node] = found;
    return to;
  };

  const members = (text: Uint8Array, node: number, from: number): number => {
    let at = from + 1;
    while (text[at] === QUOTE) {
      const key = at;
      at = plainEnd(text, key + 1);
      if (text[at] !== QUOTE) {
        isOdd = true;
        at = stringEnd(text, at);
      }
      const below = nodeOf(text, node, key + 1, at);
      at += 2;
      if (below > 0) at = note(text, below, key, at);
      else {
        if (below < 0) isOdd = true;
        at = valueEnd(text, at);
      }
      if (text[at] !== COMMA) break;
      at += 1;
    }
    return at + 1;
  };

  const elements = (text: Uint8Array, node: number, from: number): number => {
    let at = from + 1;
    for (let index = 0; text[at] !== CLOSE_BRACKET; index += 1) {
      const name = INDEXES[index] ?? Buffer.from(String(index));
      const below = nodeOf(name, node, 0, name.length);
      at = below > 0 ? note(text, below, at, at) : valueEnd(text, at);
      if (text[at] !== COMMA) break;
      at += 1;
    }
    return at + 1;
  };

  return {
    read: (text) => {
      start.fill(-1);
      found = 0;
      isOdd = text[0] !== OPEN_BRACE;
      note(text, 0, 0, 0);
      return !isOdd;
    },
    nodeAt: (path) => nodes.get(path)!,
    size,
    above,
    start,
    end,
    keyStart,
    isPlain,
    order,
    found: () => found,
    after,
  };
}

const INDEXES: readonly Uint8Array[] = Array.from({ length: 100 }, (_, index) => Buffer.from(String(index)));

/** The tree of the paths; the keys that lead on from each node stand by their length in bytes. */
function grow(paths: Iterable<string>): {
  readonly above: readonly number[];
  readonly steps: readonly (readonly OutlineKey[] | undefined)[][];
  readonly nodes: ReadonlyMap<string, number>;
} {
  const above = [0];
  const steps: OutlineKey[][][] = [[]];
  const nodes = new Map<string, number>();
  const add = (from: number, name: string, node: number): void => {
    const key = Buffer.from(name);
    steps[from]![key.length] ??= [];
    steps[from]![key.length]!.push({ key, node });
  };
  const nodeAt = (path: string): number => {
    const known = nodes.get(path);
    if (known !== undefined) return known;
    const dot = path.lastIndexOf('.');
    const from = dot < 0 ? 0 : nodeAt(path.slice(0, dot));
    const node = above.push(from) - 1;
    steps.push([]);
    nodes.set(path, node);
    add(from, path.slice(dot + 1), node);
    // A key may hold the dots of a path itself.
    for (let at = dot; at >= 0; at = at === 0 ? -1 : path.lastIndexOf('.', at - 1)) {
      const before = at === 0 ? -1 : path.lastIndexOf('.', at - 1);
      add(before < 0 ? 0 : nodes.get(path.slice(0, before))!, path.slice(before + 1), -1);
    }
    return node;
  };
  for (const path of paths) nodeAt(path);
  return { above, steps, nodes };
}
