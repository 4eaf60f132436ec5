import { hash } from 'node:crypto';
import { join } from 'node:path';
import { AuditlogError, systemCode, usageError } from '../errors.js';
import { openIdSet, openKeys } from '../manifest/ids.js';
import type { GoneRecord, Manifest } from '../manifest/manifest.js';
import { measureFile } from '../manifest/measure.js';
import { UNDATED } from '../manifest/names.js';
import type { FileRow } from '../manifest/rows/reader.js';
import type { DayFiles, Entries } from './file.js';
import type { DayLines, Gathered, GatheredEntry } from './gathered.js';
import { HashSet, hashOf } from './hashes.js';

/** The two sides of a day: what a run has read of it, and the files that the directory holds of it. */
export interface DaySides {
  readonly gathered: Gathered;
  readonly lines: DayLines;
  /** The manifests of the day's files. */
  readonly held: readonly Manifest[];
  readonly files: DayFiles;
  readonly trust: Trust;
}

/** How the two sides differ. */
export interface Comparison {
  /** Entries that no file of the day holds, in canonical order; undefined: none. */
  readonly fresh: { readonly rows: number; readonly entries: Entries } | undefined;
  /** Entries of its files that the server no longer returns; undefined: none. */
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
 * Compares by id; where several entries of the day have the same id, by how many they are and by their texts. Reads no file when nothing
 * has changed. Rejects with a usage error when a file that must be read is not what its manifest says, or is not one of ours.
 */
export async function compareDay(sides: DaySides): Promise<Comparison> {
  if (await isAlike(sides)) return { fresh: undefined, gone: undefined };
  const known = new HashSet();
  await eachHeld(sides)((_, { key }) => known.add(hashOf(key)));
  const grown = new Map<string, number>();
  let fresh = 0;
  await eachGathered(sides)((_, { key, id, nth }) => {
    if (known.mark(hashOf(key))) return;
    fresh += 1;
    if (nth > 0 && known.has(hashOf(id))) grown.set(id, (grown.get(id) ?? 0) + 1);
  });
  const chosen = await chooseTexts(grown, eachHeld(sides), eachGathered(sides));
  const isFresh = ({ key, id }: EntryKey): boolean =>
    chosen?.has(id) === true ? chosen.keys.has(key) : !known.has(hashOf(key));
  const gone = known.unmarked === 0 ? undefined : await goneOf(sides, known);
  return { fresh: fresh === 0 ? undefined : { rows: fresh, entries: () => only(sides, isFresh) }, gone };
}

/** Whether the day has one file whose ids are exactly the gathered ones, each of them once. */
async function isAlike(sides: DaySides): Promise<boolean> {
  const [only, ...more] = sides.held;
  const file = only?.file;
  if (more.length > 0 || file?.ids == null || file.rows !== file.ids.count || sides.lines.rows !== file.rows)
    return false;
  const ids = openIdSet(sides.files.openSpool);
  await eachGathered(sides)((_, { key }) => ids.add(key));
  return ids.finish().sha256 === file.ids.sha256;
}

/** Visits all entries of one side, as often as it is called. */
type Each = (visit: (row: Keyed, key: EntryKey) => void) => Promise<void>;

function eachHeld({ held, files, trust }: DaySides): Each {
  return async (visit) => {
    const keyOf = keysFor(files);
    for (const manifest of held) await readHeld(manifest, files, trust, (row) => visit(row, keyOf(row)));
  };
}

function eachGathered({ gathered, lines, files }: DaySides): Each {
  return async (visit) => {
    const keyOf = keysFor(files);
    for await (const batch of gathered.read(lines)) for (const entry of batch) visit(entry, keyOf(entry));
  };
}

interface Chosen {
  readonly keys: ReadonlySet<string>;
  has(id: string): boolean;
}

/**
 * Chooses the entries that the other side lacks, of ids that `own` has more entries of: those whose text the other side does not have, up
 * to the difference. Undefined when no id has more, or when a file has no texts (CSV): then the last entries of the id are taken.
 */
async function chooseTexts(more: ReadonlyMap<string, number>, other: Each, own: Each): Promise<Chosen | undefined> {
  if (more.size === 0) return undefined;
  const texts = new Set<string>();
  let hasNoText = false;
  await other(({ raw }, { id }) => {
    if (!more.has(id)) return;
    if (raw === undefined) hasNoText = true;
    else texts.add(textOf(id, raw));
  });
  const left = new Map(more);
  const keys = new Set<string>();
  await own(({ raw }, { id, key }) => {
    const due = left.get(id) ?? 0;
    if (due === 0) return;
    if (raw === undefined) hasNoText = true;
    else if (texts.has(textOf(id, raw))) return;
    left.set(id, due - 1);
    keys.add(key);
  });
  return hasNoText ? undefined : { keys, has: (id) => more.has(id) };
}

function textOf(id: string, raw: Buffer): string {
  return `${hash('sha256', raw)} ${id}`;
}

/** Reads the file of a manifest. Rejects as `compareDay`; with `as it is` the file may also be missing. */
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
  if (!isFine)
    throw usageError(
      `${file.name}${day === null || file.name.startsWith(day) ? '' : ` of ${day}`} is not what its manifest says`,
      'See what else differs: auditlog verify. Nothing is added to this directory.',
    );
}

async function* only(
  { gathered, lines, files }: DaySides,
  isWanted: (key: EntryKey) => boolean,
): AsyncGenerator<readonly GatheredEntry[], void> {
  const keyOf = keysFor(files);
  for await (const batch of gathered.read(lines)) {
    const wanted = batch.filter((entry) => isWanted(keyOf(entry)));
    if (wanted.length > 0) yield wanted;
  }
}

/** Ids that a record of gone entries names. */
const SOME = 20;

/** Reads the files again for the few entries that were not met among the gathered ones. */
async function goneOf(sides: DaySides, known: HashSet): Promise<Gone> {
  const heldRows = eachHeld(sides);
  const shrunk = new Map<string, number>();
  const last = new Set<string>();
  await heldRows((_, { key, id, nth }) => {
    if (known.isMarked(hashOf(key))) return;
    last.add(key);
    if (nth > 0 && known.isMarked(hashOf(id))) shrunk.set(id, (shrunk.get(id) ?? 0) + 1);
  });
  const chosen = await chooseTexts(shrunk, eachGathered(sides), heldRows);
  const keys = new Set<string>();
  const shown: string[] = [];
  await heldRows((_, { key, id }) => {
    if (chosen?.has(id) === true ? !chosen.keys.has(key) : !last.has(key)) return;
    keys.add(key);
    shown.push(id);
  });
  const ids = openIdSet(sides.files.openSpool);
  for (const key of keys) ids.add(key);
  return { record: { rows: keys.size, ids: ids.finish(), some: [...new Set(shown)].sort().slice(0, SOME) }, keys };
}

type Keyed = { readonly id: string | undefined; readonly raw: Buffer | undefined };

/** Identifies an entry among those of its day. */
export interface EntryKey {
  /** The id alone for the first entry with it; for a later one, its number too. */
  readonly key: string;
  readonly id: string;
  /** How many entries with this id came before. */
  readonly nth: number;
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
