import { formulaLength } from './cell.js';

/** What is to be done with bytes that are to be a cell: nothing. */
export const PLAIN = 0;
/** They go between quotes, and hold none. */
export const QUOTED = 1;
/** They are JSON. */
export const JSON_TOKENS = 2;
/** They have to be made a text, which is altered. */
export const ODD = 3;

const SEMICOLON = 0x3b;
const FIRST_BEYOND_ASCII = 0x80;
/** The first byte of a C1 control and of what comes after those. */
const C1_LEAD = 0xc2;
const AFTER_C1 = 0xa0;

/** PLAIN, QUOTED or ODD, for UTF-8 from `from` up to `to`; `isRaw`: nothing is done about formulas. */
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

/** Controls, the quote and the backslash are no bytes of a string without escapes, and DEL is shown by its picture. */
function looksOfAscii(): Uint8Array {
  const looks = new Uint8Array(FIRST_BEYOND_ASCII).fill(PLAIN).fill(ODD, 0, 0x20);
  for (const byte of Buffer.from('"\\\x7f')) looks[byte] = ODD;
  for (const byte of Buffer.from(',;')) looks[byte] = QUOTED;
  return looks;
}
