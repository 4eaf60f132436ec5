import { describe, expect, test } from 'vitest';
import { AuditlogError } from '../../../src/errors.js';
import { badStatus } from '../../../src/http/fault.js';
import { usedUpFor } from '../../../src/http/rate/told.js';
import { askedWait } from '../../../src/http/retry/after.js';
import { decide, isLimit } from '../../../src/http/retry/decide.js';
import type { ApiResponse } from '../../../src/http/send.js';
import { ask, fastClock, rejection, reply, serve, text } from '../asking.js';

const RECEIVED = Date.parse('2026-11-20T14:00:00Z');
/** Hours away from ours. */
const SERVERS = Date.parse('2026-11-21T02:30:00Z');
const DATE = new Date(SERVERS).toUTCString();

function answer(status: number, headers: Record<string, string>): ApiResponse {
  const map = new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return { status, headers: map, body: Buffer.alloc(0), sentAt: RECEIVED, receivedAt: RECEIVED };
}

const NAMES = ['x-ratelimit-reset', 'x-rate-limit-reset', 'ratelimit-reset', 'x-acme-ratelimit-daily-reset'];

/** A reset in 40 s, in all forms. */
const FORMS: Readonly<Record<string, string>> = {
  seconds: '40',
  'seconds with a point': '40.0',
  'epoch seconds': String(SERVERS / 1000 + 40),
  'epoch seconds with a point': `${SERVERS / 1000 + 40}.000`,
  'epoch milliseconds': String(SERVERS + 40_000),
  'a date of HTTP': new Date(SERVERS + 40_000).toUTCString(),
  'a date of ISO 8601': new Date(SERVERS + 40_000).toISOString(),
  'a duration': '40s',
};

describe.each(NAMES)('%s', (name) => {
  test.each(Object.keys(FORMS))('as %s is the wait of a 429 and of a 403, by the clock of the server', (form) => {
    for (const status of [429, 403]) {
      const response = answer(status, { date: DATE, [name]: FORMS[form]! });
      expect({ status, wait: askedWait(response), limit: isLimit(badStatus(response)) }).toEqual({
        status,
        wait: 40_000,
        limit: true,
      });
    }
  });

  test('without a Date goes by our clock', () => {
    expect(askedWait(answer(429, { [name]: String(RECEIVED / 1000 + 40) }))).toBe(40_000);
  });
});

test.each([
  ['limit=10, remaining=0, reset=40', 40_000],
  ['"default";r=0;t=40', 40_000],
  ['"minute";r=0;t=40, "day";r=700;t=3600', 40_000],
  ['"minute";r=0;t=40, "day";r=0;t=3600', 3_600_000],
  ['default; r=0; t=40', 40_000],
  ['limit=10, remaining=7, reset=40', undefined],
  ['"default";r=7;t=40', undefined],
])('the RateLimit header %j of an answer holds back for %j ms', (value, wait) => {
  expect(usedUpFor(answer(200, { ratelimit: value }))).toBe(wait);
});

test.each<[string, Record<string, string>, number | undefined]>([
  ['the reset of what is left is no wait', { 'x-ratelimit-remaining': '17', 'x-ratelimit-reset': '40' }, undefined],
  ['none is left', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '40' }, 40_000],
  ['none is left until an unknown moment', { 'x-ratelimit-remaining': '0' }, undefined],
  [
    'of two windows one is used up',
    {
      'x-ratelimit-remaining-minute': '0',
      'x-ratelimit-reset-minute': '40',
      'x-ratelimit-remaining-day': '9',
      'x-ratelimit-reset-day': '8000',
    },
    40_000,
  ],
  ['windows have one reset in common', { 'x-ratelimit-remaining-minute': '0', 'ratelimit-reset': '40' }, 40_000],
  [
    'there is no limit',
    { 'x-ratelimit-limit': '0', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '40' },
    undefined,
  ],
  ['the reset is a wait by its name', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '0.25' }, 250],
  ['the reset is in milliseconds', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-ms': '4000' }, 4000],
])('%s', (_, headers, wait) => {
  expect(usedUpFor(answer(200, headers))).toBe(wait);
});

