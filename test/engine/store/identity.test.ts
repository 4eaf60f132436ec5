import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdentitySet, type Likeness } from '../../../src/engine/store/identity.js';
import type { Entry } from '../../../src/event.js';

const RUNS = Math.min(2000, Number(process.env.AUDITLOG_TEST_RUNS ?? 100));

function entryOf(id: string | undefined, text: string): Entry {
  return { id, raw: Buffer.from(JSON.stringify({ id, text })), time: 0 };
}

/** The same in sets of strings. */
function likenessOf(seen: readonly (readonly [number, Entry])[], scope: number, { id, raw }: Entry): Likeness {
  const others = seen.filter(([one, entry]) => one === scope && entry.id === id);
  const isKnown = others.some(([, entry]) => entry.raw.equals(raw));
  if (id === undefined) return isKnown ? 'alike' : 'new';
  return isKnown ? 'same' : others.length > 0 ? 'variant' : 'new';
}

test('entries are compared by id and text, within their organization', () => {
  const some = fc.tuple(
    fc.nat(2),
    fc.option(fc.constantFrom('1', '11', '111', 'a', ''), { nil: undefined }),
    fc.constantFrom('', 'x', 'y'),
  );
  fc.assert(
    fc.property(fc.array(some, { maxLength: 60 }), (all) => {
      const identities = new IdentitySet();
      const seen: (readonly [number, Entry])[] = [];
      for (const [scope, id, text] of all) {
        const entry = entryOf(id, text);
        expect(identities.add(scope, entry)).toBe(likenessOf(seen, scope, entry));
        seen.push([scope, entry]);
      }
    }),
    { numRuns: RUNS },
  );
});

test('two hundred thousand short and long ids all differ', () => {
  const identities = new IdentitySet();
  let variants = 0;
  for (let n = 0; n < 200_000; n += 1) {
    const id = n % 2 === 0 ? String(n) : `01J9ZK4V7Q${n.toString(36).padStart(16, '0')}`;
    if (identities.add(0, entryOf(id, '')) !== 'new') variants += 1;
  }
  expect(variants).toBe(0);
  expect(identities.size).toBe(200_000);
});

test('entries added long ago may be forgotten, those added last are not', () => {
  const identities = new IdentitySet(100);
  for (let n = 0; n < 1000; n += 1) {
    expect(identities.add(0, entryOf(String(n), ''))).toBe('new');
    if (n >= 99) expect(identities.add(0, entryOf(String(n - 49), ''))).toBe('same');
  }
  expect(identities.size).toBeLessThan(400);
});
