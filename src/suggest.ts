/**
 * The candidate that `word` most likely means: at most a third of its letters differ (one of a short word), or it is the only one that begins with `word`. Ignores
 * case. Undefined when no candidate is near.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  if (wanted === '' || wanted.length > 100) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(wanted.length < 5 ? 1 : 2, Math.floor(wanted.length / 3)) + 1;
  const beginning: string[] = [];
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    if (known.startsWith(wanted)) beginning.push(candidate);
    if (Math.abs(known.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, known);
    if (distance < bestDistance && distance < Math.max(wanted.length, known.length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? (beginning.length === 1 ? beginning[0] : undefined);
}

/** The candidates that are most like a word, the likeliest first. */
export function nearest(word: string, candidates: Iterable<string>, most: number): readonly string[] {
  const wanted = word.toLowerCase().slice(0, 100);
  const far = (one: string): number =>
    one.startsWith(wanted) || wanted.startsWith(one) ? 0 : editDistance(wanted, one);
  return [...new Set(candidates)]
    .map((one) => ({ one, distance: far(one.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ one }) => one);
}

/** The fewest insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
