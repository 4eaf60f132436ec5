import { join } from 'node:path';
import { realFiles } from '../output/files.js';
import { writeWhole } from '../output/whole.js';
import { addDays } from '../time.js';
import { type Chain, type Link, sealChain } from './chain.js';
import { compareDay } from './compare.js';
import { type DayFiles, writeDayFile } from './dayfile.js';
import { claimOf, type DayClaim, daysToCover, isAsked, isBelievable } from './dayplan.js';
import type { Folder } from './folder.js';
import type { Ending, Gathered, Place } from './gathered.js';
import { fileText, type GoneRecord, type Manifest, type ManifestBody, sealManifest } from './manifest.js';
import { CHAIN_FILE, type DayName, endingOf, MANIFEST_ENDING, stemOf, UNDATED } from './names.js';
import { windowRecord } from './record.js';

/** What became of a run. */
export interface Settled {
  readonly days: Chain['days'];
  /** The last day up to which everything is sealed, from now on. */
  readonly sealedTo: string | undefined;
  /** Entries that came after their day was sealed, and went to files of their own. */
  readonly late: readonly DayCount[];
  /** Entries of sealed days that the server no longer returns; the files keep them. */
  readonly gone: readonly DayCount[];
  /** The same for days before the oldest entry that the server still has: retention, most likely. */
  readonly purged: readonly DayCount[];
  /** Entries that are in no file any more: they went from a day that was not sealed. */
  readonly lost: readonly DayCount[];
  /** Entries that belong to no day, and were not known. */
  readonly undated: number;
  readonly head: Link | undefined;
}

export interface DayCount {
  readonly day: string;
  readonly rows: number;
}

/** A manifest without its place in the chain. */
interface Draft {
  readonly name: DayName;
  readonly body: Omit<ManifestBody, 'chain'>;
}

/**
 * Makes day files, manifests and the chain of what was gathered. Sealed files are never touched. Everything is written before the record of
 * the chain, which makes it count: run again after an interruption, it comes to the same. `check` throws when this run may not go on.
 */
export async function settle(
  folder: Folder,
  gathered: Gathered,
  files: DayFiles,
  check: () => Promise<void>,
): Promise<Settled> {
  const { ending } = gathered;
  const { places, undated } = sortOut(gathered);
  const days = daysToCover(ending, folder.chain, [...places.keys()]);
  const sealed = byDay(folder.sealed);
  const oldest = [...places.keys()].sort()[0];
  const sealing: Draft[] = [];
  const after: Draft[] = [];
  const loose: Draft[] = [];
  const told = { late: [] as DayCount[], gone: [] as DayCount[], purged: [] as DayCount[], lost: [] as DayCount[] };

  const compare = async (key: string, place: Place, claim: DayClaim | undefined): Promise<void> => {
    const own = sealed.get(key) ?? NOTHING;
    const { late, gone } = await compareDay(gathered, place, own.files, files);
    const day = key === UNDATED ? null : key;
    if (late !== undefined) {
      const name: DayName = { kind: 'late', day: key, number: own.late + 1 };
      const file = await writeDayFile(name, late, files);
      after.push({ name, body: { ...about(ending, key, claim), kind: 'late', day, file, gone: null } });
      told.late.push({ day: key, rows: file.rows });
    }
    // What was not asked for, or not reconciled, may be there all the same.
    if (gone === undefined || claim === undefined || !claim.whole || claim.status === 'unreconciled') return;
    if (oldest !== undefined && key <= oldest) {
      told.purged.push({ day: key, rows: gone.rows });
      return;
    }
    if (own.gone?.ids.sha256 === gone.ids.sha256) return;
    const name: DayName = { kind: 'gone', day: key, number: own.goneTimes + 1 };
    after.push({ name, body: { ...about(ending, key, claim), kind: 'gone', day, file: null, gone } });
    told.gone.push({ day: key, rows: gone.rows });
  };

  for (let day = days.first; day <= days.last; day = addDays(day, 1)) {
    const name: DayName = { kind: 'day', day, number: undefined };
    const place = places.get(day) ?? nowhere();
    const claim = claimOf(day, ending);
    if (sealed.get(day)?.original === true) {
      if (isAsked(day, ending)) await compare(day, place, claim);
    } else if (isAsked(day, ending)) {
      const lost = await lostFrom(gathered, place, folder.loose.get(day), files);
      if (lost > 0) told.lost.push({ day, rows: lost });
      const file = await writeDayFile(name, gathered.read(place), files);
      const draft: Draft = { name, body: { ...about(ending, day, claim), kind: 'day', day, file, gone: null } };
      // Sealed days follow one another: after one that is not, none is.
      (claim.settled && loose.length === 0 ? sealing : loose).push(draft);
    } else loose.push(kept(name, folder));
  }
  for (const [day, place] of places) if (day < days.first) await compare(day, place, claimOf(day, ending));
  let newlyUndated = 0;
  if (undated.rows > 0 && sealed.get(UNDATED)?.original === true) {
    await compare(UNDATED, undated, undefined);
    newlyUndated = told.late.find(({ day }) => day === UNDATED)?.rows ?? 0;
  } else if (undated.rows > 0) {
    const name: DayName = { kind: 'undated', day: UNDATED, number: undefined };
    const file = await writeDayFile(name, gathered.read(undated), files);
    after.push({ name, body: { ...about(ending, UNDATED, undefined), kind: 'undated', day: null, file, gone: null } });
    newlyUndated = file.rows;
  }

  const links = await link(folder, [...sealing, ...after], loose);
  await check();
  await conclude(folder, ending, days, links);
  return {
    days,
    sealedTo: sealing.at(-1)?.name.day ?? folder.sealed.findLast(({ kind }) => kind === 'day')?.day ?? undefined,
    ...told,
    late: told.late.filter(({ day }) => day !== UNDATED),
    undated: newlyUndated,
    head: links.sealed,
  };
}

