import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Governor } from '../../../src/http/rate/governor.js';
import { burstFor } from '../../../src/http/rate/limits.js';
import { type VirtualClock, virtualClock } from '../virtualclock.js';

const runs = Number(process.env.AUDITLOG_TEST_RUNS ?? 100);

const never = new AbortController().signal;
setMaxListeners(0, never);

function governor(clock: VirtualClock, rate: number | undefined, limit: number | undefined = 500): Governor {
  return new Governor({ clock, random: () => 0.5 }, { rate, limit });
}

/** Workers that ask one after the other, each answer taking `latency` ms, for `ms` of virtual time; gives when each request left. */
async function hammer(
  clock: VirtualClock,
  gov: Governor,
  { workers, latency, ms }: { workers: number; latency: () => number; ms: number },
): Promise<number[]> {
  const left: number[] = [];
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const work = async (): Promise<void> => {
    while (clock.monotonic() < ms) {
      const pass = await gov.enter(stop.signal);
      left.push(clock.monotonic());
      await clock.sleep(latency(), stop.signal);
      pass.leave(true);
    }
  };
  const all = Promise.all(Array.from({ length: workers }, work));
  await clock.run(all);
  return left.filter((at) => at < ms);
}

function busiestMinute(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (let last = 0; last < times.length; last += 1) {
    while (times[last]! - times[first]! >= 60_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

test('sixty requests leave at once, and the next one waits', async () => {
  const clock = virtualClock();
  const gov = governor(clock, 300);
  for (let n = 0; n < 60; n += 1) (await gov.enter(never)).leave(true);
  expect(clock.monotonic()).toBe(0);
  (await clock.run(gov.enter(never))).leave(true);
  expect(clock.monotonic()).toBe(200);
});

test('at most 16 requests are under way at a time, whatever the rate', async () => {
  const clock = virtualClock();
  const left = await hammer(clock, governor(clock, undefined), { workers: 40, latency: () => 1000, ms: 1000 });
  expect(left).toHaveLength(16);
});

test.each([
  [300, 500, 60],
  [120, undefined, 30],
  [480, 500, 20],
  [500, 500, 500 / 60],
  [600, 500, 10],
  [10, 500, 2.5],
  [1, 500, 1],
])('with a rate of %i and a limit of %s, %d requests may leave at once', (rate, limit, burst) => {
  expect(burstFor(rate, limit)).toBe(burst);
});

test.each([
  [300, 500],
  [120, undefined],
  [500, 500],
  [60, 500],
])('a rate of %i (limit %s) is used to 90 %%, and no window exceeds the limit', async (rate, limit) => {
  const clock = virtualClock();
  const ms = 600_000;
  const left = await hammer(clock, governor(clock, rate, limit), { workers: 4, latency: () => 180, ms });
  expect(left.length).toBeGreaterThanOrEqual(0.9 * rate * (ms / 60_000));
  expect(busiestMinute(left)).toBeLessThanOrEqual(limit ?? rate + burstFor(rate, limit));
});

test('no window of 60 s exceeds the limit of the vendor', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 5 }),
      async (rate, workers, latencies, idleMinutes) => {
        const clock = virtualClock();
        const gov = governor(clock, rate, 500);
        let at = 0;
        const latency = (): number => latencies[at++ % latencies.length]!;
        const first = await hammer(clock, gov, { workers, latency, ms: 70_000 });
        const idle = clock.sleep(idleMinutes * 20_000);
        await clock.run(idle);
        const ms = clock.monotonic() + 70_000;
        const second = await hammer(clock, gov, { workers, latency, ms });
        expect(busiestMinute([...first, ...second])).toBeLessThanOrEqual(500);
      },
    ),
    { numRuns: Math.ceil(runs / 3) },
  );
});

/** Goes through the gate as soon as it may, and tells when that was. */
async function pass(clock: VirtualClock, gov: Governor): Promise<number> {
  (await gov.enter(never)).leave(true);
  return clock.monotonic();
}

test('after a 429 no request leaves before the end of the wait, and then at half the rate', async () => {
  const clock = virtualClock();
  const gov = governor(clock, 300);
  const first = await gov.enter(never);
  gov.limited(first, 42_000);
  first.leave(true);
  expect(gov.gate).toBe(42_000);
  expect(gov.rate).toBe(150);
  const times = await clock.run(Promise.all([pass(clock, gov), pass(clock, gov), pass(clock, gov)]));
  // The bucket is empty when the gate opens: no second burst.
  expect(times).toEqual([42_400, 42_800, 43_200]);
  expect(gov.gate).toBe(0);
});

