import type { Client } from '../../http/client.js';
import type { Connection } from '../../profile.js';
import { addsUpDays, takesDays, usualDays } from '../../providers/dates.js';
import { writesDays } from '../../providers/instants.js';
import type { Provider } from '../../providers/provider.js';
import { splitQuery } from '../../query/split.js';
import type { Query } from '../../query.js';
import { addDays, DAY_MS, dayStart } from '../../time.js';
import { openGate } from '../gate.js';
import { pageFetcher } from '../page/page.js';
import { pagingStyle } from '../paging.js';
import { type FetchPage, lengthOf, type Page, type Stream, type Window } from '../request.js';
import { streamsFor } from '../streams.js';
import { type Count, Counter, isCounted, sumOf } from './counter.js';

/** The number of entries, and the time of the oldest. */
export interface Extent {
  readonly count: number;
  /** Epoch ms; undefined if no entry has a valid time. */
  readonly oldest: number | undefined;
}

export interface CountedWindows {
  /** One for each window. */
  readonly counts: readonly number[];
  /** The server's clock, epoch ms. */
  readonly at: number;
}

const AT_ONCE = 4;
const ZONE_MS = 14 * 3_600_000;
const HALF_DAY = DAY_MS / 2;

/** Undefined if counts cannot answer the query: the server has none, or does not filter all of it. Sends nothing yet. */
export function openWindowCounter(client: Client, connection: Connection, query: Query): WindowCounter | undefined {
  return windowCounterOf(pageFetcher(client, connection.provider, connection.base), connection, query);
}

export function windowCounterOf(
  fetch: FetchPage,
  { provider, orgs }: Pick<Connection, 'provider' | 'orgs'>,
  query: Query,
): WindowCounter | undefined {
  const streams = countableStreams(provider, orgs, query);
  return streams && new WindowCounter(fetch, provider, streams);
}

/** The streams whose counts together are the answer. */
function countableStreams(provider: Provider, orgs: readonly string[], query: Query): readonly Stream[] | undefined {
  const { paging, dates, total } = provider;
  if (total === undefined || !takesDays(dates).from || pagingStyle(paging).access === 'chain') return undefined;
  // Only reading shows that two names are of one organization, and goes on if one of them fails.
  if (orgs.length > 1) return undefined;
  if (!addsUpDays(dates)) return undefined;
  if (dates.longestDays !== undefined || (query.from === undefined && usualDays(dates) !== undefined)) return undefined;
  const split = splitQuery(provider, query);
  const strategy = split.actionsExact === undefined ? 'unfiltered' : 'per-action';
  return split.localFor(strategy) === undefined ? streamsFor(split, orgs, strategy) : undefined;
}

type StreamCounts = readonly (Count | undefined)[];

/** Asks the server for numbers of entries without reading them. */
export class WindowCounter {
  readonly #fetch: FetchPage;
  readonly #provider: Provider;
  readonly #streams: readonly Stream[];
  readonly #counter: Counter;
  readonly #gate = openGate(AT_ONCE);

  constructor(fetch: FetchPage, provider: Provider, streams: readonly Stream[]) {
    this.#fetch = fetch;
    this.#provider = provider;
    this.#streams = streams;
    this.#counter = new Counter(fetch, provider);
  }

  /** Requests that one window costs. */
  get streams(): number {
    return this.#streams.length;
  }

