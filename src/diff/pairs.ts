import { folded, isTwin, type Side } from './sides.js';

type KeyedValues = readonly (readonly [key: string, value: unknown])[];

/** No vendor spells one thing in more ways. */
const MOST_SPELLINGS = 8;

/** The indexes of old and new values that form pairs, in order; adds them to `used`. */
export function pairsOf(
  entries: KeyedValues,
  sides: readonly (Side | undefined)[],
  used: Set<number>,
): readonly (readonly [before: number, after: number])[] {
  const after = new Map<string, number[]>();
  for (const [at, side] of sides.entries()) {
    if (side?.when !== 'after') continue;
    const alike = after.get(side.subject) ?? [];
    if (alike.length < MOST_SPELLINGS) after.set(side.subject, [...alike, at]);
  }
  const plain = new Map(entries.map(([key], at) => [folded(key), at]));
  const pairs: (readonly [number, number])[] = [];
  // One object may have several pairs: `from` belongs to `to`, even beside `new`.
  for (const isTwinsOnly of [true, false]) {
    for (const [at, side] of sides.entries()) {
      if (side?.when !== 'before' || used.has(at)) continue;
      const twin = after
        .get(side.subject)
        ?.find((index) => !used.has(index) && (!isTwinsOnly || isTwin(side, sides[index]!)));
      // `old_name` and a plain `name` are a pair, but a bare `old` needs its `new`.
      const other = twin ?? (isTwinsOnly || side.subject === '' ? undefined : plain.get(side.subject));
      if (other === undefined || used.has(other)) continue;
      used.add(at).add(other);
      pairs.push([at, other]);
    }
  }
  return pairs.sort(([a], [b]) => a - b);
}

/** Keys that name the field of a pair: `{ "field": "role", "old": ..., "new": ... }`. */
const NAMES = ['field', 'path', 'property', 'attribute', 'key', 'name', 'displayName', 'field_name', 'fieldName'];

/** Finds the name of a pair whose keys do not have one; adds its index to `used`. */
export function nameIn(object: Readonly<Record<string, unknown>>, entries: KeyedValues, used: Set<number>): string {
  for (const key of NAMES) {
    const name = Object.hasOwn(object, key) ? object[key] : undefined;
    if (typeof name !== 'string' || name === '') continue;
    used.add(entries.findIndex(([known]) => known === key));
    return name;
  }
  return '';
}
