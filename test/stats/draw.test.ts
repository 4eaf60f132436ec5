import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bar, grouped, shadeOf, shadeRanges, share, sparkline } from '../../src/stats/draw.js';

test('a bar is as long as its part, to an eighth of a cell', () => {
  expect(bar(100, 100, 10)).toBe('██████████');
  expect(bar(50, 100, 10)).toBe('█████');
  expect(bar(55, 100, 10)).toBe('█████▌');
  expect(bar(1, 1_000_000, 10)).toBe('▏');
  expect(bar(0, 100, 10)).toBe('');
  expect(bar(5, 0, 10)).toBe('');
});

test('a bar never takes more than its cells', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(100), (count, most, cells) => {
      expect([...bar(count, most, cells)].length).toBeLessThanOrEqual(cells);
    }),
  );
});

test('a trend is a height for each number', () => {
  expect(sparkline([0, 1, 2, 4, 8], 10)).toBe('·▁▂▄█');
  expect(sparkline([], 10)).toBe('');
  expect(sparkline([0, 0], 10)).toBe('··');
  expect(sparkline([1, 1_000_000], 10)).toBe('▁█');
});

test('a trend of more numbers than cells adds neighbours together', () => {
  expect(sparkline([1, 1, 2, 2, 4], 3)).toBe('▄██');
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { maxLength: 500 }), fc.integer({ min: 1, max: 60 }), (counts, cells) => {
      expect([...sparkline(counts, cells)].length).toBeLessThanOrEqual(cells);
    }),
  );
});

test('shades stand for quarters, and say which numbers those are', () => {
  expect([0, 1, 25, 26, 50, 75, 76, 100].map((count) => shadeOf(count, 100))).toEqual([0, 1, 1, 2, 2, 3, 4, 4]);
  expect(shadeRanges(100).map(({ range }) => range)).toEqual(['1-25', '26-50', '51-75', '76-100']);
  expect(shadeRanges(3)).toEqual([
    { level: 2, range: '1' },
    { level: 3, range: '2' },
    { level: 4, range: '3' },
  ]);
  for (let most = 1; most < 60; most += 1) {
    const told = shadeRanges(most).flatMap(({ level, range }) => {
      const [low = 0, high = low] = range.split('-').map(Number);
      return Array.from({ length: high - low + 1 }, (_, at) => [low + at, level]);
    });
    expect(told).toEqual(Array.from({ length: most }, (_, at) => [at + 1, shadeOf(at + 1, most)]));
  }
});

test('a share is never shown as nothing when there is something, nor as all when it is not', () => {
  expect(share(1, 3)).toBe('33.3 %');
  expect(share(0, 3)).toBe('0.0 %');
  expect(share(1, 1_000_000)).toBe('0.1 %');
  expect(share(999_999, 1_000_000)).toBe('99.9 %');
  expect(share(3, 3)).toBe('100.0 %');
  expect(share(0, 0)).toBe('');
});

test('numbers have commas', () => {
  expect([0, 999, 1000, 1234567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567']);
});
