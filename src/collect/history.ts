import type { CountThrough } from '../source/through.js';
import { lastDay, type Span } from './spans.js';

/** Counts up to the end of spans, each asked once. */
export interface Probes {
  /** Up to the end of a span; before the first it is none. Rejects with an `Uncounted` when the server tells no count. */
  at(spans: readonly Span[], index: number): Promise<number>;
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

/**
 * The spans whose count is another than it was, of any age, and those that were never confirmed. One request when nothing has changed, and about the
 * logarithm of the number of spans for each that has. `cuts`: after these spans the history is cut into pieces that are compared apart, so that
 * one entry more here and one less there do not hide each other for ever.
 */
export async function changedSpans(
  spans: readonly Span[],
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
function pieces(spans: readonly Span[], cuts: readonly number[]): readonly { readonly from: number; to: number }[] {
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
  spans: readonly Span[],
  cycle: number,
  random: () => number,
  deep: boolean,
): readonly number[] {
  if (deep) return spans.map((_, index) => index);
  if (cycle % ROUND !== ROUND - 1 || spans.length < 3) return [];
  return [0, 1].map(() => Math.floor(random() * (spans.length - 1)));
}

/** The days that have closed since, as a span, once two counts of all history agree: one from `before` its days were read, and one from after. */
export async function nextSpan(
  spans: readonly Span[],
  closedTo: string,
  before: number | undefined,
  countThrough: CountThrough,
): Promise<Span> {
  const unconfirmed: Span = { to: closedTo, count: null };
  if (before === undefined || (await countThrough(closedTo)) !== before) return unconfirmed;
  const isSure = spans.every(({ count }) => count !== null);
  const earlier = isSure ? sumOf(spans) : await countThrough(lastDay(spans) as string);
  return earlier === undefined || earlier > before ? unconfirmed : { to: closedTo, count: before - earlier };
}

function sumOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { count }) => sum + (count ?? 0), 0);
}
