import { join } from 'node:path';
import { type Gathered, openGathered } from '../days/gathered.js';
import { realFiles } from '../files/files.js';
import { adoptFile } from '../files/whole.js';
import { GATHERED } from '../manifest/names.js';

/**
 * What was gathered is in the folder itself, durable, before the first file of a day is touched, until the last of them is: so an interrupted
 * run is finished first, whoever comes next, and no day is ever left between two readings.
 */

/** What an interrupted run had brought; undefined: nothing. */
export async function broughtBefore(folder: string): Promise<Gathered | undefined> {
  const path = join(folder, GATHERED);
  if ((await realFiles.look(path)) === undefined) return undefined;
  const gathered = await openGathered(path);
  // It was not durable yet, so nothing was made of it.
  if (gathered === undefined) await realFiles.remove(path);
  return gathered;
}

/** Brings it in. The file is shared where the disk allows it: it must not be written to any more. */
export async function bring(folder: string, gathered: Gathered): Promise<void> {
  await adoptFile(join(folder, GATHERED), gathered.path);
}

/** Everything of it is in files of days. */
export async function takeAway(folder: string): Promise<void> {
  await realFiles.remove(join(folder, GATHERED));
}
