import { dirname } from 'node:path';
import type { Context } from '../../context.js';
import { systemCode, usageError } from '../../errors.js';
import type { Files } from '../../files/files.js';
import type { Lock } from '../../files/lock.js';
import type { Checkpoint } from '../checkpoint.js';

export interface ExportFileOptions {
  /** Replace a file that exists. */
  readonly force: boolean;
  /** Delete the partial file of an interrupted run. */
  readonly restart: boolean;
  readonly gzip: boolean;
  /** The content, part by part, as text for people to compare: `{ query: '...', origin: '...', columns: '...' }`. */
  readonly identity: Readonly<Record<string, string>>;
  /** Whether this run can finish a run that had everything in the file, given what that one saved (`ExportFile.seal`); absent: never. */
  readonly canFinish?: (facts: unknown, isNamed: boolean) => boolean;
}

/** The target of an export. */
export interface ExportTarget {
  readonly files: Files;
  /** As it was given, for messages. */
  readonly path: string;
  readonly target: string;
  readonly partial: string;
  readonly state: string;
  readonly options: ExportFileOptions;
}

/** The place where only this run writes, until it releases the lock. */
export interface LockedTarget extends ExportTarget {
  readonly ctx: Context;
  readonly lock: Lock;
}

/** Deletes the rest of an unfinished file. In this order, because a state without its file is harmless. */
export async function removeUnfinished({ files, partial, state }: ExportTarget): Promise<void> {
  await files.remove(partial);
  await files.remove(state);
}

/** Deletes the partial name that a run left when it ended just after naming its file: resuming there would change a complete file. */
export async function tidyUp(place: ExportTarget): Promise<void> {
  const { files, target, partial } = place;
  const [whole, left] = await Promise.all([files.look(target), files.look(partial)]);
  if (whole === undefined || whole.kind !== 'file' || whole.identity !== left?.identity) return;
  await removeUnfinished(place);
  await files.syncDirectory(dirname(target));
}

export async function checkFolder({ files, path, target }: ExportTarget): Promise<void> {
  const folder = await files.look(dirname(target));
  if (folder === undefined)
    throw usageError(`${path}: folder ${dirname(path)} does not exist`, `Make it first: mkdir -p ${dirname(path)}`);
  if (folder.kind === 'file' || folder.kind === 'other') throw usageError(`${path}: ${dirname(path)} is not a folder`);
}

export async function checkTarget({ files, path, target, options }: ExportTarget): Promise<void> {
  const found = await files.look(target);
  if (found === undefined) return;
  if (found.kind === 'directory') throw usageError(`${path} is a directory`, 'Name a file in it');
  if (found.kind !== 'file')
    throw usageError(`${path} is not a regular file`, 'Write to standard output and redirect it instead: > FILE');
  if (!options.force) throw usageError(`${path} already exists`, 'Choose another name, or overwrite it with --force');
}

/** The checkpoint to resume from; undefined to start again. */
export async function findEarlier(
  { files, path, partial, options }: ExportTarget,
  checkpoint: Checkpoint | 'damaged' | undefined,
): Promise<Checkpoint | undefined> {
  const found = await files.look(partial);
  if (found !== undefined && found.kind !== 'file')
    throw usageError(`${path}.partial is in the way: it is not a regular file`);
  if (options.restart || found === undefined) return undefined;
  if (checkpoint === undefined && found.size > 0)
    throw usageError(
      `${path}.partial is in the way: it is not an interrupted export`,
      'Move it away, or overwrite it with --restart',
    );
  if (checkpoint === 'damaged')
    throw usageError(`${path}.partial.state is damaged, so the export cannot be resumed`, 'Start again with --restart');
  if (checkpoint === undefined || checkpoint.segments.length === 0) return undefined;
  const other = differences(checkpoint, options);
  if (other.length === 0) return checkpoint;
  const lines = other.map(
    (name) => `  ${name}: ${checkpoint.identity[name] ?? 'none'} then, ${options.identity[name] ?? 'none'} now`,
  );
  throw usageError(
    `${path}.partial is an interrupted export of something else:\n${lines.join('\n')}`,
    'Run the earlier command again to resume it, choose another name, or start again with --restart',
  );
}

/** The differing parts of an interrupted run's identity. */
export function differences(
  { identity: then }: Pick<Checkpoint, 'identity'>,
  { identity: now }: Pick<ExportFileOptions, 'identity'>,
): readonly string[] {
  return [...new Set([...Object.keys(then), ...Object.keys(now)])].filter((name) => then[name] !== now[name]);
}

/** Gives the partial file its name. Never overwrites a file without --force, even one that appeared meanwhile. */
export async function giveName({ files, path, target, partial, options }: ExportTarget): Promise<void> {
  if (options.force) return files.rename(partial, target);
  try {
    await files.link(partial, target);
  } catch (error) {
    if (systemCode(error) === 'EEXIST')
      throw usageError(
        `${path} was created by another program meanwhile`,
        `The export is whole in ${path}.partial: rename it yourself`,
      );
    const code = systemCode(error);
    if (code === '' || ['ENOSPC', 'EROFS', 'ENOENT'].includes(code)) throw error;
    // Without hard links, which file systems report in many ways, reserve the name with an empty file, then replace it.
    const holder = await files.create(target);
    await holder.close();
    return files.rename(partial, target);
  }
  return files.remove(partial);
}
