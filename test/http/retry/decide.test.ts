import fc from 'fast-check';
import { expect, test } from 'vitest';
import { badStatus, Fault, type FaultKind } from '../../../src/http/fault.js';
import { type Decision, decide, delay, MAX_ATTEMPTS, type RetryFacts } from '../../../src/http/retry/decide.js';
import type { ApiResponse } from '../../../src/http/send.js';

const runs = Number(process.env.AUDITLOG_TEST_RUNS ?? 100);

const FACTS: RetryFacts = { answered: true, elapsed: 0, requests: 1, retries: 0, shrinkable: false };

function status(code: number, headers: Record<string, string> = {}): Fault {
  const map = new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const response: ApiResponse = { status: code, headers: map, body: Buffer.alloc(0), sentAt: 0, receivedAt: 0 };
  return badStatus(response);
}

function fault(kind: FaultKind, code?: string): Fault {
  return new Fault(kind, kind, code === undefined ? {} : { code });
}

/** How often one fault is met before it is given up, the first time included. */
function attempts(one: Fault, facts: Partial<RetryFacts> = {}): number {
  for (let n = 1; n < 50; n += 1) {
    const faults = Array.from({ length: n }, () => one);
    if (decide(faults, { ...FACTS, ...facts }, () => 0.5).act === 'stop') return n;
  }
  return 50;
}

test.each([
  300, 301, 302, 303, 304, 307, 308, 204, 205, 206, 400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 411, 412, 413,
  414, 415, 416, 417, 418, 422, 431, 451, 501, 505,
])('status %i is not retried', (code) => {
  expect(attempts(status(code))).toBe(1);
});

test.each([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530])(
  'status %i is tried 8 times',
  (code) => {
    expect(attempts(status(code))).toBe(8);
  },
);

test.each<[FaultKind, number, number]>([
  ['reset', 8, 8],
  ['timeout', 8, 8],
  ['refused', 8, 3],
  ['noName', 8, 1],
  ['nameBusy', 8, 8],
  ['tls', 1, 1],
  ['cutBody', 5, 5],
  ['badGzip', 5, 5],
  ['badText', 2, 2],
  ['tooLarge', 1, 1],
  ['expired', 1, 1],
  ['webPage', 2, 2],
  ['unknownShape', 1, 1],
  ['unknown', 1, 1],
])('a fault of kind %s is tried %i times, and %i before the first answer', (kind, running, fresh) => {
  expect(attempts(fault(kind))).toBe(running);
  expect(attempts(fault(kind), { answered: false })).toBe(fresh);
});

test("a proxy's 5xx is retried, its refusal is not", () => {
  expect(attempts(fault('proxy', '503'))).toBe(8);
  expect(attempts(fault('proxy', '503'), { answered: false })).toBe(3);
  expect(attempts(fault('proxy', '407'))).toBe(1);
  expect(attempts(fault('proxy', '403'))).toBe(1);
});

test('a 403 that names a wait or an empty quota is a limit, not a refusal', () => {
  const limited = { act: 'retry', everyone: true };
  expect(decide([status(403, { 'retry-after': '3' })], FACTS, () => 0)).toMatchObject({ ...limited, wait: 3000 });
  expect(decide([status(403, { 'x-ratelimit-remaining': '0' })], FACTS, () => 0)).toMatchObject({
    ...limited,
    wait: 60_000,
  });
  expect(decide([status(403, { 'x-ratelimit-remaining': '17' })], FACTS, () => 0)).toEqual({
    act: 'stop',
    why: 'final',
  });
});

test('the third 500 is final for a caller that can ask for a smaller page', () => {
  expect(attempts(status(500), { shrinkable: true })).toBe(3);
  expect(attempts(status(502), { shrinkable: true })).toBe(8);
});

test('after two damaged bodies the next is requested uncompressed', () => {
  const bad = fault('badGzip');
  const facts: Decision[] = [1, 2, 3].map((n) => decide(Array(n).fill(bad), FACTS, () => 0));
  expect(facts.map((one) => one.act === 'retry' && one.identity)).toEqual([false, true, true]);
});

test('a 429 stops all requests, for its Retry-After or for a minute', () => {
  expect(decide([status(429, { 'retry-after': '42' })], FACTS, () => 0)).toEqual({
    act: 'retry',
    wait: 42_000,
    asked: true,
    named: 42_000,
    everyone: true,
    identity: false,
  });
  expect(decide([status(429)], FACTS, () => 0)).toMatchObject({ wait: 60_000, asked: true, everyone: true });
  expect(decide([status(429, { 'retry-after': '-1' })], FACTS, () => 0)).toMatchObject({ wait: 60_000 });
});

test('a 503 with Retry-After delays only its own request', () => {
  expect(decide([status(503, { 'retry-after': '9' })], FACTS, () => 0)).toMatchObject({
    wait: 9000,
    asked: true,
    everyone: false,
  });
  expect(decide([status(503, { 'retry-after': 'soon' })], FACTS, () => 0)).toMatchObject({ wait: 0, asked: false });
});

test('a request ends after 5 minutes', () => {
  const late = { ...FACTS, elapsed: 300_000 };
  expect(decide([status(502)], late, () => 0)).toEqual({ act: 'stop', why: 'elapsed' });
  expect(decide([status(502)], { ...FACTS, elapsed: 299_999 }, () => 0).act).toBe('retry');
});

test('a run retries 20 requests and a quarter of all, not counting those after a 429', () => {
  const spent = { ...FACTS, requests: 40, retries: 30 };
  expect(decide([status(502)], spent, () => 0)).toEqual({ act: 'stop', why: 'budget' });
  expect(decide([status(502)], { ...spent, retries: 29 }, () => 0).act).toBe('retry');
  expect(decide([status(429)], spent, () => 0).act).toBe('retry');
});

test('faults of mixed kinds end after 8 tries', () => {
  const mixed = [502, 503, 504, 429, 408, 502, 503, 504].map((code) => status(code));
  expect(decide(mixed, FACTS, () => 0)).toEqual({ act: 'stop', why: 'attempts' });
  expect(decide(mixed.slice(1), FACTS, () => 0).act).toBe('retry');
  expect(mixed).toHaveLength(MAX_ATTEMPTS);
});

test('a wait that the server names is kept to with half a second of margin, three times', () => {
  const waits = [1, 2, 3, 4, 5].map((failures) => delay(failures, 3000, () => 0.999));
  expect(waits.map((wait) => Math.round(wait / 100))).toEqual([35, 35, 35, 80, 160]);
});

test('a wait is at least what the server asked for, and at most that or 30 s, and a second', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.option(fc.integer({ min: 0, max: 86_400_000 }), { nil: undefined }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, asked, random) => {
        const wait = delay(failures, asked, () => random);
        expect(wait).toBeGreaterThanOrEqual(asked ?? 0);
        expect(wait).toBeLessThanOrEqual(Math.max(30_000, (asked ?? 0) + 1000));
        expect(wait).toBeLessThanOrEqual(Math.max(500 * 2 ** failures, (asked ?? 0) + 1000));
      },
    ),
    { numRuns: runs },
  );
});
