import { lastClosedDay } from '../engine/plan.js';
import type { Segment } from '../engine/source.js';
import { usageError } from '../errors.js';
import type { Chain } from '../manifest/chain.js';
import type { Folder } from '../manifest/folder.js';
import type { ManifestBody } from '../manifest/manifest.js';
import { addDays, DAY_MS, dayStart, FIRST_DAY, formatInstant, LAST_DAY, type Range, UTC, utcDay } from '../time.js';
import type { AskedPart, Ending } from './ending.js';

/** An entry older than this counts as undated unless its day was asked for: it would need a file for each day since. */
export const OLDEST_DAY = '2000-01-01';

/** Throws a usage error for a range that day files cannot have: days must be whole, and follow the existing ones. `now`: epoch ms. */
export function checkRange(
  { from, before }: Range,
  folder: Pick<Folder, 'chain' | 'sealed' | 'loose'>,
  now: number,
): void {
  if (from !== undefined && from % DAY_MS !== 0) throw notWhole('--from', from);
  // Open days are never whole, and are written again by a later run.
  if (before !== undefined && before % DAY_MS !== 0 && utcDay(before) <= lastClosedDay(now))
    throw notWhole('--to', before);
  if (from !== undefined && utcDay(from) > utcDay(now)) {
    throw usageError(`${utcDay(from)} has not begun yet: there is nothing to write`);
  }
  if (folder.chain === undefined) return;
  const { first, last } = folder.chain.days;
  if (from !== undefined && utcDay(from) < first)
    throw usageError(`the days there begin with ${first}: earlier ones cannot be put before them`, OTHER_PLACE);
  if (before !== undefined && utcDay(before - 1) < first)
    throw usageError(`the days there begin with ${first}: --to ends before that`, OTHER_PLACE);
  if (from === undefined && hasFloor(folder, first))
    // Else everything before the first day would look late.
    throw usageError(
      `the days there begin with ${first}, and without --from this asks for all before them too`,
      `Say --from ${first}, or a later day. ${OTHER_PLACE.replace('them', 'earlier ones')}`,
    );
  if (from !== undefined && utcDay(from) > addDays(last, 1))
    throw usageError(
      `the days there end with ${last}: there would be a gap before ${utcDay(from)}`,
      `Begin with --from ${addDays(last, 1)}, or earlier.`,
    );
}

const OTHER_PLACE = 'Export them to another directory.';

/** Whether the first day is where a --from began, not where the log begins. */
function hasFloor({ sealed, loose }: Pick<Folder, 'sealed' | 'loose'>, first: string): boolean {
  const manifest = loose.get(first) ?? sealed.find(({ kind, day }) => kind === 'day' && day === first);
  return manifest !== undefined && manifest.query.from !== null;
}

function notWhole(flag: string, instant: number): Error {
  return usageError(
    `day files hold whole days in UTC, and ${flag} is ${formatInstant(instant, UTC)}`,
    'Give days, such as --from 2026-03-01 --to 2026-03-31, and no other --tz.',
  );
}

/** The first and last day with a file after this run. `rowDays`: of the entries. `toToday`: whether a range without an end goes up to now. */
export function daysToCover(
  ending: Ending,
  chain: Chain | undefined,
  rowDays: readonly string[],
  toToday: boolean,
): Chain['days'] {
  const today = utcDay(ending.serverNow);
  const sorted = [...rowDays].sort();
  const open = toToday ? today : undefined;
  const asked = ending.before === null ? open : earlier(utcDay(ending.before - 1), today);
  const first = chain?.days.first ?? (ending.from === null ? (sorted[0] ?? asked ?? today) : utcDay(ending.from));
  const last = [chain?.days.last ?? '', asked ?? '', sorted.at(-1) ?? ''].reduce((a, b) => (b > a ? b : a), first);
  return { first, last };
}

export function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

/** Whether an entry's own day can name a file; else the entry belongs to no day. */
export function isBelievable(day: string, { from, serverNow }: Ending): boolean {
  const floor = from === null ? OLDEST_DAY : utcDay(from);
  return day !== '' && day >= floor && day <= addDays(utcDay(serverNow), 1);
}

/** What a run may claim of one day. */
export interface DayClaim extends Pick<ManifestBody, 'status' | 'notes'> {
  /** The windows that may have entries of this day, in any time zone of the server. */
  readonly windows: readonly Segment[];
  /** All of the day was asked for. */
  readonly whole: boolean;
  /** The server's clock when the first window was counted, epoch ms; Infinity: none was. */
  readonly readAt: number;
  /** Reconciled, and over in every time zone for more than a day when read: no more entries are due. */
  readonly settled: boolean;
}

/** Notes of a run that concern no single window count for every day. */
export function claimOf(day: string, ending: Ending): DayClaim {
  const { verdict, segments } = ending;
  const windows = segments.filter(
    (segment) => (segment.from ?? FIRST_DAY) <= addDays(day, 1) && addDays(day, -1) <= (segment.to ?? LAST_DAY),
  );
  const general = verdict.notes.filter((note) => !segments.some((segment) => segment.note?.includes(note)));
  const notes = [...general, ...windows.flatMap(({ note }) => (note === undefined ? [] : [note]))];
  const whole = partsOf(ending).some(
    ({ from, before }) =>
      (from === null || from <= dayStart(day)) && (before === null || dayStart(day) + DAY_MS <= before),
  );
  const status = notes.length > 0 ? 'unreconciled' : verdict.status === 'uncounted' ? 'uncounted' : 'verified';
  const readAt = Math.min(...windows.map(({ at }) => at));
  return {
    windows,
    whole,
    status,
    notes,
    readAt,
    settled: whole && status !== 'unreconciled' && isSettled(day, readAt),
  };
}

/** Whether a day had been over in every time zone for a day when the server's clock was at `at`, epoch ms. */
export function isSettled(day: string, at: number): boolean {
  return Number.isFinite(at) && day <= lastClosedDay(at - DAY_MS);
}

/** Whether any of the day was asked for. */
export function isAsked(day: string, ending: Pick<Ending, 'from' | 'before' | 'parts'>): boolean {
  return partsOf(ending).some(
    ({ from, before }) =>
      (from === null || from < dayStart(day) + DAY_MS) && (before === null || dayStart(day) < before),
  );
}

/** What was asked for: all of the range, unless parts are named. */
function partsOf({ from, before, parts }: Pick<Ending, 'from' | 'before' | 'parts'>): readonly AskedPart[] {
  return parts ?? [{ from, before }];
}
