import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '../../src/demo/random.js';
import { openDestination } from '../../src/destinations/index.js';
import { AuditlogError } from '../../src/errors.js';
import { escapeJsonText } from '../../src/json/escape.js';
import { invent } from '../../src/providers/invent.js';
import { Killed, openCollector } from '../collect/site.js';
import { makePlace, type Place, run, start } from '../faults/program.js';
import { PROFILES } from '../model/faults.js';
import { makeEntries } from '../model/makeentries.js';
import { startModel } from '../model/server.js';
import { engine } from './engine.js';
import { type ClickHouseServer, startClickHouse } from './start/clickhouse.js';

const version = await engine('clickhouse-client', '--version');
const DAY = 86_400_000;
const HOUR = 3_600_000;
const NOW = Date.now();
const BEGAN = Date.parse('2026-09-01T09:00:00Z');

describe.skipIf(version === undefined)('a collector that delivers into ClickHouse', () => {
  let server: ClickHouseServer;
  beforeAll(async () => {
    server = await startClickHouse();
  });
  afterAll(() => server.close());

  const rows = async (what: string) => (await server.query(`SELECT ${what}`)).trim();

  test('killed, and its server killed, at any moment: the table holds exactly what the log does', async () => {
    const random = randomFrom(7);
    const model = await startModel({
      entries: makeEntries({ n: 25_000, from: NOW - 60 * DAY, to: NOW - DAY }),
      now: NOW,
    });
    const place = await makePlace(model);
    const dest = `${server.url}/default.collected`;
    expect(await run(place, ['collect', 'mine', '--create', '--rate', 'off', '--dest', dest])).toMatchObject({
      code: 0,
    });
    let killed = 0;
    for (let round = 0; round < 12; round += 1) {
      const late = makeEntries({ n: 40, from: NOW - 25 * DAY, to: NOW - 60_000, seed: 100 + round });
      model.insert(...late);
      const running = start(place, ['collect', 'mine']);
      await delay(200 + random.below(2500));
      if (round % 3 === 1) {
        await server.kill();
        await delay(random.below(500));
        await server.start();
        await running.ended;
      } else {
        running.child.kill('SIGKILL');
        if ((await running.ended).signal === 'SIGKILL') killed += 1;
      }
    }
    expect(killed).toBeGreaterThan(2);
    await untilWhole(place);

    const truth = model.truth().map(({ text }) => escapeJsonText(text));
    expect(await rows('count(), uniqExact(id) FROM collected FINAL')).toBe(`${truth.length}\t${truth.length}`);
    const kept = (await server.query('SELECT raw FROM collected FINAL FORMAT TSVRaw')).trimEnd().split('\n');
    expect(kept.sort()).toEqual(truth.sort());
    await model.close();
  });

  test('sixty virtual days of bursts, late entries, faults and kills: the table holds exactly the truth, once', async () => {
    const random = randomFrom(60);
    const end = BEGAN + 60 * DAY;
    const coming = [
      ...makeEntries({ n: 2500, from: BEGAN - 20 * DAY, to: end, seed: 601, grain: 1000 }),
      ...makeEntries({ n: 400, from: BEGAN + 20 * DAY, to: BEGAN + 20 * DAY + 60_000, seed: 602, grain: 1000 }),
    ].map((entry) => ({ entry, shown: entry.time + (random.percent(4) ? random.below(25 * 24) * HOUR : 0) }));
    const shownBy = (from: number, to: number) =>
      coming.filter(({ shown }) => shown > from && shown <= to).map(({ entry }) => entry);
    const model = await startModel({
      entries: shownBy(0, BEGAN),
      now: BEGAN,
      seed: 60,
      faults: PROFILES.mild,
      zone: 9,
    });
    const url = `${server.url}/default.sixty`;
    const collector = await openCollector(model, async (ctx) =>
      (await openDestination(ctx, url, { provider: invent, schema: undefined })).open(),
    );
    const tally = { killed: 0, failed: 0 };
    const live = async (): Promise<void> => {
      for (;;) {
        const dies = random.percent(8) ? server.kill() : undefined;
        try {
          await collector.cycle(random.percent(35) ? { steps: random.below(40) } : {});
          return;
        } catch (error) {
          if (error instanceof Killed) tally.killed += 1;
          else if (error instanceof AuditlogError) tally.failed += 1;
          else throw error;
        } finally {
          await dies;
          if (dies !== undefined) await server.start();
        }
      }
    };
    let passed = BEGAN;
    const pass = (to: number): void => {
      model.setNow(Math.max(to, model.now()));
      model.insert(...shownBy(passed, model.now()));
      passed = model.now();
    };
    while (passed < end) {
      pass(passed + (1 + random.below(36)) * HOUR);
      await live();
    }
    pass(end + 26 * DAY);
    for (let left = 30; left > 0; left -= 1) {
      const sure = await collector.isSure();
      const ran = await collector.cycle({ deep: left === 30 }).catch(() => undefined);
      if (ran?.exitCode === 0 && sure) break;
    }

    const truth = coming.map(({ entry }) => escapeJsonText(entry.text));
    expect(model.truth()).toHaveLength(truth.length);
    expect(await rows('count(), uniqExact(id) FROM sixty FINAL')).toBe(`${truth.length}\t${truth.length}`);
    const kept = (await server.query('SELECT raw FROM sixty FINAL FORMAT TSVRaw')).trimEnd().split('\n');
    expect(kept.sort()).toEqual(truth.sort());
    expect(tally.killed).toBeGreaterThan(5);
    expect(tally.failed).toBeGreaterThan(0);
    await model.close();
  });
});

/** Runs until a run finds everything as the server counts it. */
async function untilWhole(place: Place): Promise<void> {
  for (let left = 5; left > 0; left -= 1) {
    const { code, stderr } = await run(place, ['collect', 'mine']);
    if (code === 0 && stderr.includes(': 0 new events')) return;
  }
  expect.fail('it never came to an end');
}
