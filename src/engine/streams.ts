import type { Entry } from '../event.js';
import type { QuerySplit, Strategy } from '../query/split.js';
import type { Page, Stream, Window } from './request.js';
import { pageOne, type WalkTools } from './walk/options.js';

/** The sequences of pages that answer a query. */
export interface Streams {
  readonly strategy: Strategy;
  readonly streams: readonly Stream[];
  /** Page 1 of each in the largest page size, if choosing took it. */
  readonly firsts?: readonly Page[];
}

export interface ChoiceOptions {
  readonly split: QuerySplit;
  readonly orgs: readonly string[];
  readonly window: Window;
  /** How many entries are wanted; undefined: all. */
  readonly needed?: number;
  /** Whether an entry of the unfiltered log is one of them. */
  readonly matches?: (entry: Entry) => boolean;
}

/** With so few actions a stream each costs no more than finding out whether one stream would do, and their counts are those of the answer. */
const FEW = 3;

export function streamsFor(split: QuerySplit, orgs: readonly string[], strategy: Strategy): readonly Stream[] {
  return orgs
    .flatMap((org) => (split.logs.length === 0 ? [{ org }] : split.logs.map((log) => ({ org, log }))))
    .flatMap((place) => split.wiresFor(strategy).map(({ filters }) => ({ ...place, filters })))
    .map((stream, index) => ({ ...stream, index }));
}

/**
 * Chooses the strategy that costs the fewest requests. For one exact action the server filters. For several: one stream each, or one unfiltered
 * stream filtered here, whichever has fewer pages. The first page of the unfiltered log shows it, or those of the actions.
 */
export async function chooseStreams(tools: WalkTools, options: ChoiceOptions): Promise<Streams> {
  const { split, orgs, window, needed, matches = () => true } = options;
  const actions = split.actionsExact;
  const streamsOf = (strategy: Strategy): Streams => ({ strategy, streams: streamsFor(split, orgs, strategy) });
  if (actions === undefined) return streamsOf('unfiltered');
  const single = streamsOf('per-action');
  if (actions.length <= FEW) return single;
  const { max } = tools.paging;
  const withFirsts = async (each: Streams): Promise<Streams & { readonly firsts: readonly Page[] }> => ({
    ...each,
    firsts: await Promise.all(each.streams.map((stream) => pageOne(tools, stream, window, max))),
  });
  const unfiltered = await withFirsts(streamsOf('unfiltered'));
  const { firsts } = unfiltered;
  const morePages = pagesAfterFirst(firsts, max);
  if (needed !== undefined) {
    const found = firsts.flatMap((page) => page.entries).filter(matches).length;
    const likely = found === 0 ? morePages : Math.min(morePages, Math.ceil(((needed - found) * firsts.length) / found));
    return found >= needed || likely < single.streams.length ? unfiltered : single;
  }
  if (morePages <= single.streams.length) return unfiltered;
  const filtered = await withFirsts(single);
  return pagesAfterFirst(filtered.firsts, max) > morePages ? unfiltered : filtered;
}

/** Infinite without a count. */
function pagesAfterFirst(pages: readonly Page[], size: number): number {
  const more = pages.map(({ count = Number.POSITIVE_INFINITY }) => Math.max(0, Math.ceil(count / size) - 1));
  return more.reduce((sum, each) => sum + each, 0);
}
