/**
 * Characters that may stand raw inside a JSON string but could harm a terminal, hide or reorder text, or split a line:
 * DEL and C1, soft hyphen, bidi controls, zero-width and other invisible format characters, line and paragraph
 * separators, byte order marks, interlinear and tag characters, and halves of surrogate pairs.
 */
const HAZARD =
  /[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/u;
const HAZARDS = new RegExp(HAZARD, 'gu');

/** Whether `escapeJsonText` would change `text`. A single pass of a regular expression, for whole pages at a time. */
export function hasHazard(text: string): boolean {
  return HAZARD.test(text);
}

/**
 * One JSON text, or several, with every hazardous character written as `\uXXXX` (lower-case hex; a pair of them beyond
 * the BMP). Any JSON parser reads the same values from the result, and printing it is safe.
 * `text` must be valid JSON without white space between tokens: then it holds no C0 control character, and hazardous
 * characters only inside strings. Lone surrogates are kept, as their escapes.
 */
export function escapeJsonText(text: string): string {
  return HAZARD.test(text) ? text.replace(HAZARDS, escapeUnits) : text;
}

function escapeUnits(character: string): string {
  let escaped = '';
  for (let unit = 0; unit < character.length; unit += 1) {
    escaped += `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
