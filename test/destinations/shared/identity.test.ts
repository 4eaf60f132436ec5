import { describe, expect, test } from 'vitest';
import { entryKey } from '../../../src/destinations/shared/identity.js';

describe('the key of an entry', () => {
  const entry = { raw: Buffer.from('{"id":"x"}'), id: 'x', time: 0 };

  test('a key is the same for each delivery and text, and different for another org, id, time or number', () => {
    const keys = [
      entryKey('o', entry),
      entryKey('o', { ...entry, time: 5 }),
      entryKey('o', { ...entry, sibling: 1 }),
      entryKey('o', { ...entry, time: Number.NaN }),
      entryKey('o', { ...entry, time: Number.NaN, raw: Buffer.from('{"id":"x" }') }),
      entryKey('p', entry),
      entryKey('o', { ...entry, id: 'y' }),
      entryKey('o', { ...entry, id: undefined }),
      entryKey('o:x', { ...entry, id: '' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(entryKey('o', { ...entry, raw: Buffer.from('{"id":"x","seen":1}') })).toBe(keys[0]);
    expect(keys[0]).toMatch(/^o:x:[0-9a-f]{20}$/);
  });

  test('a key is at most 512 bytes long', () => {
    const long = entryKey('o', { ...entry, id: '語'.repeat(1000) });
    expect(long).toMatch(/^[0-9a-f]{64}$/);
  });
});
