import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openKeySet } from '../../src/days/keyset.js';

test('holds and marks keys as a set of texts would', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 60 }), fc.array(fc.string(), { maxLength: 60 }), (there, marked) => {
      const keys = openKeySet();
      for (const key of there) keys.add(key);
      const known = new Set(there);
      const seen = new Set(marked.filter((key) => known.has(key)));
      expect(marked.map((key) => keys.mark(key))).toEqual(marked.map((key) => known.has(key)));
      for (const key of [...there, ...marked])
        expect([keys.has(key), keys.isMarked(key)]).toEqual([known.has(key), seen.has(key)]);
      expect(keys.unmarked()).toBe(known.size - seen.size);
    }),
  );
});

test('grows, and forgets nothing and no mark', () => {
  const keys = openKeySet();
  for (let n = 0; n < 50_000; n += 1) {
    keys.add(`al_${n}`);
    if (n % 3 === 0) keys.mark(`al_${n}`);
  }
  expect(keys.unmarked()).toBe(50_000 - 16_667);
  for (let n = 0; n < 50_000; n += 7)
    expect([keys.has(`al_${n}`), keys.isMarked(`al_${n}`)]).toEqual([true, n % 3 === 0]);
  expect(keys.has('al_50000')).toBe(false);
});
