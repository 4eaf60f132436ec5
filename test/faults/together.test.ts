import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StaticServer, startServer } from '../model/static.js';
import { CONTAINER, canContain } from './containers.js';
import { makePlace, type Place, run, start } from './program.js';

const DAY = 86_400_000;
const NOW = Date.now();
const EXPORT = [
  'export',
  '--to',
  new Date(NOW - 3 * DAY).toISOString().slice(0, 10),
  '--rate',
  'off',
  '-o',
  'out.ndjson',
];

let server: StaticServer;
let undisturbed: Buffer;

beforeAll(async () => {
  server = await startServer({ n: 3000, from: NOW - 90 * DAY, to: NOW, latency: 30, shape: 'small' });
  const place = await makePlace(server);
  await run(place, EXPORT);
  undisturbed = await readFile(join(place.folder, 'out.ndjson'));
});
afterAll(() => server.close());

describe.each([
  { where: 'on one host', within: [] },
  ...(canContain ? [{ where: 'in a container each', within: CONTAINER }] : []),
])('several runs of the same at the same moment, $where', ({ within }) => {
  const runThree = (place: Place, args: readonly string[]) =>
    Promise.all([1, 2, 3].map(() => start(place, args, { within }).ended));

  test('one has the file, and it is whole; the others say who has it', async () => {
    for (let round = 0; round < 3; round += 1) {
      const place = await makePlace(server);
      const ended = await runThree(place, EXPORT);
      expect(ended.map(({ code }) => code).sort()).toEqual([0, 2, 2]);
      for (const { code, stderr } of ended)
        if (code === 2)
          expect(stderr).toMatch(
            /error: out\.ndjson (is being written by another run \(process \d+[^)]*\)|already exists)\n/,
          );
      expect((await readFile(join(place.folder, 'out.ndjson'))).equals(undisturbed)).toBe(true);
      expect(await place.files()).toEqual(['out.ndjson']);
    }
  });

  test('one has the directory of days, and it verifies', async () => {
    const place = await makePlace(server);
    const ended = await runThree(place, [...EXPORT.slice(0, -2), '--split', 'day', '-o', 'days']);
    expect(ended.map(({ code }) => code).sort()).toEqual([0, 2, 2]);
    expect(await run(place, ['verify', 'days'])).toMatchObject({ code: 0 });
  });

  test('one has the collector and its archive, and the others say so', async () => {
    const place = await makePlace(server);
    await run(place, ['collect', 'prod', '--create', '--dest', './archive', '--rate', 'off']);
    const ended = await runThree(place, ['collect', 'prod']);
    expect(ended.filter(({ code }) => code === 0).length).toBeGreaterThan(0);
    for (const { code, stderr } of ended)
      if (code !== 0) expect({ code, stderr }).toMatchObject({ code: 2, stderr: /being written by another run/ });
    expect(await run(place, ['verify', 'archive'])).toMatchObject({ code: 0 });
  });

  test('each of many profiles that are added is saved', async () => {
    const place = await makePlace(server);
    const names = Array.from({ length: 6 }, (_, index) => `team-${index}`);
    const ended = await Promise.all(names.map((name) => start(place, ['profile', 'add', name], { within }).ended));
    expect(ended.map(({ code }) => code)).toEqual(names.map(() => 0));
    const { stdout } = await run(place, ['profile', 'list']);
    for (const name of names) expect(stdout.toString()).toContain(name);
  });
});
