import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { makePlace, type Place, shell } from '../faults/program.js';
import { type StaticServer, startServer } from '../model/static.js';
import { engine, output, testWith } from './engine.js';

const DAY = 86_400_000;
const NOW = Date.now();
const CLOSED = `--to ${new Date(NOW - 3 * DAY).toISOString().slice(0, 10)} --rate off`;
const EXPORT = `auditlog export ${CLOSED} -o out.ndjson`;

const strace = await engine('strace', '-V');
const mounts = await mayMount();

let server: StaticServer;
let undisturbed: Buffer;

beforeAll(async () => {
  server = await startServer({ n: 14_000, from: NOW - 90 * DAY, to: NOW, latency: 5 });
  const place = await makePlace(server);
  await shell(place, EXPORT);
  undisturbed = await readFile(join(place.folder, 'out.ndjson'));
});
afterAll(() => server.close());

/** Whether small file systems can be made here: undefined where they cannot. */
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

/** Runs the same line again until it ends well, and compares. */
async function expectToGoOn(place: Place): Promise<void> {
  const resumed = await shell(place, EXPORT);
  expect({ code: resumed.code, stderr: resumed.stderr }).toMatchObject({ code: 0 });
  expect((await readFile(join(place.folder, 'out.ndjson'))).equals(undisturbed)).toBe(true);
  expect(await place.files()).toEqual(['out.ndjson']);
}

describe('a disk that is full (ENOSPC)', () => {
  const mounted: string[] = [];
  afterEach(async () => {
    for (const folder of mounted.splice(0)) await output('umount', [folder]);
  });

  /** A file system of its own as a folder, of so many bytes. */
  async function small(place: Place, size: string, name = 'small'): Promise<string> {
    const folder = join(place.folder, name);
    await mkdir(folder);
    await output('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
    mounted.push(folder);
    return folder;
  }

  testWith(
    mounts,
    'the file is kept up to what was durable, and goes on to the same bytes once there is room',
    async () => {
      const place = await makePlace(server);
      const folder = await small(place, `${Math.floor((0.9 * undisturbed.length) / 4096) * 4}k`);
      const failed = await shell(place, `auditlog export ${CLOSED} -o small/out.ndjson`);
      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain(
        `error: cannot write small/out.ndjson: no space is left on the device (ENOSPC)\nTo resume: auditlog export ${CLOSED} -o small/out.ndjson\n`,
      );
      expect(await readdir(folder)).toEqual(['out.ndjson.partial', 'out.ndjson.partial.state']);
      await output('mount', ['-o', 'remount,size=64m', folder]);
      const resumed = await shell(place, `auditlog export ${CLOSED} -o small/out.ndjson`);
      expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining('resuming after the') });
      expect((await readFile(join(folder, 'out.ndjson'))).equals(undisturbed)).toBe(true);
      expect(await readdir(folder)).toEqual(['out.ndjson']);
    },
  );

  testWith(mounts, 'nothing is left where nothing was durable', async () => {
    const place = await makePlace(server);
    const folder = await small(place, '1m');
    for (const file of ['out.ndjson', 'out.csv', 'out.json', 'out.ndjson.gz']) {
      const failed = await shell(place, `auditlog export ${CLOSED} -o small/${file}`);
      if (failed.code === 0) expect(file).toBe('out.ndjson.gz');
      else expect({ file, ...failed }).toMatchObject({ code: 1, stderr: expect.stringContaining('(ENOSPC)') });
      expect(await readdir(folder)).toEqual(failed.code === 0 ? [file] : []);
      await rm(join(folder, file), { force: true });
    }
  });

  testWith(mounts, 'that has no room for a byte is told before anything is asked', async () => {
    const place = await makePlace(server);
    const folder = await small(place, '4k');
    await shell(place, 'head -c 4096 /dev/zero > small/zero');
    const before = server.requests();
    const failed = await shell(place, `auditlog export ${CLOSED} -o small/out.ndjson`);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('(ENOSPC)') });
    expect(server.requests()).toBe(before);
    expect(await readdir(folder)).toEqual(['zero']);
  });

  testWith(mounts, 'under files of days: what was read is kept, and goes on', async () => {
    const place = await makePlace(server);
    const folder = await small(place, `${Math.floor((1.3 * undisturbed.length) / 4096) * 4}k`);
    const line = `auditlog export --split day ${CLOSED} -o small/days`;
    const failed = await shell(place, line);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('(ENOSPC)') });
    expect(failed.stderr).toContain('To resume: ');
    await output('mount', ['-o', 'remount,size=256m', folder]);
    expect(await shell(place, line)).toMatchObject({ code: 0 });
    expect(await shell(place, 'auditlog verify small/days')).toMatchObject({ code: 0 });
    const fresh = await makePlace(server);
    expect(await shell(fresh, `auditlog export --split day ${CLOSED} -o days`)).toMatchObject({ code: 0 });
    expect(await shell(place, `cd small/days && cat *.ndjson | sha256sum`)).toMatchObject({
      stdout: (await shell(fresh, 'cd days && cat *.ndjson | sha256sum')).stdout,
    });
  });

  testWith(mounts, 'a read-only file system', async () => {
    const place = await makePlace(server);
    const folder = await small(place, '1m');
    await output('mount', ['-o', 'remount,ro', folder]);
    const before = server.requests();
    const failed = await shell(place, 'auditlog export -o small/out.ndjson');
    expect(failed).toMatchObject({
      code: 1,
      stderr: 'error: cannot write small/out.ndjson: the file system is read-only (EROFS)\n',
    });
    expect(server.requests()).toBe(before);
  });

  testWith(mounts, 'a folder for temporary files without room is told by its name', async () => {
    const day = Math.floor(NOW / DAY) * DAY - 5 * DAY;
    const busy = await startServer({ n: 25_000, from: day, to: day + DAY, now: NOW });
    try {
      const place = await makePlace(busy);
      const folder = await small(place, '4m', 'tmp');
      const failed = await shell(place, `TMPDIR=${folder} auditlog export --rate off -o out.ndjson`);
      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain(`cannot store entries in ${folder}: no space is left on the device (ENOSPC)`);
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await busy.close();
    }
  });
});

