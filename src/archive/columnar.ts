import { join } from 'node:path';
import { usageError } from '../errors.js';
import { damageOf } from '../input/damage.js';
import { type DayFolder, daysOf, filesOf, prunedDays, tellEnds } from '../input/folder.js';
import { COLUMNAR_ENDING, MANIFEST_ENDING, withoutEnding } from '../manifest/names.js';
import { readManifest } from '../manifest/read.js';
import type { CheckedFiles } from './checked.js';

/**
 * Checks the Parquet files of finished runs against their manifests. Rejects with an error that names a missing or changed file, or if
 * there are no files. `tell`: receives notes about pruned days.
 */
export async function columnarFiles(
  folders: readonly DayFolder[],
  checked: CheckedFiles,
  tell: (note: string) => void,
): Promise<readonly string[]> {
  const files: string[] = [];
  let entries = 0;
  tellEnds(folders, { first: undefined, last: undefined }, tell);
  for (const folder of folders) {
    let pruned: string | undefined;
    for (const day of daysOf(folder, { first: undefined, last: undefined })) {
      for (const file of await columnarOf(folder, day)) {
        if (file.state === 'there') {
          await checked.check(join(folder.path, file.path), join(folder.name, file.path));
          files.push(join(folder.path, file.path));
        } else if (file.state === 'missing') {
          pruned ??= (await prunedDays(folder)) ?? '';
          if (day >= pruned) throw damageOf(join(folder.name, file.path))('the file is not there');
        } else if (file.state === 'never') entries += 1;
      }
    }
    if (pruned !== undefined) tell(`${folder.name}: what was older than ${pruned} was removed because of its age`);
  }
  await checked.save();
  if (files.length === 0 && entries > 0)
    throw usageError(
      `${folders[0]?.name} has no Parquet files, which SQL needs`,
      'To make one from day files: auditlog export --input DIR -o FILE.parquet',
    );
  return files;
}

interface Columnar {
  readonly path: string;
  /** `empty`: the folder has no entries. `never`: it has entries, but no Parquet file was ever written. */
  readonly state: 'there' | 'missing' | 'empty' | 'never';
}

async function columnarOf(folder: DayFolder, day: string): Promise<readonly Columnar[]> {
  const names = new Set(await filesOf(folder, day));
  const { days } = folder.chain;
  const found: Columnar[] = [];
  let hasOwn = false;
  for (const name of names) {
    if (!name.endsWith(MANIFEST_ENDING)) continue;
    const said = folder.layout.readPath(withoutEnding(name));
    if (said === undefined || said.kind === 'gone' || said.kind === 'pruned') continue;
    hasOwn ||= said.kind === 'day';
    const path = `${withoutEnding(name)}${COLUMNAR_ENDING}`;
    found.push({ path, state: names.has(path) ? 'there' : await whyNot(folder, name) });
  }
  if (!hasOwn && days.first <= day && day <= days.last) throw damageOf(folder.name)(`nothing is there of ${day}`);
  return found;
}

async function whyNot({ path, name }: DayFolder, manifest: string): Promise<Columnar['state']> {
  const parsed = await readManifest(join(path, manifest));
  if ('fault' in parsed) throw damageOf(join(name, manifest))(parsed.fault);
  const { columnar, file } = parsed.value;
  if (columnar !== undefined) return 'missing';
  return file === null || file.rows === 0 ? 'empty' : 'never';
}
