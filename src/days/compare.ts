import { hash } from 'node:crypto';
import { join } from 'node:path';
import { AuditlogError, systemCode, usageError } from '../errors.js';
import { openIdSet, openKeys } from '../manifest/ids.js';
import type { GoneRecord, Manifest } from '../manifest/manifest.js';
import { measureFile } from '../manifest/measure.js';
import { UNDATED } from '../manifest/names.js';
import type { FileRow } from '../manifest/rows/reader.js';
import type { DayFiles, Entries } from './file.js';
import type { Gathered, GatheredEntry, Place } from './gathered.js';
import { type KeySet, openKeySet } from './keyset.js';

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
 * Compares by id, and where several entries of the day have one id, by how many have it and by their texts. `held` are the manifests of the files that
 * the directory has for the day. Where nothing has changed, no file is read. Rejects with a usage error when a file that must be read is not as its
 * manifest says, or is none of ours.
 */
export async function compareDay(
  gathered: Gathered,
  place: Place,
  held: readonly Manifest[],
  files: DayFiles,
  trust: Trust = 'as recorded',
): Promise<Comparison> {
  if (await isAlike(gathered, place, held, files)) return { fresh: undefined, gone: undefined };
  const known = openKeySet();
  const heldRows = heldReader(held, files, trust);
  await heldRows((_, { key }) => known.add(key));
  const grown = new Map<string, number>();
  let fresh = 0;
  await eachGathered(gathered, place, files, (_, { key, id, nth }) => {
    if (known.mark(key)) return;
    fresh += 1;
    if (nth > 0 && known.has(id)) grown.set(id, (grown.get(id) ?? 0) + 1);
  });
  const chosen = await chooseTexts(grown, heldRows, (see) => eachGathered(gathered, place, files, see));
  const isFresh = ({ key, id }: Key): boolean => (chosen?.has(id) === true ? chosen.keys.has(key) : !known.has(key));
  const gone = known.unmarked() === 0 ? undefined : await goneOf(gathered, place, files, known, heldRows);
  return {
    fresh: fresh === 0 ? undefined : { rows: fresh, entries: () => only(gathered, place, files, isFresh) },
    gone,
  };
}

/** Whether the ids of a day's only file are those that were gathered, and none of them is there twice. */
async function isAlike(
  gathered: Gathered,
  place: Place,
  [only, ...more]: readonly Manifest[],
  files: DayFiles,
): Promise<boolean> {
  const file = only?.file;
  if (more.length > 0 || file?.ids == null || file.rows !== file.ids.count || place.rows !== file.rows) return false;
  const ids = openIdSet(files.openSpool);
  await eachGathered(gathered, place, files, (_, { key }) => ids.add(key));
  return ids.finish().sha256 === file.ids.sha256;
}

type See = (row: Keyed, key: Key) => void;
type Each = (see: See) => Promise<void>;

/** Reads all files of a day, as often as wanted. */
function heldReader(held: readonly Manifest[], files: DayFiles, trust: Trust): Each {
  return async (see) => {
    const keyOf = keysFor(files);
    for (const manifest of held) await readHeld(manifest, files, trust, (row) => see(row, keyOf(row)));
  };
}

async function eachGathered(gathered: Gathered, place: Place, files: DayFiles, see: See): Promise<void> {
  const keyOf = keysFor(files);
  for await (const batch of gathered.read(place)) for (const entry of batch) see(entry, keyOf(entry));
}

interface Chosen {
  readonly keys: ReadonlySet<string>;
  has(id: string): boolean;
}

/**
 * Of the ids that one side has more entries of than the other, the entries that the other lacks: those whose text it does not have, as many as there are
 * more. Undefined where there are none, or a file shows no texts: then the last ones count.
 */
