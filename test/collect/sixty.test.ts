import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { hash, type Random, randomFrom } from '../../src/demo/random.js';
import { openArchiveDelivery } from '../../src/destinations/archive/open.js';
import { AuditlogError } from '../../src/errors.js';
import { escapeJsonText } from '../../src/json/escape.js';
import { invent } from '../../src/providers/invent.js';
import { run } from '../helpers/world.js';
import type { ModelEntry } from '../model/entry.js';
import { PROFILES } from '../model/faults.js';
import { makeEntries } from '../model/makeentries.js';
import { type Model, startModel } from '../model/server.js';
import { type Collector, Killed, openCollector } from './site.js';
import { DAY, HOUR, openStore } from './world.js';

const RUNS = Math.max(1, Math.min(50, Number(process.env.AUDITLOG_TEST_RUNS ?? 0) / 100));
const SEED = Number(process.env.AUDITLOG_TEST_SEED ?? 1);

const BEGAN = Date.parse('2026-09-01T09:00:00Z');
const DAYS = 60;
/** The latest that an entry turns up after its time. */
const LATEST = 25 * DAY;

/** An entry and when the server begins to give it. */
interface Coming {
  readonly entry: ModelEntry;
  readonly shown: number;
}

/** Some entries each hour, now and then hundreds in a minute, and some that turn up days after they happened. */
function sixtyDays(seed: number): readonly Coming[] {
  const random = randomFrom(hash(seed, 60));
  const end = BEGAN + DAYS * DAY;
  const spread = makeEntries({ n: 900, from: BEGAN - 20 * DAY, to: end, seed: seed * 10, grain: 1000 });
  const bursts = Array.from({ length: 3 }, (_, n) => {
    const at = BEGAN + random.below(DAYS) * DAY + random.below(24) * HOUR;
    return makeEntries({ n: 100 + random.below(120), from: at, to: at + 60_000, seed: seed * 10 + 1 + n, grain: 1000 });
  }).flat();
  return [...spread, ...bursts].map((entry) => ({
    entry,
    shown: entry.time + (random.percent(3) ? random.below(LATEST / HOUR) * HOUR : 0),
  }));
}

/** What asking again cures, and what only comparing finds: answers from the past, counts that are off, pages that come twice. */
const MILD = {
  ...PROFILES.mild,
  lag: 0.01,
  'count-plus-one': 0.004,
  'count-minus-one': 0.004,
  'count-missing': 0.002,
  'page-repeated': 0.004,
  'duplicate-row': 0.004,
} as const;

/** A quarter of all answers, but for those that only a stopwatch ends, and other bytes for the same id, of which either may be the truth. */
const HEAVY = {
  ...PROFILES.heavy,
  ...{ 'other-bytes': 0, 'stall-headers': 0, 'stall-body': 0, 'slow-drip': 0, 'gzip-bomb': 0, 'header-bomb': 0 },
  '503-retry-day': 0,
} as const;

let model: Model;
afterEach(() => model.close());

