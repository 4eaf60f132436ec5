import { join } from 'node:path';
import { usageError } from '../errors.js';
import type { Folder } from '../manifest/folder.js';
import type { Draft } from '../manifest/links.js';
import type { GoneRecord, Manifest, ManifestBody } from '../manifest/manifest.js';
import { hashFile } from '../manifest/measure.js';
import type { DayName } from '../manifest/names.js';
import { type Comparison, compareDay } from './compare.js';
import { type DayFiles, type Entries, type FileRecords, writeDayFiles } from './file.js';
import type { Ending, Gathered, Place } from './gathered.js';
import { keepEntries, mergeKept, type ReadTime } from './keep.js';
import { confirmedAt, isObserved, observeAgain } from './observe.js';
import type { DayClaim } from './plan.js';
import type { SealedDay } from './sealed.js';

/** What settling works on. */
export interface Work {
  readonly folder: Folder;
  readonly sealed: ReadonlyMap<string, SealedDay>;
  readonly gathered: Gathered;
  readonly files: DayFiles;
  /**
   * Set where days are collected bit by bit and for good: entries stay even if the server takes them away before their day is sealed,
   * and a day is sealed after two equal observations, not one.
   */
  readonly collecting: { readonly readTime: ReadTime } | undefined;
}

/** A day that was not sealed up to now. */
export interface OpenDay {
  readonly draft: Draft;
  /** Whether it may be sealed, once all days before it are. */
  readonly sealable: boolean;
  /** Entries that its file did not have before; that it has and the server has not; and that no file has any more. */
  readonly fresh: number;
  readonly gone: number;
  readonly lost: number;
}

export type About = Omit<ManifestBody, 'kind' | 'day' | 'file' | 'columnar' | 'gone' | 'chain'>;

/** Writes the file of a day from what was read of it. */
export async function writeOpenDay(
  { folder, gathered, files, collecting }: Work,
  day: string,
  place: Place,
  about: About,
  claim: DayClaim,
): Promise<OpenDay> {
  const name = nameOf(day);
  const earlier = folder.loose.get(day);
  const entries: Entries = () => gathered.read(place);
  const { fresh, gone } = await compareOpen(gathered, place, earlier, files, collecting !== undefined);
  const counts = { fresh: earlier === undefined ? place.rows : (fresh?.rows ?? 0) };
  if (collecting === undefined) {
    const records = await writeDayFiles(name, entries, files);
    const draft = { name, body: { ...about, kind: 'day', day, ...records, gone: null } as const };
    return { draft, sealable: claim.settled, ...counts, gone: 0, lost: gone?.record.rows ?? 0 };
  }
  const records =
    earlier === undefined || gone === undefined
      ? await writeDayFiles(name, entries, files)
      : await writeWithKept(name, entries, earlier, gone.keys, collecting.readTime, files);
  // What was not asked for, or not reconciled, may be there all the same.
  const isFirm = claim.whole && claim.status !== 'unreconciled';
  const record = isFirm ? (gone?.record ?? null) : null;
  const before = isFirm && isSame(earlier, records, record) ? (earlier?.read.observed ?? []) : [];
  const observed = isFirm ? observeAgain(day, before, claim.readAt) : [];
  const body = {
    ...about,
    read: observedRead(about.read, observed),
    kind: 'day',
    day,
    ...records,
    gone: record,
  } as const;
  return { draft: { name, body }, sealable: isObserved(day, observed), ...counts, gone: record?.rows ?? 0, lost: 0 };
}

/** A day that was not read this time: as it was left, but for having been observed once more. */
export async function keepOpenDay({ folder, files, gathered, collecting }: Work, day: string): Promise<OpenDay> {
  const manifest = folder.loose.get(day);
  if (manifest === undefined) throw new Error(`there is no manifest of ${day}`);
  const { chain: _, hash: __, ...body } = manifest;
  const counts = { fresh: 0, gone: body.gone?.rows ?? 0, lost: 0 };
  if (collecting === undefined) return { draft: { name: nameOf(day), body, kept: true }, sealable: false, ...counts };
  const observed = seenAgain(day, body.read.observed ?? [], gathered.ending);
  const sealable = isObserved(day, observed);
  // A sealed manifest is for good: so it is not taken for granted that the files are what they were.
  if (sealable) await checkKept(manifest, files);
  const draft = { name: nameOf(day), body: { ...body, read: observedRead(body.read, observed) }, kept: true };
  return { draft, sealable, ...counts };
}

function nameOf(day: string): DayName {
  return { kind: 'day', day, number: undefined };
}

/** What a file that is replaced had, against what was read. Where files are only replaced, one that is not in order has nothing to tell. */
async function compareOpen(
  gathered: Gathered,
  place: Place,
  earlier: Manifest | undefined,
  files: DayFiles,
  matters: boolean,
): Promise<Comparison> {
  const nothing = { fresh: undefined, gone: undefined };
  if (earlier === undefined) return nothing;
  try {
    return await compareDay(gathered, place, [earlier], files, 'as it is');
  } catch (error) {
    if (matters) throw error;
    return nothing;
  }
}

async function writeWithKept(
  name: DayName,
  entries: Entries,
  earlier: Manifest,
  keys: ReadonlySet<string>,
  readTime: ReadTime,
  files: DayFiles,
): Promise<FileRecords> {
  const kept = await keepEntries(earlier, keys, readTime, files);
  try {
    return await writeDayFiles(name, mergeKept(entries, kept), files);
  } finally {
    kept.close();
  }
}

/** Whether a day's files hold what they held, and the server lacks what it lacked. By the manifest, which an interrupted run leaves as it was. */
function isSame(earlier: Manifest | undefined, { file }: FileRecords, gone: GoneRecord | null): boolean {
  return (
    earlier !== undefined &&
    earlier.file?.ids?.sha256 === file.ids?.sha256 &&
    earlier.file?.rows === file.rows &&
    earlier.gone?.ids.sha256 === gone?.ids.sha256
  );
}

function seenAgain(day: string, before: readonly string[], { confirmed = [] }: Ending): readonly string[] {
  const at = confirmedAt(day, confirmed);
  return before.length === 0 || at === undefined ? before : observeAgain(day, before, at);
}

function observedRead(read: ManifestBody['read'], observed: readonly string[]): ManifestBody['read'] {
  return { ...read, observations: Math.max(1, observed.length), observed };
}

async function checkKept({ day, file, columnar }: Manifest, { directory, layout }: DayFiles): Promise<void> {
  for (const record of [file, columnar]) {
    if (record === null || record === undefined || day === null) continue;
    const found = await hashFile(join(directory, layout.folderOf(day), record.name)).catch(() => undefined);
    if (found?.sha256 !== record.sha256)
      throw usageError(
        `${record.name} of ${day} is not what its manifest says`,
        'See what else differs: auditlog verify. Nothing is added to this directory.',
      );
  }
}
