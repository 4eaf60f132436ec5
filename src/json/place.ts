import { plainEnd, stringEnd, valueEnd } from './skip.js';

/** Where in a text a value stands. */
export interface Span {
  readonly start: number;
  /** After the value's last byte. */
  readonly end: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;

/**
 * Where the value at a path stands, below the value that begins at `from`: what a path means is written at `readPath` (providers/value.ts).
 * `text` must be valid JSON, with or without white space between its tokens.
 */
export function placeIn(text: Buffer, from: number, path: string): Span | undefined {
  const dot = path.indexOf('.');
  const step = dot < 0 ? undefined : memberIn(text, from, path.slice(0, dot));
  const below = step === undefined ? undefined : placeIn(text, step.start, path.slice(dot + 1));
  return below ?? memberIn(text, from, path);
}

/** The last member of an object with this key, or the element of an array with this index. */
function memberIn(text: Buffer, from: number, key: string): Span | undefined {
  const isObject = text[from] === OPEN_BRACE;
  if (!isObject && text[from] !== OPEN_BRACKET) return undefined;
  let found: Span | undefined;
  let at = spaceEnd(text, from + 1);
  for (let index = 0; at < text.length; index += 1) {
    let isIt = String(index) === key;
    if (isObject) {
      if (text[at] !== QUOTE) return found;
      const after = stringEnd(text, at + 1) + 1;
      isIt = isKey(text, at, after, key);
      // The colon stands between.
      at = spaceEnd(text, spaceEnd(text, after) + 1);
    }
    const end = valueEnd(text, at);
    if (end === at) return found;
    if (isIt) found = { start: at, end: spaceStart(text, end) };
    at = spaceEnd(text, end);
    if (text[at] !== COMMA) return found;
    at = spaceEnd(text, at + 1);
  }
  return found;
}

/** A key written with escapes is compared by what it means. */
function isKey(text: Buffer, start: number, end: number, key: string): boolean {
  const written = text.toString('utf8', start, end);
  return (plainEnd(text, start + 1) === end - 1 ? written.slice(1, -1) : JSON.parse(written)) === key;
}

function spaceEnd(text: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(text[at])) at += 1;
  return at;
}

/** Before the white space that ends at `to`. */
function spaceStart(text: Uint8Array, to: number): number {
  let at = to;
  while (isSpace(text[at - 1])) at -= 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