for (let seed = SEED; seed < SEED + RUNS; seed += 1) {
  test(`after sixty days with faults, kills and restores from backups, archive and stream each hold exactly the truth, once (seed ${seed})`, {
    timeout: 600_000,
  }, async () => {
    const random = randomFrom(hash(seed, 61));
    const coming = sixtyDays(seed);
    const began = coming.filter(({ shown }) => shown <= BEGAN).map(({ entry }) => entry);
    model = await startModel({
      entries: began,
      now: BEGAN,
      seed,
      faults: seed % 2 === 0 ? HEAVY : MILD,
      zone: random.below(27) - 12,
    });
    let passed = BEGAN;
    const pass = (to: number): void => {
      model.setNow(Math.max(to, model.now()));
      const now = model.now();
      model.insert(...coming.filter(({ shown }) => shown > passed && shown <= now).map(({ entry }) => entry));
      passed = now;
    };

    const store = openStore();
    const stream = await openCollector(model, async () => store.open());
    let root = '';
    const archive = await openCollector(model, async (ctx, home) => {
      root = join(home, 'archive');
      return openArchiveDelivery(ctx, root, 'archive', { provider: invent, schema: undefined });
    });
    const tally = { cycles: 0, killed: 0, failed: 0, doubted: 0 };
    const live = async (collector: Collector, most: number): Promise<void> => {
      for (;;) {
        const steps = random.percent(35) ? random.below(most) : undefined;
        tally.cycles += 1;
        try {
          const { exitCode } = await collector.cycle(steps === undefined ? {} : { steps });
          if (exitCode !== 0) tally.doubted += 1;
          return;
        } catch (error) {
          if (error instanceof Killed) tally.killed += 1;
          else if (error instanceof AuditlogError) tally.failed += 1;
          else throw error;
        }
      }
    };
    // Now and then the archive is restored from a backup, which may have been made in the middle of a cycle that was killed.
    const backups: string[] = [];
    let restored = 0;
    const keepOrRestore = async (): Promise<void> => {
      const backup = backups[random.below(backups.length || 1)];
      const isLate = passed > BEGAN + (DAYS / 2) * DAY;
      if (backup !== undefined && (random.percent(15) || (restored === 0 && isLate))) {
        restored += 1;
        await rm(root, { recursive: true });
        await cp(backup, root, { recursive: true, preserveTimestamps: true });
      } else if (random.percent(25) || backups.length === 0) {
        backups.push(join(root, '..', `backup-${backups.length}`));
        await cp(root, backups.at(-1)!, { recursive: true, preserveTimestamps: true });
      }
    };
    for (let next = { stream: BEGAN, archive: BEGAN }; passed < BEGAN + DAYS * DAY; ) {
      pass(Math.min(next.stream, next.archive));
      if (next.stream <= passed) {
        await live(stream, 40);
        next = { ...next, stream: model.now() + wait(random, 36) };
      }
      if (next.archive <= passed) {
        await live(archive, 25);
        await keepOrRestore();
        next = { ...next, archive: model.now() + wait(random, 140) };
      }
    }
    // The last of the late ones are there, and nothing is open any more.
    pass(BEGAN + DAYS * DAY + LATEST);
    await settled(stream);
    await settled(archive);
    model.advance(12 * HOUR);
    await settled(archive);

    const truth = coming.map(({ entry }) => escapeJsonText(entry.text)).sort();
    expect(model.truth()).toHaveLength(coming.length);
    expect(store.kept.map(({ raw }) => raw.toString()).sort()).toEqual(truth);
    expect((await linesOf(root)).sort()).toEqual(truth);
    expect(tally.killed).toBeGreaterThan(5);
    expect(restored).toBeGreaterThan(0);

    const env = { AUDITLOG_BASE_URL: model.base.href, AUDITLOG_API_KEY: model.key };
    const offline = await run(['verify', root], { now: model.now() });
    expect(offline).toMatchObject({ code: 0 });
    // Its one request may be answered with a count that is off.
    for (let left = 5; ; left -= 1) {
      const online = await run(['verify', '--online', '--rate', 'off', root], { env, now: model.now() });
      if (online.code !== 0 && left > 0) continue;
      expect(online.code, online.stdout).toBe(0);
      break;
    }
  });
}

function wait(random: Random, hours: number): number {
  return random.percent(30) ? (5 + random.below(50)) * 60_000 : (1 + random.below(2 * hours)) * HOUR;
}

/** Cycles until one finds everything reconciled and confirmed: a count that was off is found out by the next. */
async function settled(collector: Collector): Promise<void> {
  for (let left = 30; left > 0; left -= 1) {
    const wasSure = await collector.isSure();
    const ran = await collector.cycle({ deep: left === 30 }).catch((error: unknown) => {
      if (error instanceof AuditlogError) return undefined;
      throw error;
    });
    if (ran?.exitCode === 0 && wasSure && (await collector.isSure())) return;
  }
  throw new Error('it never comes to rest');
}

/** Every line of every file of entries. */
async function linesOf(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  const texts = await Promise.all(
    names
      .filter((name) => name.endsWith('.ndjson.gz'))
      .map(async (name) => gunzipSync(await readFile(join(root, name))).toString()),
  );
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== ''));
}
