import { expect, test } from 'vitest';
import { count, duration } from '../../../src/commands/say/numbers.js';
import { paceLine, withSample } from '../../../src/commands/say/pace.js';
import type { Progress } from '../../../src/engine/source.js';

const NOW = 1_000_000;
const PROGRESS: Progress = {
  arrived: 4200,
  fetched: 4000,
  kept: 4000,
  expected: 12_204,
  requests: 44,
  waiting: undefined,
};
const SAMPLES = [
  { at: 0, arrived: 1100 },
  { at: 10_000, arrived: 4200 },
];

test('a line tells how many, of how many, how fast, and how long it will take', () => {
  expect(paceLine(PROGRESS, SAMPLES, undefined, NOW)).toBe('4,200 of 12,204 events, 34 %, 310/s, about 26s left');
});

test('the time left is never less than the rate allows', () => {
  const large = { ...PROGRESS, arrived: 6000, expected: 100_000, requests: 60 };
  expect(
    paceLine(
      large,
      [
        { at: 0, arrived: 0 },
        { at: 2000, arrived: 6000 },
      ],
      300,
      NOW,
    ),
  ).toBe('6,000 of 100,000 events, 6 %, 3,000/s, about 3m 8s left');
});

test('a first burst that the rate lets through is not taken for the pace', () => {
  const early = { ...PROGRESS, arrived: 1000, expected: 7000, requests: 10 };
  const late = { ...PROGRESS, arrived: 6000, expected: 9000, requests: 60 };
  const samples = [
    { at: 0, arrived: 0 },
    { at: 2000, arrived: 6000 },
  ];
  expect(paceLine(early, samples, 60, NOW)).toContain('about 10s left');
  expect(paceLine(late, samples, 60, NOW)).toContain('about 30s left');
});

test('before there is a speed, none is told', () => {
  expect(paceLine({ ...PROGRESS, arrived: 0, requests: 1 }, [{ at: 0, arrived: 0 }], 300, NOW)).toBe(
    '0 of 12,204 events, 0 %',
  );
});

test('without a count there is no percentage and no time left', () => {
  expect(paceLine({ ...PROGRESS, expected: undefined }, SAMPLES, 300, NOW)).toBe('4,200 events, 310/s');
});

test('what is read again is no further event', () => {
  const again = { ...PROGRESS, arrived: 13_000 };
  expect(paceLine(again, [{ at: 0, arrived: 0 }], 300, NOW)).toBe('12,204 of 12,204 events, 100 %, checking');
});

test('a wait is told instead of the time left', () => {
  const waiting = { why: 'rate limited', until: NOW + 42_000 };
  expect(paceLine({ ...PROGRESS, waiting }, SAMPLES, 300, NOW)).toBe(
    '4,200 of 12,204 events, 34 %, 310/s, rate limited, waiting 42s',
  );
});

test('only the last half minute counts as the present speed', () => {
  const samples = [0, 10_000, 20_000, 29_000].map((at) => ({ at, arrived: at }));
  expect(withSample(samples, { at: 45_000, arrived: 1 }).map(({ at }) => at)).toEqual([20_000, 29_000, 45_000]);
});

test('numbers have thousands, durations their two largest units', () => {
  expect([0, 999, 1000, 1_234_567].map(count)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect([0, 41_001, 60_000, 200_000, 3_900_000].map(duration)).toEqual(['0s', '42s', '1m 0s', '3m 20s', '1h 5m']);
});
