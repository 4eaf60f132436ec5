import { spawnSync } from 'node:child_process';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type LockWorld, writeHolder } from '../../src/files/holder.js';
import { isLocked, takeLock } from '../../src/files/lock.js';
import { CONTAINER, canContain } from '../faults/containers.js';
import { makeHome } from '../helpers/world.js';

type World = LockWorld & { readonly tick: () => void };

function worldOf(change: Partial<LockWorld> = {}): World {
  let renew = () => {};
  return {
    pid: process.pid,
    uid: 1000,
    isRunning: (pid) => pid === process.pid,
    random: Math.random,
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    signal: new AbortController().signal,
    every: (_, run) => {
      renew = run;
      return () => {};
    },
    tick: () => renew(),
    ...change,
  };
}

const makePath = async () => join(await makeHome(), 'lock');
const MINUTES_AGO = () => Date.now() / 1000 - 150;
const noFiles = async (path: string) => (await readdir(join(path, '..'))).filter((name) => name !== 'lock');

/** A lock as another process would have left it. */
async function leave(path: string, change: Record<string, unknown>): Promise<void> {
  const { check: _, ...own } = JSON.parse(await writeHolder(worldOf()));
  const holder = { ...own, ...change };
  const { createHash } = await import('node:crypto');
  const check = createHash('sha256').update(JSON.stringify(holder)).digest('hex').slice(0, 16);
  await writeFile(path, JSON.stringify({ ...holder, check }));
}

const DEAD = 2 ** 22 + 1;

describe('a lock that another process left', () => {
  test.each<[what: string, change: Record<string, unknown>, isOld: boolean, holder: string | undefined]>([
    ['this process, which runs', {}, false, `process ${process.pid}`],
    ['this process, not renewed for minutes', {}, true, `process ${process.pid}`],
    ['another user', { uid: 0 }, false, `process ${process.pid} of user 0`],
    ['a process that ended', { pid: DEAD }, false, undefined],
    ['an earlier process with our id', { started: 'another boot/1' }, false, undefined],
    ['another container here', { space: 'boot/pid:[1]' }, false, `process ${process.pid} in another container`],
    ['another container here, long ago', { space: 'boot/pid:[1]' }, true, undefined],
    [
      'a process that seems to have ended, in a container',
      { space: 'x', pid: DEAD },
      false,
      `process ${DEAD} in another`,
    ],
    ['another host', { space: 'x', host: 'web-1' }, false, `process ${process.pid} on web-1`],
    ['another host, long ago', { space: 'x', host: 'web-1' }, true, undefined],
  ])('of %s', async (_, change, isOld, holder) => {
    const path = await makePath();
    await leave(path, change);
    if (isOld) await utimes(path, MINUTES_AGO(), MINUTES_AGO());
    const world = worldOf();
    expect(await isLocked(world, path)).toBe(holder !== undefined);
    if (holder === undefined) {
      const lock = await takeLock(world, path, 'it');
      expect(await lock.isHeld()).toBe(true);
      await lock.release();
      expect(await readdir(join(path, '..'))).toEqual([]);
    } else await expect(takeLock(world, path, 'it')).rejects.toThrow(`it is being written by another run (${holder}`);
    expect(await noFiles(path)).toEqual([]);
  });

  test.each<[what: string, text: string]>([
    ['of an earlier version', JSON.stringify({ pid: DEAD, started: '', token: 1 })],
    ['that is empty', ''],
    ['that was cut', '{"pid":12,"star'],
    [
      'that was altered',
      JSON.stringify({ pid: 12, started: '', space: 'x', host: 'web-1', check: '0123456789abcdef' }),
    ],
  ])('%s is taken over', async (_, text) => {
    const path = await makePath();
    await writeFile(path, text);
    await (await takeLock(worldOf(), path, 'it')).release();
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  test('of an earlier version whose process runs is kept', async () => {
    const path = await makePath();
    const { started } = JSON.parse(await writeHolder(worldOf()));
    await writeFile(path, JSON.stringify({ pid: process.pid, started, token: 1 }));
    await expect(takeLock(worldOf(), path, 'it')).rejects.toThrow(`(process ${process.pid})`);
  });
});

test('a lock is renewed while it is held, so that other hosts see that it is', async () => {
  const path = await makePath();
  const world = worldOf();
  const lock = await takeLock(world, path, 'it');
  await utimes(path, MINUTES_AGO(), MINUTES_AGO());
  world.tick();
  await expect.poll(async () => (await stat(path)).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
  expect(await lock.isHeld()).toBe(true);
  await lock.release();
});

test('a holder whose lock was taken over learns of it, renews only its own, and does not remove that of the other', async () => {
  const path = await makePath();
  const asleep = worldOf();
  const first = await takeLock(asleep, path, 'it');
  await leave(path, { space: 'x' });
  await utimes(path, MINUTES_AGO(), MINUTES_AGO());
  const second = await takeLock(worldOf(), path, 'it');
  const text = await readFile(path, 'utf8');
  expect(await first.isHeld()).toBe(false);
  asleep.tick();
  await first.release();
  expect(await readFile(path, 'utf8')).toBe(text);
  expect(await second.isHeld()).toBe(true);
});

test('of many that take over a stale lock at once, one gets it', async () => {
  for (let round = 0; round < 20; round += 1) {
    const path = await makePath();
    await leave(path, round % 2 === 0 ? { pid: DEAD } : { space: 'x' });
    await utimes(path, MINUTES_AGO(), MINUTES_AGO());
    const all = await Promise.allSettled(Array.from({ length: 12 }, () => takeLock(worldOf(), path, 'it')));
    const taken = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(taken).toHaveLength(1);
    expect(await taken[0]?.isHeld()).toBe(true);
    expect(await noFiles(path)).toEqual([]);
  }
});

test('who died while it took over a stale lock is not waited for', async () => {
  const path = await makePath();
  await leave(path, { pid: DEAD });
  await leave(`${path}.takeover`, { pid: DEAD });
  await leave(`${path}.next`, { pid: DEAD });
  await (await takeLock(worldOf(), path, 'it')).release();
  expect(await readdir(join(path, '..'))).toEqual([]);
});

test('a run that may wait gets the lock when the other releases it', async () => {
  const path = await makePath();
  const first = await takeLock(worldOf(), path, 'it');
  const second = takeLock(worldOf(), path, 'it', { wait: 10_000 });
  setTimeout(() => first.release(), 150);
  expect(await (await second).isHeld()).toBe(true);
});

test.runIf(canContain)(
  'two containers of one host do not take the lock of each other, whatever their process ids',
  async () => {
    const path = await makePath();
    const [program = '', ...before] = CONTAINER;
    const script = `console.log(process.pid, fs.readlinkSync('/proc/self/ns/pid'))`;
    const { stdout } = spawnSync(program, [...before, process.execPath, '-e', script]);
    const [pid, space] = stdout.toString().trim().split(' ');
    const [boot] = JSON.parse(await writeHolder(worldOf())).space.split('/');
    expect(Number(pid)).toBeLessThan(100);
    await leave(path, { pid: Number(pid), space: `${boot}/${space}`, host: hostname() });
    const world = worldOf({ isRunning: () => false });
    await expect(takeLock(world, path, 'it')).rejects.toThrow(`(process ${pid} in another container)`);
  },
);
