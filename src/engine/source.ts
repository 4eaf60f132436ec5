import type { Entry } from '../event.js';
import type { Strategy } from '../query/split.js';
import type { Query } from '../query.js';
import type { ReadingPlan } from './plan.js';

/** A range of instants, as a query has it. */
export type Instants = Pick<Query, 'from' | 'before'>;

/** Gives the range anew, by the server's clock (epoch ms), for times such as `1h` or `today`. */
export type Resettle = (serverNow: number) => Instants;

/** A piece of the answer, in output order. Nothing of it is told again in a later batch. */
export interface Batch {
  readonly entries: readonly Entry[];
  /** The org that these came from, as it was asked for. */
  readonly org: string;
  /** Set when the next batch is there already: whoever lays out rows may wait for it. */
  readonly more?: boolean;
  /** Set on the last batch of a segment: everything of the window is out, and a checkpoint may stand here. */
  readonly segmentEnd?: Segment;
}

/** A window of days that was read, verified and given out whole. Days are `YYYY-MM-DD`, inclusive, as asked on the wire. */
export interface Segment {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Rows on the wire, and how many of those were kept by our own filters. */
  readonly rows: number;
  readonly kept: number;
  /** The server's count for this window, if it tells one. */
  readonly count: number | undefined;
  /** The server's clock when it was counted, epoch ms. */
  readonly at: number;
  /** Why this window could not be reconciled; undefined when it was. */
  readonly note: string | undefined;
}

/** What a finished reading may claim. */
export interface Verdict {
  /** verified: equal to the server's own count. uncounted: the vendor tells no count. unreconciled: `notes` say why. */
  readonly status: 'verified' | 'uncounted' | 'unreconciled';
  /** Entries fetched, without duplicates, and those kept by our own filters. */
  readonly fetched: number;
  readonly kept: number;
  /** The sum of the server's counts of the wire queries, if it tells one. */
  readonly counted: number | undefined;
  /** The server's clock when the last count was taken, epoch ms. */
  readonly at: number;
  /** Why it is not clean, one sentence each. May quote the server: neutralise before showing. */
  readonly notes: readonly string[];
  /** Facts that are said and do not spoil it, one sentence each. May quote the server: neutralise before showing. */
  readonly remarks: readonly string[];
  readonly stats: ReadStats;
  /** The earlier export that was read in place of a server's log. */
  readonly file?: string;
}

export interface ReadStats {
  readonly requests: number;
  readonly retries: number;
  /** Extra passes over windows that did not reconcile at first. */
  readonly rereads: number;
  readonly duplicates: number;
  readonly vanished: number;
  readonly mutated: number;
  readonly missingId: number;
  readonly outOfWindow: number;
  readonly unordered: number;
}

/** Facts for a progress line, up to date at any moment. */
export interface Progress {
  /** Entries that came so far, checked against the count or not; what is read again counts again. */
  readonly arrived: number;
  readonly fetched: number;
  readonly kept: number;
  /** How many the server says there are to fetch, once known. */
  readonly expected: number | undefined;
  readonly requests: number;
  /** Set while everything waits: `rate limited, waiting 42s`. */
  readonly waiting: { readonly why: string; readonly until: number } | undefined;
}

/** How much is wanted of the answer, and in which shape. */
export interface ReadingOptions {
  /** At most this many kept entries; undefined: all. */
  readonly limit?: number;
  /** With `limit`: which page of that size, from 1. */
  readonly page?: number;
  /** `canonical`: ties in time are ordered by id, descending; `server`: as the server gave them. */
  readonly ties: 'canonical' | 'server';
  /** Oldest first is for day files: the exact reverse of newest first. */
  readonly direction?: 'newest-first' | 'oldest-first';
  /** The order does not matter: what would have to be put in order first may come as it is. */
  readonly anyOrder?: boolean;
  /** Requests in flight in closed days, at most 16; default 4, or 16 where no rate is kept. */
  readonly concurrency?: number;
  /** What the server is asked to filter; absent: whatever takes the fewest requests. Counts of two readings can be compared only where it is the same. */
  readonly plan?: Strategy;
  /** Takes what people should know while they wait, such as why it takes longer. */
  readonly say?: (fact: string) => void;
  /** Entries without a readable time are wanted, whatever the range: they do not spoil the verdict. */
  readonly keepsUndated?: boolean;
  /** For times that depend on what time it is: gives the range by the server's clock. A reading that goes on keeps the range that it began with. */
  readonly resettle?: Resettle;
  /** What an earlier, interrupted reading of the same query had given out. */
  readonly resume?: { readonly plan: unknown; readonly segments: readonly Segment[] };
}

/** One reading of one query, from the first request to the verdict. */
export interface Reading {
  /** To be iterated once. Leaving early stops the fetching. Rejects with an `AuditlogError` or the signal's reason. */
  readonly batches: AsyncIterable<Batch>;
  /** After `batches` has ended: what may be claimed. */
  verdict(): Verdict;
  progress(): Progress;
  /** Entries that match on the server, once known, and whether our own filters thin them out further. */
  total(): { readonly count: number | undefined; readonly filteredHere: boolean };
  /** JSON to hand to `resume` later, once the first batch is out. */
  plan(): ReadingPlan | undefined;
}

/** Of a reading that asked no server. */
export const NO_STATS: ReadStats = {
  requests: 0,
  retries: 0,
  rereads: 0,
  duplicates: 0,
  vanished: 0,
  mutated: 0,
  missingId: 0,
  outOfWindow: 0,
  unordered: 0,
};
