import { join } from 'node:path';
import { usageError } from '../errors.js';
import type { Folder } from '../manifest/folder.js';
import type { Draft } from '../manifest/links.js';
import type { GoneRecord, Manifest, ManifestBody } from '../manifest/manifest.js';
import { hashFile } from '../manifest/measure.js';
import type { DayName } from '../manifest/names.js';
import { type Comparison, compareDay } from './compare.js';
import { type DayFiles, type Entries, type FileRecords, writeDayFiles } from './file.js';
import type { DayLines, Ending, Gathered } from './gathered.js';
import { type Kept, keepEntries, mergeKept, type ReadTime } from './keep.js';
import { confirmedAt, isObserved, observeAgain } from './observe.js';
import type { DayClaim } from './plan.js';
import type { SealedDay } from './sealed.js';

/** What settling needs: the directory as it was left, what was read, and how files are written. */
export interface Work {
  readonly folder: Folder;
  readonly sealed: ReadonlyMap<string, SealedDay>;
  readonly gathered: Gathered;
  readonly files: DayFiles;
  /**
   * Set for a collector, which reads a day bit by bit: entries stay in the file of an open day even when the server takes them away, and a
   * day is sealed after two equal observations, not one.
   */
  readonly collecting: { readonly readTime: ReadTime } | undefined;
}

/** A day that was open until now. */
export interface OpenDay {
  readonly draft: Draft;
  /** Whether it may be sealed once all days before it are. */
  readonly sealable: boolean;
  /** Entries that its file did not have before. */
  readonly fresh: number;
  /** Entries that its file has and the server no longer returns. */
  readonly gone: number;
  /** Entries that no file has any more. */
  readonly lost: number;
}

/** The part of a manifest that says what was asked and how it was read. */
export type Provenance = Omit<ManifestBody, 'kind' | 'day' | 'file' | 'columnar' | 'gone' | 'chain'>;

/** What was read of one day, and what may be claimed of it. */
export interface DayRead {
  readonly day: string;
  readonly lines: DayLines;
  readonly provenance: Provenance;
  readonly claim: DayClaim;
}

/** Writes the file of a day from what was read of it. */
export async function writeOpenDay(work: Work, { day, lines, provenance, claim }: DayRead): Promise<OpenDay> {
  const { folder, gathered, files, collecting } = work;
  const name = nameOf(day);
  const earlier = folder.loose.get(day);
  const entries: Entries = () => gathered.read(lines);
  const { fresh, gone } = await compareOpen(work, lines, earlier);
  const counts = { fresh: earlier === undefined ? lines.rows : (fresh?.rows ?? 0) };
  if (collecting === undefined) {
    const records = await writeDayFiles(name, entries, files);
    const draft = { name, body: { ...provenance, kind: 'day', day, ...records, gone: null } as const };
    return { draft, sealable: claim.settled, ...counts, gone: 0, lost: gone?.record.rows ?? 0 };
  }
  const kept =
    earlier === undefined || gone === undefined
      ? undefined
      : await keepEntries(earlier, gone.keys, collecting.readTime, files);
  const records = await writeMerged(name, entries, kept, files);
  // What was not asked for, or not reconciled, may be there all the same.
  const isFirm = claim.whole && claim.status !== 'unreconciled';
  const record = isFirm ? (gone?.record ?? null) : null;
  const before = isFirm && isSame(earlier, records, record) ? (earlier?.read.observed ?? []) : [];
  const observed = isFirm ? observeAgain(day, before, claim.readAt) : [];
  const body = {
    ...provenance,
    read: observedRead(provenance.read, observed),
    kind: 'day',
    day,
    ...records,
    gone: record,
  } as const;
  return { draft: { name, body }, sealable: isObserved(day, observed), ...counts, gone: record?.rows ?? 0, lost: 0 };
}

/** A day that was not read this time: it stays as it is, perhaps observed once more. */
export async function keepOpenDay({ folder, files, gathered, collecting }: Work, day: string): Promise<OpenDay> {
  const manifest = folder.loose.get(day);
  if (manifest === undefined) throw new Error(`there is no manifest of ${day}`);
  const { chain: _, hash: __, ...body } = manifest;
  const counts = { fresh: 0, gone: body.gone?.rows ?? 0, lost: 0 };
  if (collecting === undefined) return { draft: { name: nameOf(day), body, kept: true }, sealable: false, ...counts };
  const observed = seenAgain(day, body.read.observed ?? [], gathered.ending);
  const sealable = isObserved(day, observed);
  // A sealed manifest stays for good, so its files are checked once more.
  if (sealable) await checkKept(manifest, files);
  const draft = { name: nameOf(day), body: { ...body, read: observedRead(body.read, observed) }, kept: true };
  return { draft, sealable, ...counts };
}

function nameOf(day: string): DayName {
  return { kind: 'day', day, number: undefined };
}

/** Compares the file that is replaced with what was read. An export only replaces files: one that is damaged does not stop it. */
async function compareOpen(
  { gathered, files, collecting }: Work,
  lines: DayLines,
  earlier: Manifest | undefined,
): Promise<Comparison> {
  const nothing = { fresh: undefined, gone: undefined };
  if (earlier === undefined) return nothing;
  try {
    return await compareDay({ gathered, lines, held: [earlier], files, trust: 'as it is' });
  } catch (error) {
    if (collecting !== undefined) throw error;
    return nothing;
  }
}

async function writeMerged(
  name: DayName,
  entries: Entries,
  kept: Kept | undefined,
  files: DayFiles,
): Promise<FileRecords> {
  try {
    return await writeDayFiles(name, kept === undefined ? entries : mergeKept(entries, kept), files);
  } finally {
    kept?.close();
  }
}

/** Whether the day's file has the same entries as before, and the same ones are gone. Compared by manifest: an interrupted run leaves it as it was. */
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
