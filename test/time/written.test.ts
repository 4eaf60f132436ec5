import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asTimestamp, parseTimestamp, readTimestamp } from '../../src/time.js';

describe('a time in a form that can mean one instant only', () => {
  test.each([
    ['2026-03-01T09:30:00Z', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:00+0000', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:00.123+0530', '2026-03-01T04:00:00.123Z'],
    ['2026-03-01T09:30:00-0800', '2026-03-01T17:30:00.000Z'],
    ['2026-03-01T09:30:00+00', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:00.5+02', '2026-03-01T07:30:00.500Z'],
    ['2026-03-01t09:30:00+0100', '2026-03-01T08:30:00.000Z'],
    ['2026-03-01 09:30:00+01', '2026-03-01T08:30:00.000Z'],
    ['2026-03-01 09:30:00.123456+00', '2026-03-01T09:30:00.123Z'],
    ['2026-03-01 09:30:00 +0000', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01 09:30:00 -07:00', '2026-03-01T16:30:00.000Z'],
    ['2026-03-01 09:30:00 UTC', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01 09:30:00 GMT', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:00,5Z', '2026-03-01T09:30:00.500Z'],
    ['2026-03-01T09:30:00,123456789+0000', '2026-03-01T09:30:00.123Z'],
    ['2026-03-01T09:30Z', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30z', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01 09:30+05:30', '2026-03-01T04:00:00.000Z'],
    ['2026-03-01T09:30:00+01:00[Europe/Berlin]', '2026-03-01T08:30:00.000Z'],
    ['20260301T093000Z', '2026-03-01T09:30:00.000Z'],
    ['20260301T093000.25+0100', '2026-03-01T08:30:00.250Z'],
    ['Sun, 01 Mar 2026 09:30:00 GMT', '2026-03-01T09:30:00.000Z'],
    ['Sun, 1 Mar 2026 09:30:00 +0100', '2026-03-01T08:30:00.000Z'],
    ['01 Mar 2026 09:30 UTC', '2026-03-01T09:30:00.000Z'],
    ['sun, 01 mar 2026 09:30:00 gmt', '2026-03-01T09:30:00.000Z'],
    ['Sunday, 01-Mar-26 09:30:00 GMT', '2026-03-01T09:30:00.000Z'],
    ['Sun, 01-Mar-2026 09:30:00 GMT', '2026-03-01T09:30:00.000Z'],
    ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['Sun Mar  1 09:30:00 GMT 2026', '2026-03-01T09:30:00.000Z'],
    ['Sun Mar 01 09:30:00 +0000 2026', '2026-03-01T09:30:00.000Z'],
    ['Sun Mar  1 09:30:00 2026 UTC', '2026-03-01T09:30:00.000Z'],
    ['Sun Mar 01 2026 10:30:00 GMT+0100 (Central European Standard Time)', '2026-03-01T09:30:00.000Z'],
    ['2016-12-31T23:59:60+0000', '2016-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, iso) => {
    expect(new Date(readTimestamp(text)).toISOString()).toBe(iso);
  });

  test.each([
    '',
    '2026-03-01',
    '2026-03-01T09:30',
    '2026-03-01T09:30:00',
    '2026-03-01 09:30:00',
    '2026-03-01T09:30:00,5',
    '20260301T093000',
    '20260301093000',
    '1772357400',
    '01/03/2026 09:30:00 UTC',
    'Sun, 01 Mar 2026 09:30:00',
    'Sun Mar  1 09:30:00 2026',
    'Sun, 01 Mar 2026 09:30:00 EST',
    'Sun, 01 Mar 2026 09:30:00 CST',
    'Mon, 01 Mar 2026 09:30:00 GMT',
    'Sun, 30 Feb 2026 09:30:00 GMT',
    '2026-02-30T09:30:00+0000',
    '2026-03-01T25:30:00+0000',
    '2026-03-01T09:60:00+0000',
    '2026-03-01T09:30:61+0000',
    '2026-03-01T09:30:00+2400',
    '2026-03-01T09:30:00+0160',
    '2026-03-01T09:30:00+1',
    '2026-03-01T09:30:00+000',
    '2026-03-01T09:30:00.+0000',
    '2026-03-01T09Z',
    ' 2026-03-01T09:30:00+0000',
    '2026-03-01T09:30:00+0000 ',
    '2026-03-01T09:30:00+0000x',
    'yesterday',
    '9'.repeat(1_000_000),
  ])('%.40j is none', (text) => {
    expect(readTimestamp(text)).toBeNaN();
  });

  test('a rewritten time keeps all digits of its second', () => {
    expect(asTimestamp('2026-03-01 09:30:00,1234567890 +0130')).toBe('2026-03-01T09:30:00.1234567890+01:30');
    expect(asTimestamp('2026-03-01T09:30:00Z')).toBe('2026-03-01T09:30:00Z');
  });

  test('a time is the same instant as in the strict form, for any instant and offset', () => {
    const instant = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2068, 11, 31) });
    const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(instant, offset, fc.constantFrom('', ':'), (ms, minutes, colon) => {
        const local = new Date(ms + minutes * 60_000);
        const size = Math.abs(minutes);
        const two = (n: number) => String(n).padStart(2, '0');
        const zone = (between: string) =>
          `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${between}${two(size % 60)}`;
        const iso = local.toISOString().slice(0, 23);
        const strict = parseTimestamp(`${iso}${zone(':')}`);
        expect(readTimestamp(`${iso.replace('T', ' ').replace('.', ',')}${zone(colon)}`)).toBe(strict);
        const http = local.toUTCString().replace('GMT', zone(colon));
        expect(readTimestamp(http)).toBe(Math.floor(strict / 1000) * 1000);
      }),
    );
  });
});
