import { addDays } from '../time.js';
import type { Chain, Link } from './chain.js';
import { compareDay } from './compare.js';
import { type DayFiles, writeDayFile } from './dayfile.js';
import { claimOf, type DayClaim, daysToCover, isAsked, isBelievable } from './dayplan.js';
import type { Folder } from './folder.js';
import type { Ending, Gathered, Place } from './gathered.js';
import { concludeChain, type Draft, linkManifests } from './links.js';
import type { Manifest, ManifestBody } from './manifest.js';
import { type DayName, UNDATED } from './names.js';
import { windowRecord } from './record.js';
import { NOTHING_SEALED, type SealedDay, sealedByDay } from './sealedday.js';

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
  const sealed = sealedByDay(folder.sealed);
  const work: Work = { gathered, files, sealed, oldest: [...places.keys()].sort()[0] };
  const sealing: Draft[] = [];
  const loose: Draft[] = [];
  const changes: Changes[] = [];

  for (let day = days.first; day <= days.last; day = addDays(day, 1)) {
    const place = places.get(day) ?? NOWHERE;
    const claim = claimOf(day, ending);
    if (!isAsked(day, ending)) {
      if (sealed.get(day)?.original !== true) loose.push(kept(day, folder));
    } else if (sealed.get(day)?.original === true) {
      changes.push(await compareSealed(work, day, place, claim));
    } else {
      changes.push({ lost: await lostFrom(work, place, folder.loose.get(day)), day });
      // Sealed days follow one another: after one that is not, none is.
      (claim.settled && loose.length === 0 ? sealing : loose).push(await writeFirst(work, 'day', day, place, claim));
    }
  }
  for (const [day, place] of places)
    if (day < days.first) changes.push(await compareSealed(work, day, place, claimOf(day, ending)));
  if (sealed.get(UNDATED)?.original === true) changes.push(await compareSealed(work, UNDATED, undated, undefined));
  else if (undated.rows > 0) {
    const draft = await writeFirst(work, 'undated', UNDATED, undated, undefined);
    changes.push({ day: UNDATED, drafts: [draft], late: undated.rows });
  }

  const links = await linkManifests(folder, [...sealing, ...changes.flatMap(({ drafts }) => drafts ?? [])], loose);
  await check();
  await concludeChain(folder, ending.folder, days, links);
  const counts = (what: 'late' | 'gone' | 'purged' | 'lost'): readonly DayCount[] =>
    changes.flatMap(({ day, [what]: rows = 0 }) => (rows > 0 && day !== UNDATED ? [{ day, rows }] : []));
  return {
    days,
    sealedTo: sealing.at(-1)?.name.day ?? folder.sealed.findLast(({ kind }) => kind === 'day')?.day ?? undefined,
    late: counts('late'),
    gone: counts('gone'),
    purged: counts('purged'),
    lost: counts('lost'),
    undated: changes.find(({ day }) => day === UNDATED)?.late ?? 0,
    head: links.sealed,
  };
}

interface Work {
  readonly gathered: Gathered;
  readonly files: DayFiles;
  readonly sealed: ReadonlyMap<string, SealedDay>;
  /** The oldest day that the server still has an entry of. */
  readonly oldest: string | undefined;
}

/** What is new about a day that has a file already: sealed manifests to be written, and numbers of entries. */
interface Changes {
  readonly day: string;
  readonly drafts?: readonly Draft[];
  readonly late?: number;
  readonly gone?: number;
  readonly purged?: number;
  readonly lost?: number;
}

/** The file of a day that has none, or one that is not sealed. */
async function writeFirst(
  { gathered, files }: Work,
  kind: 'day' | 'undated',
  key: string,
  place: Place,
  claim: DayClaim | undefined,
): Promise<Draft> {
  const name: DayName = { kind, day: key, number: undefined };
  const file = await writeDayFile(name, gathered.read(place), files);
  return { name, body: { ...about(gathered.ending, claim), kind, day: dayOf(key), file, gone: null } };
}

/** Entries that a sealed day has not got go to a file of their own; those that it has and the server has not are recorded once. */
async function compareSealed(
  { gathered, files, sealed, oldest }: Work,
  key: string,
  place: Place,
  claim: DayClaim | undefined,
): Promise<Changes> {
  const own = sealed.get(key) ?? NOTHING_SEALED;
  const { late, gone } = await compareDay(gathered, place, own.files, files);
  const base = { ...about(gathered.ending, claim), day: dayOf(key) };
  const drafts: Draft[] = [];
  if (late !== undefined) {
    const name: DayName = { kind: 'late', day: key, number: own.late + 1 };
    const file = await writeDayFile(name, late, files);
    drafts.push({ name, body: { ...base, kind: 'late', file, gone: null } });
  }
  const changes = { day: key, drafts, late: drafts[0]?.body.file?.rows ?? 0 };
  // What was not asked for, or not reconciled, may be there all the same.
  if (gone === undefined || claim === undefined || !claim.whole || claim.status === 'unreconciled') return changes;
  if (oldest !== undefined && key <= oldest) return { ...changes, purged: gone.rows };
  if (own.gone?.ids.sha256 === gone.ids.sha256) return changes;
  const name: DayName = { kind: 'gone', day: key, number: own.goneTimes + 1 };
  drafts.push({ name, body: { ...base, kind: 'gone', file: null, gone } });
  return { ...changes, gone: gone.rows };
}

function dayOf(key: string): string | null {
  return key === UNDATED ? null : key;
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

const NOWHERE: Place = { extents: [], rows: 0, ordered: true };

/** What all manifests of a run have in common, and what it may claim of this day; of entries without a day, what it may claim of all. */
function about(
  { run, verdict, segments }: Ending,
  claim: DayClaim | undefined,
): Omit<ManifestBody, 'kind' | 'day' | 'file' | 'gone' | 'chain'> {
  const { status, notes } = claim ?? verdict;
  return { ...run, read: { ...run.read, windows: (claim?.windows ?? segments).map(windowRecord) }, status, notes };
}

/** A day that was not asked for this time and is not sealed: as it was left. */
function kept(day: string, { loose }: Folder): Draft {
  const manifest = loose.get(day);
  if (manifest === undefined) throw new Error(`there is no manifest of ${day}`);
  const { chain: _, hash: __, ...body } = manifest;
  return { name: { kind: 'day', day, number: undefined }, body };
}

/** How many entries of a day that is not sealed are not among what is there now. */
async function lostFrom({ gathered, files }: Work, place: Place, earlier: Manifest | undefined): Promise<number> {
  if (earlier === undefined) return 0;
  try {
    return (await compareDay(gathered, place, [earlier], files)).gone?.rows ?? 0;
  } catch {
    // It is replaced anyway: what is left of an interrupted run has nothing to tell.
    return 0;
  }
}
