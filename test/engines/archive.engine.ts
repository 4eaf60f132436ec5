import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { filesBelow, held } from '../archive/site.js';
import { makePlace, type Place, shell } from '../faults/program.js';
import { type StaticServer, startServer } from '../model/static.js';
import { engine, output, testWith } from './engine.js';

const DAY = 86_400_000;
const NOW = Date.now();
const ENTRIES = 1500;
const CREATE = 'auditlog collect it --create --dest small/archive --quiet';
const COLLECT = 'auditlog collect it --rate off';

const strace = await engine('strace', '-V');
const mounts = await mayMount();

let server: StaticServer;
let wanted: readonly string[];

beforeAll(async () => {
  server = await startServer({ n: ENTRIES, from: NOW - 12 * DAY, to: NOW, latency: 5 });
  wanted = Array.from({ length: ENTRIES }, (_, n) => server.textOf(n)).sort();
});
afterAll(() => server.close());

async function mayMount(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'auditlog-mount-'));
  try {
    await output('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    await output('umount', [folder]);
    process.stdout.write('engine tmpfs: may be mounted\n');
    return 'tmpfs';
  } catch {
    process.stdout.write('engine tmpfs: NOT RUN, it may not be mounted here\n');
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function made(): Promise<Place> {
  const place = await makePlace(server);
  await mkdir(join(place.folder, 'small'));
  expect(await shell(place, CREATE)).toMatchObject({ code: 0 });
  return place;
}

/** Run once more, it holds every entry once, in lines and in columns, and nothing differs. */
async function expectWhole(place: Place, about: object): Promise<void> {
  const { code, stderr } = await shell(place, COLLECT);
  expect({ ...about, code, stderr }).toMatchObject({
    ...about,
    code: 0,
    stderr: expect.stringContaining('the server reports the same count'),
  });
  expect(await held(await filesBelow(join(place.folder, 'small/archive')))).toEqual(wanted);
  expect(await shell(place, 'auditlog verify small/archive')).toMatchObject({ code: 0 });
}

describe('an archive', () => {
  testWith(mounts, 'on a disk that is full goes on once there is room', async () => {
    for (const size of ['200k', '700k', '1000k']) {
      const place = await made();
      const folder = join(place.folder, 'small');
      await output('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
      try {
        const full = await shell(place, COLLECT);
        expect({ size, code: full.code, stderr: full.stderr }).toEqual({
          size,
          code: 1,
          stderr: expect.stringMatching(/^error: cannot write .*: no space is left on the device \(ENOSPC\)\n/m),
        });
        await output('mount', ['-o', 'remount,size=64m', folder]);
        await expectWhole(place, { size });
      } finally {
        await output('umount', [folder]);
      }
    }
  });

  testWith(strace, 'after a call that failed or a kill -9 before the n-th, has everything once', async () => {
    const traced = async (place: Place, call: string, inject: string) => {
      const line = `UV_THREADPOOL_SIZE=1 strace -f -o trace.txt -e trace=${call} ${inject} ${COLLECT.replace('auditlog', '"$NODE" "$PROGRAM"')}`;
      const ended = await shell(place, line);
      const trace = await readFile(join(place.folder, 'trace.txt'), 'utf8');
      await rm(join(place.folder, 'trace.txt'));
      return { ...ended, trace };
    };
    let stopped = 0;
    for (const call of ['fsync', 'pwrite64', 'rename', 'unlink', 'link']) {
      const undisturbed = await made();
      const { trace } = await traced(undisturbed, call, '');
      const count = trace.split(`${call}(`).length - 1;
      await rm(undisturbed.folder, { recursive: true });
      for (const fault of ['signal=SIGKILL', 'error=EIO']) {
        for (let when = 1; when <= count; when += Math.ceil(count / 4)) {
          const place = await made();
          const { code, stderr, trace } = await traced(place, call, `-e inject=${call}:${fault}:when=${when}`);
          const honest = code === 0 || trace.includes('killed by SIGKILL') || (code === 1 && stderr.includes('(EIO)'));
          expect({ call, fault, when, honest, code, stderr }).toMatchObject({ honest: true });
          if (code !== 0) stopped += 1;
          await expectWhole(place, { call, fault, when });
          await rm(place.folder, { recursive: true });
        }
      }
    }
    expect(stopped).toBeGreaterThan(15);
  });
});
