import type { CountThrough } from '../../engine/count/through.js';
import { countOf, type HistorySpan } from '../state/spans.js';

/** Counts up to the end of spans, each requested once. Reject with an `Uncounted` if the server reports no count. */
export interface Probes {
  /** All entries up to the end of a span; 0 before the first. */
  at(spans: readonly HistorySpan[], index: number): Promise<number>;
  /** The entries of one span. */
  of(spans: readonly HistorySpan[], index: number): Promise<number>;
}

/** The server reported counts before, and reports none now. */
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
  const at: Probes['at'] = async (spans, index) => {
    const day = spans[index]?.to;
    if (day === undefined) return 0;
    const known = asked.get(day) ?? ask(day);
    asked.set(day, known);
    return known;
  };
  return { at, of: async (spans, index) => (await at(spans, index)) - (await at(spans, index - 1)) };
}

/** The same counts, with the answer to the first request for this day known already. */
export function answeredOnce(countThrough: CountThrough, day: string, answer: number | undefined): CountThrough {
  let isOpen = true;
  return async (asked) => {
    if (!isOpen || asked !== day) return countThrough(asked);
    isOpen = false;
    return answer;
  };
}

/**
 * The spans of any age whose count has changed, and those that were never confirmed. Takes one request if nothing has changed, else about log2 of
 * the number of spans for each change. `cuts`: the indices of spans after which history is cut into pieces that are compared separately, so
 * that an added entry and a removed one do not cancel out for ever.
 */
export async function changedSpans(
  spans: readonly HistorySpan[],
  probes: Probes,
  cuts: readonly number[],
): Promise<readonly number[]> {
  const changed: number[] = [];
  const search = async (from: number, to: number): Promise<void> => {
    const now = (await probes.at(spans, to)) - (await probes.at(spans, from - 1));
    const stored = countOf(spans.slice(from, to + 1));
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

/** Runs of confirmed spans, split at the cuts. */
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

/** Every fourth check has two random cuts: it takes three requests instead of one. */
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
