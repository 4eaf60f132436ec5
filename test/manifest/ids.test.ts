import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSpool } from '../../src/engine/store/spool.js';
import { openIdSet } from '../../src/manifest/ids.js';
import { makeHome } from '../helpers/world.js';

const home = await makeHome();
let spools = 0;
const spool = () => {
  spools += 1;
  return openSpool(home, `ids-${spools}.spool`);
};

/** The definition, said again in the simplest way. */
function byDefinition(ids: readonly string[]): { count: number; sha256: string } {
  const lines = [...new Set(ids.map((id) => id.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')))].map((id) =>
    Buffer.from(id),
  );
  const joined = lines.sort(Buffer.compare).flatMap((line, at) => (at === 0 ? [line] : [Buffer.from('\n'), line]));
  return {
    count: lines.length,
    sha256: `sha256:${createHash('sha256').update(Buffer.concat(joined)).digest('hex')}`,
  };
}

function idsOf(ids: readonly string[], run?: number) {
  const set = openIdSet(spool, run);
  for (const id of ids) set.add(id);
  return set.finish();
}

test('a set of ids is hashed in the order of bytes, each once, joined by line feeds', () => {
  expect(idsOf(['b', 'a', 'b', 'ö', '\u{1f600}', '\uffee', 'A'])).toEqual(
    byDefinition(['A', 'a', 'b', 'ö', '\uffee', '\u{1f600}']),
  );
  expect(idsOf(['a'])).toEqual({ count: 1, sha256: `sha256:${createHash('sha256').update('a').digest('hex')}` });
  expect(idsOf([])).toEqual({ count: 0, sha256: `sha256:${createHash('sha256').digest('hex')}` });
});

test('an id with a line feed in it is not two ids', () => {
  expect(idsOf(['a\nb']).sha256).not.toBe(idsOf(['a', 'b']).sha256);
  expect(idsOf(['a\\nb']).sha256).not.toBe(idsOf(['a\nb']).sha256);
});

test('ids that are spooled to disk give the same hash', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\\', 'ö', '\u{1f600}', '\0') }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      (ids, run) => {
        expect(idsOf(ids, run)).toEqual(byDefinition(ids));
      },
    ),
    { numRuns: 100 },
  );
});

test('a hundred thousand ids give the same hash in runs of 64 KiB as in one', () => {
  const ids = Array.from({ length: 100_000 }, (_, n) => `al_${(n * 7919) % 100_003}`);
  expect(idsOf(ids, 64 * 1024)).toEqual(idsOf(ids));
});
