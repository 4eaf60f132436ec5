import { resolve } from 'node:path';
import type { Context } from '../context.js';
import { usageError } from '../errors.js';
import { writeFault } from '../files/faults.js';
import { type Files, realFiles } from '../files/files.js';
import { takeLock } from '../files/lock.js';
import { checkName } from '../files/names.js';
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from './checkpoint.js';
import { ExportFile } from './export/file.js';
import { isIntact, isSealed } from './export/hash.js';
import {
  checkFolder,
  checkTarget,
  differences,
  type ExportFileOptions,
  findEarlier,
  type LockedTarget,
  removeUnfinished,
  tidyUp,
} from './export/target.js';

/**
 * Opens the file of an export before the first request. Rejects with a usage error when the path cannot be written (a directory, a missing
 * folder, a file that exists), when an interrupted run exported something else, or while another process writes it; with a local
 * error when writing fails.
 */
export async function openExportFile(
  ctx: Context,
  path: string,
  options: ExportFileOptions,
  files: Files = realFiles,
): Promise<ExportFile> {
  checkName(path, ctx);
  const target = resolve(ctx.cwd, path);
  const partial = `${target}.partial`;
  const state = `${partial}.state`;
  try {
    const place = { files, path, target, partial, state, options };
    await checkFolder(place);
    const lock = await takeLock(ctx, `${partial}.lock`, path, { files });
    try {
      const checkpoint = await loadCheckpoint(files, state);
      const locked = { ...place, ctx, lock };
      const ended = await findEnded(locked, checkpoint);
      if (ended !== undefined) return ended;
      await tidyUp(place);
      await checkTarget(place);
      const earlier = await findEarlier(place, checkpoint);
      return earlier === undefined ? await begin(locked) : await resume(locked, earlier);
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw writeFault(error, path);
  }
}

async function begin(target: LockedTarget): Promise<ExportFile> {
  const { files, partial, state, options } = target;
  await removeUnfinished(target);
  const file = await files.create(partial);
  try {
    const { identity } = options;
    await saveCheckpoint(files, state, { format: 'auditlog-state-1', identity, segments: [], plan: undefined });
  } catch (error) {
    await file.close();
    await removeUnfinished(target);
    throw error;
  }
  return new ExportFile(target, file, undefined);
}

async function resume(target: LockedTarget, { ended: _, ...earlier }: Checkpoint): Promise<ExportFile> {
  const { files, path, partial } = target;
  const file = await files.reopen(partial);
  const { segments } = earlier;
  const end = segments.at(-1)?.end ?? 0;
  if ((await file.size()) < end || !(await isIntact(file, segments))) {
    await file.close();
    throw usageError(
      `${path}.partial differs from what the interrupted export wrote`,
      'It was changed or damaged meanwhile. Start again with --restart',
    );
  }
  await file.truncate(end);
  return new ExportFile(target, file, earlier);
}

/** A complete file of an earlier run, with or without its final name; undefined if there is none that this run can finish. */
async function findEnded(
  place: LockedTarget,
  checkpoint: Checkpoint | 'damaged' | undefined,
): Promise<ExportFile | undefined> {
  if (checkpoint === undefined || checkpoint === 'damaged') return undefined;
  const { files, target, partial, options } = place;
  const { ended } = checkpoint;
  if (ended === undefined || options.restart || differences(checkpoint, options).length > 0) return undefined;
  const [whole, left] = await Promise.all([files.look(target), files.look(partial)]);
  const isNamed = left === undefined || left.identity === whole?.identity;
  if (options.canFinish?.(ended.facts, isNamed) !== true) return undefined;
  if ((isNamed ? whole : left)?.kind !== 'file') return undefined;
  if (!isNamed) await checkTarget(place);
  const file = await files.reopen(isNamed ? target : partial);
  if (!(await isSealed(file, ended))) {
    await file.close();
    return undefined;
  }
  if (isNamed) await files.remove(partial);
  return new ExportFile(place, file, checkpoint, isNamed);
}
