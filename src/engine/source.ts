import type { Entry } from '../event.js';
import { isNumber, isText, listOf, objectOf, oneOf, orAbsent, type TypeOf } from '../json/is.js';
import type { Strategy } from '../query/split.js';
import type { Query } from '../query.js';
import { isCoverage } from './coverage.js';
import type { PageJournal } from './journal.js';
import type { ReadingPlan } from './plan.js';

/** The range of a query, as instants. */
export type Instants = Pick<Query, 'from' | 'before'>;

/** Gives the range by the server's clock (epoch ms), for times such as `1h` or `today`. */
export type Resettle = (serverNow: number) => Instants;

/** A piece of the answer, in output order. No entry comes again in a later batch. */
export interface Batch {
  readonly entries: readonly Entry[];
  /** The org of these entries, as it was asked for. */
  readonly org: string;
  /** They came after their day had been closed, as an archive records. */
  readonly late?: true;
  /** The next batch is there already: a table may wait for it. */
  readonly more?: boolean;
  /** On the last batch of a segment: all of the window is out, and a checkpoint may be written. */
  readonly segmentEnd?: Segment;
}

/** A window of days that was read, verified and given out whole. Days are `YYYY-MM-DD`, inclusive, as asked on the wire. */
export const isSegment = objectOf(
  {
    from: orAbsent(isText),
    to: orAbsent(isText),
    /** Entries on the wire, and how many of them our own filters kept. */
    rows: isNumber,
    kept: isNumber,
    /** The server's count of this window, if it has one. */
    count: orAbsent(isNumber),
    /** The server's clock when it was counted, epoch ms. */
    at: isNumber,
    /** Why this window is not reconciled; undefined: it is. */
    note: orAbsent(isText),
  },
  {
    /** The oldest time on the wire, epoch ms. */
    oldest: isNumber,
  },
);
export type Segment = TypeOf<typeof isSegment>;

/** Names of the statistics of a reading. `rereads`: passes after the first of each window. */
const STATISTICS = [
  'requests',
  'retries',
  'rereads',
  'duplicates',
  'vanished',
  'mutated',
  'missingId',
  'outOfWindow',
  'unordered',
] as const;
type Statistics<T> = Readonly<Record<(typeof STATISTICS)[number], T>>;

/** The statistics of a finished reading, which its manifest records. */
export type ReadStats = Statistics<number>;

export function statistics<T>(each: T): Statistics<T> {
  return Object.fromEntries(STATISTICS.map((name) => [name, each])) as Statistics<T>;
}

/** What a finished reading may claim. */
export const isVerdict = objectOf(
  {
    /** verified: equal to the server's own count. uncounted: the vendor has no count. unreconciled: `notes` say why. */
    status: oneOf('verified', 'uncounted', 'unreconciled'),
    /** Entries fetched, without duplicates, and those kept by our own filters. */
    fetched: isNumber,
    kept: isNumber,
    /** The sum of the server's counts of the wire queries, if it has one. */
    counted: orAbsent(isNumber),
    /** The server's clock when the last count was taken, epoch ms. */
    at: isNumber,
    /** Why it is not clean, one sentence each. May quote the server: neutralise before showing. */
    notes: listOf(isText),
    /** Facts that do not spoil it, one sentence each. May quote the server: neutralise before showing. */
    remarks: listOf(isText),
    stats: objectOf(statistics(isNumber)),
  },
  {
    /** The earlier export that was read in place of the server's log. */
    file: isText,
    coverage: isCoverage,
    /** Entries that were read and dropped: outside the range, and not matching our own filters. `dates`: what the server filters by. */
    dropped: objectOf({ range: isNumber, filters: isNumber, dates: oneOf('days', 'instants', 'none') }),
  },
);
export type Verdict = TypeOf<typeof isVerdict>;

/** Facts for a progress line. */
export interface Progress {
  /** Entries of all pages so far; those read again count again. */
  readonly arrived: number;
  readonly fetched: number;
  readonly kept: number;
  /** The server's count of the entries to fetch, once known. */
  readonly expected: number | undefined;
  readonly requests: number;
  /** Set while all requests wait: `rate limited, waiting 42s`. */
  readonly waiting: { readonly why: string; readonly until: number } | undefined;
}

/** How much of the answer is wanted, and in which order. */
export interface ReadingOptions {
  /** At most this many kept entries; undefined: all. */
  readonly limit?: number;
  /** With `limit`: which page of that size, from 1. */
  readonly page?: number;
  /** How equal times are sorted. `canonical`: by id, descending; `server`: as the server listed them. */
  readonly ties: 'canonical' | 'server';
  /** Oldest first is for day files: the exact reverse of newest first. */
  readonly direction?: 'newest-first' | 'oldest-first';
  /** Entries may come unsorted. */
  readonly anyOrder?: boolean;
  /** Requests in flight in closed days, at most 16; default 4, or 16 where no rate is kept. */
  readonly concurrency?: number;
  /** What the server filters; absent: whatever takes the fewest requests. Only readings with the same strategy have comparable counts. */
  readonly plan?: Strategy;
  /** Called with what people should know while they wait, such as why it takes longer. */
  readonly say?: (fact: string) => void;
  /** Entries without a readable time are wanted whatever the range: they do not spoil the verdict. */
  readonly keepsUndated?: boolean;
  /** Finds out how much of the range the log can answer for (`Verdict.coverage`), which may take a request. */
  readonly seesCoverage?: boolean;
  /** For times relative to now: gives the range by the server's clock. A resumed reading keeps the range that it began with. */
  readonly resettle?: Resettle;
  /** Keeps pages that lead to one another, so that an interrupted reading goes on after them. */
  readonly journal?: PageJournal;
  /** What an interrupted reading of the same query had given out. */
  readonly resume?: { readonly plan: unknown; readonly segments: readonly Segment[] };
}

/** One reading of one query, from the first request to the verdict. */
export interface Reading {
  /** To be iterated once. Leaving early stops the requests. Rejects with an `AuditlogError` or the signal's reason. */
  readonly batches: AsyncIterable<Batch>;
  /** What the reading may claim, after `batches` has ended. */
  verdict(): Verdict;
  progress(): Progress;
  /** The entries that match on the server, once known, and whether our own filters drop some of them. */
  total(): { readonly count: number | undefined; readonly filteredHere: boolean };
  /** What to give to `resume` later, as JSON; undefined before the first batch is out. */
  plan(): ReadingPlan | undefined;
}

/** The statistics of a reading without a server. */
export const NO_STATS: ReadStats = statistics(0);