test('a refusal with requests left stays a refusal, and Retry-After wins over the reset', () => {
  const left = answer(403, { 'x-ratelimit-remaining': '4999', 'x-ratelimit-reset': String(RECEIVED / 1000 + 900) });
  expect(decide([badStatus(left)], FACTS, () => 0)).toEqual({ act: 'stop', why: 'final' });
  expect(askedWait(answer(429, { 'retry-after': '5', 'x-ratelimit-reset': '900' }))).toBe(5000);
});

const FACTS = { answered: true, elapsed: 0, requests: 1, retries: 0, shrinkable: false };

describe('over sockets', () => {
  const epoch = (clock: { now(): number }, seconds: number) => String(Math.ceil(clock.now() / 1000) + seconds);

  test.each([429, 403])('a %i with a reset in 3 s waits for it, not for a minute', async (status) => {
    const clock = fastClock();
    const { base, heard } = await serve(
      (_, response) => response.writeHead(status, { 'x-ratelimit-reset': epoch(clock, 3) }).end('{}'),
      reply(200),
    );
    const began = clock.now();
    await ask(base, { clock }).get(new URL('/x', base), text);
    expect(heard).toHaveLength(2);
    expect(clock.now() - began).toBeGreaterThanOrEqual(3000);
    expect(clock.now() - began).toBeLessThan(5500);
  });

  test.each([429, 403])('a %i with a reset in 40 minutes ends at once, with the moment', async (status) => {
    const clock = fastClock();
    const { base, heard } = await serve((_, response) =>
      response.writeHead(status, { 'x-rate-limit-reset': epoch(clock, 2400) }).end('{}'),
    );
    const error = await rejection(ask(base, { clock }).get(new URL('/x', base), text));
    expect(error).toMatchObject({
      exitCode: 6,
      hint: 'Run the same command again then, or allow longer waits: --max-wait 1h',
    });
    const until = / until (\S+Z): /.exec(error.message)?.[1];
    expect(Math.abs(Date.parse(until!) - clock.now() - 2_400_000)).toBeLessThan(3000);
    expect([heard.length, clock.slept]).toEqual([1, []]);
  });

  test('an answer that says that none is left holds back the next request, not itself', async () => {
    const clock = fastClock();
    const told: (string | undefined)[] = [];
    const { base } = await serve(
      reply(200, '[1]', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' }),
      reply(200, '[2]', { 'x-ratelimit-remaining': '9', 'x-ratelimit-reset': '30' }),
    );
    const client = ask(base, { clock, onWait: (wait) => told.push(wait?.why) });
    const began = clock.now();
    expect(await client.get(new URL('/1', base), text)).toBe('[1]');
    expect(clock.now() - began).toBeLessThan(5000);
    expect(told).toEqual([]);
    await Promise.all([2, 3].map((n) => client.get(new URL(`/${n}`, base), text)));
    expect(clock.now() - began).toBeGreaterThanOrEqual(30_000);
    expect(clock.now() - began).toBeLessThan(33_000);
    expect(told).toEqual(['no request is left before the limit', undefined]);
  });

  test('where the next request would have to wait too long, none is sent', async () => {
    const { base, heard } = await serve(
      reply(200, '[1]', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3600' }),
    );
    const client = ask(base, { clock: fastClock() });
    await client.get(new URL('/1', base), text);
    const error = await rejection(client.get(new URL('/2', base), text));
    expect(error).toBeInstanceOf(AuditlogError);
    expect(error.message).toMatch(
      /^127\.0\.0\.1:\d+ limits the requests \(none is left\) until \S+Z: longer than the 15 min/,
    );
    expect(error).toMatchObject({ exitCode: 6 });
    expect(heard).toHaveLength(1);
  });
});
