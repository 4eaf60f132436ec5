import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { realContext } from '../../src/context.js';
import { AuditlogError } from '../../src/errors.js';
import type { Files } from '../../src/files/files.js';
import type { ExportFileOptions } from '../../src/output/export/target.js';
import { openExportFile } from '../../src/output/export.js';
import { type Disk, openDisk, PowerCut } from './disk.js';

const FILE = '/data/out.ndjson';
const plain: ExportFileOptions = { force: false, restart: false, gzip: false, identity: { query: 'all', org: 'c' } };
/** Never the same process twice, as after a crash; each checkpoint is due at once. */
let pid = 1_000_000;
const world = realContext();
function context() {
  pid += 1;
  let now = 0;
  return {
    ...world,
    cwd: '/data',
    pid,
    isRunning: () => false,
    clock: { ...world.clock, monotonic: () => (now += 5000), sleep: async () => {} },
  };
}

const SEGMENTS = Array.from({ length: 6 }, (_, index) => ({
  text: Array.from({ length: index === 3 ? 0 : 40 + index }, (_, row) => `{"id":"${index}-${row}"}\n`).join(''),
  record: {
    from: undefined,
    to: undefined,
    rows: 40 + index,
    kept: 40 + index,
    count: 40 + index,
    at: 1,
    note: undefined,
  },
}));

/** Writes what is still to be written of the six segments; the plan is the index of the next one. */
async function runExport(files: Files, options: ExportFileOptions = plain): Promise<void> {
  const file = await openExportFile(context() as never, FILE, options, files);
  let next = (file.resumed?.plan as number | undefined) ?? 0;
  for (; next < SEGMENTS.length; next += 1) {
    const segment = SEGMENTS[next] as (typeof SEGMENTS)[number];
    await file.write(segment.text.slice(0, 100));
    await file.write(segment.text.slice(100));
    await file.endSegment(segment.record, next + 1);
  }
  await file.finish();
}

async function wholeRun(options: ExportFileOptions = plain): Promise<{ disk: Disk; bytes: Buffer }> {
  const disk = openDisk();
  await runExport(disk.files, options);
  return { disk, bytes: disk.content(FILE) as Buffer };
}

