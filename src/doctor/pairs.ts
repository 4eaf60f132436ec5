import type { Page } from '../engine/request.js';
import { EXIT } from '../errors.js';
import type { Entry } from '../event.js';
import { addDays, utcDay } from '../time.js';
import { type Diagnosis, entriesOf, failure, fine, grouped, quoted, skipped } from './diagnosis.js';

/** The answers for one day: its count, if known, and the pages that were read. */
export interface DaySeen {
  readonly day: string;
  readonly count: number | undefined;
  readonly pages: readonly Page[];
}

/** Two consecutive days, requested one by one and together. */
export interface DayPair {
  readonly first: DaySeen;
  readonly second: DaySeen;
  readonly both: number | undefined;
}

/** The counts since a day and since the next one, for a vendor without an end of ranges. */
export interface DaySince {
  readonly day: string;
  readonly since: number | undefined;
  readonly sinceNext: number | undefined;
}

/**
 * The first of two consecutive days with the most of these entries, which the server returned for the days until `last`. Undefined without entries.
 */
export function busyPair(entries: readonly Entry[], last: string): string | undefined {
  // If the server's days are not UTC days, its last one may hold entries of the next.
  const counts = countByDay(entries, (day) => (day > last ? last : day));
  const of = (day: string) => counts.get(day) ?? 0;
  const firsts = [...new Set([...counts.keys()].flatMap((day) => [addDays(day, -1), day]))].filter((day) => day < last);
  // A day with entries beside an empty one would show less.
  const score = (day: string) => Math.min(of(day), of(addDays(day, 1))) * 1000 + of(day) + of(addDays(day, 1));
  return firsts.sort((a, b) => score(b) - score(a) || (a < b ? 1 : -1))[0];
}

/** The day until `last` with the most of these entries. */
export function busyDay(entries: readonly Entry[], last: string): string | undefined {
  const days = [...countByDay(entries, (day) => (day > last ? undefined : day))];
  return days.sort(([dayA, a], [dayB, b]) => b - a || (dayA < dayB ? 1 : -1))[0]?.[0];
}

function countByDay(
  entries: readonly Entry[],
  dayOf: (utc: string) => string | undefined,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { time } of entries) {
    const day = Number.isNaN(time) ? undefined : dayOf(utcDay(time));
    if (day !== undefined) counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  return counts;
}

/** Whether two days add up to the range of both, so that a log can be read day by day. */
export function judgePair(name: string, { first, second, both }: DayPair): Diagnosis {
  const [a, b] = [first.count, second.count];
  if (a === undefined || b === undefined || both === undefined)
    return skipped(name, `cannot tell: the server does not say how many entries ${first.day} has`);
  const each = `${first.day} has ${grouped(a)}, ${second.day} has ${grouped(b)}`;
  if (both === 0 && a + b === 0) return skipped(name, `cannot tell: ${first.day} and ${second.day} hold no entries`);
  if (a === both && b === both)
    return failure(
      name,
      EXIT.unreconciled,
      `every range gives the same ${entriesOf(both)}: the server seems to ignore the dates`,
      'Read the whole log, without --from and --to, and report it to the vendor',
    );
  if (a === 0 && b === 0)
    return failure(
      name,
      EXIT.unreconciled,
      `the last day of a range is left out: single days are empty, ${first.day} to ${second.day} has ${grouped(both)}`,
      'Let --to name a later day than you need: up to a day of entries before it may be missing',
    );
  if (a + b !== both)
    return failure(
      name,
      EXIT.unreconciled,
      `the days do not add up: ${each}, but both together ${grouped(both)}`,
      'Run doctor again. If this stays, ranges of days miss entries or repeat them: read the whole log, without --from and --to',
    );
  const shared = sharedId(first.pages, second.pages);
  if (shared !== undefined)
    return failure(
      name,
      EXIT.unreconciled,
      `entry ${quoted(shared)} is in both ${first.day} and ${second.day}`,
      'Ranges of days repeat entries here: read the whole log, without --from and --to',
    );
  return fine(name, `${each}, both together ${grouped(both)}: days add up, and the last day of a range is included`);
}

/** The same for a vendor that has only the start of a range. */
export function judgeSince(name: string, { day, since, sinceNext }: DaySince): Diagnosis {
  if (since === undefined || sinceNext === undefined)
    return skipped(name, 'cannot tell: the server does not say how many entries there are');
  const next = addDays(day, 1);
  if (since < sinceNext)
    return failure(
      name,
      EXIT.unreconciled,
      `${entriesOf(sinceNext)} since ${next}, but only ${grouped(since)} since the day before`,
      'The first day of a range is not reliable: read the whole log, without --from',
    );
  if (since === sinceNext) return skipped(name, `cannot tell: ${day} seems to hold no entries`);
  return fine(name, `${entriesOf(since)} since ${day}, ${grouped(sinceNext)} since ${next}`);
}

function sharedId(some: readonly Page[], others: readonly Page[]): string | undefined {
  const known = new Set(idsOf(some));
  return idsOf(others).find((id) => known.has(id));
}

function idsOf(pages: readonly Page[]): readonly string[] {
  return pages.flatMap(({ entries }) => entries.flatMap(({ id }) => (id === undefined ? [] : [id])));
}
