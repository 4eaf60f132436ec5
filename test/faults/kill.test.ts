import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hash, type Random, randomFrom } from '../../src/demo/random.js';
import { type StaticServer, startServer } from '../model/static.js';
import { makePlace, type Place, run, start } from './program.js';

/** Runs that are killed at random moments, again and again, until one gets to its end. */
const RUNS = Number(process.env.AUDITLOG_TEST_KILLS ?? 20);
const SEED = Number(process.env.AUDITLOG_TEST_SEED ?? 1);
/** After so many kills a run is left alone. */
const KILLS = 2;
const AT_ONCE = 8;

const DAY = 86_400_000;
const NOW = Date.now();
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
/** Everything up to here is closed, so that each run must come to the same bytes. */
const CLOSED = ['--to', dayOf(NOW - 3 * DAY), '--rate', 'off'] as const;

let server: StaticServer;

beforeAll(async () => {
  server = await startServer({ n: 8000, from: NOW - 90 * DAY, to: NOW, latency: 160, shape: 'small' });
});
afterAll(() => server.close());

const FILES = ['out.ndjson', 'out.csv', 'out.json', 'out.ndjson.gz'];
const whole = new Map<string, Buffer>();
/** How long a whole run takes here and now, ms. */
let usual = 0;

/** What came of one run after another, the last of them to its end. */
interface Lives {
  /** Runs that were killed before they could end. */
  readonly killed: number;
  /** Runs that went on with what an earlier one had left. */
  readonly resumed: number;
}

/** Kills run after run at random moments, and lets the last one end. `look` sees what each of the killed ones has left. */
async function livesOf(
  place: Place,
  args: readonly string[],
  random: Random,
  look: () => Promise<boolean>,
): Promise<Lives> {
  let killed = 0;
  let resumed = 0;
  for (;;) {
    const { child, ended } = start(place, args);
    const stop = new AbortController();
    if (killed < KILLS) {
      delay(usual * (0.1 + random.below(1000) / 1000), undefined, { signal: stop.signal }).then(
        () => child.kill('SIGKILL'),
        () => undefined,
      );
    }
    const { code, signal, stderr } = await ended;
    stop.abort();
    if (/resuming after|finishing the file/.test(stderr)) resumed += 1;
    if (signal === null) {
      expect({ code, stderr }).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('Complete: the server reports the same count'),
      });
      return { killed, resumed };
    }
    killed += 1;
    // It may have been done but for tidying up.
    if (await look()) return { killed, resumed };
  }
}

/** Some at a time, as there are few processors. */
async function each(count: number, one: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < count) {
        const index = next;
        next += 1;
        await one(index);
      }
    }),
  );
}

test(`an export that is killed at any moment can be resumed to the same bytes (${RUNS} runs, seed ${SEED})`, {
  timeout: 60_000 + RUNS * 10_000,
}, async () => {
  const began = performance.now();
  await each(FILES.length, async (index) => {
    const file = FILES[index]!;
    const place = await makePlace(server);
    expect(await run(place, ['export', ...CLOSED, '-o', file])).toMatchObject({ code: 0 });
    whole.set(file, await readFile(join(place.folder, file)));
    expect(await place.files()).toEqual([file]);
  });
  usual = ((performance.now() - began) * AT_ONCE) / FILES.length;

  let killed = 0;
  let resumed = 0;
  await each(RUNS, async (index) => {
    const file = FILES[index % FILES.length]!;
    const place = await makePlace(server);
    const sameBytes = async (): Promise<void> => {
      const bytes = await readFile(join(place.folder, file));
      expect({ file, same: bytes.equals(whole.get(file)!) }).toEqual({ file, same: true });
    };
    const lives = await livesOf(place, ['export', ...CLOSED, '-o', file], randomFrom(hash(SEED, index)), async () => {
      const files = await place.files();
      if (!files.includes(file)) return false;
      // A file has its name only when it is whole.
      await sameBytes();
      return true;
    });
    await sameBytes();
    killed += lives.killed;
    resumed += lives.resumed;
    await rm(place.folder, { recursive: true });
  });
  expect(killed).toBeGreaterThan(RUNS / 2);
  expect(resumed).toBeGreaterThan(0);
});

test(`an export by days that is killed at any moment can be resumed, too (seed ${SEED})`, {
  timeout: 120_000,
}, async () => {
  const args = ['export', '--split', 'day', ...CLOSED, '-o', 'days'];
  const began = performance.now();
  const undisturbed = await makePlace(server);
  expect(await run(undisturbed, args)).toMatchObject({ code: 0 });
  usual = performance.now() - began;
  const expected = await daysIn(undisturbed);
  expect(expected.size).toBeGreaterThan(80);

  await each(Math.ceil(RUNS / 10), async (index) => {
    const place = await makePlace(server);
    await livesOf(place, args, randomFrom(hash(SEED, 1000 + index)), async () => false);
    const found = await daysIn(place);
    expect([...found.keys()]).toEqual([...expected.keys()]);
    for (const [name, bytes] of found)
      expect({ name, same: bytes.equals(expected.get(name)!) }).toEqual({ name, same: true });
    expect(await run(place, ['verify', 'days'])).toMatchObject({ code: 0 });
  });
});

/** The files of the days; of everything else, such as manifests that tell when they were made, only the names. */
async function daysIn({ folder }: Place): Promise<ReadonlyMap<string, Buffer>> {
  const directory = join(folder, 'days');
  const names = (await readdir(directory)).sort();
  return new Map(
    await Promise.all(
      names.map(
        async (name): Promise<[string, Buffer]> => [
          name,
          name.endsWith('.ndjson') ? await readFile(join(directory, name)) : Buffer.of(),
        ],
      ),
    ),
  );
}
