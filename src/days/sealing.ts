import { lastClosedDay } from '../engine/plan.js';
import type { Segment } from '../engine/source.js';
import type { ManifestBody } from '../manifest/manifest.js';
import { addDays, DAY_MS, dayStart, FIRST_DAY, LAST_DAY, utcDay } from '../time.js';
import type { AskedPart, Ending } from './ending.js';

/** An entry older than this counts as undated unless its day was asked for: it would need a file for each day since. */
export const OLDEST_DAY = '2000-01-01';

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
