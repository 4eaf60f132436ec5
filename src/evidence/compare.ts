import { join } from 'node:path';
import { AuditlogError, systemCode, usageError } from '../errors.js';
import type { DayFiles, Entries } from './dayfile.js';
import type { Gathered, GatheredEntry, Place } from './gathered.js';
import { openIdSet } from './idset.js';
import { type KeySet, openKeySet } from './keyset.js';
import type { GoneRecord, Manifest } from './manifest.js';
import { measureFile } from './measure.js';
import { UNDATED } from './names.js';
import type { FileRow } from './rowreader.js';
import { openKeys } from './rows.js';

/** What a run has of a day, against what the directory holds of it. */
export interface Comparison {
  /** Entries that no file of that day holds, in canonical order; undefined: none. */
  readonly fresh: { readonly rows: number; readonly entries: Entries } | undefined;
  /** Entries of its files that the server did not give. */
  readonly gone: Gone | undefined;
}

export interface Gone {
  readonly record: GoneRecord;
  readonly keys: ReadonlySet<string>;
}

/**
 * Whether a file must be what its manifest says, or is taken as it is: that of an open day may have been replaced by an interrupted run,
 * before its manifest was.
 */
export type Trust = 'as recorded' | 'as it is';

/**
 * Compares by id. `held` are the manifests of the files that the directory has for the day. Where nothing has changed, no file is read.
 * Rejects with a usage error when a file that must be read is not as its manifest says, or is none of ours.
 */
export async function compareDay(
  gathered: Gathered,
  place: Place,
  held: readonly Manifest[],
  files: DayFiles,
  trust: Trust = 'as recorded',
): Promise<Comparison> {
  const [only, ...more] = held;
  if (more.length === 0 && only?.file?.ids != null) {
    const ids = openIdSet(files.openSpool);
    const keyOf = keysFor(files);
    for await (const batch of gathered.read(place)) for (const entry of batch) ids.add(keyOf(entry));
    if (ids.finish().sha256 === only.file.ids.sha256) return { fresh: undefined, gone: undefined };
  }
  const known = openKeySet();
  for (const manifest of held) await readHeld(manifest, files, trust, (_, key) => known.add(key));
  const keyOf = keysFor(files);
  let fresh = 0;
  for await (const batch of gathered.read(place)) {
    for (const entry of batch) if (!known.mark(keyOf(entry))) fresh += 1;
  }
  return {
    fresh: fresh === 0 ? undefined : { rows: fresh, entries: () => without(gathered, place, known, files) },
    gone: known.unmarked() === 0 ? undefined : await goneOf(held, files, trust, known),
  };
}

/** Reads the file that a manifest is about, with what tells its entries apart. Rejects as `compareDay`. One that is taken as it is may also be gone. */
export async function readHeld(
  { file, day }: Manifest,
  files: DayFiles,
  trust: Trust,
  onRow: (row: FileRow, key: string) => void,
): Promise<void> {
  if (file === null) return;
  const keyOf = keysFor(files);
  const path = join(files.directory, files.layout.folderOf(day ?? UNDATED), file.name);
  const found = await measureFile(path, files.shape, files.openSpool, (row) => onRow(row, keyOf(row))).catch(
    (error: unknown) => {
      // A folder for temporary files that is full says nothing of this file.
      if (error instanceof AuditlogError) throw error;
      return systemCode(error);
    },
  );
  const isFine =
    trust === 'as recorded'
      ? typeof found === 'object' && found.sha256 === file.sha256
      : found === 'ENOENT' || (typeof found === 'object' && found.fault === undefined);
  if (!isFine)
    throw usageError(
      `${file.name}${day === null || file.name.startsWith(day) ? '' : ` of ${day}`} is not what its manifest says`,
      'See what else differs: auditlog verify. Nothing is added to this directory.',
    );
}

async function* without(
  gathered: Gathered,
  place: Place,
  known: KeySet,
  files: DayFiles,
): AsyncGenerator<readonly GatheredEntry[], void> {
  const keyOf = keysFor(files);
  for await (const batch of gathered.read(place)) {
    const fresh = batch.filter((entry) => !known.has(keyOf(entry)));
    if (fresh.length > 0) yield fresh;
  }
}

const SOME = 20;

/** Reads the files once more for the few that have no mark. */
async function goneOf(held: readonly Manifest[], files: DayFiles, trust: Trust, known: KeySet): Promise<Gone> {
  const keys = new Set<string>();
  for (const manifest of held)
    await readHeld(manifest, files, trust, (_, key) => {
      if (!known.isMarked(key)) keys.add(key);
    });
  const ids = openIdSet(files.openSpool);
  for (const key of keys) ids.add(key);
  return { record: { rows: keys.size, ids: ids.finish(), some: [...keys].sort().slice(0, SOME) }, keys };
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
