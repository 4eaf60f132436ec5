import type { Progress, Verdict } from './source.js';

/** What a reading adds up while it runs. The only mutable state of a reading; one for each. */
export interface ReadCounters {
  /** Rows of all pages so far. */
  arrived: number;
  fetched: number;
  kept: number;
  /** The sum of the server's counts of what was read so far; undefined once it did not tell one. */
  counted: number | undefined;
  /** How many entries there are to fetch, once known. */
  expected: number | undefined;
  at: number;
  /** Whether the vendor tells counts at all. */
  readonly counts: boolean;
  readonly notes: string[];
  /** Some of what was read could not be compared with a count. */
  isUncounted: boolean;
  rereads: number;
  duplicates: number;
  vanished: number;
  mutated: number;
  missingId: number;
  outOfWindow: number;
  unordered: number;
}

export function openCounters(counts: boolean): ReadCounters {
  return {
    arrived: 0,
    fetched: 0,
    kept: 0,
    counted: 0,
    expected: undefined,
    at: 0,
    counts,
    notes: [],
    isUncounted: false,
    rereads: 0,
    duplicates: 0,
    vanished: 0,
    mutated: 0,
    missingId: 0,
    outOfWindow: 0,
    unordered: 0,
  };
}

/** Adds the server's count of a part of what was read. */
export function addCount(tally: ReadCounters, count: number | undefined): void {
  tally.counted = tally.counted === undefined || count === undefined ? undefined : tally.counted + count;
}

/** `client`: what it took, from the client's own account. `found`: what the entries themselves have shown. */
export function toVerdict(
  tally: ReadCounters,
  client: { readonly requests: number; readonly retries: number },
  found: Pick<Verdict, 'notes' | 'remarks'>,
): Verdict {
  const notes = [...tally.notes];
  if (tally.vanished > 0)
    notes.push(`${tally.vanished} entries were withdrawn by the server while it was read; they are in the output`);
  if (tally.mutated > 0)
    notes.push(`${tally.mutated} entries came twice with the same id and other content; both are in the output`);
  notes.push(...found.notes);
  return {
    status: notes.length > 0 ? 'unreconciled' : tally.counts && !tally.isUncounted ? 'verified' : 'uncounted',
    fetched: tally.fetched,
    kept: tally.kept,
    counted: tally.counts && !tally.isUncounted ? tally.counted : undefined,
    at: tally.at,
    notes,
    remarks: tally.counts && tally.isUncounted ? [COUNTS_PAGES, ...found.remarks] : found.remarks,
    stats: {
      requests: client.requests,
      retries: client.retries,
      rereads: tally.rereads,
      duplicates: tally.duplicates,
      vanished: tally.vanished,
      mutated: tally.mutated,
      missingId: tally.missingId,
      outOfWindow: tally.outOfWindow,
      unordered: tally.unordered,
    },
  };
}

const COUNTS_PAGES = 'the server counts the entries of each page only, so there is no count to compare with';

export function toProgress(
  tally: ReadCounters,
  client: { readonly requests: number; readonly waiting: Progress['waiting'] },
): Progress {
  return {
    arrived: tally.arrived,
    fetched: tally.fetched,
    kept: tally.kept,
    expected: tally.expected,
    requests: client.requests,
    waiting: client.waiting,
  };
}
