import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatInstant, isUtcTimestamp, openZone, parseTimestamp, relativeTime } from '../../src/time.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 0);

describe("a vendor's time", () => {
  test.each([
    ['2026-03-01T09:30:00Z', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01t09:30:00z', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01 09:30:00Z', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:00.5Z', '2026-03-01T09:30:00.500Z'],
    ['2026-03-01T09:30:00.123+05:30', '2026-03-01T04:00:00.123Z'],
    ['2026-03-01T00:15:00+14:00', '2026-02-28T10:15:00.000Z'],
    ['2025-12-31T23:59:59-12:00', '2026-01-01T11:59:59.000Z'],
    ['2026-03-01T09:30:00-00:00', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:00+23:59', '2026-02-28T09:31:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0000-02-29T00:00:00Z', '0000-02-29T00:00:00.000Z'],
    ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, iso) => {
    expect(new Date(parseTimestamp(text)).toISOString()).toBe(iso);
  });

  test.each([
    '',
    '1',
    '2026',
    '2026-03-01',
    '2026-03-01T09:30',
    '2026-03-01T09:30Z',
    '2026-03-01T09:30:00',
    '2026-03-01T09:30:00+0100',
    '2026-03-01T09:30:00+01',
    '2026-03-01T09:30:00+24:00',
    '2026-03-01T09:30:00+01:60',
    '2026-03-01T09:30:00.Z',
    '2026-03-01T09:30:00,5Z',
    '2026-03-01T09:30:00Z ',
    ' 2026-03-01T09:30:00Z',
    '2026-03-01T09:30:00Zx',
    '2026-03-01_09:30:00Z',
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:60:00Z',
    '2026-01-01T23:59:61Z',
    '+12026-01-01T00:00:00Z',
    '-0001-01-01T00:00:00Z',
    '2026-3-01T09:30:00Z0',
    '２０２６-03-01T09:30:00Z',
    'Sun, 01 Mar 2026 09:30:00 GMT',
  ])('"%s" is none', (text) => {
    expect(parseTimestamp(text)).toBeNaN();
  });

  test('a time keeps fractions of a millisecond, as far as a number can', () => {
    const whole = Date.parse('2026-03-01T09:30:00.123Z');
    expect(parseTimestamp('2026-03-01T09:30:00.1234567Z')).toBeCloseTo(whole + 0.4567, 3);
    expect(parseTimestamp('2026-03-01T09:30:00.1234Z')).toBeLessThan(parseTimestamp('2026-03-01T09:30:00.1239Z'));
  });

  test('a time never rounds into the next day', () => {
    for (const day of ['2026-03-01', '9999-12-31', '1969-12-31', '0000-01-01']) {
      const next = Date.parse(`${day}T23:59:59Z`) + 1000;
      expect(parseTimestamp(`${day}T23:59:59.${'9'.repeat(30)}Z`)).toBeLessThan(next);
    }
  });

  test('a leap second is the end of its minute, and only at the end of a UTC day', () => {
    expect(parseTimestamp('2016-12-31T23:59:60Z')).toBe(Date.parse('2016-12-31T23:59:59.999Z'));
    expect(parseTimestamp('2016-12-31T15:59:60-08:00')).toBe(Date.parse('2016-12-31T23:59:59.999Z'));
    expect(parseTimestamp('1969-12-31T23:59:60.7Z')).toBe(-1);
    expect(parseTimestamp('2016-12-31T12:00:60Z')).toBeNaN();
    expect(parseTimestamp('2016-12-31T23:59:60+01:00')).toBeNaN();
  });

  test('a time agrees with a calendar oracle on every spelling, right or wrong', () => {
    const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
    const offset = fc.oneof(
      fc.constantFrom('Z', 'z', '', '+00:00', '-00:00', '+1:00'),
      fc.tuple(fc.constantFrom('+', '-'), two(25), two(61)).map(([sign, h, m]) => `${sign}${h}:${m}`),
    );
    const year = fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0'));
    const text = fc
      .tuple(year, two(13), two(32), two(25), two(61), two(61), fc.constantFrom('', '.0', '.25', '.123456'), offset)
      .map(([y, mo, d, h, mi, s, fraction, zone]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${fraction}${zone}`);
    fc.assert(
      fc.property(text, (candidate) => {
        expect(parseTimestamp(candidate)).toBe(oracle(candidate));
      }),
      { numRuns: Math.max(2000, RUNS) },
    );
  });

  test('the bytes of a time in UTC are recognised', () => {
    const isUtc = (text: string) => isUtcTimestamp(Buffer.from(`"${text}"`), 1, Buffer.byteLength(text) + 1);
    const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
    const year = fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0'));
    const fraction = fc.oneof(fc.constantFrom('', '.', '.x'), fc.stringMatching(/^\.\d{1,17}$/));
    const usual = fc
      .tuple(year, two(13), two(32), two(25), two(61), two(61), fraction)
      .map(([y, mo, d, h, mi, s, rest]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${rest}Z`);
    const spoilt = fc
      .tuple(usual, fc.nat(30), fc.constantFrom('', ' ', ':', 'Z', 'z', 'é', '0'))
      .map(([text, at, instead]) => text.slice(0, at) + instead + text.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(usual, spoilt), (text) => {
        const second = Math.floor(oracle(text) / 1000) * 1000;
        const written = formatInstant(second).replace('Z', text.slice(19));
        expect(isUtc(text)).toBe(written === text && text[17] !== '6' && /^.{19}(?:\.\d+)?Z$/.test(text));
      }),
      { numRuns: Math.max(2000, RUNS) },
    );
  });
});

/** Slow and plain: every part is put into a Date, and must come back out of it unchanged. */
function oracle(text: string): number {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(text);
  if (!parts) return Number.NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const leap = second === 60;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, leap ? 59 : second);
  const same =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === (leap ? 59 : second);
  const [offsetHours, offsetMinutes] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)];
  if (!same || offsetHours > 23 || offsetMinutes > 59) return Number.NaN;
  const instant = date.getTime() - (parts[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  if (!leap) return instant + Number(`0${parts[7] ?? '.0'}`) * 1000;
  return new Date(instant).toISOString().slice(-13, -8) === '23:59' ? instant + 999 : Number.NaN;
}

describe('an instant is written', () => {
  const morning = Date.parse('2026-03-01T09:30:00Z');

  test('an instant in UTC has milliseconds only where it has some', () => {
    expect(formatInstant(morning)).toBe('2026-03-01T09:30:00Z');
    expect(formatInstant(morning + 7.9)).toBe('2026-03-01T09:30:00.007Z');
    expect(formatInstant(-0.5)).toBe('1969-12-31T23:59:59.999Z');
  });

  test('an instant in a zone has the offset of that day', async () => {
    const paris = await openZone('Europe/Paris');
    expect(formatInstant(morning, paris)).toBe('2026-03-01T10:30:00+01:00');
    expect(formatInstant(Date.parse('2026-07-01T09:30:00Z'), paris)).toBe('2026-07-01T11:30:00+02:00');
    expect(formatInstant(morning, await openZone('America/St_Johns'))).toBe('2026-03-01T06:00:00-03:30');
    expect(formatInstant(morning, await openZone('Europe/London'))).toBe('2026-03-01T09:30:00Z');
  });

  test('an instant is written correctly where offsets had seconds', async () => {
    const text = formatInstant(Date.parse('1900-01-01T00:00:00Z'), await openZone('Europe/Paris'));
    expect(text).toBe('1900-01-01T00:09:00+00:09');
    expect(parseTimestamp(text)).toBe(Date.parse('1900-01-01T00:00:00Z'));
  });

  test('an instant outside the calendar is written as an empty text', () => {
    for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1e15]) expect(formatInstant(ms)).toBe('');
  });

  test('an instant that is written and read again is the same', () => {
    const ms = fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') });
    fc.assert(
      fc.property(ms, (instant) => {
        expect(parseTimestamp(formatInstant(instant))).toBe(instant);
      }),
    );
  });
});

test.each([
  [0, 'now'],
  [999, 'now'],
  [-999, 'now'],
  [1000, '1s ago'],
  [59_999, '59s ago'],
  [60_000, '1m ago'],
  [3 * 3_600_000 + 59, '3h ago'],
  [2 * 86_400_000, '2d ago'],
  [45 * 86_400_000, '1mo ago'],
  [800 * 86_400_000, '2y ago'],
  [-5 * 60_000, 'in 5m'],
  [Number.NaN, ''],
])('what happened %d ms ago is shown as "%s"', (age, text) => {
  const now = Date.parse('2026-03-01T09:30:00Z');
  expect(relativeTime(now - age, now)).toBe(text);
});
