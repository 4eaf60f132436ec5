import { join } from 'node:path';
import { type Gathered, openGathered } from '../days/gathered.js';
import { realFiles } from '../files/files.js';
import { adoptFile } from '../files/whole.js';
import { GATHERED } from '../manifest/names.js';

/** Gathered entries stay in the folder, durable, until the last day file is written: the next run finishes an interrupted one first. */

/** What an interrupted run left; undefined: nothing. */
export async function leftGathered(folder: string): Promise<Gathered | undefined> {
  const path = join(folder, GATHERED);
  if ((await realFiles.look(path)) === undefined) return undefined;
  const gathered = await openGathered(path);
  // It was not durable yet, so no file was made of it.
  if (gathered === undefined) await realFiles.remove(path);
  return gathered;
}

/** Puts it into the folder. Shares the file if the disk allows it: nothing may write to it afterwards. */
export async function putGathered(folder: string, gathered: Gathered): Promise<void> {
  await adoptFile(join(folder, GATHERED), gathered.path);
}

/** Removes it: all of it is in day files. */
export async function removeGathered(folder: string): Promise<void> {
  await realFiles.remove(join(folder, GATHERED));
}
