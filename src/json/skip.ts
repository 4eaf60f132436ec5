/** Ways past the tokens of JSON without white space between them. Where the text ends too early, each gives a place behind its end. */

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The first quote or backslash at or after `from`. */
export function plainEnd(text: Uint8Array, from: number): number {
  let at = from;
  while (at < text.length) {
    const byte = text[at];
    if (byte === QUOTE || byte === BACKSLASH) return at;
    at += 1;
  }
  return at;
}

/** The closing quote of the string that `from` is inside of. */
export function stringEnd(text: Uint8Array, from: number): number {
  let at = from;
  while (at < text.length) {
    const byte = text[at];
    if (byte === QUOTE) return at;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return at;
}

/** After the value that begins at `from`. */
export function valueEnd(text: Uint8Array, from: number): number {
  const first = text[from];
  let at = from;
  if (first === QUOTE) return stringEnd(text, at + 1) + 1;
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
    while (at < text.length) {
      const byte = text[at];
      if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET) return at;
      at += 1;
    }
    return at;
  }
  let depth = 0;
  while (at < text.length) {
    const byte = text[at];
    if (byte === QUOTE) at = stringEnd(text, at + 1);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
    at += 1;
  }
  return at;
}
