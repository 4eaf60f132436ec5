import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { collectorNames } from '../../collect/definition.js';
import { collectorFolder, LOCK } from '../../collect/paths.js';
import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import { takeLock } from '../../files/lock.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { openNotes } from '../say/notes.js';

/** Removes a collector and its state. Rejects with a usage error if it does not exist, or is running. */
export async function removeCollector(ctx: Context, flags: GlobalFlags, name: string): Promise<void> {
  const folder = collectorFolder(ctx, name);
  if (!(await collectorNames(ctx)).includes(name)) throw usageError(`collector ${name} does not exist`);
  const lock = await takeLock(ctx, join(folder.path, LOCK), name);
  try {
    await rm(folder.path, { recursive: true, force: true });
  } finally {
    await lock.release();
  }
  openNotes(ctx, flags).say(`Removed collector ${name}. Delivered events stay at the destination.`);
}