describe('an export file', () => {
  test('has its name only when it is whole, and leaves nothing else behind', async () => {
    const { disk, bytes } = await wholeRun();
    expect(disk.names()).toEqual([FILE]);
    expect(bytes.toString()).toBe(SEGMENTS.map(({ text }) => text).join(''));
  });

  test('writes every byte of short writes', async () => {
    const disk = openDisk({ shortWrites: true });
    await runExport(disk.files);
    expect(disk.content(FILE)?.toString()).toBe(SEGMENTS.map(({ text }) => text).join(''));
  });

  test.each([
    { gzip: false, lost: 0 },
    { gzip: false, lost: 0.5 },
    { gzip: false, lost: 1 },
    { gzip: true, lost: 1 },
  ])(
    'cut off after any operation (gzip $gzip, $lost of what was not synced lost), it goes on to the same bytes',
    async ({ gzip, lost }) => {
      const options = { ...plain, gzip };
      const { disk: clean, bytes } = await wholeRun(options);
      // The last operation removes the lock; one that stays is taken over.
      for (let cutAfter = 0; cutAfter < clean.operations() - 1; cutAfter += 1) {
        const dying = openDisk({ cutAfter });
        await expect(runExport(dying.files, options)).rejects.toThrow(PowerCut);
        const after = dying.afterCrash(lost);
        if (after.content(FILE) === undefined) await runExport(after.files, options);
        expect(after.content(FILE)?.equals(bytes)).toBe(true);
      }
      if (gzip) expect(gunzipSync(bytes).toString()).toBe(SEGMENTS.map(({ text }) => text).join(''));
    },
  );

  test('cut off between its new name and the end of its old one, it stays whole, whatever is done afterwards', async () => {
    const { disk: clean, bytes } = await wholeRun();
    let found = 0;
    for (let cutAfter = 0; cutAfter < clean.operations() - 1; cutAfter += 1) {
      const dying = openDisk({ cutAfter });
      await expect(runExport(dying.files)).rejects.toThrow(PowerCut);
      const { names } = dying.afterCrash(0);
      if (!names().includes(FILE) || !names().includes(`${FILE}.partial`)) continue;
      found += 1;
      const again = dying.afterCrash(0);
      await expect(runExport(again.files)).rejects.toThrow('already exists');
      expect(again.names()).toEqual([FILE]);
      const forced = { ...plain, force: true };
      for (let next = 0; next < 200; next += 1) {
        const cut = dying.afterCrash(0, { cutAfter: next });
        const failed = await runExport(cut.files, forced).catch((error: unknown) => error);
        const left = cut.afterCrash(0);
        expect(left.content(FILE)?.equals(bytes)).toBe(true);
        if (failed === undefined) break;
        await runExport(left.files, forced);
        expect(left.names()).toEqual([FILE]);
        expect(left.content(FILE)?.equals(bytes)).toBe(true);
      }
    }
    expect(found).toBeGreaterThan(0);
  });

  test('cut off again and again, it still comes to the same bytes', async () => {
    const { bytes } = await wholeRun();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 8 }),
        fc.constantFrom(0, 0.5, 1),
        async (cuts, lost) => {
          let disk = openDisk();
          for (const cutAfter of cuts) {
            if (disk.content(FILE) !== undefined) break;
            const dying = openDisk({ cutAfter });
            for (const name of disk.names()) dying.put(name, disk.content(name) as Buffer);
            await runExport(dying.files).catch((error) => expect(error).toBeInstanceOf(PowerCut));
            disk = dying.afterCrash(lost);
          }
          if (disk.content(FILE) === undefined) await runExport(disk.files);
          expect(disk.content(FILE)?.equals(bytes)).toBe(true);
        },
      ),
      { numRuns: Number(process.env.AUDITLOG_TEST_RUNS ?? 100), examples: [[[10, 1], 0]] },
    );
  });

  test.each(['ENOSPC', 'EIO', 'EDQUOT', 'EFBIG', 'EROFS'])(
    '%s at any write or sync is told with the file, and the run can go on afterwards',
    async (code) => {
      const { bytes } = await wholeRun();
      for (const operation of ['write', 'sync']) {
        for (let at = 1; at < 40; at += 1) {
          const disk = openDisk({ fail: (name, n) => (name === operation && n === at ? code : undefined) });
          const outcome = await runExport(disk.files).then(
            () => undefined,
            (error: Error) => error,
          );
          if (outcome === undefined) continue;
          expect(outcome.message).toMatch(new RegExp(`cannot write ${FILE}.*\\(${code}\\)`));
          const after = disk.afterCrash(0);
          await runExport(after.files);
          expect(after.content(FILE)?.equals(bytes)).toBe(true);
        }
      }
    },
  );
});

