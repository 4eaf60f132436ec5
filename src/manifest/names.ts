import { isDay } from '../time.js';
import type { ManifestKind } from './manifest.js';
import type { TextFormat } from './shape/file.js';

/** Names of day files consist of days, numbers and fixed words, never of text from an entry, an organization or a server. */

export interface DayName {
  readonly kind: Exclude<ManifestKind, 'export'>;
  /** The day, or `undated`; '' for a file about many days. */
  readonly day: string;
  /** For `late`, `gone` and `pruned`: the number, from 1. */
  readonly number: number | undefined;
}

export const UNDATED = 'undated';
export const CHAIN_FILE = 'chain.json';
export const MANIFEST_ENDING = '.manifest.json';
/** The file of entries that wait to be written to day files. */
export const GATHERED = 'entries';
export const LOCK = 'lock';

/** The part of a chain's identity that names its folder in an archive. */
export const ORG_PART = 'folder';

/** In the root of an archive: its organizations. */
export const ORGS_FILE = 'organizations.json';

/** Whether the desktop of an operating system put a file there. */
export function isOfDesktop(name: string): boolean {
  return /^(?:\.DS_Store|\._.*|\.localized|Thumbs\.db|ehthumbs\.db|desktop\.ini|\.directory)$/i.test(name);
}

/** `org=ID`: the folder of an organization in an archive. */
export function isOrgFolder(name: string): boolean {
  return /^org=[A-Za-z0-9_-]{1,64}$/.test(name);
}

/** The organization of such a folder. */
export function orgOf(folder: string): string {
  return folder.slice('org='.length);
}

/** Whether a file belongs to a running or interrupted run. */
export function isWorking(name: string): boolean {
  return (
    name === LOCK ||
    name.startsWith(`${LOCK}.`) ||
    name === GATHERED ||
    name.endsWith('.partial') ||
    name.startsWith(`${GATHERED}.partial`)
  );
}

/** `late-001`: the part of a name that numbers files of one kind. */
export function numbered(kind: DayName['kind'], number: number): string {
  return `${kind}-${String(number).padStart(3, '0')}`;
}

/** `2026-02-01`, `2026-02-01.late-001`, `undated`, `pruned-001`: the same in every layout. */
export function stemOf({ kind, day, number }: DayName): string {
  return [...(day === '' ? [] : [day]), ...(number === undefined ? [] : [numbered(kind, number)])].join('.');
}

/** Parses the output of `stemOf`; undefined for any other text. */
export function readStem(stem: string): DayName | undefined {
  const [first = '', own] = stem.split('.');
  const name = readName(first, own) ?? readName('', first);
  return name !== undefined && stemOf(name) === stem ? name : undefined;
}

/** The ending of a data file, such as `.ndjson` or `.csv.gz`. */
export function endingOf(format: TextFormat, gzip: boolean): string {
  return `.${format}${gzip ? '.gz' : ''}`;
}

export const COLUMNAR_ENDING = '.parquet';

/** A name without the ending of a manifest or of a data file. */
export function withoutEnding(name: string): string {
  return name.endsWith(MANIFEST_ENDING)
    ? name.slice(0, -MANIFEST_ENDING.length)
    : name.replace(/\.(?:(?:ndjson|csv|json)(?:\.gz)?|parquet)$/, '');
}

/** Parses a name; undefined if it is not one of ours. `own`: kind and number, as in `late-001`. */
export function readName(day: string, own: string | undefined): DayName | undefined {
  if (day !== '' && day !== UNDATED && !isDay(day)) return undefined;
  if (own === undefined)
    return day === '' ? undefined : { kind: day === UNDATED ? 'undated' : 'day', day, number: undefined };
  const match = /^(late|gone|pruned)-(\d{3,6})$/.exec(own);
  if (match === null) return undefined;
  const kind = match[1] as 'late' | 'gone' | 'pruned';
  const number = Number(match[2]);
  return number !== 0 && numbered(kind, number) === own && (kind === 'pruned') === (day === '')
    ? { kind, day, number }
    : undefined;
}
