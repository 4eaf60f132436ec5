import { isAscii, isUtf8 } from 'node:buffer';
import { ESCAPES, isHex } from '../../../json/bytes.js';
import { BYTE_KIND, CLOSING, ESCAPING, isHazard, ownText, PLAIN, SUSPECT } from '../../../json/escape.js';
import { placeIn } from '../../../json/place.js';
import { type ListState, listIn, stepsTo } from './items.js';
import { placeAll, type ScannedEntry, type WantedField, type WantedFields } from './wanted.js';

export { dropSpace } from '../../../json/bytes.js';
export { isHazard } from '../../../json/escape.js';
export { firstText, type ScannedEntry, sameTokens, type WantedFields, wantPaths } from './wanted.js';

/** Why an answer's text is not what a page must be. `cut`: it ends too early. */
export type ScanFault = 'cut' | 'malformed' | 'encoding' | 'too-deep' | 'no-items';

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

export interface ScannedPage {
  readonly rows: readonly ScannedEntry[];
  /** The answer around the rows, parsed, with the rows taken out; undefined when the answer is the array itself. */
  readonly envelope: unknown;
  /** Whether the answer has the list at all; there are no rows where it is null or left out. */
  readonly list: ListState;
}

const MAX_DEPTH = 64;
const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const LOWER_N = 0x6e;

/**
 * Checks that `body` is one whole JSON text (RFC 8259 grammar, valid UTF-8) and slices the rows of the array at `itemsPath` out of it
 * without parsing them. A row may be anything: one that is not an object, or nests deeper than 64 levels, is marked `odd`. What stands
 * around the rows may not be deeper. One pass over the bytes. Throws a `ScanError`. The rows' `raw` may be views into `body`.
 */
