import type { Draft } from '../manifest/links.js';
import type { Manifest } from '../manifest/manifest.js';
import { type DayName, UNDATED } from '../manifest/names.js';
import type { GoneRecord } from '../manifest/shape/file.js';
import { compareDay } from './compare.js';
import { writeDayFiles } from './file.js';
import { type DayRead, provenanceOf, type Work } from './work.js';

/** What is sealed of one day. */
export interface SealedDay {
  /** Whether the day's own file is there, and not only late ones. */
  original: boolean;
  readonly files: Manifest[];
  late: number;
  /** The last record of gone entries, and how many there are. */
  gone: GoneRecord | null;
  goneTimes: number;
}

/** Sealed manifests by their day, or `undated`. */
export function sealedByDay(sealed: readonly Manifest[]): ReadonlyMap<string, SealedDay> {
  const days = new Map<string, SealedDay>();
  for (const manifest of sealed) {
    if (manifest.kind === 'pruned') continue;
    const key = manifest.day ?? UNDATED;
    const day = days.get(key) ?? nothingSealed();
    days.set(key, day);
    if (manifest.kind === 'gone') {
      day.gone = manifest.gone;
      day.goneTimes += 1;
      continue;
    }
    if (manifest.kind === 'late') day.late += 1;
    else {
      day.original = true;
      day.gone = manifest.gone;
    }
    day.files.push(manifest);
  }
  return days;
}

function nothingSealed(): SealedDay {
  return { original: false, files: [], late: 0, gone: null, goneTimes: 0 };
}

/** What is new about a day: sealed manifests to write, and numbers of entries. */
export interface DayChanges {
  readonly day: string;
  readonly drafts?: readonly Draft[];
  readonly fresh?: number;
  readonly late?: number;
  /** Entries that the server no longer returns, of a day that was read whole. */
  readonly gone?: number;
  /** Those that are recorded for the first time. */
  readonly recorded?: number;
  readonly purged?: number;
  readonly lost?: number;
  /** Late entries of a day whose files were removed because of their age. */
  readonly dropped?: number;
}

/**
 * Compares a sealed day, or the undated entries, with what was read now. Late entries go to a file of their own; entries that the server no longer
 * returns are recorded once. `isPurged`: whether the server keeps entries of this day no longer.
 */
export async function compareSealed(
  { gathered, files }: Work,
  { day, lines, claim }: DayRead,
  sealed: SealedDay | undefined,
  isPurged: boolean,
): Promise<DayChanges> {
  const own = sealed ?? nothingSealed();
  const { fresh, gone } = await compareDay({ gathered, lines, held: own.files, files, trust: 'as recorded' });
  const base = { ...provenanceOf(gathered.ending, claim), day: day === UNDATED ? null : day };
  const drafts: Draft[] = [];
  if (fresh !== undefined) {
    const name: DayName = { kind: 'late', day, number: own.late + 1 };
    const records = await writeDayFiles(name, fresh.entries, files);
    drafts.push({ name, body: { ...base, kind: 'late', ...records, gone: null } });
  }
  const changes = { day, drafts, late: fresh?.rows ?? 0 };
  // What was not asked for, or not reconciled, may still be there.
  if (gone === undefined || claim === undefined || !claim.whole || claim.status === 'unreconciled') return changes;
  if (isPurged) return { ...changes, purged: gone.record.rows };
  const { rows } = gone.record;
  if (own.gone?.ids.sha256 === gone.record.ids.sha256) return { ...changes, gone: rows };
  const name: DayName = { kind: 'gone', day, number: own.goneTimes + 1 };
  drafts.push({ name, body: { ...base, kind: 'gone', file: null, gone: gone.record } });
  return { ...changes, gone: rows, recorded: rows };
}
