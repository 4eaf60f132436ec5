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

/** One member of an object, or one element of an array, in its own tokens. */
export interface Member {
  /** The decoded key; an element's index. */
  readonly key: string;
  /** The key's token with its quotes; empty for an element. */
  readonly keyToken: string;
  /** The value's tokens. */
  readonly token: string;
}

/**
 * The members of an object, repeated keys included, or the elements of an array, in their order; none for any other
 * value. Nothing is parsed but the outermost level, so that numbers and escapes stay as the vendor wrote them.
 * `text` must be valid JSON without white space between tokens.
 */
export function members(text: string): readonly Member[] {
  const isObject = text.charCodeAt(0) === OPEN_BRACE;
  if (!isObject && text.charCodeAt(0) !== OPEN_BRACKET) return [];
  const found: Member[] = [];
  for (let at = 1; at < text.length - 1; ) {
    const keyStart = at;
    if (isObject) at = stringEnd(text, at);
    const keyToken = text.slice(keyStart, at);
    if (isObject) at += 1;
    const valueStart = at;
    at = valueEnd(text, at);
    const key = isObject ? textOf(keyToken) : String(found.length);
    found.push({ key, keyToken, token: text.slice(valueStart, at) });
    at += 1;
  }
  return found;
}

/**
 * The tokens at a path such as `metadata.previous_role` or `tags.0`, below these members; undefined when there are none. What a path means is
 * written at `readPath` (providers/value.ts).
 */
export function tokenIn(inside: readonly Member[], path: string): string | undefined {
  const dot = path.indexOf('.');
  const step = dot < 0 ? undefined : inside.findLast(({ key }) => key === path.slice(0, dot));
  const below = step === undefined ? undefined : tokenIn(members(step.token), path.slice(dot + 1));
  return below ?? inside.findLast(({ key }) => key === path)?.token;
}

/** What a token says: a string's text; of anything else the token itself, so that numbers keep every digit. */
export function textOf(token: string): string {
  if (token.charCodeAt(0) !== QUOTE) return token;
  return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** After the closing quote of the string that opens at `start`. */
export function stringEnd(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 1) return at + 1;
  }
  return text.length;
}

/** After the value that begins at `start`. */
function valueEnd(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return stringEnd(text, start);
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at) - 1;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (code === COMMA && depth === 0) return at;
  }
  return text.length;
}
