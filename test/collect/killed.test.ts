import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomFrom } from '../../src/demo/random.js';
import { makeHome, run, runCli, spawnCli } from '../helpers/world.js';
import { makeEntries } from '../model/makeentries.js';
import { type Model, startModel } from '../model/server.js';

const KILLS = Number(process.env.AUDITLOG_TEST_KILLS ?? 4);
const SEED = Number(process.env.AUDITLOG_TEST_SEED ?? 1);
const random = randomFrom(SEED);
const DAY = 86_400_000;

let model: Model;
let env: Record<string, string>;

beforeAll(async () => {
  // A process of its own lives at the real time.
  const now = Date.now();
  const entries = makeEntries({ n: 2500, from: now - 12 * DAY, to: now - 60_000, grain: 1000 });
  model = await startModel({ entries, now: () => Date.now() });
  env = { AUDITLOG_BASE_URL: model.base.href, AUDITLOG_API_KEY: model.key };
});
afterAll(() => model.close());

/** Runs that are killed at any moment of their lives, and one that is not. */
async function live(line: readonly string[], home: string, took: number): Promise<string[]> {
  const outputs: string[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const { child, ended } = await spawnCli(line, { env, home });
    void delay(took * (0.2 + (0.8 * (kill + random.below(100) / 100)) / KILLS)).then(() => child.kill('SIGKILL'));
    outputs.push((await ended).stdout);
  }
  const last = await runCli(line, { env, home });
  expect(last).toMatchObject({ code: 0 });
  return [...outputs, last.stdout];
}

/** How long a whole run takes here and now, ms. */
async function timeOf(make: readonly string[], line: readonly string[]): Promise<number> {
  const home = await makeHome();
  expect(await runCli(make, { env, home })).toMatchObject({ code: 0 });
  const began = performance.now();
  expect(await runCli(line, { env, home })).toMatchObject({ code: 0 });
  return performance.now() - began;
}

test(`a collector killed at ${KILLS} moments loses nothing, and an archive holds everything once (seed ${SEED})`, async () => {
  const make = ['collect', 'kept', '--create', '--dest', 'archive', '--rate', 'off'];
  const line = ['collect', 'kept'];
  const took = await timeOf(make, line);
  const home = await makeHome();
  await runCli(make, { env, home });
  await live(line, home, took);
  const names = await readdir(join(home, 'archive'), { recursive: true });
  const files = names.filter((name) => name.endsWith('.ndjson.gz'));
  const texts = await Promise.all(files.map((name) => readFile(join(home, 'archive', name))));
  const found = texts.flatMap((text) => gunzipSync(text).toString().trimEnd().split('\n')).sort();
  expect(found.filter((text) => text !== '')).toEqual(
    model
      .truth()
      .map(({ text }) => text)
      .sort(),
  );
  expect(await run('verify archive', { cwd: home, home })).toMatchObject({ code: 0 });
}, 120_000);

test(`a killed collector that writes lines writes each at least once, and none again that it remembered (seed ${SEED})`, async () => {
  const make = ['collect', 'lines', '--create', '--dest', '-', '--rate', 'off'];
  const line = ['collect', 'lines'];
  const took = await timeOf(make, line);
  const home = await makeHome();
  await runCli(make, { env, home });
  const outputs = await live(line, home, took);
  const whole = outputs
    .flatMap((text) => text.slice(0, text.lastIndexOf('\n') + 1).split('\n'))
    .filter((one) => one !== '');
  expect([...new Set(whole)].sort()).toEqual(
    model
      .truth()
      .map(({ text }) => text)
      .sort(),
  );
  expect(await runCli(line, { env, home })).toMatchObject({ code: 0, stdout: '' });
}, 120_000);
