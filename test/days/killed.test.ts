import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomFrom } from '../../src/demo/random.js';
import { makeHome, run, runCli, spawnCli } from '../helpers/world.js';
import { makeEntries } from '../model/makeentries.js';
import { type Model, startModel } from '../model/server.js';
import { contents, DAY, dayFiles } from './site.js';

const KILLS = Number(process.env.AUDITLOG_TEST_KILLS ?? 5);
const SEED = Number(process.env.AUDITLOG_TEST_SEED ?? 1);
const random = randomFrom(SEED);
const LINE = ['export', '--split', 'day', '-o', 'days', '--rate', 'off', '--quiet'];

let model: Model;
let env: Record<string, string>;
let wanted: Readonly<Record<string, string>>;
let took: number;

beforeAll(async () => {
  // A process of its own lives at the real time.
  const now = Date.now();
  model = await startModel({
    entries: makeEntries({ n: 7000, from: now - 30 * DAY, to: now - 4 * DAY, grain: 60_000 }),
    now: () => Date.now(),
  });
  env = { AUDITLOG_BASE_URL: model.base.href, AUDITLOG_API_KEY: model.key };
  const home = await makeHome();
  const started = performance.now();
  const { code } = await runCli(LINE, { env, home });
  took = performance.now() - started;
  expect(code).toBe(0);
  wanted = await dayFiles(join(home, 'days'));
  expect(Object.keys(wanted).length).toBeGreaterThan(25);
});
afterAll(() => model.close());

test(`an export by days killed at ${KILLS} moments and run again gives the same bytes and a valid chain (seed ${SEED})`, async () => {
  const home = await makeHome();
  for (let kill = 0; kill < KILLS; kill += 1) {
    // The first part of the time is starting up: nothing to be seen there.
    const after = took * (0.2 + (0.8 * (kill + random.below(100) / 100)) / KILLS);
    for (let attempt = 0; ; attempt += 1) {
      const { child, ended } = await spawnCli(LINE, { env, home });
      if (attempt < 2) void delay(after).then(() => child.kill('SIGKILL'));
      const { code, signal, stderr } = await ended;
      if (signal === 'SIGKILL') continue;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      break;
    }
    const days = join(home, 'days');
    expect(await dayFiles(days), `killed after ${Math.round(after)} ms`).toEqual(wanted);
    expect([...(await contents(days)).keys()].filter((name) => !/^\d|^chain\.json$/.test(name))).toEqual([]);
    const verified = await run('verify days', { cwd: home, home });
    expect(verified, `killed after ${Math.round(after)} ms`).toMatchObject({ code: 0, stderr: '' });
    await rm(days, { recursive: true });
  }
}, 600_000);
