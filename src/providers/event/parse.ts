import { isObject } from '../../json/is.js';
import { stringEnd } from '../../json/tokens.js';

/**
 * Parses an entry's text. Numbers that JavaScript cannot represent (9007199254740993, 1e400) become texts, so that every column shows the number that
 * the vendor sent. An entry that is not an object becomes the member '' of one: no path leads there, but searches of all values find it.
 */
export function parseEntry(raw: Buffer): Readonly<Record<string, unknown>> {
  const text = raw.toString('utf8');
  const value = parseToken(text);
  if (isObject(value)) return value;
  return { '': value === undefined ? text : value };
}

/** Like `parseEntry`, for any JSON text; undefined for text that is not JSON. */
export function parseToken(text: string): unknown {
  try {
    return JSON.parse(quoteLongNumbers(text));
  } catch (error) {
    // Any other error must not make an entry look empty.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const QUOTE = 0x22;
const DASH = 0x2d;
/** Numbers of at most this many characters, without an exponent, are exact. */
const SHORT = 15;

/** Quotes the numbers that JavaScript cannot represent. Without a regular expression, which may fail on a text of some megabytes. */
function quoteLongNumbers(text: string): string {
  let quoted = '';
  let copied = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at);
    else if (code === DASH || isDigit(code)) {
      const end = numberEnd(text, at);
      if (!isExact(text, at, end)) {
        quoted += `${text.slice(copied, at)}"${text.slice(at, end)}"`;
        copied = end;
      }
      at = end;
    } else at += 1;
  }
  return copied === 0 ? text : quoted + text.slice(copied);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The index after a number, and after any characters that numbers may have. */
function numberEnd(text: string, from: number): number {
  let at = from + 1;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isPart = isDigit(code) || code === 0x2e || code === 0x2b || code === DASH || (code | 0x20) === 0x65;
    if (!isPart) break;
  }
  return at;
}

function isExact(text: string, from: number, to: number): boolean {
  let digits = 0;
  let isScaled = false;
  for (let at = from; at < to && !isScaled; at += 1) {
    const code = text.charCodeAt(at);
    if ((code | 0x20) === 0x65) isScaled = true;
    // Leading zeros do not count.
    else if (isDigit(code) && (digits > 0 || code !== 0x30)) digits += 1;
  }
  if (to - from <= SHORT && !isScaled) return true;
  const token = text.slice(from, to);
  const number = Number(token);
  if (!Number.isFinite(number)) return false;
  if (number === 0) return digits === 0;
  return digits <= SHORT || String(number) === token;
}
