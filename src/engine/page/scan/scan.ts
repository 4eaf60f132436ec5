import { isAscii, isUtf8 } from 'node:buffer';
import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from '../../../json/bytes.js';
import { ownText } from '../../../json/escape.js';
import { placeIn } from '../../../json/place.js';
import { type ListState, listIn, type PathStep, stepsTo } from './items.js';
import { COLON, LOWER_N, ScanError, TokenScanner } from './tokens.js';
import { placeAll, type ScannedEntry, type WantedField, type WantedFields } from './wanted.js';

export { ScanError } from './tokens.js';
export { firstObject, firstText, type ScannedEntry, sameTokens, type WantedFields, wantPaths } from './wanted.js';

export interface ScannedPage {
  readonly entries: readonly ScannedEntry[];
  /** The answer around the entries, parsed, without the entries; undefined if the answer is the array itself. */
  readonly envelope: unknown;
  /** Whether the answer has the list. There are no entries if it is null or left out. */
  readonly list: ListState;
}

const MAX_DEPTH = 64;

/**
 * Checks that `body` is one whole JSON text (RFC 8259 grammar, valid UTF-8) and slices the entries of the array at `itemsPath` out of it in one
 * pass, without parsing them. An entry may be anything: one that is not an object, or nests deeper than 64 levels, is marked `odd`. The
 * rest may not be deeper. Throws a `ScanError`. The entries' `raw` may be views into `body`.
 */
export function scanPage(body: Buffer, itemsPath: string, wanted: WantedFields): ScannedPage {
  const ascii = isAscii(body);
  if (!ascii && !isUtf8(body)) throw new ScanError('encoding', 0);
  const start = !ascii && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  return new PageScanner(body, itemsPath, wanted).scan(start);
}

class PageScanner extends TokenScanner {
  readonly #itemsPath: string;
  readonly #wanted: WantedFields;
  readonly #entries: ScannedEntry[] = [];
  readonly #places: number[] = [];
  /** The steps of the path to the items, and where the object begins in which each was met last. */
  readonly #way: readonly PathStep[];
  readonly #stepFrom: number[];
  #itemsStart = -1;
  #itemsEnd = -1;
  /** Something else than a list is at the path of the items. */
  #isOther = false;
  /** A key on the way to the items was met twice in one object. */
  #isRepeated = false;
  /** Of the entry that is being read: where its places begin, and at which depth each wanted value was found. */
  #first = 0;
  readonly #depths: Int32Array;
  #inEntry = false;
  #isDeep = false;
  #isUnsure = false;

  constructor(body: Buffer, itemsPath: string, wanted: WantedFields) {
    super(body);
    this.#itemsPath = itemsPath;
    this.#wanted = wanted;
    this.#way = stepsTo(itemsPath);
    this.#stepFrom = this.#way.map(() => -1);
    this.#depths = new Int32Array(wanted.slots);
  }