/** Runs the export under strace. One thread for files, so that the n-th call of a kind is always the same. */
async function traced(place: Place, calls: string, flags: string, line = EXPORT) {
  const program = line.replace('auditlog', '"$NODE" "$PROGRAM"');
  const whole = `UV_THREADPOOL_SIZE=1 strace -f -o trace.txt -e trace=${calls} ${flags} ${program}`;
  const ended = await shell(place, whole);
  const trace = await readFile(join(place.folder, 'trace.txt'), 'utf8');
  await rm(join(place.folder, 'trace.txt'));
  return { ...ended, trace };
}

/** How often the export calls each of these. */
async function callsMade(names: readonly string[], line = EXPORT): Promise<ReadonlyMap<string, number>> {
  const { code, trace } = await traced(await makePlace(server), names.join(','), '', line);
  expect(code).toBe(0);
  return new Map(names.map((name) => [name, trace.split(`${name}(`).length - 1]));
}

/** What is there is whole or has another name; and the same line, where it has to be run again, makes it whole. */
async function expectHonest(place: Place, code: number | null): Promise<void> {
  const named = (await place.files()).includes('out.ndjson');
  if (named) expect((await readFile(join(place.folder, 'out.ndjson'))).equals(undisturbed)).toBe(true);
  if (code === 0) expect(await place.files()).toEqual(['out.ndjson']);
  else if (!named) await expectToGoOn(place);
  await rm(place.folder, { recursive: true });
}

describe('a call that fails', () => {
  testWith(strace, 'leads to an honest end wherever it is, and to the same bytes afterwards', async () => {
    const made = await callsMade(['fsync', 'pwrite64', 'rename', 'link', 'unlink', 'openat']);
    let failed = 0;
    const faults: readonly (readonly [string, string])[] = [
      ['fsync', 'EIO'],
      ['fsync', 'ENOSPC'],
      ['pwrite64', 'ENOSPC'],
      ['pwrite64', 'EIO'],
      ['pwrite64', 'EDQUOT'],
      ['rename', 'EACCES'],
      ['rename', 'EIO'],
      ['link', 'EIO'],
      ['link', 'EPERM'],
      ['unlink', 'EACCES'],
    ];
    for (const [call, fault] of faults) {
      const count = made.get(call)!;
      for (let when = 1; when <= count; when += Math.ceil(count / 6)) {
        const place = await makePlace(server);
        const { code, stderr } = await traced(place, call, `-e inject=${call}:error=${fault}:when=${when}`);
        expect({ call, fault, when, code, stderr }).toMatchObject({
          code: expect.toSatisfy((ended) => ended === 0 || ended === 1),
          stderr:
            code === 0
              ? expect.stringContaining('Complete: the server reports the same count')
              : expect.stringMatching(/^error: /m),
        });
        if (code !== 0) {
          failed += 1;
          expect(stderr).toContain(`(${fault})`);
          expect(stderr).not.toContain('internal error in auditlog');
        }
        await expectHonest(place, code);
      }
    }
    expect(failed).toBeGreaterThan(20);
  });

  testWith(strace, 'without an error is found when the file is read back', async () => {
    const found: string[] = [];
    for (let when = 2; when <= 8; when += 1) {
      const place = await makePlace(server);
      // The kernel says that it has written, and has not.
      const { code, stderr } = await traced(place, 'pwrite64', `-e inject=pwrite64:retval=131072:when=${when}`);
      if (code !== 0) {
        found.push(stderr);
        expect(await place.files()).not.toContain('out.ndjson');
      } else expect((await readFile(join(place.folder, 'out.ndjson'))).equals(undisturbed)).toBe(true);
    }
    expect(found.length).toBeGreaterThan(0);
    for (const stderr of found) expect(stderr).toContain('differs from what was written to it');
  });

  testWith(strace, 'where hard links are not to be had is made good', async () => {
    const place = await makePlace(server);
    expect(await traced(place, 'link', '-e inject=link:error=EOPNOTSUPP')).toMatchObject({ code: 0 });
    await expectHonest(place, 0);
  });
});

