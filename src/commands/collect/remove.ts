import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { collectorFolder, LOCK } from '../../collect/paths.js';
import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { openNotes } from '../say/notes.js';

/** Forgets a collector: its definition, and what it remembers. A usage error when there is none, or when it runs. */
export async function removeCollector(ctx: Context, flags: GlobalFlags, name: string): Promise<void> {
  const folder = collectorFolder(ctx, name);
  const { collectorNames } = await import('../../collect/definition.js');
  if (!(await collectorNames(ctx)).includes(name)) throw usageError(`there is no collector ${name}`);
  const { takeLock } = await import('../../output/lock.js');
  const lock = await takeLock(ctx, join(folder.path, LOCK), name);
  try {
    await rm(folder.path, { recursive: true, force: true });
  } finally {
    await lock.release();
  }
  openNotes(ctx, flags).say(`Removed collector ${name}. What it brought to its destination stays there.`);
}
