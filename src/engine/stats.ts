import type { ClientStats } from '../http/client.js';
import type { Coverage } from './coverage.js';
import type { WindowRead } from './pass/window.js';
import { NO_STATS, type Progress, type ReadStats, type Segment, type Verdict } from './source.js';
import type { EntryStore } from './store/store.js';

/** The counters of the client. */
export type RequestCounts = Pick<ClientStats, 'requests' | 'retries' | 'waiting'>;

/** Counts while a reading runs. The only mutable state of a reading; one for each. */
export class ReadCounters {
  /** Entries of all pages so far. */
  arrived = 0;
  fetched = 0;
  kept = 0;
  /** The sum of the server's counts of what was read so far; undefined once one was missing. */
  counted: number | undefined = 0;
  /** The number of entries to fetch, once known. */
  expected: number | undefined;
  /** The server's clock at the latest answer, epoch ms. */
  at = 0;
  /** The oldest time on the wire, epoch ms. */
  oldest: number | undefined;
  coverage: Coverage | undefined;
  /** Why the reading is not clean. */
  readonly notes: string[] = [];
  readonly stats: { -readonly [Key in Exclude<keyof ReadStats, 'requests' | 'retries'>]: number } = { ...NO_STATS };
  /** The vendor documents a count. */
  readonly #counts: boolean;
  /** Some of what was read could not be compared with a count. */
  #isUncounted = false;

  constructor(counts: boolean) {
    this.#counts = counts;
  }

  seeTime(at: number): void {
    this.at = Math.max(this.at, at);
  }

  seeOldest(time: number | undefined): void {
    if (time !== undefined) this.oldest = Math.min(this.oldest ?? time, time);
  }

  /** Adds the server's count of a part of what was read. */
  addCount(count: number | undefined): void {
    this.counted = this.counted === undefined || count === undefined ? undefined : this.counted + count;
  }

  addWindow({ status, count, at, rereads, unordered }: WindowRead): void {
    this.stats.rereads += rereads;
    this.seeTime(at);
    this.addCount(count);
    if (unordered) this.stats.unordered += 1;
    if (status !== 'uncounted') return;
    this.#isUncounted = true;
    this.expected = undefined;
  }

  addStore({ size, facts }: EntryStore): void {
    this.fetched += size;
    for (const fact of STORE_FACTS) this.stats[fact] += facts[fact];
  }

  /** Adds what an earlier run of an interrupted reading had given out. */
  addSegment({ rows, kept, count, at, note, oldest }: Segment): void {
    this.arrived += rows;
    this.fetched += rows;
    this.kept += kept;
    this.addCount(count);
    this.seeTime(at);
    this.seeOldest(oldest);
    if (note !== undefined) this.notes.push(note);
  }

  /** `client`: the requests that it took. `found`: what the entries themselves have shown. */
  verdict({ requests, retries }: RequestCounts, found: Pick<Verdict, 'notes' | 'remarks'>): Verdict {
    const { fetched, kept, at } = this;
    const { vanished, mutated } = this.stats;
    const notes = [...this.notes];
    if (vanished > 0)
      notes.push(
        `the server stopped returning ${vanished} of the events while the log was read; they are in the output`,
      );
    if (mutated > 0)
      notes.push(
        `${mutated} ${mutated === 1 ? 'event' : 'events'} came twice with the same id and different content; both versions are in the output`,
      );
    notes.push(...found.notes);
    const isCounted = this.#counts && !this.#isUncounted;
    return {
      status: notes.length > 0 ? 'unreconciled' : isCounted ? 'verified' : 'uncounted',
      fetched,
      kept,
      counted: isCounted ? this.counted : undefined,
      at,
      notes,
      remarks: this.#counts && this.#isUncounted ? [COUNTS_PAGES, ...found.remarks] : found.remarks,
      stats: { ...this.stats, requests, retries },
      ...(this.coverage === undefined ? {} : { coverage: this.coverage }),
    };
  }

  progress({ requests, waiting }: RequestCounts): Progress {
    const { arrived, fetched, kept, expected } = this;
    return { arrived, fetched, kept, expected, requests, waiting };
  }
}

const STORE_FACTS = ['duplicates', 'vanished', 'mutated', 'missingId'] as const;

const COUNTS_PAGES = 'the server counts only the events of each page, not those of the log';
