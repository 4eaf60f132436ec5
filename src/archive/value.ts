/** A JSON value of a result; whole numbers may have any size. */
export type SqlValue = string | number | bigint | boolean | null | readonly SqlValue[] | SqlObject;
export interface SqlObject {
  readonly [name: string]: SqlValue;
}

/** Converts a value of DuckDB's client. Instants become RFC 3339 in UTC; whatever JSON lacks becomes the text that DuckDB shows. */
export function toSqlValue(value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'object') return toNested(value);
  return typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    typeof value === 'boolean'
    ? value
    : String(value);
}

function toNested(value: object): SqlValue {
  if ('items' in value && Array.isArray(value.items)) return value.items.map(toSqlValue);
  if ('entries' in value && Array.isArray(value.entries))
    return Object.fromEntries(value.entries.map(({ key, value: inner }) => [String(key), toSqlValue(inner)]));
  if ('entries' in value && typeof value.entries === 'object' && value.entries !== null)
    return Object.fromEntries(Object.entries(value.entries).map(([name, inner]) => [name, toSqlValue(inner)]));
  const text = String(value);
  if ('scale' in value && 'width' in value && isExact(text)) return Number(text);
  // The session is in UTC: only instants end like this.
  return INSTANT.test(text) ? text.replace(' ', 'T').replace('+00', 'Z') : text;
}

/** Whether a number represents a decimal exactly. */
function isExact(decimal: string): boolean {
  const plain = decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
  return String(Number(decimal)) === plain;
}

const INSTANT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00$/;
