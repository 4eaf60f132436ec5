import { escapeJsonText } from '../json.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What a byte inside a string means. */
export const PLAIN = 0;
export const CLOSING = 1;
export const ESCAPING = 2;
const CONTROL = 3;
/** DEL, or the first byte of characters among which there are hazardous ones. */
export const SUSPECT = 4;
export const BYTE_KIND: Uint8Array = byteKinds();

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

export const ESCAPES: readonly number[] = [...'"\\/bfnrtu'].map((char) => char.charCodeAt(0));

export function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

/** The tokens of an entry as it is kept: no white space between them, hazardous characters escaped. */
export function ownText(slice: Buffer, spaced: boolean, hazard: boolean): Buffer {
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