export function scanPage(body: Buffer, itemsPath: string, wanted: WantedFields): ScannedPage {
  const ascii = isAscii(body);
  if (!ascii && !isUtf8(body)) throw new ScanError('encoding', 0);

  const rows: ScannedEntry[] = [];
  const words = new DataView(body.buffer, body.byteOffset, body.length);
  const lastWord = body.length - 3;
  const way = stepsTo(itemsPath);
  let spaced = false;
  let hazard = false;
  let escapedKey = false;
  // What stands at the place of the items: a list, or something else.
  let itemsStart = -1;
  let itemsEnd = -1;
  let isOther = false;
  // Whether a key on the way to the items was met twice in the same object, and where each was met last.
  let isRepeated = false;
  const stepFrom = way.map(() => -1);
  const places: number[] = [];
  let first = 0;
  // Of the row that is being read.
  let inRow = false;
  let isDeep = false;
  let isUnsure = false;
  const depths = new Int32Array(wanted.slots);

  const start = space(!ascii && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0);
  const end = space(value(start, 0, 0, undefined));
  if (end < body.length) throw new ScanError('malformed', end);
  if (itemsStart >= 0) {
    if ((isRepeated || isOther) && placeIn(body, start, itemsPath)?.start !== itemsStart)
      throw new ScanError('malformed', itemsStart);
    const envelope = itemsPath === '' ? undefined : around(body, start, itemsStart, itemsEnd);
    return { rows, envelope, list: 'given' };
  }
  if (itemsPath === '') {
    if (body[start] !== LOWER_N) throw new ScanError('no-items', 0);
    return { rows, envelope: undefined, list: 'null' };
  }
  const envelope: unknown = JSON.parse(body.toString('utf8', start));
  const list = listIn(envelope, itemsPath);
  if (list === undefined) throw new ScanError('no-items', 0);
  return { rows, envelope, list };

  // Each function below takes the position of the first byte of what it reads, and gives the position after its last one.

  /** `onWay`: how many steps of the path to the items lead here, -1: none; `node`: the wanted tree at this place of a row. */
  function value(at: number, depth: number, onWay: number, node: WantedField | undefined): number {
    const byte = body[at];
    if (onWay === way.length) {
      if (byte === OPEN_BRACKET) {
        if (itemsStart >= 0) throw new ScanError('malformed', at);
        itemsStart = at;
        itemsEnd = items(at);
        return itemsEnd;
      }
      isOther = true;
    }
    if (byte === QUOTE) return string(at);
    if (byte === OPEN_BRACE) return object(at, depth, onWay, node);
    if (byte === OPEN_BRACKET) return elements(at, depth, onWay, node);
    return scalar(at);
  }

  function scalar(at: number): number {
    const byte = body[at];
    if (byte === QUOTE) return string(at);
    if (byte === LOWER_N) return word(at, 'null');
    if (byte === 0x74) return word(at, 'true');
    if (byte === 0x66) return word(at, 'false');
    return number(at);
  }

  function object(from: number, depth: number, onWay: number, node: WantedField | undefined): number {
    if (depth >= MAX_DEPTH) return tooDeep(from, node);
    let at = body[from + 1] === QUOTE ? from + 1 : space(from + 1);
    if (body[at] === CLOSE_BRACE) return at + 1;
    for (;;) {
      if (body[at] !== QUOTE) fail(at);
      const keyStart = at + 1;
      at = string(at);
      const keyEnd = at - 1;
      if (body[at] !== COLON) {
        at = space(at);
        if (body[at] !== COLON) fail(at);
      }
      at += 1;
      if ((body[at] as number) <= 0x20) at = space(at);
      const inner = node === undefined ? undefined : wantedKey(node, keyStart, keyEnd);
      const valueStart = at;
      // Most values are strings: for them nothing else needs to be known.
      if (onWay >= 0) at = value(at, depth + 1, nextOnWay(onWay, from, keyStart, keyEnd), inner);
      else at = body[at] === QUOTE ? string(at) : value(at, depth + 1, -1, inner);
      if (inner !== undefined) take(inner, valueStart, at);
      if (body[at] !== COMMA) {
        at = space(at);
        if (body[at] === CLOSE_BRACE) return at + 1;
        if (body[at] !== COMMA) fail(at);
      }
      at += 1;
      if (body[at] !== QUOTE) at = space(at);
    }
  }

  function elements(from: number, depth: number, onWay: number, node: WantedField | undefined): number {
    if (depth >= MAX_DEPTH) return tooDeep(from, node);
    let at = space(from + 1);
    if (body[at] === CLOSE_BRACKET) return at + 1;
    const isPlain = node === undefined && onWay < 0;
    for (let index = 0; ; index += 1) {
      if (isPlain) at = space(value(at, depth + 1, -1, undefined));
      else at = space(element(at, depth, index, onWay, node));
      if (body[at] === CLOSE_BRACKET) return at + 1;
      if (body[at] !== COMMA) fail(at);
      at = space(at + 1);
    }
  }

  function element(from: number, depth: number, index: number, onWay: number, node: WantedField | undefined): number {
    const inner = node?.keys.find((key) => key.index === index)?.node;
    const after = value(from, depth + 1, onWay >= 0 && way[onWay]?.index === index ? onWay + 1 : -1, inner);
    if (inner !== undefined) take(inner, from, after);
    return after;
  }

  function items(from: number): number {
    let at = space(from + 1);
    if (body[at] === CLOSE_BRACKET) return at + 1;
    for (;;) {
      at = space(item(at));
      if (body[at] === CLOSE_BRACKET) return at + 1;
      if (body[at] !== COMMA) fail(at);
      at = space(at + 1);
    }
  }

  function item(from: number): number {
    spaced = false;
    hazard = false;
    inRow = true;
    isDeep = false;
    isUnsure = false;
    first = places.length;
    for (let slot = 0; slot < wanted.slots; slot += 1) places.push(-1, -1);
    const isObject = body[from] === OPEN_BRACE;
    const after = isObject ? object(from, 0, -1, wanted.root) : value(from, 0, -1, undefined);
    if (isUnsure) placeAll(wanted, body, from, places, first);
    inRow = false;
    const raw = ownText(body.subarray(from, after), spaced, hazard);
    if (isObject && !isDeep) rows.push({ raw, body, places, first });
    else rows.push({ raw, body, places, first, odd: isObject ? 'too-deep' : 'not-an-object' });
    return after;
  }

  /** Notes where a wanted value stands. A path that can be meant in more than one way here is looked at again, exactly. */
  function take(node: WantedField, from: number, to: number): void {
    const { slots, below, depth } = node;
    for (let i = 0; i < slots.length; i += 1) {
      const slot = slots[i] as number;
      const at = first + 2 * slot;
      if ((places[at] as number) >= 0 && depths[slot] !== depth) isUnsure = true;
      depths[slot] = depth;
      places[at] = from;
      places[at + 1] = to;
    }
    // Found below an earlier member of the same name, or under a key that holds dots.
    for (let i = 0; i < below.length; i += 1) {
      const at = places[first + 2 * (below[i] as number)] as number;
      if (at >= 0 && at < from) isUnsure = true;
    }
  }

  function tooDeep(from: number, node: WantedField | undefined): number {
    if (!inRow) throw new ScanError('too-deep', from);
    isDeep = true;
    if (node !== undefined) isUnsure = true;
    return nested(from);
  }

  /** As `value`, whatever the depth: the stack does not grow. */
  function nested(from: number): number {
    const closers: number[] = [];
    let at = from;
    for (;;) {
      if (body[at] === OPEN_BRACE || body[at] === OPEN_BRACKET) {
        const closer = body[at] === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
        at = space(at + 1);
        if (body[at] !== closer) {
          closers.push(closer);
          if (closer === CLOSE_BRACE) at = keyed(at);
          continue;
        }
        at += 1;
      } else at = scalar(at);
      while (closers.length > 0) {
        at = space(at);
        if (body[at] !== closers.at(-1)) break;
        closers.pop();
        at += 1;
      }
      if (closers.length === 0) return at;
      if (body[at] !== COMMA) fail(at);
      at = space(at + 1);
      if (closers.at(-1) === CLOSE_BRACE) at = keyed(at);
    }
  }

  /** Up to the value of a member. */
  function keyed(from: number): number {
    if (body[from] !== QUOTE) fail(from);
    const at = space(string(from));
    if (body[at] !== COLON) fail(at);
    return space(at + 1);
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

  function wantedKey(node: WantedField, start: number, end: number): WantedField | undefined {
    const keys = escapedKey ? node.keys : node.byLength[end - start];
    if (keys === undefined) return undefined;
    for (const key of keys) if (isKey(key.name, start, end)) return key.node;
    return undefined;
  }

  /** `from`: where the object begins that the key is of. */
  function nextOnWay(onWay: number, from: number, start: number, end: number): number {
    const step = way[onWay];
    if (step === undefined) return -1;
    if (isKey(step.name, start, end)) {
      if (stepFrom[onWay] === from) isRepeated = true;
      stepFrom[onWay] = from;
      return onWay + 1;
    }
    return isKey(step.rest, start, end) ? way.length : -1;
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
