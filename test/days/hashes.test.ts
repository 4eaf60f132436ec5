import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HashSet, hashOf } from '../../src/days/hashes.js';

test('a set of hashes holds and marks what a set of texts would', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 60 }), fc.array(fc.string(), { maxLength: 60 }), (there, marked) => {
      const keys = new HashSet();
      for (const key of there) keys.add(hashOf(key));
      const known = new Set(there);
      const seen = new Set(marked.filter((key) => known.has(key)));
      expect(marked.map((key) => keys.mark(hashOf(key)))).toEqual(marked.map((key) => known.has(key)));
      for (const key of [...there, ...marked])
        expect([keys.has(hashOf(key)), keys.isMarked(hashOf(key))]).toEqual([known.has(key), seen.has(key)]);
      expect(keys.unmarked).toBe(known.size - seen.size);
    }),
  );
});

test('a set of hashes that grows keeps every hash and every mark', () => {
  const keys = new HashSet();
  for (let n = 0; n < 50_000; n += 1) {
    keys.add(hashOf(`al_${n}`));
    if (n % 3 === 0) keys.mark(hashOf(`al_${n}`));
  }
  expect(keys.unmarked).toBe(50_000 - 16_667);
  for (let n = 0; n < 50_000; n += 7)
    expect([keys.has(hashOf(`al_${n}`)), keys.isMarked(hashOf(`al_${n}`))]).toEqual([true, n % 3 === 0]);
  expect(keys.has(hashOf('al_50000'))).toBe(false);
});

test('a set of hashes finds each hash that was added to it and no other', () => {
  const hashes = new HashSet();
  const plain = new Set<string>();
  for (let n = 0; n < 20_000; n += 1) {
    const hash = createHash('md5')
      .update(String(n % 15_000))
      .digest();
    expect(hashes.has(hash)).toBe(plain.has(hash.toString('hex')));
    expect(hashes.add(hash)).toBe(!plain.has(hash.toString('hex')));
    plain.add(hash.toString('hex'));
  }
  expect(hashes.size).toBe(15_000);
});
