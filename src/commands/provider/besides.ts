import type { FileFinding } from './answer.js';

/** The findings of a sample that do not concern keys which the vendor's answers have already proved wrong. */
export function besides(live: readonly FileFinding[], found: readonly FileFinding[]): readonly FileFinding[] {
  const keyOf = ({ text }: FileFinding): string => text.slice(0, text.indexOf(':'));
  const known = live.map(keyOf);
  return found.filter((one) => {
    const key = keyOf(one);
    // The request for page two has shown whether pages lead on.
    if (key === '$.paging') return false;
    return known.every((other) => key !== other && !key.startsWith(`${other}.`) && !other.startsWith(`${key}.`));
  });
}