describe('kill -9', () => {
  testWith(strace, 'before the n-th call, whichever it is, leads to the same bytes afterwards', async () => {
    const made = await callsMade(['fsync', 'pwrite64', 'rename', 'link', 'unlink']);
    let killed = 0;
    for (const [call, count] of made) {
      for (let when = 1; when <= count; when += Math.ceil(count / 6)) {
        const place = await makePlace(server);
        const { code, trace } = await traced(place, call, `-e inject=${call}:signal=SIGKILL:when=${when}`);
        // How many there are depends on the time that it takes.
        if (trace.includes('killed by SIGKILL')) killed += 1;
        else expect({ call, when, code }).toEqual({ call, when, code: 0 });
        await expectHonest(place, code);
      }
    }
    expect(killed).toBeGreaterThan(12);
  });
});

describe('days', () => {
  const DAYS = `auditlog export --split day ${CLOSED} -o days`;

  testWith(strace, 'after a call that failed or a kill -9 before the n-th, are the same as ever', async () => {
    const fresh = await makePlace(server);
    await shell(fresh, DAYS);
    const hash = async (place: Place) =>
      (await shell(place, 'cd days && ls | grep -v manifest && cat *.ndjson | sha256sum')).stdout.toString();
    const expected = await hash(fresh);
    const made = await callsMade(['fsync', 'pwrite64', 'rename', 'unlink'], DAYS);
    for (const [call, count] of made) {
      for (const fault of ['signal=SIGKILL', 'error=EIO']) {
        for (let when = 1; when <= count; when += Math.ceil(count / 4)) {
          const place = await makePlace(server);
          const { code, stderr, trace } = await traced(place, call, `-e inject=${call}:${fault}:when=${when}`, DAYS);
          const honest = code === 0 || trace.includes('killed by SIGKILL') || (code === 1 && stderr.includes('(EIO)'));
          expect({ call, fault, when, honest, code, stderr }).toMatchObject({ honest: true });
          if (code !== 0) {
            const again = await shell(place, DAYS);
            expect({ call, fault, when, again: again.code, stderr: again.stderr }).toMatchObject({ again: 0 });
          }
          expect(await hash(place)).toBe(expected);
          expect(await shell(place, 'auditlog verify days')).toMatchObject({ code: 0 });
          await rm(place.folder, { recursive: true });
        }
      }
    }
  });
});

describe('Ctrl-C twice', () => {
  testWith(strace, 'ends it at once, though the disk is slow, and what was durable is good', async () => {
    const place = await makePlace(server);
    const line = `UV_THREADPOOL_SIZE=1 strace -f -o trace.txt -e trace=fsync -e inject=fsync:delay_enter=3000000:when=4+ "$NODE" "$PROGRAM" export ${CLOSED} -o out.ndjson`;
    // strace passes on what is meant for the program: its own child.
    const script = `${line} & sleep 2.5; child=$(pgrep -P $!); kill -INT $child; sleep 0.3; kill -INT $child; wait $!`;
    const { code } = await shell(place, script);
    expect(code).toBe(130);
    await rm(join(place.folder, 'trace.txt'));
    expect(await place.files()).not.toContain('out.ndjson');
    await expectToGoOn(place);
  });
});
