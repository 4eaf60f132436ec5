import { createHash, type Hash } from 'node:crypto';
import { basename, dirname, resolve } from 'node:path';
import type { Context } from '../context.js';
import type { Segment } from '../engine/source.js';
import { localError, systemCode, usageError } from '../errors.js';
import { writeFault } from '../files/faults.js';
import { type Files, type OpenFile, realFiles, writeAll } from '../files/files.js';
import { type Checkpoint, type DurableSegment, loadCheckpoint, saveCheckpoint } from './checkpoint.js';
import { takeLock } from './lock.js';
import { gzipPacker, plainPacker } from './packer.js';
import { isSameWriter, isWriting, writerOf } from './writer.js';

export interface ExportFileOptions {
  /** Replace a file that exists. */
  readonly force: boolean;
  /** Throw away what an interrupted run left, and begin anew. */
  readonly restart: boolean;
  readonly gzip: boolean;
  /** What is written, part by part, in words that a person can compare: `{ query: '...', origin: '...', columns: '...' }`. */
  readonly identity: Readonly<Record<string, string>>;
}

/** A file that comes to be as a whole or not at all: `FILE.partial` until `finish`. */
export interface ExportFile {
  readonly path: string;
  /** What an interrupted run had written durably; writing goes on after it. Undefined: this is the beginning. */
  readonly resumed: { readonly plan: unknown; readonly segments: readonly Segment[] } | undefined;
  write(bytes: Uint8Array | string): Promise<void>;
  /** Ends a segment: from the checkpoint that follows (at once or within a second or some megabytes) the run can go on here. */
  endSegment(record: Segment, plan: unknown): Promise<void>;
  /** Puts everything that was written so far into the file, for those who read it; durable it is not yet. */
  flush(): Promise<void>;
  /** Makes everything durable, reads it back, and gives the file its name. */
  finish(): Promise<FinishedFile>;
  /** Throws everything away: it was only a step on the way to something else. */
  discard(): Promise<void>;
  /** Stops here. Keeps what is durable, removes everything when nothing is; tells which. Never rejects. */
  abandon(): Promise<{ readonly resumable: boolean }>;
}

export interface FinishedFile {
  readonly path: string;
  readonly bytes: number;
  /** Of the whole file, as read back from the disk where it is not larger than a GiB. */
  readonly sha256: string;
}

const CHECKPOINT_BYTES = 4 * 1024 * 1024;
const CHECKPOINT_MS = 1000;
const READ_BACK = 1024 ** 3;

/**
 * Opens the file that an export goes to, before anything is asked of a server. Rejects with a usage error for a place that cannot be
 * (a directory, no folder, a file that exists), for an interrupted run of something else, or one that another process is still writing;
 * with a local error where writing is not possible.
 */
export async function openExportFile(
  ctx: Context,
  path: string,
  options: ExportFileOptions,
  files: Files = realFiles,
): Promise<ExportFile> {
  const target = resolve(ctx.cwd, path);
  const partial = `${target}.partial`;
  const state = `${partial}.state`;
  try {
    await checkFolder(files, path, target);
    // Only one run at a time looks at what is there and takes it over; from then on the state tells who writes.
    const lock = await takeLock(ctx, `${partial}.lock`, path, files);
    try {
      const checkpoint = await loadCheckpoint(files, state);
      await refuseOtherWriter(ctx, path, checkpoint);
      await tidyUp(files, target, partial, state);
      await checkTarget(files, path, target, options);
      const earlier = await findEarlier(files, path, partial, checkpoint, options);
      const writer = await writerOf(ctx);
      const place = { ctx, files, path, target, partial, state, options, writer };
      return earlier === undefined ? await begin(place) : await goOn(place, earlier);
    } finally {
      await lock.release();
    }
  } catch (error) {
    throw writeFault(error, path);
  }
}

async function begin(place: Place): Promise<ExportFile> {
  const { files, partial, state, options, writer } = place;
  // In this order: a state without its file is nothing, a file without its state would look like somebody else's.
  await files.remove(partial);
  await files.remove(state);
  const file = await files.create(partial);
  try {
    const { identity } = options;
    await saveCheckpoint(files, state, { format: 'auditlog-state-1', identity, writer, segments: [], plan: undefined });
  } catch (error) {
    await file.close();
    await files.remove(partial);
    await files.remove(state);
    throw error;
  }
  return exportFile(place, file, undefined);
}

async function goOn(place: Place, earlier: Checkpoint): Promise<ExportFile> {
  const { files, path, partial, state, writer } = place;
  const file = await files.reopen(partial);
  const { segments } = earlier;
  const end = segments.at(-1)?.end ?? 0;
  if ((await file.size()) < end || !(await isIntact(file, segments))) {
    await file.close();
    throw usageError(
      `${path}.partial is not what the interrupted export had written.`,
      'It was changed or damaged meanwhile. Begin anew with --restart.',
    );
  }
  await file.truncate(end);
  await saveCheckpoint(files, state, { ...earlier, writer });
  return exportFile(place, file, earlier);
}

