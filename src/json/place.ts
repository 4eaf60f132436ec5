import { COMMA, isSpace, OPEN_BRACE, OPEN_BRACKET, plainEnd, QUOTE, stringEnd, valueEnd } from './bytes.js';
import { type LookupStep, lookupAt } from './lookup.js';

/** The position of a value in a text. */
export interface ByteRange {
  readonly start: number;
  /** After the value's last byte. */
  readonly end: number;
}

/**
 * The position of the value at a path below the value that begins at `from`. `text` must be valid JSON, with or without white space
 * between tokens. `readPath` (providers/value.ts) defines paths.
 */
export function placeIn(text: Buffer, from: number, path: string): ByteRange | undefined {
  const lookup = lookupAt(path);
  if (lookup !== undefined) {
    const found = memberBy(text, from, lookup);
    return lookup.rest === '' || found === undefined ? found : placeIn(text, found.start, lookup.rest);
  }
  const dot = path.indexOf('.');
  const step = dot < 0 ? undefined : memberIn(text, from, path.slice(0, dot));
  const below = step === undefined ? undefined : placeIn(text, step.start, path.slice(dot + 1));
  return below ?? memberIn(text, from, path);
}

/** The first object in a list that has a text at a key. */
function memberBy(text: Buffer, from: number, { list, key, text: wanted }: LookupStep): ByteRange | undefined {
  const range = memberIn(text, from, list);
  if (range === undefined || text[range.start] !== OPEN_BRACKET) return undefined;
  for (let at = spaceEnd(text, range.start + 1); at < range.end - 1; ) {
    const end = valueEnd(text, at);
    const found = memberIn(text, at, key);
    if (text[at] === OPEN_BRACE && found !== undefined && isText(text, found, wanted))
      return { start: at, end: spaceStart(text, end) };
    at = spaceEnd(text, spaceEnd(text, end) + 1);
  }
  return undefined;
}

function isText(text: Buffer, { start, end }: ByteRange, wanted: string): boolean {
  return text[start] === QUOTE && isKey(text, start, end, wanted);
}

/** The last member of an object with this key, or the element of an array with this index. */
function memberIn(text: Buffer, from: number, key: string): ByteRange | undefined {
  const isObject = text[from] === OPEN_BRACE;
  if (!isObject && text[from] !== OPEN_BRACKET) return undefined;
  let found: ByteRange | undefined;
  let at = spaceEnd(text, from + 1);
  for (let index = 0; at < text.length; index += 1) {
    let isIt = String(index) === key;
    if (isObject) {
      if (text[at] !== QUOTE) return found;
      const after = stringEnd(text, at + 1) + 1;
      isIt = isKey(text, at, after, key);
      // Skips the colon.
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

/** Decodes a key that is written with escapes before comparing it. */
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