/** Entries by the day whose file they go to. Those that belong to no day come together. */
function sortOut({ days, ending }: Gathered): { readonly places: ReadonlyMap<string, Place>; readonly undated: Place } {
  const places = new Map([...days].filter(([day]) => isBelievable(day, ending)));
  const others = [...days].filter(([day]) => !places.has(day)).map(([, place]) => place);
  return {
    places,
    undated: {
      extents: others.flatMap(({ extents }) => extents),
      rows: others.reduce((sum, { rows }) => sum + rows, 0),
      ordered: false,
    },
  };
}

function nowhere(): Place {
  return { extents: [], rows: 0, ordered: true };
}

/** What is sealed of one day. */
interface SealedDay {
  original: boolean;
  readonly files: Manifest[];
  late: number;
  gone: GoneRecord | null;
  goneTimes: number;
}

const NOTHING: Readonly<SealedDay> = { original: false, files: [], late: 0, gone: null, goneTimes: 0 };

function byDay(sealed: readonly Manifest[]): ReadonlyMap<string, SealedDay> {
  const days = new Map<string, SealedDay>();
  for (const manifest of sealed) {
    const key = manifest.day ?? UNDATED;
    const day = days.get(key) ?? { ...NOTHING, files: [] };
    days.set(key, day);
    if (manifest.kind === 'gone') {
      day.gone = manifest.gone;
      day.goneTimes += 1;
      continue;
    }
    day.files.push(manifest);
    if (manifest.kind === 'late') day.late += 1;
    else day.original = true;
  }
  return days;
}

/** What all manifests of a run have in common, and what it may claim of this day. */
function about(
  ending: Ending,
  key: string,
  claim: DayClaim | undefined,
): Omit<ManifestBody, 'kind' | 'day' | 'file' | 'gone' | 'chain'> {
  const { run, verdict, segments } = ending;
  const windows = (claim?.windows ?? (key === UNDATED ? segments : [])).map(windowRecord);
  return {
    ...run,
    read: { ...run.read, windows },
    status: claim?.status ?? verdict.status,
    notes: claim?.notes ?? verdict.notes,
  };
}

/** A day that was not asked for this time and is not sealed: as it was left. */
function kept(name: DayName, { loose }: Folder): Draft {
  const manifest = loose.get(stemOf(name));
  if (manifest === undefined) throw new Error(`there is no manifest of ${name.day}`);
  const { chain: _, hash: __, ...body } = manifest;
  return { name, body };
}

/** How many entries of a day that is not sealed are not among what is there now. */
async function lostFrom(
  gathered: Gathered,
  place: Place,
  earlier: Manifest | undefined,
  files: DayFiles,
): Promise<number> {
  if (earlier === undefined) return 0;
  try {
    const { gone } = await compareDay(gathered, place, [earlier], files);
    return gone?.rows ?? 0;
  } catch {
    // It is replaced anyway: what is left of an interrupted run has nothing to tell.
    return 0;
  }
}

interface Links {
  readonly sealed: Link | undefined;
  readonly tip: Link;
  readonly stems: ReadonlySet<string>;
}

/** Writes the manifests, each with the hash of the one before it. */
async function link(folder: Folder, sealing: readonly Draft[], loose: readonly Draft[]): Promise<Links> {
  const stems = new Set<string>();
  const last = folder.sealed.at(-1);
  let before: Link | undefined = last === undefined ? undefined : { seq: folder.sealed.length, hash: last.hash };
  let sealed = before;
  for (const [drafts, isSealed] of [
    [sealing, true],
    [loose, false],
  ] as const) {
    for (const { name, body } of drafts) {
      const seq: number = (before?.seq ?? 0) + 1;
      const manifest = sealManifest({ ...body, chain: { seq, prev: before?.hash ?? null, sealed: isSealed } });
      const stem = stemOf(name);
      await writeWhole(join(folder.path, `${stem}${MANIFEST_ENDING}`), [Buffer.from(fileText(manifest))], {
        settle: false,
      });
      stems.add(stem);
      before = { seq, hash: manifest.hash };
      if (isSealed) sealed = before;
    }
  }
  return { sealed, tip: before ?? { seq: 0, hash: '' }, stems };
}

/** Makes everything durable, then makes it count, then takes away what no longer does. */
async function conclude(folder: Folder, ending: Ending, days: Chain['days'], links: Links): Promise<void> {
  await realFiles.syncDirectory(folder.path);
  const chain = sealChain({ identity: ending.folder, days, sealed: links.sealed ?? null, tip: links.tip });
  await writeWhole(join(folder.path, CHAIN_FILE), [Buffer.from(fileText(chain))]);
  for (const [stem, { file }] of folder.loose) {
    if (links.stems.has(stem)) continue;
    await realFiles.remove(join(folder.path, `${stem}${MANIFEST_ENDING}`));
    if (file !== null) await realFiles.remove(join(folder.path, `${stem}${endingOf(file.format, file.gzip)}`));
  }
}
