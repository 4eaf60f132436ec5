import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tried } from '../helpers/tried.js';
import { type StaticServer, startServer } from '../model/static.js';
import { type Ended, makePlace, type Place, run } from './program.js';

/** Of so many points one is tried, beginning with another one each day. */
const STRIDE = process.env.AUDITLOG_TEST_RUNS === undefined ? 5 : 1;
const AT_ONCE = 4;

const DAY = 86_400_000;
const NOW = Date.now();
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const PRELOAD = pathToFileURL(join(import.meta.dirname, 'preload.mjs')).href;

/** One for each run at a time: what each asks for is counted. */
let servers: readonly StaticServer[];
beforeAll(async () => {
  const options = { n: 230, from: NOW - 12 * DAY, to: NOW, shape: 'small' } as const;
  servers = await Promise.all(Array.from({ length: AT_ONCE }, () => startServer(options)));
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** A run with a fault at one of its calls to the file system. */
function runWith(place: Place, args: readonly string[], fault: Readonly<Record<string, string>>): Promise<Ended> {
  const env = { ...place.env, NODE_OPTIONS: `--import=${PRELOAD}`, FAULT_FOLDER: place.folder, ...fault };
  return run({ ...place, env }, args);
}

/** The calls after the last byte of the output was written. `recorded`: the first after which the end of the reading is on the disk. */
async function lastCalls(
  server: StaticServer,
  args: readonly string[],
  name: string,
): Promise<readonly { readonly at: number; readonly recorded: boolean }[]> {
  const place = await makePlace(server);
  const log = join(place.folder, 'calls.log');
  expect(await runWith(place, args, { FAULT_LOG: log })).toMatchObject({ code: 0 });
  const calls = (await readFile(log, 'utf8')).trimEnd().split('\n');
  const written = calls.findLastIndex((call) => call.startsWith('write ') && call.endsWith(`${name}.partial`));
  expect(written).toBeGreaterThan(0);
  const end = calls.findLastIndex((call) => call.startsWith('rename ') && call.includes(`${name}.partial.state`));
  expect(end).toBeGreaterThan(written);
  return calls.map((_, at) => ({ at, recorded: at > end })).slice(written + 1);
}

async function each<T>(all: readonly T[], one: (server: StaticServer, item: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const work = async (server: StaticServer): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await one(server, item);
  };
  await Promise.all(servers.map(work));
}

test.each(['out.ndjson', ...(STRIDE === 1 ? ['out.csv.gz', 'out.parquet'] : [])])(
  'the program that is killed, or out of space, at any call after the last byte of %s ends whole with the same command',
  { timeout: 600_000 },
  async (name) => {
    const range = ['--from', dayOf(NOW - 9 * DAY), '--to', dayOf(NOW - 4 * DAY), '--rate', 'off'];
    const args = ['export', ...range, '-o', name, ...(name.endsWith('.parquet') ? [] : ['--manifest'])];
    const [first] = servers as readonly [StaticServer];
    const clean = await makePlace(first);
    expect(await run(clean, args)).toMatchObject({ code: 0 });
    const wanted = await readFile(join(clean.folder, name));
    const files = await clean.files();
    const calls = await lastCalls(first, args, name);
    const points = calls
      .flatMap((call) => ['SIGKILL', 'ENOSPC'].map((how) => ({ ...call, how })))
      .filter((_, index) => index % STRIDE === new Date(NOW).getDate() % STRIDE);
    const tally = { killed: 0, full: 0, finished: 0 };
    await each(points, async (server, { at, recorded, how }) => {
      tried('a call of the program');
      const place = await makePlace(server);
      const ran = await runWith(place, args, { FAULT_AT: String(at), FAULT_HOW: how });
      const left = await place.files();
      const isWhole = files.every((file) => left.includes(file)) && !left.some((file) => file.endsWith('.state'));
      if (how === 'SIGKILL') expect({ at, signal: ran.signal }).toEqual({ at, signal: 'SIGKILL' });
      else if (!isWhole) expect({ at, ...ran }).toMatchObject({ code: 1, stderr: expect.stringContaining('(ENOSPC)') });
      tally[how === 'SIGKILL' ? 'killed' : 'full'] += 1;
      if (!isWhole) {
        const before = server.requests();
        const second = await run(place, args);
        expect({ at, how, code: second.code, stderr: second.stderr }).toMatchObject({ code: 0 });
        tally.finished += 1;
        expect(second.stderr, `${how} at ${at}`).toContain('Complete: the server reports the same count');
        if (recorded) expect(server.requests() - before, `${how} at ${at}: requests`).toBe(0);
      }
      const found = (await place.files()).filter((file) => !(isWhole && file.endsWith('.lock')));
      expect(found, `${how} at ${at}`).toEqual(files);
      expect((await readFile(join(place.folder, name))).equals(wanted), `${how} at ${at}`).toBe(true);
      if (files.length > 1) expect(await run(place, ['verify', name]), `${how} at ${at}`).toMatchObject({ code: 0 });
      await rm(place.folder, { recursive: true });
    });
    expect(tally.killed).toBeGreaterThan(0);
    expect(tally.full).toBeGreaterThan(0);
    expect(tally.finished).toBeGreaterThan(0);
  },
);
