import { join } from 'node:path';
import { hashFile } from '../manifest/blocks.js';
import type { Draft } from '../manifest/links.js';
import type { Manifest, ManifestBody } from '../manifest/manifest.js';
import type { DayName } from '../manifest/names.js';
import { looseOf } from '../manifest/salvage.js';
import type { GoneRecord } from '../manifest/shape/file.js';
import { type Comparison, compareDay } from './compare.js';
import type { Ending } from './ending.js';
import { type DayFiles, type Entries, type FileRecords, writeDayFiles } from './file.js';
import { type Kept, keepEntries, mergeKept } from './keep.js';
import type { DayLines } from './lines.js';
import { confirmedAt, isObserved, observeAgain } from './observe.js';
import type { DayClaim } from './sealing.js';
import { changedFile } from './sides.js';
import { type DayRead, provenanceOf, type Work } from './work.js';

/** A day that was open until now. */
export interface OpenDay {
  readonly draft: Draft;
  /** Whether it may be sealed once all days before it are. */
  readonly sealable: boolean;
  /** Entries that its file did not have before. */
  readonly fresh: number;
  /** Entries that its file has and the server no longer returns. */
  readonly gone: number;
  /** Entries that are in no file any more. */
  readonly lost: number;
}

/** Writes the file of a day from what was read of it. */
export async function writeOpenDay(
  work: Work,
  { day, lines, claim }: DayRead & { readonly claim: DayClaim },
): Promise<OpenDay> {
  const { folder, gathered, files, collecting } = work;
  const provenance = provenanceOf(gathered.ending, claim);
  const name = nameOf(day);
  const held = looseOf(folder, day);
  const [earlier] = held;
  const entries: Entries = () => gathered.read(lines);
  const { fresh, gone } = await compareOpen(work, lines, held);
  const counts = { fresh: earlier === undefined ? lines.rows : (fresh?.rows ?? 0) };
  if (collecting === undefined) {
    const records = await writeDayFiles(name, entries, files);
    const draft = { name, body: { ...provenance, kind: 'day', day, ...records, gone: null } as const };
    return { draft, sealable: claim.settled, ...counts, gone: 0, lost: gone?.record.rows ?? 0 };
  }
  const kept =
    earlier === undefined || gone === undefined
      ? undefined
      : await keepEntries(held, gone.keys, collecting.readTime, files);
  const records = await writeMerged(name, entries, kept, files);
  // What was not asked for, or not reconciled, may still be there.
  const isFirm = claim.whole && claim.status !== 'unreconciled';
  const record = isFirm ? (gone?.record ?? null) : null;
  const before = isFirm && held.length === 1 && isSame(earlier, records, record) ? (earlier?.read.observed ?? []) : [];
  const observed = isFirm ? observeAgain(day, before, claim.readAt) : [];
  const read = observedRead(provenance.read, observed);
  const body = { ...provenance, read, kind: 'day', day, ...records, gone: record } as const;
  return { draft: { name, body }, sealable: isObserved(day, observed), ...counts, gone: record?.rows ?? 0, lost: 0 };
}

/** A day that was not read this time keeps its files. For a collector it may count as observed once more. */
export async function keepOpenDay(work: Work, day: string): Promise<OpenDay> {
  const { folder, files, gathered, collecting } = work;
  const repairs = collecting?.repairs === true;
  const held = looseOf(folder, day);
  const manifest = folder.loose.get(day);
  if (repairs && (held.length !== 1 || held[0] !== manifest))
    return writeOpenDay(work, { day, lines: NO_LINES, claim: UNREAD });
  if (manifest === undefined) throw new Error(`there is no manifest of ${day}`);
  const { chain: _, hash: __, ...body } = manifest;
  // Whether its entries are still on the server only a reading of the day can show.
  const counts = { fresh: 0, gone: 0, lost: 0 };
  if (collecting === undefined) return { draft: { name: nameOf(day), body, kept: true }, sealable: false, ...counts };
  const observed = seenAgain(day, body.read.observed ?? [], gathered.ending);
  let sealable = isObserved(day, observed);
  // A sealed manifest is final, so its files are checked once more.
  const changed = sealable ? await changedOf(manifest, files) : undefined;
  if (changed !== undefined && !repairs) throw changedFile(changed, day);
  sealable &&= changed === undefined;
  const draft = { name: nameOf(day), body: { ...body, read: observedRead(body.read, observed) }, kept: true };
  return { draft, sealable, ...counts };
}

function nameOf(day: string): DayName {
  return { kind: 'day', day, number: undefined };
}

/** Compares what was read with the file that it replaces. A damaged file does not stop an export, which only replaces it. */
async function compareOpen(
  { gathered, files, collecting }: Work,
  lines: DayLines,
  held: readonly Manifest[],
): Promise<Comparison> {
  const nothing = { fresh: undefined, gone: undefined };
  if (held.length === 0) return nothing;
  try {
    return await compareDay({ gathered, lines, held, files, trust: 'as it is' });
  } catch (error) {
    if (collecting !== undefined) throw error;
    return nothing;
  }
}

/** Writes undated entries. In a mended folder also those that its files have. */
export async function writeWithHeld(work: Work, name: DayName, lines: DayLines): Promise<FileRecords> {
  const { folder, gathered, files, collecting } = work;
  const held = folder.mended === undefined ? [] : looseOf(folder, name.day);
  const { gone } = await compareOpen(work, lines, held);
  const kept =
    collecting === undefined || gone === undefined
      ? undefined
      : await keepEntries(held, gone.keys, collecting.readTime, files);
  return writeMerged(name, () => gathered.read(lines), kept, files);
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

/** Whether the day's file has the same entries as before, and the same ones are gone. Compares manifests: an interrupted run leaves them as they were. */
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

/** The name of the first file that differs from its manifest. */
async function changedOf(
  { day, file, columnar }: Manifest,
  { directory, layout }: DayFiles,
): Promise<string | undefined> {
  for (const record of [file, columnar]) {
    if (record === null || record === undefined || day === null) continue;
    const found = await hashFile(join(directory, layout.folderOf(day), record.name)).catch(() => undefined);
    if (found?.sha256 !== record.sha256) return record.name;
  }
  return undefined;
}

/** Of a day that was lost, and is not read yet. */
const UNREAD: DayClaim = {
  windows: [],
  whole: false,
  status: 'unreconciled',
  notes: ['its file was lost or changed, and it was not read again yet'],
  readAt: Number.POSITIVE_INFINITY,
  settled: false,
};

const NO_LINES: DayLines = { extents: [], rows: 0, ordered: true };
