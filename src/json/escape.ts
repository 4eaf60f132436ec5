import { BACKSLASH, dropSpace, QUOTE } from './bytes.js';

/**
 * Characters that are valid inside a JSON string but could harm a terminal, hide or reorder text, or split a line:
 * DEL and C1, soft hyphen, bidi controls, zero-width and other invisible format characters, line and paragraph
 * separators, byte order marks, interlinear and tag characters, and halves of surrogate pairs.
 */
const HAZARD =
  /[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/u;
const HAZARDS = new RegExp(HAZARD, 'gu');

/**
 * Writes every hazardous character of one or more JSON texts as `\uXXXX` (lower-case hex; a pair beyond the BMP). Any JSON parser
 * reads the same values from the result, and printing it is safe. `text` must be valid JSON without white space between tokens, so that
 * it has no C0 control character, and hazardous characters only inside strings. Lone surrogates are kept as escapes.
 */
export function escapeJsonText(text: string): string {
  return HAZARD.test(text) ? text.replace(HAZARDS, escapeUnits) : text;
}

/** A value as JSON that is safe to print. */
export function safeJson(value: unknown, indent?: number): string {
  return escapeJsonText(JSON.stringify(value, null, indent));
}

function escapeUnits(character: string): string {
  let escaped = '';
  for (let unit = 0; unit < character.length; unit += 1) {
    escaped += `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}

/** The kinds of bytes inside a string. */
export const PLAIN = 0;
export const CLOSING = 1;
export const ESCAPING = 2;
const CONTROL = 3;
/** DEL, or the first byte of a character that may be hazardous. */
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

/** An entry's tokens in the form that is kept: compact, with hazardous characters escaped. */
export function ownText(slice: Buffer, spaced: boolean, hazard: boolean): Buffer {
  const dense = spaced ? dropSpace(slice) : slice;
  return hazard ? Buffer.from(escapeJsonText(dense.toString())) : dense;
}
