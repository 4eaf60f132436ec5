import { expect, test } from 'vitest';
import { httpDate, retryAfter } from '../../../src/http/retry/after.js';
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
  ['86401', undefined],
  ['-1', undefined],
  ['', undefined],
  ['soon', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['99999999999999', undefined],
  ['2026-11-20T14:01:00Z', undefined],
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

test('a date in the past, or more than a day away, is ignored', () => {
  expect(retryAfter(answer({ 'retry-after': 'Fri, 20 Nov 2026 13:59:59 GMT' }))).toBeUndefined();
  expect(retryAfter(answer({ 'retry-after': 'Sun, 22 Nov 2026 14:00:01 GMT' }))).toBeUndefined();
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
