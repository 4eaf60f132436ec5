import { isAscii, isUtf8 } from 'node:buffer';
import { escapeJsonText } from '../json.js';

/** Why an answer's text is not what a page must be. `cut`: it ends too early. */
export type ScanFault = 'cut' | 'malformed' | 'encoding' | 'too-deep' | 'no-items' | 'row-type';

export class ScanError extends Error {
  override readonly name = 'ScanError';
  readonly fault: ScanFault;
  /** Byte offset in the body. */
  readonly at: number;
  constructor(fault: ScanFault, at: number) {
    super(`${fault} at byte ${at}`);
    this.fault = fault;
    this.at = at;
  }
}

/** The fields that a scan picks out of each entry, as a tree of keys; a leaf is the slot that the value's token goes to. */
export interface Wanted {
  readonly slots: number;
  readonly root: WantedNode;
}
interface WantedNode {
  readonly slot: number;
  readonly keys: readonly { readonly name: Buffer; readonly node: WantedNode }[];
}

/** Builds the tree for dotted paths; slot i of a scanned row belongs to `paths[i]`. */
export function wantPaths(paths: readonly string[]): Wanted {
  const grow = (under: readonly { segments: readonly string[]; slot: number }[]): WantedNode => {
    const here = under.find((path) => path.segments.length === 0);
    const names = [...new Set(under.flatMap((path) => path.segments.slice(0, 1)))];
    return {
      slot: here?.slot ?? -1,
      keys: names.map((name) => ({
        name: Buffer.from(name),
        node: grow(
          under
            .filter((path) => path.segments[0] === name)
            .map((path) => ({ segments: path.segments.slice(1), slot: path.slot })),
        ),
      })),
    };
  };
  return {
    slots: paths.length,
    root: grow(paths.map((path, slot) => ({ segments: path.split('.'), slot }))),
  };
}

export interface ScannedRow {
  /** The row's own tokens: no white space between them, hazardous characters escaped. */
  readonly raw: Buffer;
  /** What it was scanned from. */
  readonly body: Buffer;
  /** Where the tokens of all rows of the body are. */
  readonly places: readonly number[];
  /** Where this row's are in `places`: that of wanted path i from `places[first + 2 * i]` up to `places[first + 2 * i + 1]`; -1 where it has none. */
  readonly first: number;
}

/** The text of the first wanted path, from `from` up to `to`, that has a string or a number: a string's value, a number's own token. */
export function firstText({ body, places, first }: ScannedRow, from: number, to: number): string | undefined {
  for (let slot = from; slot < to; slot += 1) {
    const start = places[first + 2 * slot] as number;
    if (start < 0) continue;
    const end = places[first + 2 * slot + 1] as number;
    const byte = body[start] as number;
    if (byte === QUOTE) {
      const text = body.toString('utf8', start + 1, end - 1);
      return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
    }
    if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return body.toString('latin1', start, end);
  }
  return undefined;
}

/** Whether two rows of one body have the same bytes at these wanted paths. */
export function sameTokens(a: ScannedRow, b: ScannedRow, from: number, to: number): boolean {
  for (let slot = 2 * from; slot < 2 * to; slot += 2) {
    const start = a.places[a.first + slot] as number;
    const other = b.places[b.first + slot] as number;
    const length = (a.places[a.first + slot + 1] as number) - start;
    if ((b.places[b.first + slot + 1] as number) - other !== length) return false;
    for (let at = 0; at < length; at += 1) {
      if (a.body[start + at] !== b.body[other + at]) return false;
    }
  }
  return true;
}

export interface ScannedPage {
  readonly rows: readonly ScannedRow[];
  /** The answer around the rows, parsed, with the rows taken out; undefined when the answer is the array itself. */
  readonly envelope: unknown;
}

const MAX_DEPTH = 64;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Checks that `body` is one whole JSON text (RFC 8259 grammar, valid UTF-8, at most 64 levels deep) and slices the rows of the
 * array at `itemsPath` out of it without parsing them. One pass over the bytes. Throws a `ScanError`.
 * The rows' `raw` may be views into `body`.
 */
