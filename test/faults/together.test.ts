import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StaticServer, startServer } from '../model/static.js';
import { makePlace, run, start } from './program.js';

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

describe('several runs of the same at the same moment', () => {
  test('one has the file, and it is whole; the others say who has it', async () => {
    for (let round = 0; round < 4; round += 1) {
      const place = await makePlace(server);
      const runs = [start(place, EXPORT), start(place, EXPORT), start(place, EXPORT)];
      const ended = await Promise.all(runs.map((one) => one.ended));
      expect(ended.map(({ code }) => code).sort()).toEqual([0, 2, 2]);
      for (const { code, stderr } of ended)
        if (code === 2)
          expect(stderr).toMatch(
            /error: out\.ndjson (is being written by another run \(process \d+\)|exists already)\n/,
          );
      expect((await readFile(join(place.folder, 'out.ndjson'))).equals(undisturbed)).toBe(true);
      expect(await place.files()).toEqual(['out.ndjson']);
    }
  });

  test('one has the directory of days, and it verifies', async () => {
    const place = await makePlace(server);
    const args = [...EXPORT.slice(0, -2), '--split', 'day', '-o', 'days'];
    const ended = await Promise.all(
      [start(place, args), start(place, args), start(place, args)].map((one) => one.ended),
    );
    expect(ended.map(({ code }) => code).sort()).toEqual([0, 2, 2]);
    expect(await run(place, ['verify', 'days'])).toMatchObject({ code: 0 });
  });
});
