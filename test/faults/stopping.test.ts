import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StaticServer, startServer } from '../model/static.js';
import { makePlace, type Place, run, start } from './program.js';

const DAY = 86_400_000;
const NOW = Date.now();
const CLOSED = ['--to', new Date(NOW - 3 * DAY).toISOString().slice(0, 10), '--rate', 'off'] as const;

let server: StaticServer;
let undisturbed: Buffer;

beforeAll(async () => {
  server = await startServer({ n: 8000, from: NOW - 90 * DAY, to: NOW, latency: 120, shape: 'small' });
  const place = await makePlace(server);
  await run(place, ['export', ...CLOSED, '-o', 'out.ndjson']);
  undisturbed = await readFile(join(place.folder, 'out.ndjson'));
});
afterAll(() => server.close());

/** Starts an export to a file, and resolves once a part of it is durable. */
async function underWay(place: Place, args: readonly string[] = ['-o', 'out.ndjson']) {
  const running = start(place, ['export', ...CLOSED, ...args]);
  const state = join(place.folder, 'out.ndjson.partial.state');
  while (running.child.exitCode === null) {
    const text = await readFile(state, 'utf8').catch(() => '');
    if (text.includes('"end":')) return running;
    await delay(5);
  }
  throw new Error(`it ended before: ${running.stderr()}`);
}

describe.concurrent('an export to a file', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops at %s with 6 and the command that goes on, to the same bytes',
    async (signal) => {
      const place = await makePlace(server);
      const { child, ended } = await underWay(place);
      child.kill(signal);
      const { code, stdout, stderr } = await ended;
      expect({ code, stdout: stdout.toString() }).toEqual({ code: 6, stdout: '' });
      const command = `auditlog export ${CLOSED.join(' ')} -o out.ndjson`;
      expect(stderr).toContain(
        `error: stopped: the events read so far are in out.ndjson.partial\nTo resume: ${command}\n`,
      );
      expect(await place.files()).toEqual(['out.ndjson.partial', 'out.ndjson.partial.state']);
      const resumed = await run(place, ['export', ...CLOSED, '-o', 'out.ndjson']);
      expect(resumed.code).toBe(0);
      expect(resumed.stderr).toContain('resuming after the ');
      expect((await readFile(join(place.folder, 'out.ndjson'))).equals(undisturbed)).toBe(true);
      expect(await place.files()).toEqual(['out.ndjson']);
    },
  );

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('that has nothing durable yet leaves nothing at %s, and ends with %i', async (signal, code) => {
    const place = await makePlace(server);
    const { child, ended, until } = start(place, ['export', ...CLOSED, '-o', 'out.csv', '--debug']);
    await until(({ stderr }) => stderr.includes('debug: GET'));
    child.kill(signal);
    expect(await ended).toMatchObject({ code, signal: null });
    expect(await place.files()).toEqual([]);
  });

  test('gives way to a second Ctrl-C at once, and what was durable is still good', async () => {
    const place = await makePlace(server);
    const { child, ended } = await underWay(place);
    child.kill('SIGINT');
    // Signals of one kind that wait to be handled are one.
    const again = setInterval(() => child.kill('SIGINT'), 2);
    const { code } = await ended;
    clearInterval(again);
    // 6 where the first one was through with it already.
    expect([130, 6]).toContain(code);
    expect(await place.files()).not.toContain('out.ndjson');
    expect((await run(place, ['export', ...CLOSED, '-o', 'out.ndjson'])).code).toBe(0);
    expect((await readFile(join(place.folder, 'out.ndjson'))).equals(undisturbed)).toBe(true);
  });
});

describe.concurrent('an export by days', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'stops at %s with 6 and goes on to what it would have been',
    async (signal) => {
      const place = await makePlace(server);
      const args = ['export', '--split', 'day', ...CLOSED, '-o', 'days'];
      const { child, ended } = start(place, args);
      const state = join(place.folder, 'days/entries.partial.state');
      while (child.exitCode === null && !(await readFile(state, 'utf8').catch(() => '')).includes('"end":'))
        await delay(5);
      child.kill(signal);
      const { code, stderr } = await ended;
      expect({ code, stderr }).toMatchObject({
        code: 6,
        stderr: expect.stringContaining(`To resume: auditlog ${args.join(' ')}\n`),
      });
      const resumed = await run(place, args);
      expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining('resuming after the') });
      expect(await run(place, ['verify', 'days'])).toMatchObject({ code: 0 });
    },
  );
});

describe.concurrent('an export to standard output', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('stops at %s after a whole record, says so and ends with %i', async (signal, code) => {
    const place = await makePlace(server);
    const { child, ended } = start(place, ['export', ...CLOSED]);
    // A reader that takes its time.
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.stdout?.pause();
    child.kill(signal);
    await delay(100);
    child.stdout?.resume();
    const { stdout, stderr, ...end } = await ended;
    expect(end).toEqual({ code, signal: null });
    expect(stderr).toContain('stopped: the output is incomplete');
    expect(stdout.length).toBeLessThan(undisturbed.length);
    expect(undisturbed.subarray(0, stdout.length).equals(stdout)).toBe(true);
    expect(stdout.at(-1)).toBe(0x0a);
  });

  test.each([1, 2])('whose reader has stopped reading still ends, at Ctrl-C %i times', async (times) => {
    const own = await startServer({ n: 9000, from: NOW - 90 * DAY, to: NOW, latency: 5 });
    try {
      const { child, ended } = start(await makePlace(own), ['export', ...CLOSED]);
      child.stdout?.pause();
      await standstill(own);
      child.kill('SIGINT');
      await delay(50);
      if (times === 2) child.kill('SIGINT');
      await new Promise((resolve) => child.once('exit', resolve));
      child.stdout?.resume();
      expect(await ended).toMatchObject({ code: 130, stderr: expect.not.stringContaining('    at ') });
    } finally {
      await own.close();
    }
  });
});

/** Resolves once nothing more is asked: the program waits for its reader. */
async function standstill(own: StaticServer): Promise<void> {
  for (let last = -1; last !== own.requests() || last === 0; ) {
    last = own.requests();
    await delay(300);
  }
}

describe.concurrent('a wait', () => {
  test('of any length ends at Ctrl-C at once', async () => {
    const place = await makePlace(server);
    const { child, ended, until, stderr } = start(place, ['export', ...CLOSED, '--rate', '1', '--debug']);
    await until(({ stderr }) => stderr.includes('debug: GET'));
    await delay(200);
    const { length } = stderr();
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130 });
    // The second request had a minute to wait.
    expect(stderr().slice(length)).not.toContain('debug: GET');
  });
});
