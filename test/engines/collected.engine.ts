import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '../../src/demo/random.js';
import { escapeJsonText } from '../../src/json.js';
import { makePlace, type Place, run, start } from '../faults/program.js';
import { makeEntries } from '../model/makeentries.js';
import { startModel } from '../model/server.js';
import { engine } from './engine.js';
import { type ClickHouseServer, startClickHouse } from './start/clickhouse.js';

const version = await engine('clickhouse-client', '--version');
const DAY = 86_400_000;
const NOW = Date.now();

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
});

/** Runs until a run finds everything as the server counts it. */
async function untilWhole(place: Place): Promise<void> {
  for (let left = 5; left > 0; left -= 1) {
    const { code, stderr } = await run(place, ['collect', 'mine']);
    if (code === 0 && stderr.includes(': 0 events new')) return;
  }
  expect.fail('it never came to an end');
}
