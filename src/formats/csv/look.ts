import { formulaLength } from './cell.js';

// How the bytes of a value become a cell.
/** As they are. */
export const PLAIN = 0;
/** In quotes; no quote is among them. */
export const QUOTED = 1;
/** As JSON. */
export const JSON_TOKENS = 2;
/** Decoded and altered first. */
export const ODD = 3;

const SEMICOLON = 0x3b;
const FIRST_BEYOND_ASCII = 0x80;
/** The first byte of C1 controls, and the second byte of the first character after them. */
const C1_LEAD = 0xc2;
const AFTER_C1 = 0xa0;

/** PLAIN, QUOTED or ODD, for UTF-8 from `from` up to `to`; `isRaw`: without a guard against formulas. */
export function lookOf(text: Uint8Array, from: number, to: number, isRaw: boolean): number {
  let look = PLAIN;
  for (let at = from; at < to; at += 1) {
    const byte = text[at]!;
    if (byte >= FIRST_BEYOND_ASCII) {
      if (byte === C1_LEAD && text[at + 1]! < AFTER_C1) return ODD;
      continue;
    }
    const its = LOOKS[byte]!;
    if (its === PLAIN) continue;
    if (its === ODD) return ODD;
    if (byte === SEMICOLON && !isRaw && formulaLength(text, at + 1) > 0) return ODD;
    look = QUOTED;
  }
  return look;
}

const LOOKS = looksOfAscii();

/** A string without escapes has no controls, quotes or backslashes, and DEL is shown by its picture. */
function looksOfAscii(): Uint8Array {
  const looks = new Uint8Array(FIRST_BEYOND_ASCII).fill(PLAIN).fill(ODD, 0, 0x20);
  for (const byte of Buffer.from('"\\\x7f')) looks[byte] = ODD;
  for (const byte of Buffer.from(',;')) looks[byte] = QUOTED;
  return looks;
}
