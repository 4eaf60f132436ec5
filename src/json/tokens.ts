import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './bytes.js';
import { type LookupStep, lookupAt } from './lookup.js';

/** One member of an object, or one element of an array, in its own tokens. */
export interface Member {
  /** The decoded key; an element's index. */
  readonly key: string;
  /** With its quotes; empty for an element. */
  readonly keyToken: string;
  /** The tokens of the value. */
  readonly token: string;
}

/**
 * The members of an object, repeated keys included, or the elements of an array, in order; none for any other value. Parses the outermost level only,
 * so that numbers and escapes stay as the vendor wrote them. `text` must be valid compact JSON.
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
 * The tokens at a path such as `metadata.previous_role` or `tags.0`; undefined without a value. `readPath` (providers/value.ts) defines
 * paths.
 */
export function tokenIn(inside: readonly Member[], path: string): string | undefined {
  const lookup = lookupAt(path);
  if (lookup !== undefined) {
    const list = inside.findLast(({ key }) => key === lookup.list)?.token;
    const found =
      list?.startsWith('[') === true ? members(list).find(({ token }) => isLooked(token, lookup)) : undefined;
    return lookup.rest === '' || found === undefined ? found?.token : tokenIn(members(found.token), lookup.rest);
  }
  const dot = path.indexOf('.');
  const step = dot < 0 ? undefined : inside.findLast(({ key }) => key === path.slice(0, dot));
  const below = step === undefined ? undefined : tokenIn(members(step.token), path.slice(dot + 1));
  return below ?? inside.findLast(({ key }) => key === path)?.token;
}

function isLooked(token: string, { key, text }: LookupStep): boolean {
  const found = token.startsWith('{') ? members(token).findLast((one) => one.key === key)?.token : undefined;
  return found?.startsWith('"') === true && textOf(found) === text;
}

/** The text of a string token; other tokens unchanged, so that numbers keep every digit. */
export function textOf(token: string): string {
  if (token.charCodeAt(0) !== QUOTE) return token;
  return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
}

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
