import { readingOf } from '../../src/engine/reading.js';
import type { FetchPage, Page, PageRequest } from '../../src/engine/request.js';
import type { ReadingOptions, Verdict } from '../../src/engine/source.js';
import { EntryStore } from '../../src/engine/store/store.js';
import type { Entry } from '../../src/event.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { EVERYTHING, type Query } from '../../src/query.js';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** The moment at which these logs are read. */
export const NOW = Date.parse('2026-11-20T14:00:00Z');

export interface LogRow {
  readonly id: string;
  readonly time: number;
  readonly action?: string;
}

/** A server's log in memory, with only what reading it can meet. No sockets: thousands of readings a second. */
export interface LogOptions {
  readonly rows: readonly LogRow[];
  /** The zone of its days, hours east of UTC. */
  readonly zone?: number;
  /** What happens before the n-th request (from 1) is answered. */
  readonly before?: (request: number, rows: LogRow[]) => void;
  /** The largest page it gives. */
  readonly clamp?: number;
  readonly toExclusive?: boolean;
  /** Equal times in another order on each request. */
  readonly unstableTies?: boolean;
  /** How it lies about a count; undefined: it leaves it out. */
  readonly lie?: (count: number, request: number) => number | undefined;
  /** Milliseconds of (real) delay, so that answers overtake one another. */
  readonly delay?: (request: number) => number;
}

export interface Log {
  readonly fetch: FetchPage;
  readonly rows: LogRow[];
  requests(): number;
  /** Most requests that were under way at the same time. */
  widest(): number;
  readonly asks: readonly PageRequest[];
}

export function openLog(options: LogOptions): Log {
  const rows = [...options.rows];
  const asks: PageRequest[] = [];
  let running = 0;
  let widest = 0;
  const dayOf = (time: number): number => Math.floor((time + (options.zone ?? 0) * HOUR) / DAY);
  return {
    rows,
    asks,
    requests: () => asks.length,
    widest: () => widest,
    async fetch(ask) {
      asks.push(ask);
      const request = asks.length;
      running += 1;
      widest = Math.max(widest, running);
      options.before?.(request, rows);
      const wait = options.delay?.(request) ?? 0;
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      else await Promise.resolve();
      running -= 1;
      const from = ask.window.from === undefined ? undefined : Date.parse(ask.window.from) / DAY;
      const to = ask.window.to === undefined ? undefined : Date.parse(ask.window.to) / DAY;
      const tie = options.unstableTies ? () => Math.random() - 0.5 : (a: LogRow, b: LogRow) => (a.id < b.id ? 1 : -1);
      const matching = rows
        .filter(({ time, action }) => {
          const day = dayOf(time);
          if (ask.stream.filters.action !== undefined && action !== ask.stream.filters.action) return false;
          return (
            (from === undefined || day >= from) && (to === undefined || (options.toExclusive ? day < to : day <= to))
          );
        })
        .sort((a, b) => b.time - a.time || tie(a, b));
      const size = Math.min(ask.size, options.clamp ?? 100);
      const first =
        'page' in ask.place
          ? (ask.place.page - 1) * size
          : 'offset' in ask.place
            ? ask.place.offset
            : Number(ask.place.next ?? 0);
      const entries = matching.slice(first, first + size).map(entryOf);
      const count = options.lie === undefined ? matching.length : options.lie(matching.length, request);
      const more = first + size < matching.length;
      return {
        entries,
        count,
        rowsPerPage: size,
        next: more ? String(first + size) : undefined,
        more,
        at: NOW,
        orgs: new Set(),
        unreadable: [],
      } satisfies Page;
    },
  };
}

export function entryOf({ id, time, action }: LogRow): Entry {
  return {
    raw: Buffer.from(JSON.stringify({ id, created_at: new Date(time).toISOString(), action: action ?? 'x.y' })),
    id,
    time,
  };
}

export interface Read {
  readonly ids: readonly string[];
  readonly text: string;
  readonly verdict: Verdict;
  readonly segments: readonly unknown[];
}

/** Reads a log to the end (or to the limit) with the real engine. */
export async function readLog(
  log: Pick<Log, 'fetch'>,
  options: Partial<ReadingOptions> & {
    readonly query?: Partial<Query>;
    readonly provider?: Provider;
    readonly memory?: number;
  } = {},
): Promise<Read> {
  const { query, provider = invent, memory = 1 << 24, ...rest } = options;
  const reading = readingOf(
    {
      fetch: log.fetch,
      now: () => NOW,
      pause: async () => {},
      openStore: () =>
        new EntryStore(memory, () => {
          const blocks: Buffer[] = [];
          let length = 0;
          return {
            append: (bytes) => {
              blocks.push(Buffer.from(bytes));
              length += bytes.length;
              return length - bytes.length;
            },
            read: (offset, size) => Buffer.concat(blocks).subarray(offset, offset + size),
            flush: () => {},
            close: () => {},
          };
        }),
      stats: () => ({ requests: 0, retries: 0, waiting: undefined }),
    },
    { provider, orgs: ['c'] },
    { ...EVERYTHING, ...query },
    { ties: 'canonical', ...rest },
  );
  const entries: Entry[] = [];
  const segments: unknown[] = [];
  for await (const batch of reading.batches) {
    entries.push(...batch.entries);
    if (batch.segmentEnd !== undefined) segments.push({ ...batch.segmentEnd });
  }
  return {
    ids: entries.map(({ id }) => id as string),
    text: entries.map(({ raw }) => `${raw.toString()}\n`).join(''),
    verdict: reading.verdict(),
    segments,
  };
}

/** Rows spread evenly over `days` days up to `until`, oldest first, with ids in the order of time. */
export function spread(n: number, days: number, until = NOW - 60_000, prefix = 'e'): LogRow[] {
  const step = (days * DAY) / Math.max(1, n);
  return Array.from({ length: n }, (_, index) => ({
    id: `${prefix}${String(index).padStart(8, '0')}`,
    time: Math.floor(until - (n - 1 - index) * step),
  }));
}

/** What a canonical reading of these rows gives. */
export function canonical(rows: readonly LogRow[]): string[] {
  return [...rows].sort((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1)).map(({ id }) => id);
}
