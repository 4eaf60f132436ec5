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
import type { DayLines, Ending, Gathered } from './gathered.js';
import { keepOpenDay, type OpenDay, type Provenance, type Work, writeOpenDay } from './open.js';
import { claimOf, type DayClaim, daysToCover, isAsked, isBelievable } from './plan.js';
import { NOTHING_SEALED, sealedByDay } from './sealed.js';

/** What a run has changed. */
export interface Settled {
  readonly days: Chain['days'];
  /** The last day up to which everything is sealed, from now on. */
  readonly sealedTo: string | undefined;
  /** Entries that no file had before. */
  readonly fresh: number;
  /** Entries in all files, pruned ones included. */
  readonly held: number;
  /** Late entries: they appeared after their day was sealed, and went to files of their own. */
  readonly late: readonly DayCount[];
  /** Entries of sealed days that the server no longer returns; the files keep them. */
  readonly gone: readonly DayCount[];
  /** The same for days before the oldest entry that the server still has: retention, most likely. */
  readonly purged: readonly DayCount[];
  /** Entries that are in no file any more: they disappeared from an open day. */
  readonly lost: readonly DayCount[];
  /** New entries that belong to no day. */
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
 * Writes day files, their manifests and the chain from what was gathered. Sealed files are never touched. The record of the chain is written
 * last and makes the rest count, so running it again after an interruption gives the same result.
 */
export async function settle(
  folder: Folder,
  gathered: Gathered,
  files: DayFiles,
  { collecting, identity, check }: Settling,
): Promise<Settled> {
  const { ending } = gathered;
  const { found, undated } = sortOut(gathered);
  const days = daysToCover(ending, folder.chain, [...found.keys()], collecting !== undefined);
  const sealed = sealedByDay(folder.sealed);
  const pruned = prunedBefore(folder.sealed) ?? '';
  const work: Work = { folder, sealed, gathered, files, collecting };
  const oldest = ending.oldest ?? (reachesBack(ending, days.first) ? [...found.keys()].sort()[0] : undefined);
  const isPurged = (day: string): boolean => oldest !== undefined && day <= oldest;
  const sealing: Draft[] = [];
  const loose: Draft[] = [];
  const changes: Changes[] = [];
  const compared = async (day: string, lines: DayLines, claim: DayClaim | undefined): Promise<void> => {
    // What was removed because of its age does not come back.
    if (day >= pruned) changes.push(await compareSealed(work, { day, lines, claim, isPurged: isPurged(day) }));
  };

  refuseGap(work, days);
  for (let day = days.first; day <= days.last; day = addDays(day, 1)) {
    const lines = found.get(day) ?? NO_LINES;
    const claim = isAsked(day, ending) ? claimOf(day, ending) : undefined;
    if (sealed.get(day)?.original === true) {
      if (claim !== undefined) await compared(day, lines, claim);
      continue;
    }
    const open =
      claim === undefined
        ? await keepOpenDay(work, day)
        : await writeOpenDay(work, { day, lines, provenance: provenanceOf(ending, claim), claim });
    // Sealed days follow one another: after one that is not, none is.
    const isSealed = open.sealable && loose.length === 0;
    (isSealed ? sealing : loose).push(open.draft);
    changes.push({ day, ...changesOf(open, isSealed, isPurged(day)) });
  }
  for (const [day, lines] of found) if (day < days.first) await compared(day, lines, claimOf(day, ending));
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

/** Entries may come back while a day is open: those that are gone count only when the day is sealed. */
function changesOf({ fresh, gone, lost }: OpenDay, isSealed: boolean, isPurged: boolean): Omit<Changes, 'day'> {
  return { fresh, lost, ...(isSealed ? { [isPurged ? 'purged' : 'gone']: gone } : {}) };
}

/** The file of entries that belong to no day, when there is none yet. */
async function writeUndated({ gathered, files }: Work, lines: DayLines): Promise<Draft> {
  const name: DayName = { kind: 'undated', day: UNDATED, number: undefined };
  const records = await writeDayFiles(name, () => gathered.read(lines), files);
  return {
    name,
    body: { ...provenanceOf(gathered.ending, undefined), kind: 'undated', day: null, ...records, gone: null },
  };
}

/** A day that is sealed, or the entries without a day, against what was read of it now. */
interface SealedRead {
  /** The day, or `undated`. */
  readonly day: string;
  readonly lines: DayLines;
  readonly claim: DayClaim | undefined;
  /** Whether the server keeps entries of this day no longer. */
  readonly isPurged: boolean;
}

/** Late entries of a sealed day go to a file of their own; entries that are gone from the server are recorded once. */
async function compareSealed(
  { sealed, gathered, files }: Work,
  { day: key, lines, claim, isPurged }: SealedRead,
): Promise<Changes> {
  const own = sealed.get(key) ?? NOTHING_SEALED;
  const { fresh, gone } = await compareDay({ gathered, lines, held: own.files, files, trust: 'as recorded' });
  const base = { ...provenanceOf(gathered.ending, claim), day: key === UNDATED ? null : key };
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

/** Entries by the day whose file they go to, and those that belong to no day. */
function sortOut({ days, ending }: Gathered): {
  readonly found: ReadonlyMap<string, DayLines>;
  readonly undated: DayLines;
} {
  const found = new Map([...days].filter(([day]) => isBelievable(day, ending)));
  const others = [...days].filter(([day]) => !found.has(day)).map(([, lines]) => lines);
  return {
    found,
    undated: {
      extents: others.flatMap(({ extents }) => extents),
      rows: others.reduce((sum, { rows }) => sum + rows, 0),
      ordered: false,
    },
  };
}

const NO_LINES: DayLines = { extents: [], rows: 0, ordered: true };

/** What all manifests of a run have in common, and what may be claimed of this day; without a claim, what may be claimed of the whole run. */
function provenanceOf({ run, verdict, segments }: Ending, claim: DayClaim | undefined): Provenance {
  const { status, notes } = claim ?? verdict;
  return { ...run, read: { ...run.read, windows: (claim?.windows ?? segments).map(windowRecord) }, status, notes };
}
