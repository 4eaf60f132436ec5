import { isDay } from '../time.js';
import type { FileFormat, ManifestKind } from './manifest.js';

/**
 * Names of files in a directory of day files. All are made of days, numbers and fixed words: nothing of an entry, an org or a server is
 * ever part of a name.
 */

/** What a file of a directory is about. */
export interface DayName {
  readonly kind: Exclude<ManifestKind, 'export'>;
  /** The day, or `undated`. */
  readonly day: string;
  /** For `late` and `gone`: which of that day, from 1. */
  readonly number: number | undefined;
}

export const UNDATED = 'undated';
export const CHAIN_FILE = 'chain.json';
export const MANIFEST_ENDING = '.manifest.json';
/** Entries on their way into day files. */
export const GATHERED = 'entries';
export const LOCK = 'lock';

/** Whether a name is of a file that only a run at work, or an interrupted one, leaves. */
export function isWorking(name: string): boolean {
  return (
    name === LOCK ||
    name.startsWith(`${LOCK}.`) ||
    name === GATHERED ||
    name.endsWith('.partial') ||
    name.startsWith(`${GATHERED}.partial`)
  );
}

/** `2026-02-01`, `2026-02-01.late-001`, `undated`: a name without its ending. */
export function stemOf({ kind, day, number }: DayName): string {
  return number === undefined ? day : `${day}.${kind === 'gone' ? 'gone' : 'late'}-${String(number).padStart(3, '0')}`;
}

/** The ending of a data file, such as `.ndjson` or `.csv.gz`. */
export function endingOf(format: FileFormat, gzip: boolean): string {
  return `.${format}${gzip ? '.gz' : ''}`;
}

/** What a name without its ending says; undefined when it is none of ours. */
export function readStem(stem: string): DayName | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}|undated)(?:\.(late|gone)-(\d{3,6}))?$/.exec(stem);
  if (match === null) return undefined;
  const [, day = '', kind, digits] = match;
  if (day !== UNDATED && !isDay(day)) return undefined;
  const number = digits === undefined ? undefined : Number(digits);
  const own = day === UNDATED ? 'undated' : 'day';
  const name: DayName = { kind: kind === undefined ? own : (kind as 'late' | 'gone'), day, number };
  return number !== 0 && stemOf(name) === stem ? name : undefined;
}
