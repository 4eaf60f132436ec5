import { join } from 'node:path';
import { usageError } from '../errors.js';
import type { DayFiles } from './dayfile.js';
import type { Gathered, GatheredEntry, Place } from './gathered.js';
import { openIdSet } from './idset.js';
import type { GoneRecord, Manifest } from './manifest.js';
import { measureFile } from './measure.js';
import { openKeys } from './rows.js';

/** What a run has of a day, against what the directory holds of it. */
export interface Comparison {
  /** Entries that no file of that day holds, in canonical order; undefined: none. */
  readonly late: AsyncIterable<readonly GatheredEntry[]> | undefined;
  /** Entries of its files that the server did not give. */
  readonly gone: GoneRecord | undefined;
}

/**
 * Compares by id. `held` are the manifests of the files that the directory has for the day. Where nothing has changed, no file is read.
 * Rejects with a usage error when a file that must be read is not as its manifest says.
 */
export async function compareDay(
  gathered: Gathered,
  place: Place,
  held: readonly Manifest[],
  files: DayFiles,
): Promise<Comparison> {
  const [only, ...more] = held;
  if (more.length === 0 && only?.file?.ids != null) {
    const ids = openIdSet(files.openSpool);
    const keyOf = keysFor(files);
    for await (const batch of gathered.read(place)) for (const entry of batch) ids.add(keyOf(entry));
    if (ids.finish().sha256 === only.file.ids.sha256) return { late: undefined, gone: undefined };
  }
  const known = await keysHeld(held, files);
  const missing = new Set(known);
  const keyOf = keysFor(files);
  let late = 0;
  for await (const batch of gathered.read(place)) {
    for (const entry of batch) {
      const key = keyOf(entry);
      missing.delete(key);
      if (!known.has(key)) late += 1;
    }
  }
  return {
    late: late === 0 ? undefined : without(gathered, place, known, files),
    gone: missing.size === 0 ? undefined : goneRecord([...missing].sort(), files),
  };
}

async function keysHeld(held: readonly Manifest[], files: DayFiles): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  const keyOf = keysFor(files);
  for (const { file } of held) {
    if (file === null) continue;
    const found = await measureFile(join(files.directory, file.name), files.shape, files.openSpool, (row) => {
      keys.add(keyOf(row));
    }).catch(() => undefined);
    if (found?.sha256 !== file.sha256)
      throw usageError(
        `${file.name} is not what its manifest says`,
        'See what else differs: auditlog verify. Nothing is added to this directory.',
      );
  }
  return keys;
}

async function* without(
  gathered: Gathered,
  place: Place,
  known: ReadonlySet<string>,
  files: DayFiles,
): AsyncGenerator<readonly GatheredEntry[], void> {
  const keyOf = keysFor(files);
  for await (const batch of gathered.read(place)) {
    const late = batch.filter((entry) => !known.has(keyOf(entry)));
    if (late.length > 0) yield late;
  }
}

const SOME = 20;

function goneRecord(keys: readonly string[], files: DayFiles): GoneRecord {
  const ids = openIdSet(files.openSpool);
  for (const key of keys) ids.add(key);
  return { rows: keys.length, ids: ids.finish(), some: keys.slice(0, SOME) };
}

type Keyed = { readonly id: string | undefined; readonly raw: Buffer | undefined };

/** What tells entries apart, also over several files of a day. A CSV file shows some ids otherwise than they are: both sides are compared as it shows them. */
function keysFor({ shape }: DayFiles): (entry: Keyed) => string {
  const keyOf = openKeys();
  return ({ id, raw }) => {
    const key = keyOf({ id, time: undefined, raw }) ?? '';
    return shape.format === 'csv' ? key.replace(ALTERED, '?').replace(PARTED, '$1') : key;
  };
}

const ALTERED = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2400-\u2426\ufffd\p{Cs}]/gu;
const PARTED = /([;\t\r\n])'+/g;
