import { usageError } from '../errors.js';
import type { Chain, Link } from '../manifest/chain.js';
import type { Folder } from '../manifest/folder.js';
import { concludeChain, type Draft, linkManifests } from '../manifest/links.js';
import { type DayName, UNDATED } from '../manifest/names.js';
import { windowRecord } from '../manifest/record.js';
import { prunedBefore } from '../manifest/tombstone.js';
import { addDays, utcDay } from '../time.js';
import { compareDay } from './compare.js';
import { type DayFiles, writeDayFiles } from './file.js';
import type { Ending, Gathered, Place } from './gathered.js';
import { type About, keepOpenDay, type OpenDay, type Work, writeOpenDay } from './open.js';
import { claimOf, type DayClaim, daysToCover, isAsked, isBelievable } from './plan.js';
import { NOTHING_SEALED, sealedByDay } from './sealed.js';

/** What became of a run. */
export interface Settled {
  readonly days: Chain['days'];
  /** The last day up to which everything is sealed, from now on. */
  readonly sealedTo: string | undefined;
  /** Entries that no file had before. */
  readonly fresh: number;
  /** Entries in all files, those that were removed because of their age included. */
  readonly held: number;
  /** Entries that came after their day was sealed, and went to files of their own. */
  readonly late: readonly DayCount[];
  /** Entries of days that are sealed from now on, which the server no longer returns; the files keep them. */
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

export interface Settling {
  readonly collecting?: Work['collecting'];
  /** What the directory is for; default: what the run says. */
  readonly identity?: Chain['identity'];
  /** Throws when this run may not go on. */
  readonly check: () => Promise<void>;
}

/**
 * Makes day files, manifests and the chain of what was gathered. Sealed files are never touched. Everything is written before the record of
 * the chain, which makes it count: run again after an interruption, it comes to the same.
 */
export async function settle(
  folder: Folder,
  gathered: Gathered,
  files: DayFiles,
  { collecting, identity, check }: Settling,
): Promise<Settled> {
  const { ending } = gathered;
  const { places, undated } = sortOut(gathered);
  const days = daysToCover(ending, folder.chain, [...places.keys()], collecting !== undefined);
  const sealed = sealedByDay(folder.sealed);
  const pruned = prunedBefore(folder.sealed) ?? '';
  const work: Work = { folder, sealed, gathered, files, collecting };
  const oldest = ending.oldest ?? (reachesBack(ending, days.first) ? [...places.keys()].sort()[0] : undefined);
  const isPurged = (day: string): boolean => oldest !== undefined && day <= oldest;
  const sealing: Draft[] = [];
  const loose: Draft[] = [];
  const changes: Changes[] = [];
  const compared = async (key: string, place: Place, claim: DayClaim | undefined): Promise<void> => {
    // What was removed because of its age does not come back.
    if (key >= pruned) changes.push(await compareSealed(work, key, place, claim, isPurged(key)));
  };

  refuseGap(work, days);
  for (let day = days.first; day <= days.last; day = addDays(day, 1)) {
    const place = places.get(day) ?? NOWHERE;
    const claim = isAsked(day, ending) ? claimOf(day, ending) : undefined;
    if (sealed.get(day)?.original === true) {
      if (claim !== undefined) await compared(day, place, claim);
      continue;
    }
    const open =
      claim === undefined
        ? await keepOpenDay(work, day)
        : await writeOpenDay(work, day, place, about(ending, claim), claim);
    // Sealed days follow one another: after one that is not, none is.
    const isSealed = open.sealable && loose.length === 0;
    (isSealed ? sealing : loose).push(open.draft);
    changes.push({ day, ...tellOf(open, isSealed, isPurged(day)) });
  }
  for (const [day, place] of places) if (day < days.first) await compared(day, place, claimOf(day, ending));
  if (sealed.get(UNDATED)?.original === true) await compared(UNDATED, undated, undefined);
  else if (undated.rows > 0) {
    const draft = await writeUndated(work, undated);
    changes.push({ day: UNDATED, drafts: [draft], late: undated.rows });
  }

  const drafts = [...sealing, ...changes.flatMap((change) => change.drafts ?? [])];
  const links = await linkManifests(folder, drafts, loose);
  await check();
  await concludeChain(folder, identity ?? ending.folder, days, links);
  const counts = (what: 'late' | 'gone' | 'purged' | 'lost'): readonly DayCount[] =>
    changes.flatMap(({ day, [what]: rows = 0 }) => (rows > 0 && day !== UNDATED ? [{ day, rows }] : []));
  return {
    days,
    sealedTo: sealing.at(-1)?.name.day ?? folder.sealed.findLast(({ kind }) => kind === 'day')?.day ?? undefined,
    fresh: changes.reduce((sum, { fresh = 0, late = 0 }) => sum + fresh + late, 0),
    held: [...folder.sealed, ...[...drafts, ...loose].map(({ body }) => body)].reduce(
      (sum, { file }) => sum + (file?.rows ?? 0),
      0,
    ),
    late: counts('late'),
    gone: counts('gone'),
    purged: counts('purged'),
    lost: counts('lost'),
    undated: changes.find(({ day }) => day === UNDATED)?.late ?? 0,
    head: links.sealed,
  };
}

/** What is new about a day: sealed manifests to be written, and numbers of entries. */
interface Changes {
  readonly day: string;
  readonly drafts?: readonly Draft[];
  readonly fresh?: number;
  readonly late?: number;
  readonly gone?: number;
  readonly purged?: number;
  readonly lost?: number;
}

/** While a day is open, entries may come back: what the server lacks is told when the day is sealed without them. */
function tellOf({ fresh, gone, lost }: OpenDay, isSealed: boolean, isPurged: boolean): Omit<Changes, 'day'> {
  return { fresh, lost, ...(isSealed ? { [isPurged ? 'purged' : 'gone']: gone } : {}) };
}

/** The file of entries that belong to no day, when there is none yet. */
async function writeUndated({ gathered, files }: Work, place: Place): Promise<Draft> {
  const name: DayName = { kind: 'undated', day: UNDATED, number: undefined };
  const records = await writeDayFiles(name, () => gathered.read(place), files);
  return { name, body: { ...about(gathered.ending, undefined), kind: 'undated', day: null, ...records, gone: null } };
}

/** Entries that a sealed day has not got go to a file of their own; those that it has and the server has not are recorded once. */
async function compareSealed(
  { sealed, gathered, files }: Work,
  key: string,
  place: Place,
  claim: DayClaim | undefined,
  isPurged: boolean,
): Promise<Changes> {
  const own = sealed.get(key) ?? NOTHING_SEALED;
  const { fresh, gone } = await compareDay(gathered, place, own.files, files);
  const base = { ...about(gathered.ending, claim), day: key === UNDATED ? null : key };
  const drafts: Draft[] = [];
  if (fresh !== undefined) {
    const name: DayName = { kind: 'late', day: key, number: own.late + 1 };
    drafts.push({
      name,
      body: { ...base, kind: 'late', ...(await writeDayFiles(name, fresh.entries, files)), gone: null },
    });
  }
  const changes = { day: key, drafts, late: fresh?.rows ?? 0 };
  // What was not asked for, or not reconciled, may be there all the same.
  if (gone === undefined || claim === undefined || !claim.whole || claim.status === 'unreconciled') return changes;
  if (isPurged) return { ...changes, purged: gone.record.rows };
  if (own.gone?.ids.sha256 === gone.record.ids.sha256) return changes;
  const name: DayName = { kind: 'gone', day: key, number: own.goneTimes + 1 };
  drafts.push({ name, body: { ...base, kind: 'gone', file: null, gone: gone.record } });
  return { ...changes, gone: gone.record.rows };
}

/** Throws a usage error, before anything is written, where a day would have no file: it was neither read now nor earlier. */
function refuseGap({ folder, sealed, gathered }: Work, { first, last }: Chain['days']): void {
  for (let day = first; day <= last; day = addDays(day, 1)) {
    if (isAsked(day, gathered.ending) || folder.loose.has(day) || sealed.get(day)?.original === true) continue;
    throw usageError(
      `nothing was read of ${day}, and what was read now is of later days`,
      `Days follow one another: read from ${day} on.`,
    );
  }
}

/** Whether everything since the first day was asked for, so that where the entries begin is where the server's begin. */
function reachesBack({ from, parts }: Ending, first: string): boolean {
  return parts === undefined && (from === null || utcDay(from) <= first);
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
function about({ run, verdict, segments }: Ending, claim: DayClaim | undefined): About {
  const { status, notes } = claim ?? verdict;
  return { ...run, read: { ...run.read, windows: (claim?.windows ?? segments).map(windowRecord) }, status, notes };
}
