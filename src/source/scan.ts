import { isAscii, isUtf8 } from 'node:buffer';
import { escapeJsonText, hasHazard } from '../json.js';

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
  /** The token of each wanted path as it stands in the body; undefined where the row has none. */
  readonly tokens: readonly (Buffer | undefined)[];
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
  const hazardous = ascii ? body.includes(0x7f) : hasHazard(body.toString());

  const rows: ScannedRow[] = [];
  let pos = !ascii && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  let spaced = false;
  let itemsStart = -1;
  let itemsEnd = -1;
  let oddRow = -1;
  let escapedString = false;
  let tokens: (Buffer | undefined)[] = [];

  skipSpace();
  value(0, itemsPath === '' ? [] : itemsPath.split('.'), undefined);
  skipSpace();
  if (pos < body.length) throw new ScanError('malformed', pos);
  if (itemsStart < 0) throw new ScanError('no-items', 0);
  if (oddRow >= 0) throw new ScanError('row-type', oddRow);
  const envelope =
    itemsPath === ''
      ? undefined
      : (JSON.parse(
          `${body.toString('utf8', 0, itemsStart).replace(/^\ufeff/, '')}[]${body.toString('utf8', itemsEnd)}`,
        ) as unknown);
  return { rows, envelope };

  /** `way`: what is left of the path to the items (undefined: not on it); `node`: the wanted tree at this place of a row. */
  function value(depth: number, way: readonly string[] | undefined, node: WantedNode | undefined): void {
    const byte = body[pos];
    if (way !== undefined && way.length === 0) {
      if (byte !== 0x5b) {
        other(depth, byte);
        return;
      }
      if (itemsStart >= 0) throw new ScanError('malformed', pos);
      itemsStart = pos;
      items(depth);
      itemsEnd = pos;
      return;
    }
    if (byte === 0x7b) object(depth, way, node);
    else other(depth, byte);
  }

  function other(depth: number, byte: number | undefined): void {
    if (byte === QUOTE) string();
    else if (byte === 0x7b) object(depth, undefined, undefined);
    else if (byte === 0x5b) array(depth);
    else if (byte === 0x2d || (byte !== undefined && byte >= 0x30 && byte <= 0x39)) number();
    else if (byte === 0x74) word('true');
    else if (byte === 0x66) word('false');
    else if (byte === 0x6e) word('null');
    else fail();
  }

  function object(depth: number, way: readonly string[] | undefined, node: WantedNode | undefined): void {
    if (depth >= MAX_DEPTH) throw new ScanError('too-deep', pos);
    pos += 1;
    skipSpace();
    if (body[pos] === 0x7d) {
      pos += 1;
      return;
    }
    for (;;) {
      const keyStart = pos + 1;
      if (body[pos] !== QUOTE) fail();
      string();
      const keyEnd = pos - 1;
      skipSpace();
      if (body[pos] !== 0x3a) fail();
      pos += 1;
      skipSpace();
      const inner = node === undefined ? undefined : wantedKey(node, keyStart, keyEnd);
      const start = pos;
      value(depth + 1, way === undefined ? undefined : nextWay(way, keyStart, keyEnd), inner);
      if (inner !== undefined && inner.slot >= 0) tokens[inner.slot] = body.subarray(start, pos);
      skipSpace();
      const byte = body[pos];
      if (byte === 0x2c) {
        pos += 1;
        skipSpace();
      } else if (byte === 0x7d) {
        pos += 1;
        return;
      } else fail();
    }
  }

  function array(depth: number): void {
    if (depth >= MAX_DEPTH) throw new ScanError('too-deep', pos);
    elements(() => value(depth + 1, undefined, undefined));
  }

  function items(depth: number): void {
    elements(() => {
      if (body[pos] !== 0x7b) {
        oddRow = oddRow < 0 ? pos : oddRow;
        other(depth + 1, body[pos]);
        return;
      }
      const start = pos;
      spaced = false;
      tokens = new Array<Buffer | undefined>(wanted.slots).fill(undefined);
      object(depth + 1, undefined, wanted.root);
      rows.push({ raw: ownText(body.subarray(start, pos), spaced, hazardous), tokens });
    });
  }

  function elements(element: () => void): void {
    pos += 1;
    skipSpace();
    if (body[pos] === 0x5d) {
      pos += 1;
      return;
    }
    for (;;) {
      element();
      skipSpace();
      const byte = body[pos];
      if (byte === 0x2c) {
        pos += 1;
        skipSpace();
      } else if (byte === 0x5d) {
        pos += 1;
        return;
      } else fail();
    }
  }

  /** Leaves in `escapedString` whether it had an escape. */
  function string(): void {
    pos += 1;
    escapedString = false;
    for (;;) {
      let byte = body[pos] as number;
      while (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) {
        pos += 1;
        byte = body[pos] as number;
      }
      if (byte === QUOTE) {
        pos += 1;
        return;
      }
      if (byte !== BACKSLASH) fail();
      escapedString = true;
      const escaped = body[pos + 1];
      if (escaped === 0x75) {
        for (let digit = pos + 2; digit < pos + 6; digit += 1) {
          if (!isHex(body[digit])) {
            pos = digit;
            fail();
          }
        }
        pos += 6;
      } else if (escaped !== undefined && ESCAPES.includes(escaped)) pos += 2;
      else {
        pos += 1;
        fail();
      }
    }
  }

  function number(): void {
    if (body[pos] === 0x2d) pos += 1;
    if (body[pos] === 0x30) pos += 1;
    else digits();
    if (body[pos] === 0x2e) {
      pos += 1;
      digits();
    }
    if (body[pos] === 0x65 || body[pos] === 0x45) {
      pos += 1;
      if (body[pos] === 0x2b || body[pos] === 0x2d) pos += 1;
      digits();
    }
  }

  function digits(): void {
    const start = pos;
    while ((body[pos] as number) >= 0x30 && (body[pos] as number) <= 0x39) pos += 1;
    if (pos === start) fail();
  }

  function word(text: string): void {
    for (let i = 0; i < text.length; i += 1) {
      if (body[pos] !== text.charCodeAt(i)) fail();
      pos += 1;
    }
  }

  function skipSpace(): void {
    let byte = body[pos];
    if (byte !== undefined && byte > 0x20) return;
    const start = pos;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      pos += 1;
      byte = body[pos];
    }
    if (pos > start) spaced = true;
  }

  function wantedKey(node: WantedNode, start: number, end: number): WantedNode | undefined {
    for (const key of node.keys) {
      if (sameKey(key.name, start, end)) return key.node;
    }
    return undefined;
  }

  function nextWay(way: readonly string[], start: number, end: number): readonly string[] | undefined {
    return sameKey(Buffer.from(way[0] as string), start, end) ? way.slice(1) : undefined;
  }

  /** A key written with escapes is compared by what it means. */
  function sameKey(name: Buffer, start: number, end: number): boolean {
    const length = name.length;
    if (end - start === length) {
      for (let i = 0; i < length; i += 1) {
        if (body[start + i] !== name[i]) return false;
      }
      return true;
    }
    return escapedString && JSON.parse(body.toString('utf8', start - 1, end + 1)) === name.toString();
  }

  function fail(): never {
    throw new ScanError(pos >= body.length ? 'cut' : 'malformed', pos);
  }
}

const ESCAPES: readonly number[] = [...'"\\/bfnrt'].map((char) => char.charCodeAt(0));

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

function ownText(slice: Buffer, spaced: boolean, hazardous: boolean): Buffer {
  const dense = spaced ? dropSpace(slice) : slice;
  if (!hazardous) return dense;
  const text = dense.toString();
  return hasHazard(text) ? Buffer.from(escapeJsonText(text)) : dense;
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