export function scanPage(body: Buffer, itemsPath: string, wanted: Wanted): ScannedPage {
  const ascii = isAscii(body);
  if (!ascii && !isUtf8(body)) throw new ScanError('encoding', 0);

  const rows: ScannedRow[] = [];
  const words = new DataView(body.buffer, body.byteOffset, body.length);
  const lastWord = body.length - 3;
  const way = itemsPath === '' ? [] : itemsPath.split('.').map((key) => Buffer.from(key));
  let spaced = false;
  let hazard = false;
  let escapedKey = false;
  let itemsStart = -1;
  let itemsEnd = -1;
  let oddRow = -1;
  const places: number[] = [];
  let first = 0;

  const start = space(!ascii && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0);
  const end = space(value(start, 0, 0, undefined));
  if (end < body.length) throw new ScanError('malformed', end);
  if (itemsStart < 0) throw new ScanError('no-items', 0);
  if (oddRow >= 0) throw new ScanError('row-type', oddRow);
  return { rows, envelope: itemsPath === '' ? undefined : around(body, start, itemsStart, itemsEnd) };

  // Each function below takes the position of the first byte of what it reads, and gives the position after its last one.

  /** `onWay`: how many keys of the path to the items lead here, -1: none; `node`: the wanted tree at this place of a row. */
  function value(at: number, depth: number, onWay: number, node: WantedNode | undefined): number {
    const byte = body[at];
    if (onWay === way.length && byte === 0x5b) {
      if (itemsStart >= 0) throw new ScanError('malformed', at);
      itemsStart = at;
      itemsEnd = elements(at, depth, true);
      return itemsEnd;
    }
    if (byte === QUOTE) return string(at);
    if (byte === 0x7b) return object(at, depth, onWay, node);
    if (byte === 0x5b) return elements(at, depth, false);
    if (byte === 0x6e) return word(at, 'null');
    if (byte === 0x74) return word(at, 'true');
    if (byte === 0x66) return word(at, 'false');
    return number(at);
  }

  function object(from: number, depth: number, onWay: number, node: WantedNode | undefined): number {
    if (depth >= MAX_DEPTH) throw new ScanError('too-deep', from);
    let at = body[from + 1] === QUOTE ? from + 1 : space(from + 1);
    if (body[at] === 0x7d) return at + 1;
    for (;;) {
      if (body[at] !== QUOTE) fail(at);
      const keyStart = at + 1;
      at = string(at);
      const keyEnd = at - 1;
      if (body[at] !== 0x3a) {
        at = space(at);
        if (body[at] !== 0x3a) fail(at);
      }
      at += 1;
      if ((body[at] as number) <= 0x20) at = space(at);
      const inner = node === undefined ? undefined : wantedKey(node, keyStart, keyEnd);
      const valueStart = at;
      // Most values are strings: for them nothing else needs to be known.
      at =
        body[at] === QUOTE
          ? string(at)
          : value(at, depth + 1, onWay < 0 ? -1 : nextOnWay(onWay, keyStart, keyEnd), inner);
      if (inner !== undefined && inner.slot >= 0) {
        places[first + 2 * inner.slot] = valueStart;
        places[first + 2 * inner.slot + 1] = at;
      }
      if (body[at] !== 0x2c) {
        at = space(at);
        if (body[at] === 0x7d) return at + 1;
        if (body[at] !== 0x2c) fail(at);
      }
      at += 1;
      if (body[at] !== QUOTE) at = space(at);
    }
  }

  function elements(from: number, depth: number, areItems: boolean): number {
    if (depth >= MAX_DEPTH) throw new ScanError('too-deep', from);
    let at = space(from + 1);
    if (body[at] === 0x5d) return at + 1;
    for (;;) {
      at = space(areItems ? item(at, depth + 1) : value(at, depth + 1, -1, undefined));
      if (body[at] === 0x5d) return at + 1;
      if (body[at] !== 0x2c) fail(at);
      at = space(at + 1);
    }
  }

  function item(from: number, depth: number): number {
    if (body[from] !== 0x7b) {
      oddRow = oddRow < 0 ? from : oddRow;
      return value(from, depth, -1, undefined);
    }
    spaced = false;
    hazard = false;
    first = places.length;
    for (let slot = 0; slot < wanted.slots; slot += 1) places.push(-1, -1);
    const after = object(from, depth, -1, wanted.root);
    rows.push({ raw: ownText(body.subarray(from, after), spaced, hazard), body, places, first });
    return after;
  }

  function string(from: number): number {
    let at = from + 1;
    escapedKey = false;
    for (;;) {
      // Four bytes at a time, while none of them is a quote, a backslash, a control character, DEL or part of a longer character.
      while (at < lastWord) {
        const word = words.getInt32(at, true);
        const found =
          (word - 0x20202020) |
          ((word ^ 0x22222222) - 0x01010101) |
          ((word ^ 0x5c5c5c5c) - 0x01010101) |
          (word + 0x01010101) |
          word;
        if ((found & 0x80808080) !== 0) break;
        at += 4;
      }
      let kind = BYTE_KIND[body[at] as number];
      while (kind === PLAIN) {
        at += 1;
        kind = BYTE_KIND[body[at] as number];
      }
      if (kind === CLOSING) return at + 1;
      if (kind === SUSPECT) {
        hazard ||= isHazard(body, at);
        at += 1;
      } else if (kind === ESCAPING) {
        escapedKey = true;
        at = escaped(at + 1);
      } else fail(at);
    }
  }

  function escaped(at: number): number {
    const byte = body[at];
    if (byte === undefined || !ESCAPES.includes(byte)) fail(at);
    if (byte !== 0x75) return at + 1;
    for (let digit = at + 1; digit < at + 5; digit += 1) {
      if (!isHex(body[digit])) fail(digit);
    }
    return at + 5;
  }

  function number(from: number): number {
    let at = body[from] === 0x2d ? from + 1 : from;
    at = body[at] === 0x30 ? at + 1 : digits(at);
    if (body[at] === 0x2e) at = digits(at + 1);
    if (body[at] === 0x65 || body[at] === 0x45) {
      at += 1;
      at = digits(body[at] === 0x2b || body[at] === 0x2d ? at + 1 : at);
    }
    return at;
  }

  function digits(from: number): number {
    let at = from;
    while ((body[at] as number) >= 0x30 && (body[at] as number) <= 0x39) at += 1;
    if (at === from) fail(at);
    return at;
  }

  function word(from: number, text: string): number {
    for (let i = 0; i < text.length; i += 1) {
      if (body[from + i] !== text.charCodeAt(i)) fail(from + i);
    }
    return from + text.length;
  }

  function space(from: number): number {
    let at = from;
    while (body[at] === 0x20 || body[at] === 0x0a || body[at] === 0x0d || body[at] === 0x09) at += 1;
    if (at > from) spaced = true;
    return at;
  }

  function wantedKey(node: WantedNode, start: number, end: number): WantedNode | undefined {
    for (const key of node.keys) {
      if ((key.name.length === end - start || escapedKey) && isKey(key.name, start, end)) return key.node;
    }
    return undefined;
  }

  function nextOnWay(onWay: number, start: number, end: number): number {
    const key = way[onWay];
    return key !== undefined && isKey(key, start, end) ? onWay + 1 : -1;
  }

  /** A key written with escapes is compared by what it means. */
  function isKey(name: Buffer, start: number, end: number): boolean {
    if (escapedKey) return JSON.parse(body.toString('utf8', start - 1, end + 1)) === name.toString();
    const length = name.length;
    if (end - start !== length) return false;
    for (let i = 0; i < length; i += 1) {
      if (body[start + i] !== name[i]) return false;
    }
    return true;
  }

  function fail(at: number): never {
    throw new ScanError(at >= body.length ? 'cut' : 'malformed', at);
  }
}

