import { AuditlogError } from '../errors.js';
import { isFlag, isNumber, isText, nullable, objectOf, type TypeOf } from '../json/is.js';
import { takesDays, usualDays } from '../providers/dates.js';
import type { Provider } from '../providers/provider.js';
import { addDays, utcDay } from '../time.js';
import { pagingStyle } from './paging.js';
import type { FetchPage, Page, Window } from './request.js';

/** How much of a range the log can answer for. */
export const isCoverage = objectOf({
  /** The time of the oldest entry of the log, epoch ms; null: not known. */
  oldest: nullable(isNumber),
  /** Whether the log has entries from before the range; null: not known, or the range has no beginning. */
  reachesBack: nullable(isFlag),
  /** The UTC days of the range that were not over, both included; `to` null: it has no end; null: all were over. */
  open: nullable(objectOf({ from: isText, to: nullable(isText) })),
});
export type Coverage = TypeOf<typeof isCoverage>;

/** A range, and what was read of it. */
export interface CoveredRange {
  /** Half-open, epoch ms; undefined: open. */
  readonly from: number | undefined;
  readonly before: number | undefined;
  /** The server's clock, epoch ms. */
  readonly at: number;
  /** What was read of all days of the range; undefined: they were only counted. */
  readonly read?: { readonly oldest: number | undefined; readonly isUnfiltered: boolean };
}

/** Where to ask for what was not read. */
export interface CoverageSource {
  readonly provider: Provider;
  readonly orgs: readonly string[];
  readonly fetch: FetchPage;
}

/**
 * Finds out how much of a range the log covers. Asks the server only if the entries read do not show it. Rejects only when the run is
 * stopped.
 */
export async function seeCoverage(source: CoverageSource, range: CoveredRange): Promise<Coverage> {
  const open = openDays(range);
  const { from, read } = range;
  const oldest = read?.oldest;
  if (from === undefined)
    return { oldest: read?.isUnfiltered === true ? (oldest ?? null) : null, reachesBack: null, open };
  if (oldest !== undefined && oldest < from) return { oldest: null, reachesBack: true, open };
  const { dates } = source.provider;
  const takes = takesDays(dates);
  if (!takes.from && read?.isUnfiltered === true) return { oldest: oldest ?? null, reachesBack: false, open };
  // This vendor returns only the days of a range with a beginning.
  if (!takes.to || usualDays(dates) !== undefined || dates.longestDays !== undefined)
    return { oldest: null, reachesBack: null, open };
  try {
    return { ...(await askBefore(source, from, read)), open };
  } catch (error) {
    if (!(error instanceof AuditlogError)) throw error;
    return { oldest: null, reachesBack: null, open };
  }
}

function openDays({ from, before, at }: CoveredRange): Coverage['open'] {
  if (before !== undefined && before <= at) return null;
  return { from: utcDay(Math.max(at, from ?? at)), to: before === undefined ? null : utcDay(before - 1) };
}

const NOT_KNOWN = { oldest: null, reachesBack: null };

/** Asks for the days before those that were asked for already: see `wireWindow`. */
async function askBefore(
  source: CoverageSource,
  from: number,
  read: CoveredRange['read'],
): Promise<Pick<Coverage, 'oldest' | 'reachesBack'>> {
  const { orgs } = source;
  const isOlder = ({ entries }: Page) => entries.some(({ time }) => time < from);
  const before = { from: undefined, to: addDays(utcDay(from), -2) };
  const pages = await Promise.all(orgs.map((_, index) => ask(source, index, before, 1)));
  if (pages.some(isOlder)) return { oldest: null, reachesBack: true };
  if (pages.some(({ entries, lost }) => entries.length > 0 || lost !== undefined)) return NOT_KNOWN;
  if (read?.isUnfiltered === true && read.oldest !== undefined) return { oldest: read.oldest, reachesBack: false };
  const oldest = await Promise.all(orgs.map((_, index) => oldestOf(source, index)));
  if (oldest.includes('unknown')) return NOT_KNOWN;
  const times = oldest.filter((time) => typeof time === 'number');
  const first = times.length === 0 ? null : Math.min(...times);
  return first !== null && first < from ? { oldest: null, reachesBack: true } : { oldest: first, reachesBack: false };
}

function ask({ provider, orgs, fetch }: CoverageSource, index: number, window: Window, size: number): Promise<Page> {
  const stream = { index, org: orgs[index] as string, filters: {} };
  return fetch({ stream, window, place: pagingStyle(provider.paging).first, size });
}

/** The time of the oldest entry of a whole log: it is on the first page or on the last one. Undefined: the log is empty. */
async function oldestOf(source: CoverageSource, index: number): Promise<number | 'unknown' | undefined> {
  const { provider, orgs, fetch } = source;
  const size = provider.paging.max;
  const window = { from: undefined, to: undefined };
  const first = await ask(source, index, window, size);
  const { count, entries } = first;
  if (entries.length === 0) return first.lost === undefined ? undefined : 'unknown';
  const isAll = count !== undefined ? count <= entries.length : first.next === undefined && entries.length < size;
  const style = pagingStyle(provider.paging);
  const place = isAll || count === undefined ? undefined : style.at(size * (Math.ceil(count / size) - 1), size);
  if (!isAll && (place === undefined || entries.length !== size)) return 'unknown';
  const stream = { index, org: orgs[index] as string, filters: {} };
  const last = place === undefined ? first : await fetch({ stream, window, place, size });
  const times = [...entries, ...last.entries].map(({ time }) => time).filter((time) => !Number.isNaN(time));
  return last.entries.length === 0 || times.length === 0 ? 'unknown' : Math.min(...times);
}
