import { createHash } from 'node:crypto';

/** The values of a manifest. Numbers are safe integers, texts are well-formed. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

const MAX_DEPTH = 32;

/**
 * The canonical text of a value (RFC 8785), which everybody hashes to the same result. Throws a `RangeError` for other numbers than safe integers,
 * halves of surrogate pairs, and nesting deeper than 32 levels.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw new RangeError(`nested deeper than ${MAX_DEPTH} levels`);
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new RangeError(`${value} is no safe integer`);
    return String(value);
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw new RangeError(`JSON has no ${typeof value}`);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${text(key)}:${write(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function text(value: string): string {
  if (/\p{Cs}/u.test(value)) throw new RangeError('half of a surrogate pair');
  return JSON.stringify(value);
}

/** A hash as manifests write it: `sha256:` and 64 lower-case hex digits. */
export function sha256(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