async function chooseTexts(more: ReadonlyMap<string, number>, other: Each, own: Each): Promise<Chosen | undefined> {
  if (more.size === 0) return undefined;
  const texts = new Set<string>();
  let untold = false;
  await other(({ raw }, { id }) => {
    if (!more.has(id)) return;
    if (raw === undefined) untold = true;
    else texts.add(textOf(id, raw));
  });
  const left = new Map(more);
  const keys = new Set<string>();
  await own(({ raw }, { id, key }) => {
    const due = left.get(id) ?? 0;
    if (due === 0) return;
    if (raw === undefined) untold = true;
    else if (texts.has(textOf(id, raw))) return;
    left.set(id, due - 1);
    keys.add(key);
  });
  return untold ? undefined : { keys, has: (id) => more.has(id) };
}

function textOf(id: string, raw: Buffer): string {
  return `${hash('sha256', raw)} ${id}`;
}

/** Reads the file that a manifest is about. Rejects as `compareDay`. One that is taken as it is may also be gone. */
export async function readHeld(
  { file, day }: Manifest,
  files: DayFiles,
  trust: Trust,
  onRow: (row: FileRow) => void,
): Promise<void> {
  if (file === null) return;
  const path = join(files.directory, files.layout.folderOf(day ?? UNDATED), file.name);
  const found = await measureFile(path, files.shape, files.openSpool, onRow).catch((error: unknown) => {
    // A folder for temporary files that is full says nothing of this file.
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
  gathered: Gathered,
  place: Place,
  files: DayFiles,
  isWanted: (key: Key) => boolean,
): AsyncGenerator<readonly GatheredEntry[], void> {
  const keyOf = keysFor(files);
  for await (const batch of gathered.read(place)) {
    const wanted = batch.filter((entry) => isWanted(keyOf(entry)));
    if (wanted.length > 0) yield wanted;
  }
}

const SOME = 20;

/** Reads the files once more for the few that have no mark. */
async function goneOf(gathered: Gathered, place: Place, files: DayFiles, known: KeySet, heldRows: Each): Promise<Gone> {
  const shrunk = new Map<string, number>();
  const last = new Set<string>();
  await heldRows((_, { key, id, nth }) => {
    if (known.isMarked(key)) return;
    last.add(key);
    if (nth > 0 && known.isMarked(id)) shrunk.set(id, (shrunk.get(id) ?? 0) + 1);
  });
  const chosen = await chooseTexts(shrunk, (see) => eachGathered(gathered, place, files, see), heldRows);
  const keys = new Set<string>();
  const shown: string[] = [];
  await heldRows((_, { key, id }) => {
    if (chosen?.has(id) === true ? !chosen.keys.has(key) : !last.has(key)) return;
    keys.add(key);
    shown.push(id);
  });
  const ids = openIdSet(files.openSpool);
  for (const key of keys) ids.add(key);
  return { record: { rows: keys.size, ids: ids.finish(), some: [...new Set(shown)].sort().slice(0, SOME) }, keys };
}

type Keyed = { readonly id: string | undefined; readonly raw: Buffer | undefined };

/** What tells an entry of a day apart: the first of an id by that id alone. */
export interface Key {
  readonly key: string;
  readonly id: string;
  /** How many entries of this id came before it. */
  readonly nth: number;
}

/** What tells entries apart, also over several files of a day. A CSV file shows some ids otherwise than they are: both sides are compared as it shows them. */
export function keysFor({ shape }: DayFiles): (entry: Keyed) => Key {
  const keyOf = openKeys();
  const seen = openKeySet();
  const repeats = new Map<string, number>();
  return ({ id: own, raw }) => {
    const text = keyOf({ id: own, time: undefined, raw }) ?? '';
    const id = shape.format === 'csv' ? text.replace(ALTERED, '?').replace(PARTED, '$1') : text;
    if (seen.add(id)) return { key: id, id, nth: 0 };
    const nth = (repeats.get(id) ?? 0) + 1;
    repeats.set(id, nth);
    return { key: `${id}\0${nth}`, id, nth };
  };
}

const ALTERED = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2400-\u2426\ufffd\p{Cs}]/gu;
const PARTED = /([;\t\r\n])'+/g;
