import { join } from 'node:path';
import { AuditlogError, systemCode, usageError } from '../errors.js';
import { openKeys } from '../manifest/ids.js';
import type { Manifest } from '../manifest/manifest.js';
import { measureFile } from '../manifest/measure.js';
import { UNDATED } from '../manifest/names.js';
import type { FileRow } from '../manifest/rows/reader.js';
import type { DayFiles } from './file.js';
import type { Gathered } from './gathered.js';
import { HashSet, hashOf } from './hashes.js';
import type { DayLines, GatheredEntry } from './lines.js';

/** The two sides of a day: what a run has read of it, and the files that the directory holds of it. */
export interface DaySides {
  readonly gathered: Gathered;
  readonly lines: DayLines;
  /** The manifests of the day's files. */
  readonly held: readonly Manifest[];
  readonly files: DayFiles;
  readonly trust: Trust;
}

/** Whether a file must match its manifest: an interrupted run may have replaced the file of an open day, but not its manifest. */
export type Trust = 'as recorded' | 'as it is';

type Keyed = { readonly id: string | undefined; readonly raw: Buffer | undefined };

/** Identifies an entry among those of its day. */
export interface EntryKey {
  /** For the first entry with an id the id alone; for a later one, its number too. */
  readonly key: string;
  readonly id: string;
  /** The number of entries with this id before it. */
  readonly nth: number;
}

/** Visits all entries of one side; may be called repeatedly. */
export type Each = (visit: (row: Keyed, key: EntryKey) => void) => Promise<void>;

export function eachHeld({ held, files, trust }: DaySides): Each {
  return async (visit) => {
    const keyOf = keysFor(files);
    for (const manifest of held) await readHeld(manifest, files, trust, (row) => visit(row, keyOf(row)));
  };
}

export function eachGathered({ gathered, lines, files }: DaySides): Each {
  return async (visit) => {
    const keyOf = keysFor(files);
    for await (const batch of gathered.read(lines)) for (const entry of batch) visit(entry, keyOf(entry));
  };
}

/** The gathered entries that are wanted, in order. */
export async function* chosenEntries(
  { gathered, lines, files }: DaySides,
  isWanted: (key: EntryKey) => boolean,
): AsyncGenerator<readonly GatheredEntry[], void> {
  const keyOf = keysFor(files);
  for await (const batch of gathered.read(lines)) {
    const wanted = batch.filter((entry) => isWanted(keyOf(entry)));
    if (wanted.length > 0) yield wanted;
  }
}

/** Reads the file of a manifest. Rejects with a usage error if it does not match or is not one of ours; with `as it is` it may also be missing. */
export async function readHeld(
  { file, day }: Manifest,
  files: DayFiles,
  trust: Trust,
  onRow: (row: FileRow) => void,
): Promise<void> {
  if (file === null) return;
  const path = join(files.directory, files.layout.folderOf(day ?? UNDATED), file.name);
  const found = await measureFile(path, files.shape, files.openSpool, onRow).catch((error: unknown) => {
    // An error of ours is about the folder for temporary files, not about this file.
    if (error instanceof AuditlogError) throw error;
    return systemCode(error);
  });
  const isFine =
    trust === 'as recorded'
      ? typeof found === 'object' && found.sha256 === file.sha256
      : found === 'ENOENT' || (typeof found === 'object' && found.fault === undefined);
  if (!isFine) throw changedFile(file.name, day);
}

/** The usage error for a file that does not match its manifest. */
export function changedFile(name: string, day: string | null): Error {
  return usageError(
    `${name}${day === null || name.startsWith(day) ? '' : ` of ${day}`} differs from its manifest`,
    'See what else differs: auditlog verify\nNothing is added to this directory',
  );
}

/** Gives the keys of entries in order, over all files of a day. A CSV file alters some ids: both sides are compared as the file has them. */
export function keysFor({ shape }: DayFiles): (entry: Keyed) => EntryKey {
  const keyOf = openKeys();
  const seen = new HashSet();
  const repeats = new Map<string, number>();
  return ({ id: own, raw }) => {
    const text = keyOf({ id: own, time: undefined, raw }) ?? '';
    const id = shape.format === 'csv' ? text.replace(ALTERED, '?').replace(PARTED, '$1') : text;
    if (seen.add(hashOf(id))) return { key: id, id, nth: 0 };
    const nth = (repeats.get(id) ?? 0) + 1;
    repeats.set(id, nth);
    return { key: `${id}\0${nth}`, id, nth };
  };
}

const ALTERED = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2400-\u2426\ufffd\p{Cs}]/gu;
const PARTED = /([;\t\r\n])'+/g;