  scan(from: number): ScannedPage {
    const { body } = this;
    const path = this.#itemsPath;
    const entries = this.#entries;
    const start = this.space(from);
    const end = this.space(this.#value(start, 0, 0, undefined));
    if (end < body.length) throw new ScanError('malformed', end);
    const [itemsStart, itemsEnd] = [this.#itemsStart, this.#itemsEnd];
    if (itemsStart >= 0) {
      if ((this.#isRepeated || this.#isOther) && placeIn(body, start, path)?.start !== itemsStart)
        throw new ScanError('malformed', itemsStart);
      const around = `${body.toString('utf8', start, itemsStart)}[]${body.toString('utf8', itemsEnd)}`;
      return { entries, envelope: path === '' ? undefined : JSON.parse(around), list: 'given' };
    }
    if (path === '') {
      if (body[start] !== LOWER_N) throw new ScanError('no-items', 0);
      return { entries, envelope: undefined, list: 'null' };
    }
    const envelope: unknown = JSON.parse(body.toString('utf8', start));
    const list = listIn(envelope, path);
    if (list === undefined) throw new ScanError('no-items', 0);
    return { entries, envelope, list };
  }

  // The methods below take the position of the first byte of what they read and return the position after its last one.

  /** `onWay`: how many steps of the path to the items lead here, -1: none; `node`: the wanted fields at this place of an entry. */
  #value(at: number, depth: number, onWay: number, node: WantedField | undefined): number {
    const byte = this.body[at];
    if (onWay === this.#way.length) {
      if (byte === OPEN_BRACKET) {
        if (this.#itemsStart >= 0) throw new ScanError('malformed', at);
        this.#itemsStart = at;
        this.#itemsEnd = this.#items(at);
        return this.#itemsEnd;
      }
      this.#isOther = true;
    }
    if (byte === QUOTE) return this.string(at);
    if (byte === OPEN_BRACE) return this.#object(at, depth, onWay, node);
    if (byte === OPEN_BRACKET) return this.#elements(at, depth, onWay, node);
    return this.scalar(at);
  }

  #object(from: number, depth: number, onWay: number, node: WantedField | undefined): number {
    const { body } = this;
    if (depth >= MAX_DEPTH) return this.#tooDeep(from, node);
    let at = body[from + 1] === QUOTE ? from + 1 : this.space(from + 1);
    if (body[at] === CLOSE_BRACE) return at + 1;
    for (;;) {
      if (body[at] !== QUOTE) this.fail(at);
      const keyStart = at + 1;
      at = this.string(at);
      const keyEnd = at - 1;
      if (body[at] !== COLON) {
        at = this.space(at);
        if (body[at] !== COLON) this.fail(at);
      }
      at += 1;
      if ((body[at] as number) <= 0x20) at = this.space(at);
      const inner = node === undefined ? undefined : this.#wantedKey(node, keyStart, keyEnd);
      const valueStart = at;
      // Most values are strings: for them nothing else needs to be known.
      if (onWay >= 0) at = this.#value(at, depth + 1, this.#nextOnWay(onWay, from, keyStart, keyEnd), inner);
      else at = body[at] === QUOTE ? this.string(at) : this.#value(at, depth + 1, -1, inner);
      if (inner !== undefined) this.#take(inner, valueStart, at);
      if (body[at] !== COMMA) {
        at = this.space(at);
        if (body[at] === CLOSE_BRACE) return at + 1;
        if (body[at] !== COMMA) this.fail(at);
      }
      at += 1;
      if (body[at] !== QUOTE) at = this.space(at);
    }
  }

  #elements(from: number, depth: number, onWay: number, node: WantedField | undefined): number {
    const { body } = this;
    if (depth >= MAX_DEPTH) return this.#tooDeep(from, node);
    let at = this.space(from + 1);
    if (body[at] === CLOSE_BRACKET) return at + 1;
    const step = onWay >= 0 ? this.#way[onWay] : undefined;
    for (let index = 0; ; index += 1) {
      const start = at;
      const inner = node?.keys.find((key) => key.index === index)?.node;
      at = this.#value(start, depth + 1, step?.index === index ? onWay + 1 : -1, inner);
      if (inner !== undefined) this.#take(inner, start, at);
      at = this.space(at);
      if (body[at] === CLOSE_BRACKET) return at + 1;
      if (body[at] !== COMMA) this.fail(at);
      at = this.space(at + 1);
    }
  }

  #items(from: number): number {
    const { body } = this;
    let at = this.space(from + 1);
    if (body[at] === CLOSE_BRACKET) return at + 1;
    for (;;) {
      at = this.space(this.#item(at));
      if (body[at] === CLOSE_BRACKET) return at + 1;
      if (body[at] !== COMMA) this.fail(at);
      at = this.space(at + 1);
    }
  }

  #item(from: number): number {
    const { body } = this;
    const places = this.#places;
    const wanted = this.#wanted;
    const first = places.length;
    this.isSpaced = false;
    this.hasHazard = false;
    this.#inEntry = true;
    this.#isDeep = false;
    this.#isUnsure = false;
    this.#first = first;
    for (let slot = 0; slot < wanted.slots; slot += 1) places.push(-1, -1);
    const isObject = body[from] === OPEN_BRACE;
    const after = isObject ? this.#object(from, 0, -1, wanted.root) : this.#value(from, 0, -1, undefined);
    if (this.#isUnsure || (isObject && wanted.looksUp)) placeAll(wanted, { body, places, first }, from);
    this.#inEntry = false;
    const raw = ownText(body.subarray(from, after), this.isSpaced, this.hasHazard);
    if (isObject && !this.#isDeep) this.#entries.push({ raw, body, places, first });
    else this.#entries.push({ raw, body, places, first, odd: isObject ? 'too-deep' : 'not-an-object' });
    return after;
  }

  /** Notes where a wanted value is. If a path can be meant in more than one way here, the entry is looked at again, exactly. */
  #take({ slots, below, depth }: WantedField, from: number, to: number): void {
    const places = this.#places;
    for (let i = 0; i < slots.length; i += 1) {
      const slot = slots[i] as number;
      const at = this.#first + 2 * slot;
      if ((places[at] as number) >= 0 && this.#depths[slot] !== depth) this.#isUnsure = true;
      this.#depths[slot] = depth;
      places[at] = from;
      places[at + 1] = to;
    }
    // Found below an earlier member of the same name, or under a key that holds dots.
    for (let i = 0; i < below.length; i += 1) {
      const at = places[this.#first + 2 * (below[i] as number)] as number;
      if (at >= 0 && at < from) this.#isUnsure = true;
    }
  }

  #tooDeep(from: number, node: WantedField | undefined): number {
    if (!this.#inEntry) throw new ScanError('too-deep', from);
    this.#isDeep = true;
    if (node !== undefined) this.#isUnsure = true;
    return this.nested(from);
  }

  #wantedKey(node: WantedField, start: number, end: number): WantedField | undefined {
    const keys = this.hasEscape ? node.keys : node.byLength[end - start];
    if (keys === undefined) return undefined;
    for (const key of keys) if (this.#isKey(key.name, start, end)) return key.node;
    return undefined;
  }

  /** `from`: where the object of the key begins. */
  #nextOnWay(onWay: number, from: number, start: number, end: number): number {
    const step = this.#way[onWay];
    if (step === undefined) return -1;
    if (this.#isKey(step.name, start, end)) {
      if (this.#stepFrom[onWay] === from) this.#isRepeated = true;
      this.#stepFrom[onWay] = from;
      return onWay + 1;
    }
    return this.#isKey(step.rest, start, end) ? this.#way.length : -1;
  }

  /** A key with escapes is compared decoded. */
  #isKey(name: Buffer, start: number, end: number): boolean {
    const { body } = this;
    if (this.hasEscape) return JSON.parse(body.toString('utf8', start - 1, end + 1)) === name.toString();
    const length = name.length;
    if (end - start !== length) return false;
    for (let i = 0; i < length; i += 1) {
      if (body[start + i] !== name[i]) return false;
    }
    return true;
  }
}