  /**
   * Undefined if the server has no usable count. Costs two requests a stream; one if the first page holds as many entries as are counted: only
   * `count` then shows that these are all.
   */
  async extent(window: Window): Promise<Extent | undefined> {
    const extents = await Promise.all(this.#streams.map((stream) => this.#gate(() => this.#extentOf(stream, window))));
    const known = extents.filter((one) => one !== undefined);
    if (known.length < extents.length) return undefined;
    const times = known.flatMap(({ oldest }) => (oldest === undefined ? [] : [oldest]));
    return {
      count: known.reduce((total, { count }) => total + count, 0),
      oldest: times.length === 0 ? undefined : Math.min(...times),
    };
  }

  /**
   * The number of entries in each of these windows, which follow one another without a gap, ascending. Undefined if the answers do not fit
   * together: then the entries have to be read.
   */
  count(windows: readonly Window[]): Promise<CountedWindows | undefined> {
    return takesDays(this.#provider.dates).to ? this.#countBounded(windows) : this.#countByDifference(windows);
  }

  #countsOf(window: Window): Promise<StreamCounts> {
    return Promise.all(this.#streams.map((stream) => this.#gate(() => this.#counter.count(stream, window))));
  }

  async #countBounded(windows: readonly Window[]): Promise<CountedWindows | undefined> {
    const answers = await Promise.all(windows.map((window) => this.#countsOf(window)));
    const totals = totalsOf(answers);
    if (totals === undefined) return undefined;
    const judged = answers.flatMap((counts, index) =>
      counts.map((one) => judge(one?.page, windows[index] as Window, this.#provider)),
    );
    if (judged.includes('wrong')) return undefined;
    // A server that ignores where a window begins, or leaves out its last day, shows in its entries or in the sum of all.
    const { counts } = totals;
    const rises = counts.length > 2 && counts.every((count, index) => index === 0 || count >= (counts[index - 1] ?? 0));
    if (judged.includes('whole') && !rises) return totals;
    const all = sumOf(await this.#countsOf({ from: windows[0]?.from, to: windows.at(-1)?.to }));
    return all?.count === counts.reduce((sum, count) => sum + count, 0) ? totals : undefined;
  }

  /** For vendors that take only the beginning of a range: the differences between one beginning and the next. */
  async #countByDifference(windows: readonly Window[]): Promise<CountedWindows | undefined> {
    const end = windows.at(-1)?.to;
    const starts = [...windows.map(({ from }) => from), ...(end === undefined ? [] : [addDays(end, 1)])];
    const totals = totalsOf(await Promise.all(starts.map((from) => this.#countsOf({ from, to: undefined }))));
    if (totals === undefined) return undefined;
    const again = sumOf(await this.#countsOf({ from: starts[0], to: undefined }));
    // Whatever came in between would be counted into the wrong window.
    if (again === undefined || again.count !== totals.counts[0]) return undefined;
    const counts = windows.map((_, index) => (totals.counts[index] ?? 0) - (totals.counts[index + 1] ?? 0));
    return counts.some((count) => count < 0) ? undefined : { counts, at: again.at };
  }

  /** The extent of one stream, at whichever end of the log the server begins. */
  async #extentOf(stream: Stream, window: Window): Promise<Extent | undefined> {
    const { paging } = this.#provider;
    const style = pagingStyle(paging);
    const first = await this.#fetch({ stream, window, place: style.first, size: paging.max });
    if (this.#counter.judge(first) === 'unusable' || !isCounted(first)) return undefined;
    if (await this.#counter.isCapped(stream, window, first)) return undefined;
    const { count } = first;
    if (count <= lengthOf(first)) return { count, oldest: oldestOn([first]) };
    // In pages of this size the last one is not full, so that an entry after it would show.
    const size = LAST_SIZES.find((each) => each <= paging.max && (style.access === 'rows' || count % each !== 0)) ?? 1;
    const row = style.access === 'rows' ? count - 1 : size * Math.floor((count - 1) / size);
    const last = await this.#fetch({ stream, window, place: style.at(row, size) ?? style.first, size });
    const isLast = isCounted(last) && lengthOf(last) === last.count - row;
    return isLast ? { count, oldest: oldestOn([first, last]) } : undefined;
  }
}

/** The sum of each window's streams; undefined if one is not known. */
function totalsOf(answers: readonly StreamCounts[]): CountedWindows | undefined {
  const totals = answers.map(sumOf).filter((one) => one !== undefined);
  if (totals.length < answers.length) return undefined;
  return { counts: totals.map(({ count }) => count), at: Math.max(...totals.map(({ at }) => at)) };
}

const LAST_SIZES = [2, 3];

function oldestOn(pages: readonly Page[]): number | undefined {
  const times = pages.flatMap(({ entries }) => entries.map(({ time }) => time)).filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * What the newest entry of a window shows. wrong: it is outside the window, so the server filters by days in another way; whole: the window
 * includes its last day; unknown: neither. Days begin up to 14 hours before or after those of UTC.
 */
function judge(page: Page | undefined, { from, to }: Window, { dates }: Provider): 'wrong' | 'whole' | 'unknown' {
  const time = page?.entries[0]?.time;
  if (time === undefined || Number.isNaN(time)) return 'unknown';
  const isDay = writesDays(dates);
  const play = isDay ? ZONE_MS : 0;
  if (from !== undefined && time < dayStart(from) - play) return 'wrong';
  if (to === undefined) return 'unknown';
  if (time >= dayStart(to) + DAY_MS + play) return 'wrong';
  return time >= dayStart(to) + (isDay ? HALF_DAY : 0) ? 'whole' : 'unknown';
}
