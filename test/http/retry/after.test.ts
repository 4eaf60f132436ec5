import { expect, test } from 'vitest';
import { httpDate } from '../../../src/http/date.js';
import { retryAfter } from '../../../src/http/retry/after.js';
import type { ApiResponse } from '../../../src/http/send.js';

const RECEIVED = Date.parse('2026-11-20T14:00:00Z');

function answer(headers: Record<string, string | string[]>): ApiResponse {
  const map = new Map(Object.entries(headers).map(([name, value]) => [name, [value].flat()]));
  return { status: 429, headers: map, body: Buffer.alloc(0), sentAt: RECEIVED, receivedAt: RECEIVED };
}

test.each([
  ['42', 42_000],
  ['0', 0],
  [' 7 ', 7000],
  ['86400', 86_400_000],
  ['86401', 86_401_000],
  ['2764800', 32 * 86_400_000],
  ['2764801', undefined],
  ['-1', undefined],
  ['', undefined],
  ['soon', undefined],
  ['1.5', 1500],
  ['0.25', 250],
  ['1e3', undefined],
  ['99999999999999', undefined],
  ['30s', 30_000],
  ['1m30s', 90_000],
  ['6m0s', 360_000],
  ['500ms', 500],
  ['42, 42', 42_000],
  ['2026-11-20T14:01:00Z', 60_000],
  ['2026-11-20T15:01:00+01:00', 60_000],
  ['2026-11-20 14:01:00 UTC', 60_000],
  ['2026-11-20 14:01:00', undefined],
  [String(RECEIVED / 1000 + 90), 90_000],
  [String(RECEIVED + 1234), 1234],
  [String(RECEIVED / 1000 - 2), 0],
  [String(RECEIVED / 1000 - 3600), undefined],
])('Retry-After: %j is %j ms', (value, wanted) => {
  expect(retryAfter(answer({ 'retry-after': value }))).toBe(wanted);
});

test('without Retry-After there is no wait', () => {
  expect(retryAfter(answer({}))).toBeUndefined();
});

test("a date is compared with the answer's own Date, whatever our clock says", () => {
  const headers = { 'retry-after': 'Fri, 20 Nov 2026 20:01:30 GMT', date: 'Fri, 20 Nov 2026 20:00:00 GMT' };
  expect(retryAfter(answer(headers))).toBe(90_000);
});

test('without a Date it is compared with our clock', () => {
  expect(retryAfter(answer({ 'retry-after': 'Fri, 20 Nov 2026 14:00:30 GMT' }))).toBe(30_000);
});

test('a date that has just passed means now, an older one and one more than a month away nothing', () => {
  expect(retryAfter(answer({ 'retry-after': 'Fri, 20 Nov 2026 13:59:59 GMT' }))).toBe(0);
  expect(retryAfter(answer({ 'retry-after': 'Fri, 20 Nov 2026 13:58:59 GMT' }))).toBeUndefined();
  expect(retryAfter(answer({ 'retry-after': 'Sun, 22 Nov 2026 14:00:01 GMT' }))).toBe(172_801_000);
  expect(retryAfter(answer({ 'retry-after': 'Tue, 22 Dec 2026 14:00:01 GMT' }))).toBe(undefined);
});

test('the longer of two waits counts', () => {
  expect(retryAfter(answer({ 'retry-after': ['3', '5', 'soon'] }))).toBe(5000);
});

test.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
  ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
  ['Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37.000Z'],
  ['Thu, 31 Dec 2026 23:59:60 GMT', '2027-01-01T00:00:00.000Z'],
])('httpDate reads %s', (text, wanted) => {
  expect(new Date(httpDate(text)!).toISOString()).toBe(wanted);
});

test.each([
  '-1',
  '1',
  '0',
  '2026',
  'Sun, 06 Nov 1994 08:49:37 +0100',
  'Fri, 31 Apr 2026 08:49:37 GMT',
  'Fri, 00 Apr 2026 08:49:37 GMT',
  'Fri, 20 Foo 2026 08:49:37 GMT',
  'Fri, 20 Nov 2026 24:49:37 GMT',
  'Fri, 20 Nov 2026 08:49:37 GMT, Fri, 20 Nov 2026 08:49:37 GMT',
])('httpDate rejects %s', (text) => {
  expect(httpDate(text)).toBeUndefined();
});
