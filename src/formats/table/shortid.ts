/** Characters of a short id. */
const LEAST = 8;

/** The number of first characters by which these ids differ, and at least `atLeast`. */
export function shortLength(ids: readonly string[], atLeast = 0): number {
  const all = [...new Set(ids)];
  const longest = all.reduce((most, { length }) => Math.max(most, length), 0);
  for (let length = Math.max(LEAST, atLeast); length < longest; length += 1)
    if (new Set(all.map((id) => id.slice(0, length))).size === all.length) return length;
  return Math.max(LEAST, atLeast, longest);
}
