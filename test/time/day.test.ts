import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, dayStart, daysBetween, isDay, utcDay } from '../../src/time.js';

test('days follow one another through months, leap days and years', () => {
  expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
  expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
  expect(addDays('2100-02-28', 1)).toBe('2100-03-01');
  expect(addDays('2000-02-28', 1)).toBe('2000-02-29');
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
  expect(daysBetween('2025-12-31', '2026-03-01')).toBe(60);
});

test('no day is before the first or after the last', () => {
  expect(addDays('0000-01-01', -1)).toBe('0000-01-01');
  expect(addDays('9999-12-31', 2)).toBe('9999-12-31');
  expect(utcDay(9e15)).toBe('9999-12-31');
});

test('a day is a text of ten characters that the calendar has', () => {
  expect(isDay('2024-02-29')).toBe(true);
  for (const text of [
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '2026-1-1',
    '12026-01-01',
    '2026-01-01\n',
    '',
  ]) {
    expect(isDay(text), text).toBe(false);
  }
});

test('an instant belongs to the UTC day that it falls into', () => {
  expect(utcDay(dayStart('2026-03-01'))).toBe('2026-03-01');
  expect(utcDay(dayStart('2026-03-01') - 0.1)).toBe('2026-02-28');
  expect(utcDay(-1)).toBe('1969-12-31');
});

test('day arithmetic agrees with the calendar of JavaScript', () => {
  const ms = fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9990-01-01T00:00:00Z') });
  fc.assert(
    fc.property(ms, fc.integer({ min: -3000, max: 3000 }), (instant, n) => {
      const day = new Date(instant).toISOString().slice(0, 10);
      expect(utcDay(instant)).toBe(day);
      expect(dayStart(day)).toBe(Date.parse(`${day}T00:00:00Z`));
      const later = new Date(
        Math.max(Date.parse(`${day}T00:00:00Z`) + n * 86_400_000, Date.parse('0000-01-01T00:00:00Z')),
      );
      expect(addDays(day, n)).toBe(later.toISOString().slice(0, 10));
    }),
    { numRuns: 300 },
  );
});
