const LEAST = 50;
/** Servers that give no more entries than they count up to do so from here on. */
const LEAST_LISTED = 1000;
const ROUND: readonly number[] = [1, 2, 2.5, 5];

/**
 * Whether a count is a number that servers stop counting at: 1, 2, 2.5 or 5 times a power of ten, one beside a power of ten, a power of two or
 * one less. Few true counts are, so that asking for the entry after the last costs next to nothing.
 */
export function looksCapped(count: number): boolean {
  if (count < LEAST) return false;
  const isPowerOfTen = (number: number): boolean => /^10+$/.test(String(number));
  const isPowerOfTwo = (number: number): boolean => Number.isInteger(Math.log2(number));
  return (
    ROUND.some((times) => isPowerOfTen(count / times)) ||
    [count - 1, count + 1].some(isPowerOfTen) ||
    [count, count + 1].some(isPowerOfTwo)
  );
}

/** Whether a count is a number that servers stop listing at, too. */
export function mayEndList(count: number): boolean {
  return count >= LEAST_LISTED && looksCapped(count);
}