/** The answer without its items. */
function around(body: Buffer, start: number, itemsStart: number, itemsEnd: number): unknown {
  return JSON.parse(`${body.toString('utf8', start, itemsStart)}[]${body.toString('utf8', itemsEnd)}`);
}

/** What a byte inside a string means. */
const PLAIN = 0;
const CLOSING = 1;
const ESCAPING = 2;
const CONTROL = 3;
/** DEL, or the first byte of characters among which there are hazardous ones. */
const SUSPECT = 4;
const BYTE_KIND = byteKinds();

function byteKinds(): Uint8Array {
  const kinds = new Uint8Array(256).fill(CONTROL, 0, 0x20);
  kinds[QUOTE] = CLOSING;
  kinds[BACKSLASH] = ESCAPING;
  for (const lead of [0x7f, 0xc2, 0xd8, 0xe1, 0xe2, 0xef, 0xf3]) kinds[lead] = SUSPECT;
  return kinds;
}

/** Whether a character that `escapeJsonText` escapes begins at `at`, in valid UTF-8. */
export function isHazard(bytes: Uint8Array, at: number): boolean {
  const second = bytes[at + 1] as number;
  const third = bytes[at + 2] as number;
  switch (bytes[at]) {
    case 0x7f:
      return true;
    case 0xc2:
      return second <= 0x9f || second === 0xad;
    case 0xd8:
      return second === 0x9c;
    case 0xe1:
      return second === 0xa0 && third === 0x8e;
    case 0xe2:
      if (second === 0x80) return (third >= 0x8b && third <= 0x8f) || (third >= 0xa8 && third <= 0xae);
      return second === 0x81 && third >= 0xa0 && third <= 0xa9;
    case 0xef:
      return (second === 0xbb && third === 0xbf) || (second === 0xbf && third >= 0xb9 && third <= 0xbb);
    case 0xf3:
      return second === 0xa0 && (third === 0x80 || third === 0x81);
    default:
      return false;
  }
}

const ESCAPES: readonly number[] = [...'"\\/bfnrtu'].map((char) => char.charCodeAt(0));

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

function ownText(slice: Buffer, spaced: boolean, hazard: boolean): Buffer {
  const dense = spaced ? dropSpace(slice) : slice;
  return hazard ? Buffer.from(escapeJsonText(dense.toString())) : dense;
}

/** Drops the white space between the tokens of a valid JSON text. */
export function dropSpace(json: Buffer): Buffer {
  const dense = Buffer.allocUnsafe(json.length);
  let length = 0;
  let quoted = false;
  for (let pos = 0; pos < json.length; pos += 1) {
    const byte = json[pos] as number;
    if (!quoted && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)) continue;
    dense[length] = byte;
    length += 1;
    if (quoted && byte === BACKSLASH) {
      pos += 1;
      dense[length] = json[pos] as number;
      length += 1;
    } else if (byte === QUOTE) quoted = !quoted;
  }
  return dense.subarray(0, length);
}
