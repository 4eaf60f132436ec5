import type { Entry } from '../event.js';

/** A piece of the answer, in output order. Nothing of it is told again in a later batch. */
export interface Batch {
  readonly entries: readonly Entry[];
  /** The org that these came from, as it was asked for. */
  readonly org: string;
  /** Set on the last batch of a segment: everything of the window is out, and a checkpoint may stand here. */
  readonly segmentEnd?: Segment;
}

/** A window of days of one stream that was read, verified and given out whole. Days are `YYYY-MM-DD`, inclusive, as asked on the wire. */
export interface Segment {
  readonly stream: number;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Rows on the wire, and how many of those were kept by our own filters. */
  readonly rows: number;
  readonly kept: number;
  /** The server's count for this window, if it tells one. */
  readonly count: number | undefined;
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
  readonly stats: ReadStats;
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
  readonly fetched: number;
  readonly kept: number;
  /** How many the server says there are to fetch, once known. */
  readonly expected: number | undefined;
  readonly requests: number;
  /** Set while everything waits: `rate limited, waiting 42s`. */
  readonly waiting: { readonly why: string; readonly until: number } | undefined;
}