describe('going on', () => {
  async function interrupted(options: ExportFileOptions = plain): Promise<Disk> {
    const disk = openDisk();
    const file = await openExportFile(context() as never, FILE, options, disk.files);
    await file.write((SEGMENTS[0] as (typeof SEGMENTS)[number]).text);
    await file.endSegment((SEGMENTS[0] as (typeof SEGMENTS)[number]).record, 1);
    expect(await file.abandon()).toEqual({ resumable: true });
    expect(disk.names()).toEqual([`${FILE}.partial`, `${FILE}.partial.state`]);
    return disk;
  }

  test('tells what was written, and the plan', async () => {
    const disk = await interrupted();
    const file = await openExportFile(context() as never, FILE, plain, disk.files);
    expect(file.resumed).toEqual({ plan: 1, segments: [(SEGMENTS[0] as (typeof SEGMENTS)[number]).record] });
  });

  test('is refused for another question, with what differs', async () => {
    const disk = await interrupted();
    await expect(
      openExportFile(context() as never, FILE, { ...plain, identity: { query: 'some', org: 'c' } }, disk.files),
    ).rejects.toThrow('interrupted export of something else:\n  query: all then, some now');
    expect(disk.content(`${FILE}.partial`)?.length).toBeGreaterThan(0);
  });

  test('is refused when the bytes are not those that were written', async () => {
    const disk = await interrupted();
    const bytes = Buffer.from(disk.content(`${FILE}.partial`) as Buffer);
    bytes[10] = 0;
    disk.put(`${FILE}.partial`, bytes);
    await expect(openExportFile(context() as never, FILE, plain, disk.files)).rejects.toThrow(
      'differs from what the interrupted export wrote',
    );
  });

  test('is refused when the checkpoint is damaged, and --restart begins anew', async () => {
    const disk = await interrupted();
    disk.put(`${FILE}.partial.state`, Buffer.from('{"sha256":"0"}\n'));
    await expect(openExportFile(context() as never, FILE, plain, disk.files)).rejects.toThrow('is damaged');
    const file = await openExportFile(context() as never, FILE, { ...plain, restart: true }, disk.files);
    expect(file.resumed).toBeUndefined();
  });

  test('is refused while another process writes it', async () => {
    const disk = openDisk();
    const first = context();
    await openExportFile(first as never, FILE, plain, disk.files);
    const second = { ...context(), isRunning: (id: number) => id === first.pid };
    await expect(openExportFile(second as never, FILE, plain, disk.files)).rejects.toThrow(
      `being written by another run (process ${first.pid})`,
    );
    await expect(openExportFile(second as never, FILE, { ...plain, restart: true }, disk.files)).rejects.toThrow(
      'being written by another run',
    );
  });

  test('whatever happened to its files meanwhile, it comes to the same bytes or says why not', async () => {
    const { bytes } = await wholeRun();
    let refused = 0;
    let done = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 10, max: 60 }),
        fc.constantFrom('.partial', '.partial.state', '.partial.lock'),
        fc.constantFrom('changed', 'cut', 'longer', 'gone', 'empty', 'of another time'),
        fc.nat(5000),
        async (cutAfter, name, how, place) => {
          const dying = openDisk({ cutAfter });
          await runExport(dying.files).catch(() => undefined);
          const disk = dying.afterCrash(0);
          if (disk.content(FILE) !== undefined) return;
          const path = `${FILE}${name}`;
          const there = Buffer.from(disk.content(path) ?? '');
          const at = there.length === 0 ? 0 : place % there.length;
          if (how === 'gone') await disk.files.remove(path);
          else if (how === 'empty') disk.put(path, Buffer.alloc(0));
          else if (how === 'cut') disk.put(path, there.subarray(0, at));
          else if (how === 'longer') disk.put(path, Buffer.concat([there, Buffer.from('more\n')]));
          else if (how === 'of another time')
            disk.put(path, Buffer.from(there.toString().replace('state-1', 'state-9')));
          else if (there.length > 0) disk.put(path, Buffer.from(there.map((byte, i) => (i === at ? byte ^ 1 : byte))));
          const failure = await runExport(disk.files).then(
            () => undefined,
            (error: unknown) => error,
          );
          if (failure === undefined) {
            done += 1;
            expect(disk.content(FILE)?.equals(bytes)).toBe(true);
            expect(disk.names()).toEqual([FILE]);
          } else {
            refused += 1;
            expect(failure).toBeInstanceOf(AuditlogError);
            expect(disk.content(FILE)).toBeUndefined();
            await runExport(disk.files, { ...plain, restart: true });
            expect(disk.content(FILE)?.equals(bytes)).toBe(true);
          }
        },
      ),
      { numRuns: Number(process.env.AUDITLOG_TEST_RUNS ?? 200) },
    );
    expect(Math.min(refused, done)).toBeGreaterThan(0);
  });

  test('a file of somebody else by that name is not touched', async () => {
    const disk = openDisk();
    disk.put(`${FILE}.partial`, Buffer.from('mine'));
    await expect(openExportFile(context() as never, FILE, plain, disk.files)).rejects.toThrow(
      'it is not an interrupted export',
    );
    expect(disk.content(`${FILE}.partial`)?.toString()).toBe('mine');
  });

  test('nothing is left of a file that could not be opened whole', async () => {
    for (let at = 1; at < 20; at += 1) {
      const disk = openDisk({ fail: (name, n) => (n === at && name !== 'remove' ? 'EIO' : undefined) });
      const failed = await openExportFile(context() as never, FILE, plain, disk.files).catch((error: Error) => error);
      if (!(failed instanceof Error)) continue;
      expect(failed.message).toContain('(EIO)');
      expect(disk.names()).toEqual([]);
    }
  });

  test('nothing is left when all that is durable is that there was nothing', async () => {
    const disk = openDisk();
    const file = await openExportFile(context() as never, FILE, plain, disk.files);
    await file.write('[');
    await file.endSegment({ ...SEGMENTS[0]!.record, rows: 0, kept: 0 }, 1);
    expect(await file.abandon()).toEqual({ resumable: false });
    expect(disk.names()).toEqual([]);
  });

  test('nothing is left when nothing durable was written', async () => {
    const disk = openDisk();
    const file = await openExportFile(context() as never, FILE, plain, disk.files);
    await file.write('half a segment');
    expect(await file.abandon()).toEqual({ resumable: false });
    expect(disk.names()).toEqual([]);
  });
});

