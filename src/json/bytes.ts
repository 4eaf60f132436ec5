/** The bytes of JSON's tokens. `charCodeAt` gives the same numbers. */
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
/** The bytes that may follow a backslash. */
export const ESCAPES: readonly number[] = [...'"\\/bfnrtu'].map((char) => char.charCodeAt(0));

export function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

// The functions below skip over tokens of compact JSON. On truncated input they return an index past the end.

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

/** Removes the white space between the tokens of a valid JSON text. */
export function dropSpace(json: Buffer): Buffer {
  const dense = Buffer.allocUnsafe(json.length);
  let length = 0;
  let quoted = false;
  for (let pos = 0; pos < json.length; pos += 1) {
    const byte = json[pos] as number;
    if (!quoted && isSpace(byte)) continue;
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