interface Place {
  readonly ctx: Context;
  readonly files: Files;
  readonly path: string;
  readonly target: string;
  readonly partial: string;
  readonly state: string;
  readonly options: ExportFileOptions;
  readonly writer: Checkpoint['writer'];
}

function exportFile(place: Place, file: OpenFile, earlier: Checkpoint | undefined): ExportFile {
  const { ctx, files, path, target, partial, state, options } = place;
  const packer = options.gzip ? gzipPacker() : plainPacker();
  const segments: DurableSegment[] = [...(earlier?.segments ?? [])];
  let end = segments.at(-1)?.end ?? 0;
  let plan = earlier?.plan;
  let segmentHash = createHash('sha256');
  const wholeHash: Hash | undefined = earlier === undefined ? createHash('sha256') : undefined;
  let durable = segments.length;
  let savedEnd = end;
  let savedAt = ctx.clock.monotonic();
  let broken = false;

  const put = async (blocks: readonly Uint8Array[]): Promise<void> => {
    for (const block of blocks) {
      try {
        await writeAll(file, block, end);
      } catch (error) {
        broken = true;
        throw writeFault(error, path);
      }
      segmentHash.update(block);
      wholeHash?.update(block);
      end += block.length;
    }
  };

  const checkpoint = async (): Promise<void> => {
    try {
      await file.sync();
    } catch (error) {
      // What a failed sync has lost is told once only: nothing written since the last checkpoint can be trusted.
      broken = true;
      throw writeFault(error, path);
    }
    await saveCheckpoint(files, state, {
      format: 'auditlog-state-1',
      identity: options.identity,
      writer: place.writer,
      segments,
      plan,
    });
    durable = segments.length;
    savedEnd = end;
    savedAt = ctx.clock.monotonic();
  };

  return {
    path,
    resumed:
      earlier === undefined
        ? undefined
        : { plan: earlier.plan, segments: earlier.segments.map(({ record }) => record) },
    write: async (bytes) => put(await packer.add(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)),
    async endSegment(record, nextPlan) {
      await put(await packer.end());
      segments.push({ end, sha256: segmentHash.digest('hex'), record });
      segmentHash = createHash('sha256');
      plan = nextPlan;
      if (end - savedEnd < CHECKPOINT_BYTES && ctx.clock.monotonic() - savedAt < CHECKPOINT_MS) return;
      try {
        await checkpoint();
      } catch (error) {
        throw writeFault(error, path);
      }
    },
    flush: async () => put(await packer.end()),
    async finish() {
      try {
        await put(await packer.end());
        // A compressed file without a byte would be no compressed file.
        if (end === 0 && options.gzip) {
          const { gzipSync } = await import('node:zlib');
          await put([gzipSync('')]);
        }
        await file.sync();
        const sha256 = await readBack();
        await refuseOther();
        await file.close();
        await giveName(place);
        await files.syncDirectory(dirname(target));
        await files.remove(state);
        return { path, bytes: end, sha256 };
      } catch (error) {
        throw writeFault(error, path);
      }
    },
    async discard() {
      await file.close();
      // In this order: a state without its file is nothing.
      await files.remove(partial);
      await files.remove(state);
    },
    async abandon() {
      try {
        if (!broken && segments.length > durable) await checkpoint();
      } catch {
        // The checkpoint before it still stands.
      }
      const own = await isOwn().catch(() => false);
      await file.close().catch(() => {});
      if (!own) return { resumable: false };
      // Having read that there is nothing is not worth going on from.
      if (segments.slice(0, durable).some(({ record }) => record.rows > 0)) return { resumable: true };
      await files.remove(partial).catch(() => {});
      await files.remove(state).catch(() => {});
      return { resumable: false };
    },
  };

  /** Whether the name is still that of the file that is open: a run on another machine does not see that we are writing. */
  async function isOwn(): Promise<boolean> {
    return (await files.look(partial))?.identity === (await file.identity());
  }

  async function refuseOther(): Promise<void> {
    if (await isOwn()) return;
    // A folder that is gone as a whole is told as that.
    await files.syncDirectory(dirname(partial));
    throw localError(
      `${path}.partial was taken away or replaced while it was written`,
      'Is there another run of the same?',
    );
  }

  /** Compares what the disk gives back with what was written. */
  async function readBack(): Promise<string> {
    if (end > READ_BACK && wholeHash !== undefined) return wholeHash.digest('hex');
    const whole = createHash('sha256');
    let start = 0;
    for (const segment of segments) {
      const own = createHash('sha256');
      await hashRange(file, start, segment.end, [own, whole]);
      if (own.digest('hex') !== segment.sha256) throw damaged();
      start = segment.end;
    }
    await hashRange(file, start, end, [whole]);
    const sha256 = whole.digest('hex');
    if ((await file.size()) !== end || (wholeHash !== undefined && wholeHash.digest('hex') !== sha256)) throw damaged();
    return sha256;
  }

  function damaged(): Error {
    return localError(
      `${basename(partial)} reads back other bytes than were written to it`,
      'Do not trust this disk. The file was not given its name.',
    );
  }
}