describe('the place', () => {
  test('an existing file is kept without --force, and replaced with it', async () => {
    const disk = openDisk();
    disk.put(FILE, Buffer.from('old'));
    await expect(openExportFile(context() as never, FILE, plain, disk.files)).rejects.toThrow(`${FILE} already exists`);
    expect(disk.content(FILE)?.toString()).toBe('old');
    await runExport(disk.files, { ...plain, force: true });
    expect(disk.content(FILE)?.toString()).toContain('"id":"0-0"');
  });

  test('a file that comes to exist meanwhile is not overwritten', async () => {
    const disk = openDisk();
    const file = await openExportFile(context() as never, FILE, plain, disk.files);
    await file.write('x\n');
    disk.put(FILE, Buffer.from('theirs'));
    await expect(file.finish()).rejects.toThrow('was created by another program meanwhile');
    expect(disk.content(FILE)?.toString()).toBe('theirs');
    expect(disk.content(`${FILE}.partial`)?.toString()).toBe('x\n');
  });

  test('a file that was replaced under its name by a run elsewhere is not given the name of the whole', async () => {
    const disk = openDisk();
    const file = await openExportFile(context() as never, FILE, plain, disk.files);
    await file.write('x\n');
    await disk.files.remove(`${FILE}.partial`);
    disk.put(`${FILE}.partial`, Buffer.from('theirs'));
    await expect(file.finish()).rejects.toThrow('was removed or replaced while it was written');
    expect(await file.abandon()).toEqual({ resumable: false });
    expect(disk.content(FILE)).toBeUndefined();
    expect(disk.content(`${FILE}.partial`)?.toString()).toBe('theirs');
  });

  test('an empty compressed file is a valid one', async () => {
    const disk = openDisk();
    const file = await openExportFile(context() as never, FILE, { ...plain, gzip: true }, disk.files);
    await file.finish();
    expect(gunzipSync(disk.content(FILE) as Buffer).length).toBe(0);
  });

  test.each(['ENOSPC', 'EROFS', 'ENOENT'])('a name that cannot be given (%s) is an error', async (code) => {
    const disk = openDisk({ fail: (name) => (name === 'link' ? code : undefined) });
    await expect(runExport(disk.files)).rejects.toThrow(code);
    expect(disk.content(FILE)).toBeUndefined();
  });

  test.each([
    'EPERM',
    'EISDIR',
    'EINVAL',
    'ENOTSUP',
    'EOPNOTSUPP',
    'ENOSYS',
    'EMLINK',
    'EXDEV',
    'EACCES',
    'EIO',
    'UNKNOWN',
  ])('without hard links (%s) the name is held first', async (code) => {
    const disk = openDisk({ fail: (name) => (name === 'link' ? code : undefined) });
    await runExport(disk.files);
    expect(disk.names()).toEqual([FILE]);
    expect(disk.content(FILE)?.toString()).toBe(SEGMENTS.map(({ text }) => text).join(''));
  });
});
