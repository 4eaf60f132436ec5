import { expect, test } from 'vitest';
import { Stretches } from '../../../src/engine/newest/stretches.js';
import type { Entry } from '../../../src/event.js';

const entry = (time: number, id: string | undefined, text = `{"id":"${id}"}`): Entry => ({
  id,
  time,
  raw: Buffer.from(text),
});
const NEWEST = Number.POSITIVE_INFINITY;
const OLDEST = Number.NEGATIVE_INFINITY;

/** What each of the stretches that end here gives of what the server answers to it. */
function told(answers: readonly (readonly Entry[])[], ends: readonly number[]): (string | number | undefined)[] {
  const stretches = new Stretches();
  let before = NEWEST;
  const found = ends.flatMap((from, at) => {
    const isOf = stretches.from(from, before);
    before = from;
    return (answers[at] ?? []).filter(isOf);
  });
  return [...found, ...stretches.left()].map(({ id, time, raw }) => id ?? (Number.isNaN(time) ? raw.toString() : time));
}

test('each entry is in exactly one of two stretches whose days overlap', () => {
  const rows = [50, 40, 30, 20].map((time) => entry(time, `e${time}`));
  expect(told([rows.slice(0, 3), rows.slice(1)], [40, OLDEST])).toEqual(['e50', 'e40', 'e30', 'e20']);
});

test('an entry without a readable time lies where its newer neighbour does, and is never lost', () => {
  const nothing = entry(Number.NaN, undefined, 'null');
  const rows = [entry(50, 'a'), entry(40, 'b'), nothing, entry(30, 'c')];
  expect(told([rows, rows.slice(1)], [35, OLDEST])).toEqual(['a', 'b', 'null', 'c']);
  expect(told([rows, rows.slice(1)], [45, OLDEST])).toEqual(['a', 'b', 'null', 'c']);
  expect(told([[nothing, ...rows.slice(0, 2)], []], [35, OLDEST])).toEqual(['null', 'a', 'b']);
  // Without an order it stands beside others in each answer.
  expect(
    told(
      [
        [rows[0]!, rows[3]!, nothing],
        [rows[1]!, nothing, rows[3]!],
      ],
      [45, 35],
    ),
  ).toEqual(['a', 'b', 'null']);
  expect(
    told(
      [
        [rows[3]!, nothing],
        [rows[0]!, nothing, rows[3]!],
      ],
      [45, OLDEST],
    ),
  ).toEqual(['c', 'null']);
});

test('an entry with an id and no readable time is in every stretch that has it, as readers know it again', () => {
  const odd = entry(Number.NaN, 'odd');
  expect(
    told(
      [
        [entry(50, 'a'), odd],
        [odd, entry(30, 'c')],
      ],
      [40, OLDEST],
    ),
  ).toEqual(['a', 'odd', 'odd', 'c']);
});