test('a 429 to one request stops those that wait already', async () => {
  const clock = virtualClock();
  const gov = governor(clock, 60);
  const one = await gov.enter(never);
  for (let n = 0; n < 14; n += 1) (await gov.enter(never)).leave(true);
  const waiting = pass(clock, gov);
  await clock.run(clock.sleep(500));
  gov.limited(one, 10_000);
  one.leave(true);
  expect(await clock.run(waiting)).toBeGreaterThanOrEqual(10_500);
});

test('several 429s to requests under way together halve the rate once', async () => {
  const clock = virtualClock();
  const gov = governor(clock, 400);
  const passes = [await gov.enter(never), await gov.enter(never), await gov.enter(never)];
  for (const one of passes) {
    gov.limited(one, 1000);
    one.leave(true);
  }
  expect(gov.rate).toBe(200);
  const next = await clock.run(gov.enter(never));
  gov.limited(next, 1000);
  next.leave(true);
  expect(gov.rate).toBe(100);
});

test('every 30 s without a 429 return a tenth of the rate, up to the full rate', async () => {
  const clock = virtualClock();
  const gov = governor(clock, 300);
  const first = await gov.enter(never);
  gov.limited(first, 1000);
  first.leave(true);
  const rates: (number | undefined)[] = [];
  for (let n = 0; n < 7; n += 1) {
    await clock.run(clock.sleep(n === 0 ? 31_000 : 30_000));
    await clock.run(pass(clock, gov));
    rates.push(gov.rate);
  }
  expect(rates).toEqual([180, 210, 240, 270, 300, 300, 300]);
});

test('a later, shorter wait does not shorten a longer one', async () => {
  const clock = virtualClock();
  const gov = governor(clock, 300);
  const [one, two] = [await gov.enter(never), await gov.enter(never)];
  gov.limited(one, 50_000);
  gov.limited(two, 5000);
  expect(gov.gate).toBe(50_000);
});

test('after five failures in a row one request at a time probes the server, with growing pauses', async () => {
  const clock = virtualClock();
  const gov = governor(clock, undefined);
  const left: number[] = [];
  const work = async (): Promise<void> => {
    for (let n = 0; n < 3; n += 1) {
      const one = await gov.enter(never);
      left.push(Math.round(clock.monotonic()));
      await clock.sleep(10);
      one.leave(false);
    }
  };
  await clock.run(Promise.all([work(), work(), work(), work()]));
  // Four at once, four more before the fifth failure is known; then alone.
  expect(left.slice(0, 4)).toEqual([0, 0, 0, 0]);
  const pauses = left.slice(8).map((at, n) => at - left[8 + n - 1]!);
  expect(pauses.slice(1).every((pause) => pause > 3000)).toBe(true);
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
});

test('one healthy answer ends the probing', async () => {
  const clock = virtualClock();
  const gov = governor(clock, undefined);
  for (let n = 0; n < 6; n += 1) (await clock.run(gov.enter(never))).leave(false);
  (await clock.run(gov.enter(never))).leave(true);
  const at = clock.monotonic();
  for (let n = 0; n < 8; n += 1) await gov.enter(never);
  expect(clock.monotonic()).toBe(at);
});

test('a stopped request leaves the queue at once, and those behind it proceed', async () => {
  const clock = virtualClock();
  const gov = governor(clock, 60);
  for (let n = 0; n < 15; n += 1) (await gov.enter(never)).leave(true);
  const stop = new AbortController();
  const stopped = gov.enter(stop.signal).then(
    () => 'passed',
    (error: Error) => error.message,
  );
  const behind = pass(clock, gov);
  const stop2 = new AbortController();
  const stoppedInQueue = gov.enter(stop2.signal).catch((error: Error) => error.message);
  stop2.abort(new Error('Ctrl-C in the queue'));
  expect(await stoppedInQueue).toBe('Ctrl-C in the queue');
  stop.abort(new Error('Ctrl-C'));
  expect(await stopped).toBe('Ctrl-C');
  expect(await clock.run(behind)).toBe(1000);
});

test('a permit reports the wait for the rate, but not the wait for a server that is down', async () => {
  const clock = virtualClock();
  const limited = governor(clock, 60);
  for (let n = 0; n < 15; n += 1) (await limited.enter(never)).leave(true);
  const [one, two] = await clock.run(Promise.all([limited.enter(never), limited.enter(never)]));
  expect([one.waited, two.waited]).toEqual([1000, 2000]);
  const down = governor(clock, undefined);
  for (let n = 0; n < 5; n += 1) (await down.enter(never)).leave(false);
  const probe = await clock.run(down.enter(never));
  expect(probe.waited).toBe(0);
});
