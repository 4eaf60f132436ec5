import { describe, expect, test } from 'vitest';
import { describeHours, type Hours, hoursMatcher, localTimes, openZone, parseHours, UTC } from '../../src/time.js';

function hours(text: string, more: Partial<Hours> = {}): Hours {
  return { ...parseHours(text, '--outside', { weekdays: false, zone: UTC }), ...more };
}

function within(asked: Hours, time: string): boolean {
  return hoursMatcher(asked)(Date.parse(time));
}

describe('hours of the day', () => {
  test.each([
    ['09:00-18:00', '2026-03-11T09:00:00Z', true],
    ['09:00-18:00', '2026-03-11T17:59:59.999Z', true],
    ['09:00-18:00', '2026-03-11T18:00:00Z', false],
    ['09:00-18:00', '2026-03-11T08:59:59Z', false],
    ['09:00-24:00', '2026-03-11T23:59:59Z', true],
    ['00:00-09:00', '2026-03-11T00:00:00Z', true],
    ['22:00-06:00', '2026-03-11T23:00:00Z', true],
    ['22:00-06:00', '2026-03-11T05:59:00Z', true],
    ['22:00-06:00', '2026-03-11T06:00:00Z', false],
    ['22:00-06:00', '2026-03-11T12:00:00Z', false],
    ['09:00-18:00', '1969-12-31T10:00:00Z', true],
  ])('%s holds %s: %s', (text, time, held) => {
    expect(within(hours(text), time)).toBe(held);
  });

  test('hours on weekdays exclude Saturday and Sunday', () => {
    const business = hours('09:00-18:00', { weekdays: true });
    const week = ['09', '10', '11', '12', '13', '14', '15'].map((day) => within(business, `2026-03-${day}T10:00:00Z`));
    expect(week).toEqual([true, true, true, true, true, false, false]);
  });

  test('a night shift belongs to the day in which it begins', () => {
    const night = hours('22:00-06:00', { weekdays: true });
    expect(within(night, '2026-03-14T03:00:00Z'), 'the end of Friday’s').toBe(true);
    expect(within(night, '2026-03-14T23:00:00Z'), 'Saturday’s').toBe(false);
    expect(within(night, '2026-03-16T03:00:00Z'), 'the end of Sunday’s').toBe(false);
    expect(within(night, '2026-03-16T22:00:00Z'), 'Monday’s').toBe(true);
  });

  test('hours are those of the zone, in summer and in winter', async () => {
    const paris = hours('09:00-18:00', { zone: await openZone('Europe/Paris') });
    expect(within(paris, '2026-01-15T08:00:00Z')).toBe(true);
    expect(within(paris, '2026-01-15T07:59:00Z')).toBe(false);
    expect(within(paris, '2026-07-15T07:00:00Z')).toBe(true);
    expect(within(paris, '2026-07-15T16:00:00Z')).toBe(false);
  });

  test.each(['9-18', '9:00-18:00', '09:00', '09:00-09:00', '24:00-06:00', '09:00-25:00', '09:60-10:00', ''])(
    '"%s" is rejected',
    (text) => {
      expect(() => hours(text)).toThrow(`invalid --outside "${text}": expected hours of the day`);
    },
  );

  test('hours are described as they were written', () => {
    expect(describeHours(hours('09:00-18:00', { weekdays: true }))).toBe('09:00-18:00 on weekdays, UTC');
    expect(describeHours(hours('22:00-24:00'))).toBe('22:00-24:00, UTC');
  });
});

test('local times are those of the zone at each of many instants', async () => {
  const zone = await openZone('Australia/Lord_Howe');
  const toLocal = localTimes(zone);
  const start = Date.parse('2026-04-04T00:00:00Z');
  for (let ms = start; ms < start + 2 * 86_400_000; ms += 611_000) expect(toLocal(ms)).toBe(ms + zone.offsetAt(ms));
});

test.each([
  ['8-18', '08:00-18:00'],
  ['9am-5pm', '09:00-17:00'],
  ['9:30-17', '09:30-17:00'],
  ['22 - 6', '22:00-06:00'],
])('"%s" is refused with what it means: %s', (text, meant) => {
  expect(() => hours(text)).toThrow(expect.objectContaining({ hint: `Did you mean: --outside ${meant}` }));
});

test.each(['25-26', 'noon', '18:00-18:00'])('"%s" is refused without a guess', (text) => {
  expect(() => hours(text)).toThrow(expect.objectContaining({ hint: undefined }));
});
