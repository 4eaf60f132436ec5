import type { CountThrough, Through } from '../../engine/count/through.js';
import type { Segment } from '../../engine/source.js';
import { addDays, daysBetween } from '../../time.js';
import { type HistorySpan, lastDay } from '../state/spans.js';

/** Counts up to the end of spans, each asked once. */
export interface Probes {
  /** Up to the end of a span; before the first it is none. Rejects with an `Uncounted` when the server tells no count. */
  at(spans: readonly HistorySpan[], index: number): Promise<number>;
}

/** The server, which told its count before, does not tell it now. */
export class Uncounted extends Error {
  override readonly name = 'Uncounted';
}

export function openProbes(countThrough: CountThrough): Probes {
  const asked = new Map<string, Promise<number>>();
  const ask = async (day: string): Promise<number> => {
    const count = await countThrough(day);
    if (count === undefined) throw new Uncounted('the server did not tell how many entries there are');
    return count;
  };
  return {
    at: (spans, index) => {
      const day = spans[index]?.to;
      if (day === undefined) return Promise.resolve(0);
      const known = asked.get(day) ?? ask(day);
      asked.set(day, known);
      return known;
    },
  };
}

/** The same counts, where the first question for this day was asked already. */
export function answeredOnce(countThrough: CountThrough, day: string, answer: number | undefined): CountThrough {
  let isOpen = true;
  return async (asked) => {
    if (!isOpen || asked !== day) return countThrough(asked);
    isOpen = false;
    return answer;
  };
}

/**
 * The spans whose count is another than it was, of any age, and those that were never confirmed. One request when nothing has changed, and about the
 * logarithm of the number of spans for each that has. `cuts`: after these spans the history is cut into pieces that are compared apart, so that
 * one entry more here and one less there do not hide each other for ever.
 */
export async function changedSpans(
  spans: readonly HistorySpan[],
  probes: Probes,
  cuts: readonly number[],
): Promise<readonly number[]> {
  const changed: number[] = [];
  const search = async (from: number, to: number): Promise<void> => {
    const now = (await probes.at(spans, to)) - (await probes.at(spans, from - 1));
    const stored = sumOf(spans.slice(from, to + 1));
    if (now === stored) return;
    if (from === to) {
      changed.push(from);
      return;
    }
    const middle = (from + to) >> 1;
    await search(from, middle);
    await search(middle + 1, to);
  };
  for (const { from, to } of pieces(spans, cuts)) await search(from, to);
  const unconfirmed = spans.flatMap(({ count }, index) => (count === null ? [index] : []));
  return [...changed, ...unconfirmed].sort((a, b) => a - b);
}

/** Stretches of confirmed spans, cut where asked. */
function pieces(
  spans: readonly HistorySpan[],
  cuts: readonly number[],
): readonly { readonly from: number; to: number }[] {
  const found: { readonly from: number; to: number }[] = [];
  for (const [index, { count }] of spans.entries()) {
    if (count === null) continue;
    const last = found.at(-1);
    if (last !== undefined && last.to === index - 1 && !cuts.includes(last.to)) last.to = index;
    else found.push({ from: index, to: index });
  }
  return found;
}

/** Every fourth check has two cuts, at random: it takes three requests in place of one. */
const ROUND = 4;

export function chooseCuts(
  spans: readonly HistorySpan[],
  cycle: number,
  random: () => number,
  deep: boolean,
): readonly number[] {
  if (deep) return spans.map((_, index) => index);
  if (cycle % ROUND !== ROUND - 1 || spans.length < 3) return [];
  return [0, 1].map(() => Math.floor(random() * (spans.length - 1)));
}

/** New spans are cut into pieces until there are so many, each a day at least: two changes hide each other only where they meet in one. */
const PIECES = 16;

/**
 * The spans with the days added that have closed since. Counts are believed only when all history is counted alike from `before` these days were read
 * until after everything else was counted: else the last of the spans is not confirmed. `known` spans were there before, the others came of this
 * reading; `oldest`: the first day that has an entry.
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
  const earlier = isClosed ? 0 : isSure ? sumOf(spans) : await countThrough(end as string);
  if (earlier === undefined || earlier > before) return unconfirmed;
  const whole = isClosed ? spans : [...spans, { ...last, count: before - earlier }];
  const cut = isSure ? await cutUp(whole, known, oldest, countThrough) : whole;
  return (await countThrough(closedTo)) === before ? cut : unconfirmed;
}

/** Cuts the longest of the new spans, again and again. */
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
    const to = (cut[index] as HistorySpan).to;
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
    const left = (through ?? 0) - sumOf(cut.slice(0, longest));
    const right = (span.count ?? 0) - left;
    // Counts that contradict one another tell nothing.
    if (through === undefined || left < 0 || right < 0) return spans;
    cut.splice(longest, 1, { to: middle, count: left }, { to: span.to, count: right });
  }
  return cut;
}

function sumOf(spans: readonly HistorySpan[]): number {
  return spans.reduce((sum, { count }) => sum + (count ?? 0), 0);
}

/**
 * Whether a reading saw the log as it was when it began, or later: `due` entries were counted in its days just before. One answer can come
 * from a replica that lags, with rows and count that agree. The server's counts of now would then confirm what was never read.
 */
export async function isCurrent(
  segments: readonly Segment[],
  due: number | undefined,
  within: Through['within'],
): Promise<boolean> {
  const [only, ...others] = segments;
  if (only === undefined || others.length === 0) return due !== undefined && (only?.count ?? 0) >= due;
  const closed = segments.filter(({ to }) => to !== undefined);
  const counts = await Promise.all(closed.map((window) => within({ from: window.from, to: window.to })));
  return counts.every((count, index) => count === closed[index]?.count);
}
