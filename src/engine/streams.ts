import type { Entry } from '../event.js';
import type { QuerySplit, Strategy } from '../query/split.js';
import type { ReadTools } from './pass/pass.js';
import type { Page, Stream, Window } from './request.js';
import { pageOne } from './walk/options.js';

/** Which sequences of pages answer the query, and what is left to filter here. */
export interface Streams {
  readonly plan: Strategy;
  readonly streams: readonly Stream[];
  /** Page 1 of each, with the largest page size, where finding the plan took it. */
  readonly firsts: readonly Page[] | undefined;
}

const FEW = 3;

export function streamsFor(split: QuerySplit, orgs: readonly string[], plan: Strategy): readonly Stream[] {
  return orgs
    .flatMap((org) => split.wiresFor(plan).map((wire) => ({ org, filters: wire.filters })))
    .map((stream, index) => ({ ...stream, index }));
}

/**
 * Finds the plan that costs the fewest requests. One action, or none: the server filters. Several exact ones: one stream for each, or
 * one unfiltered stream filtered here, whichever takes fewer pages; the first page of the unfiltered log, and then the first pages of
 * the actions, tell. `needed`: how many entries are wanted in all; undefined: every one.
 */
export async function chooseStreams(
  tools: ReadTools,
  split: QuerySplit,
  orgs: readonly string[],
  window: Window,
  needed: number | undefined,
  matches: (entry: Entry) => boolean,
): Promise<Streams> {
  const actions = split.actionsExact;
  if (actions === undefined || actions.length < 2) {
    const plan: Strategy = actions === undefined ? 'unfiltered' : 'per-action';
    return { plan, streams: streamsFor(split, orgs, plan), firsts: undefined };
  }
  const size = tools.paging.max;
  const probe = (streams: readonly Stream[]): Promise<readonly Page[]> =>
    Promise.all(streams.map((stream) => pageOne(tools, stream, window, size)));

  const single = streamsFor(split, orgs, 'per-action');
  // So few cost no more than finding out whether one stream would do, and their counts are those of the answer.
  if (actions.length <= FEW) return { plan: 'per-action', streams: single, firsts: undefined };
  const all = streamsFor(split, orgs, 'unfiltered');
  const firsts = await probe(all);
  const unfiltered: Streams = { plan: 'unfiltered', streams: all, firsts };
  const morePages = pagesAfterFirst(firsts, size);
  if (needed !== undefined) {
    const rows = firsts.flatMap((page) => page.entries);
    const found = rows.filter(matches).length;
    const pagesToGo =
      found >= needed
        ? 0
        : found === 0
          ? morePages
          : Math.min(morePages, Math.ceil(((needed - found) * firsts.length) / found));
    return pagesToGo < single.length ? unfiltered : { plan: 'per-action', streams: single, firsts: undefined };
  }
  if (morePages <= single.length) return unfiltered;
  const singleFirsts = await probe(single);
  if (pagesAfterFirst(singleFirsts, size) > morePages) return unfiltered;
  return { plan: 'per-action', streams: single, firsts: singleFirsts };
}

/** Without a count: as many as there could be. */
function pagesAfterFirst(pages: readonly Page[], size: number): number {
  return pages.reduce(
    (sum, { count }) =>
      sum + (count === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Math.ceil(count / size) - 1)),
    0,
  );
}
