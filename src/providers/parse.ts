type Parsed = Readonly<Record<string, unknown>>;

/**
 * An entry's text as a value. Numbers that JavaScript cannot hold (9007199254740993, 1e400) are given as their own
 * text, so that no column shows another number than the vendor sent. Anything but an object is given as one without keys.
 */
export function parseEntry(raw: Buffer): Parsed {
  const value = parseToken(raw.toString('utf8'));
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Parsed) : {};
}

/** As `parseEntry`, for any JSON text; undefined for what is none. */
export function parseToken(text: string): unknown {
  try {
    if (NUMBER.test(text)) return isExact(text) ? Number(text) : text;
    return JSON.parse(mayHoldLongNumber.test(text) ? quoteLongNumbers(text) : text);
  } catch {
    return undefined;
  }
}

const NUMBER = /^-?\d[\d.eE+-]*$/;
// Cheap and sometimes wrong, as it also looks inside strings: it only decides whether to look closer.
const mayHoldLongNumber = /[:,[]\s*-?(?:[\d.]{16}|[\d.]+[eE])/;
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function quoteLongNumbers(text: string): string {
  return text.replace(stringOrNumber, (token) => (token.startsWith('"') || isExact(token) ? token : `"${token}"`));
}

function isExact(token: string): boolean {
  const number = Number(token);
  if (!Number.isFinite(number)) return false;
  const digits = token
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '');
  if (number === 0) return digits === '';
  return digits.length <= 15 || String(number) === token;
}
