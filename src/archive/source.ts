import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from '../context.js';
import { usageError } from '../errors.js';
import { openFolders } from '../input/folder.js';
import { MANIFEST_ENDING, withoutEnding } from '../manifest/names.js';
import { openChecked } from './checked.js';
import { columnarFiles } from './columnar.js';

export interface SqlQuery {
  /** An archive, or a Parquet file. */
  readonly input: string;
  readonly sql: string;
  /** The folder for what was compared with manifests before. */
  readonly memory: string;
  readonly tell: (note: string) => void;
}

export interface SqlSource {
  /** The setting that allows reading it. */
  readonly allowed: string;
  /** What the view reads; undefined: nothing. */
  readonly table: string | undefined;
}

/** What SQL may read. Rejects with a usage error if nothing is there. */
export async function sourceOf(
  ctx: Context,
  { input: shown, memory, tell }: Pick<SqlQuery, 'input' | 'memory' | 'tell'>,
): Promise<SqlSource> {
  const path = resolve(ctx.cwd, shown);
  const directory = await isDirectory(path);
  if (directory === undefined) throw usageError(`no such archive: ${shown}`, 'Name the archive: --input DIR');
  const checked = await openChecked(memory, path);
  if (!directory) {
    if (await hasManifest(path)) await checked.check(path, shown);
    return {
      allowed: `allowed_paths=${list([path])}`,
      table: `read_parquet(${list([path])}, hive_partitioning=false)`,
    };
  }
  const files = await columnarFiles(await openFolders(path, shown, undefined, tell), checked, tell);
  return {
    allowed: `allowed_directories=${list([`${path}/`])}`,
    table: files.length === 0 ? undefined : `read_parquet(${list(files)}, hive_partitioning=true, hive_types=${TYPES})`,
  };
}

/** Entries without a valid time are in `date=undated`, which is no date. */
export const TYPES = `{'org': VARCHAR, 'date': VARCHAR}`;

function list(texts: readonly string[]): string {
  return `[${texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ')}]`;
}

/** Whether a file has the manifest of a day file beside it. */
function hasManifest(path: string): Promise<boolean> {
  return stat(`${withoutEnding(path)}${MANIFEST_ENDING}`).then(
    () => true,
    () => false,
  );
}

/** Whether a path is a directory; undefined: nothing is there. */
async function isDirectory(path: string): Promise<boolean | undefined> {
  return stat(path).then(
    (seen) => seen.isDirectory(),
    () => undefined,
  );
}