async function refuseOtherWriter(
  ctx: Context,
  path: string,
  checkpoint: Checkpoint | 'damaged' | undefined,
): Promise<void> {
  if (checkpoint === undefined || checkpoint === 'damaged') return;
  const { writer } = checkpoint;
  if ((await isSameWriter(ctx, writer)) || !(await isWriting(ctx, writer))) return;
  throw usageError(
    `${path} is being written by another run (process ${writer.pid})`,
    'Wait for it, or choose another name.',
  );
}

/** A run that ended just after it had given the file its name left the other name too: going on under that one would change a file that is whole. */
async function tidyUp(files: Files, target: string, partial: string, state: string): Promise<void> {
  const [whole, left] = await Promise.all([files.look(target), files.look(partial)]);
  if (whole === undefined || whole.kind !== 'file' || whole.identity !== left?.identity) return;
  await files.remove(partial);
  await files.remove(state);
  await files.syncDirectory(dirname(target));
}

async function checkFolder(files: Files, path: string, target: string): Promise<void> {
  const folder = await files.look(dirname(target));
  if (folder === undefined)
    throw usageError(`${path}: there is no folder ${dirname(path)}`, `Make it first: mkdir -p ${dirname(path)}`);
  if (folder.kind === 'file' || folder.kind === 'other') throw usageError(`${path}: ${dirname(path)} is not a folder`);
}

async function checkTarget(files: Files, path: string, target: string, options: ExportFileOptions): Promise<void> {
  const seen = await files.look(target);
  if (seen === undefined) return;
  if (seen.kind === 'directory') throw usageError(`${path} is a directory`, 'Name a file in it.');
  if (seen.kind !== 'file')
    throw usageError(`${path} is not a regular file`, 'Write to standard output and redirect it instead: > FILE');
  if (!options.force) throw usageError(`${path} exists already`, 'Choose another name, or overwrite it with --force.');
}

/** The checkpoint to go on from; undefined: begin anew. */
async function findEarlier(
  files: Files,
  path: string,
  partial: string,
  checkpoint: Checkpoint | 'damaged' | undefined,
  options: ExportFileOptions,
): Promise<Checkpoint | undefined> {
  const seen = await files.look(partial);
  if (seen !== undefined && seen.kind !== 'file')
    throw usageError(`${path}.partial is in the way: it is not a regular file`);
  if (options.restart || seen === undefined) return undefined;
  if (checkpoint === undefined && seen.size > 0) {
    throw usageError(
      `${path}.partial is in the way: it is not an interrupted export`,
      'Move it away, or overwrite it with --restart.',
    );
  }
  if (checkpoint === 'damaged') {
    throw usageError(
      `${path}.partial.state is damaged, so the interrupted export cannot go on`,
      'Begin anew with --restart.',
    );
  }
  if (checkpoint === undefined || checkpoint.segments.length === 0) return undefined;
  const names = new Set([...Object.keys(checkpoint.identity), ...Object.keys(options.identity)]);
  const other = [...names].filter((name) => checkpoint.identity[name] !== options.identity[name]);
  if (other.length > 0) {
    const lines = other.map(
      (name) => `  ${name}: ${checkpoint.identity[name] ?? 'none'} then, ${options.identity[name] ?? 'none'} now`,
    );
    throw usageError(
      `${path}.partial is an interrupted export of something else:\n${lines.join('\n')}`,
      'Run the earlier command again to go on with it, choose another name, or begin anew with --restart.',
    );
  }
  return checkpoint;
}

/** Whether the last durable segment still has the bytes that it had. */
async function isIntact(file: OpenFile, segments: readonly DurableSegment[]): Promise<boolean> {
  const last = segments.at(-1);
  if (last === undefined) return true;
  const hash = createHash('sha256');
  await hashRange(file, segments.at(-2)?.end ?? 0, last.end, [hash]);
  return hash.digest('hex') === last.sha256;
}

async function hashRange(file: OpenFile, start: number, end: number, hashes: readonly Hash[]): Promise<void> {
  const block = Buffer.allocUnsafe(Math.min(1024 * 1024, Math.max(1, end - start)));
  for (let position = start; position < end; ) {
    const read = await file.read(block.subarray(0, Math.min(block.length, end - position)), position);
    if (read === 0) return;
    for (const hash of hashes) hash.update(block.subarray(0, read));
    position += read;
  }
}

/** A name that exists is never taken over unasked, even if it came to be meanwhile. */
async function giveName({ files, path, target, partial, options }: Place): Promise<void> {
  if (options.force) return files.rename(partial, target);
  try {
    await files.link(partial, target);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') {
      throw usageError(
        `${path} came to exist meanwhile`,
        `The export is whole in ${path}.partial: rename it yourself.`,
      );
    }
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(systemCode(error))) throw error;
    // No hard links here: hold the name with an empty file, then put the whole one in its place.
    const holder = await files.create(target);
    await holder.close();
    return files.rename(partial, target);
  }
  return files.remove(partial);
}
