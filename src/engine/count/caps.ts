const LEAST = 50;
/** Servers that list no more than they count to do so from here on. */
const LEAST_LISTED = 1000;
const ROUND: readonly number[] = [1, 2, 2.5, 5];

/**
 * Whether servers stop counting at such a number: 1, 2, 2.5 or 5 times a power of ten, one beside a power of ten, a power of two or one less. Few true
 * counts look like that, so asking for the entry after the last costs next to nothing.
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

/** Whether servers also stop listing at this count. */
export function mayEndList(count: number): boolean {
  return count >= LEAST_LISTED && looksCapped(count);
}
