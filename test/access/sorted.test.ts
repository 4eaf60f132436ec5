import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import type { AccessRecord } from '../../src/access/record.js';
import { compareRecords, openSortedRecords } from '../../src/access/sorted.js';
import { randomFrom } from '../../src/demo/random.js';
import { openSpool } from '../../src/engine/store/spool.js';

test('records that do not fit in memory come back in order, whole, and each once', () => {
  const random = randomFrom(11);
  const records = Array.from(
    { length: 50_000 },
    (_, n): AccessRecord => ({
      time: 1_790_000_000_000 + random.below(40_000),
      id: `e${n}`,
      action: `a${n % 7}`,
      org: 'org_1',
      actor: n % 3 === 0 ? undefined : { id: `u${n % 50}`, name: `Żółć \n ${n % 50}` },
      move: n % 20 === 0 ? { does: 'grant', person: { id: `u${n % 50}` }, role: 'member', scope: '' } : undefined,
      late: n % 11 === 0,
    }),
  );
  let opened = 0;
  const sorted = openSortedRecords(() => {
    opened += 1;
    return openSpool(tmpdir(), `auditlog-test-access-${process.pid}-${opened}.spool`);
  });
  for (const record of records) sorted.add(record);
  const found = [...sorted.inOrder()];
  sorted.close();
  expect(opened).toBe(1);
  expect(found.length).toBe(records.length);
  const textOf = (all: readonly AccessRecord[]) =>
    all.map(({ time, id, action, org, actor, move, late }) =>
      JSON.stringify([time, id, action, org, actor, move, late]),
    );
  const right = textOf([...records].sort(compareRecords));
  expect(textOf(found).findIndex((text, at) => text !== right[at])).toBe(-1);
});
