import type { CountThrough, Through } from '../../engine/count/through.js';
import { lastClosedDay } from '../../engine/plan.js';
import type { Window } from '../../engine/request.js';
import type { Segment } from '../../engine/source.js';
import { addDays, daysBetween } from '../../time.js';
import type { OrgCheckpoint } from '../state/checkpoint.js';
import { countOf, type HistorySpan, lastDay } from '../state/spans.js';
import type { OrgWorld } from './world.js';

/** New spans are split until there are this many, each at least a day long: two changes cancel out only within one span. */
const PIECES = 16;

export interface Closing {
  /** The last day that is over, by the server's clock. */
  readonly closedTo: string;
  /** The entries up to that day, counted before any was read; undefined: unknown, or no day has closed. */
  readonly before: number | undefined;
}

/** The days that have closed, and their count, before they are read. `count`: undefined if the server has no usable counts. */
export async function openClosing(
  { serverNow }: OrgWorld,
  count: CountThrough | undefined,
  { spans }: OrgCheckpoint,
): Promise<Closing> {
  const closedTo = lastClosedDay(serverNow());
  if (count === undefined) return { closedTo, before: undefined };
  const end = lastDay(spans);
  if (end !== undefined && closedTo <= end) return { closedTo: end, before: undefined };
  const before = await count(closedTo);
  // The first answer of a server tells its clock.
  const told = lastClosedDay(serverNow());
  return told === closedTo ? { closedTo, before } : { closedTo: told, before: await count(told) };
}

/**
 * Adds the days that have closed to the spans. They are confirmed only if all history has the same count before these days were read and
 * after everything else was counted. `known`: the number of spans from before this reading. `oldest`: the first day that has an entry.
 */
export async function closeSpans(
  spans: readonly HistorySpan[],
  closedTo: string,
  {
    known,
    oldest,
    before,
  }: { readonly known: number; readonly oldest: string | undefined; readonly before: number | undefined },
  countThrough: CountThrough,
): Promise<readonly HistorySpan[]> {
  const end = lastDay(spans);
  const isClosed = end !== undefined && end >= closedTo;
  const last: HistorySpan = { to: closedTo, count: null };
  const unconfirmed = isClosed ? spans : [...spans, last];
  if (before === undefined) return unconfirmed;
  const isSure = spans.every(({ count }) => count !== null);
  const earlier = isClosed ? 0 : isSure ? countOf(spans) : await countThrough(end!);
  if (earlier === undefined || earlier > before) return unconfirmed;
  const whole = isClosed ? spans : [...spans, { ...last, count: before - earlier }];
  const cut = isSure ? await cutUp(whole, known, oldest, countThrough) : whole;
  return (await countThrough(closedTo)) === before ? cut : unconfirmed;
}

/** Splits the longest of the new spans, repeatedly. */
async function cutUp(
  spans: readonly HistorySpan[],
  known: number,
  oldest: string | undefined,
  countThrough: CountThrough,
): Promise<readonly HistorySpan[]> {
  const cut = [...spans];
  const beginOf = (index: number): string => {
    const own = cut[index - 1]?.to;
    const begin = own === undefined ? oldest : addDays(own, 1);
    const to = cut[index]!.to;
    return begin === undefined || begin > to ? to : begin;
  };
  for (let pieces = spans.length - known; pieces < PIECES; pieces += 1) {
    const days = cut.map(({ to }, index) => (index < known ? 0 : daysBetween(beginOf(index), to)));
    const longest = days.indexOf(Math.max(...days));
    const length = days[longest] ?? 0;
    const span = cut[longest];
    if (length < 1 || span === undefined) return cut;
    const middle = addDays(beginOf(longest), (length - 1) >> 1);
    const through = await countThrough(middle);
    const left = (through ?? 0) - countOf(cut.slice(0, longest));
    const right = (span.count ?? 0) - left;
    // Counts that contradict one another are useless.
    if (through === undefined || left < 0 || right < 0) return spans;
    cut.splice(longest, 1, { to: middle, count: left }, { to: span.to, count: right });
  }
  return cut;
}

/** What was read, and what the server counted of it just before; undefined: it was not asked. */
export interface ReadDays {
  readonly window: Window;
  readonly segments: readonly Segment[];
  readonly due: number | undefined;
}

/**
 * Whether a reading saw the log as it was when it began, or later. A lagging replica can give an answer whose entries and count agree: the server's
 * counts of now would then confirm what was never read, and what it lacks would count as gone.
 */
export async function isCurrent({ window, segments, due }: ReadDays, within: Through['within']): Promise<boolean> {
  const read = segments.length === 0 ? [{ ...window, rows: 0 }] : segments;
  const rowsOf = ({ count, rows }: { readonly count?: number | undefined; readonly rows: number }): number =>
    count ?? rows;
  const sum = read.reduce((total, one) => total + rowsOf(one), 0);
  if (due !== undefined && (sum < due || read.length === 1)) return sum >= due;
  const counts = await Promise.all(read.map(({ from, to }) => within({ from, to })));
  // Entries of a day that is open may have come since; with a count from before they are no doubt.
  return counts.every((now, index) => {
    const { to, ...one } = read[index] as Segment;
    if (to !== undefined) return now === rowsOf(one);
    return due !== undefined || (now !== undefined && now <= rowsOf(one));
  });
}
