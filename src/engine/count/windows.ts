import type { Client } from '../../http/client.js';
import type { Connection } from '../../profile.js';
import { takesDays, usualDays } from '../../providers/dates.js';
import type { Provider } from '../../providers/provider.js';
import { splitQuery } from '../../query/split.js';
import type { Query } from '../../query.js';
import { addDays, DAY_MS, dayStart } from '../../time.js';
import { openGate } from '../gate.js';
import { pageFetcher } from '../page/page.js';
import { pagingStyle } from '../paging.js';
import type { FetchPage, Page, Stream, Window } from '../request.js';
import { streamsFor } from '../streams.js';
import { type Count, type Counter, isCounted, openCounter, rowsOn, sumOf } from './counter.js';

/** Asks the server how many entries there are, without reading them. */
export interface WindowCounter {
  /** Requests that asking for one window takes. */
  readonly streams: number;
  /**
   * How many match in all, and the time of the oldest; undefined when the server tells no usable count. Costs two requests a stream, one when
   * the first page holds as many as are counted: that these are all is then shown by `count` alone.
   */
  extent(window: Window): Promise<Extent | undefined>;
  /**
   * How many there are in each of these windows, which follow one another without a gap, ascending. Undefined when the answers do not fit
   * together, so that they cannot be believed: then the entries are to be read.
   */
  count(windows: readonly Window[]): Promise<CountedWindows | undefined>;
}

export interface Extent {
  readonly count: number;
  /** Epoch ms; undefined when there is none, or none with a valid time. */
  readonly oldest: number | undefined;
}

export interface CountedWindows {
  /** One for each window. */
  readonly counts: readonly number[];
  /** The server's clock, epoch ms. */
  readonly at: number;
}

/** What counting needs of the world: tests give a model of it. */
export interface CountingWorld {
  readonly fetch: FetchPage;
}

const AT_ONCE = 4;
const ZONE_MS = 14 * 3_600_000;
const HALF_DAY = DAY_MS / 2;

/** Undefined when counts cannot answer the query: the server tells none, or does not filter all of it. Asks nothing yet. */
export function openWindowCounter(client: Client, connection: Connection, query: Query): WindowCounter | undefined {
  return windowCounterOf({ fetch: pageFetcher(client, connection.provider, connection.base) }, connection, query);
}

export function windowCounterOf(
  { fetch }: CountingWorld,
  { provider, orgs }: Pick<Connection, 'provider' | 'orgs'>,
  query: Query,
): WindowCounter | undefined {
  const streams = countableStreams(provider, orgs, query);
  if (streams === undefined) return undefined;
  const gate = openGate(AT_ONCE);
  const counter = openCounter(fetch, provider);
  const countOf = (window: Window): Promise<StreamCounts> =>
    Promise.all(streams.map((stream) => gate(() => counter.count(stream, window))));

  const extent = async (window: Window): Promise<Extent | undefined> => {
    const extents = await Promise.all(
      streams.map((stream) => gate(() => extentOf(fetch, provider, counter, { stream, window }))),
    );
    const known = extents.filter((one) => one !== undefined);
    if (known.length < extents.length) return undefined;
    const times = known.flatMap(({ oldest }) => (oldest === undefined ? [] : [oldest]));
    return {
      count: known.reduce((total, { count }) => total + count, 0),
      oldest: times.length === 0 ? undefined : Math.min(...times),
    };
  };

  const bounded = async (windows: readonly Window[]): Promise<CountedWindows | undefined> => {
    const answers = await Promise.all(windows.map(countOf));
    const told = totalsOf(answers);
    if (told === undefined) return undefined;
    const judged = answers.flatMap((counts, index) =>
      counts.map((one) => judge(one?.page, windows[index] as Window, provider)),
    );
    if (judged.includes('wrong')) return undefined;
    // A server that ignores where a window begins, or leaves out its last day, shows in its entries or in the sum of all.
    const { counts } = told;
    const rises = counts.length > 2 && counts.every((count, index) => index === 0 || count >= (counts[index - 1] ?? 0));
    if (judged.includes('whole') && !rises) return told;
    const all = sumOf(await countOf({ from: windows[0]?.from, to: windows.at(-1)?.to }));
    return all?.count === counts.reduce((sum, count) => sum + count, 0) ? told : undefined;
  };

  /** Where only the beginning can be asked: the differences between one beginning and the next. */
  const open = async (windows: readonly Window[]): Promise<CountedWindows | undefined> => {
    const end = windows.at(-1)?.to;
    const starts = [...windows.map(({ from }) => from), ...(end === undefined ? [] : [addDays(end, 1)])];
    const told = totalsOf(await Promise.all(starts.map((from) => countOf({ from, to: undefined }))));
    if (told === undefined) return undefined;
    const again = sumOf(await countOf({ from: starts[0], to: undefined }));
    // Whatever came in between would be counted into the wrong window.
    if (again === undefined || again.count !== told.counts[0]) return undefined;
    const counts = windows.map((_, index) => (told.counts[index] ?? 0) - (told.counts[index + 1] ?? 0));
    return counts.some((count) => count < 0) ? undefined : { counts, at: again.at };
  };

  return { streams: streams.length, extent, count: takesDays(provider.dates).to ? bounded : open };
}

type StreamCounts = readonly (Count | undefined)[];

/** The sum of each window's streams; undefined where one is not known. */
function totalsOf(answers: readonly StreamCounts[]): CountedWindows | undefined {
  const totals = answers.map(sumOf).filter((one) => one !== undefined);
  if (totals.length < answers.length) return undefined;
  return { counts: totals.map(({ count }) => count), at: Math.max(...totals.map(({ at }) => at)) };
}

/** The streams of requests whose counts together are the answer. */
function countableStreams(provider: Provider, orgs: readonly string[], query: Query): readonly Stream[] | undefined {
  const { paging, dates, total } = provider;
  if (total === undefined || !takesDays(dates).from || pagingStyle(paging).access === 'chain') return undefined;
  // Only reading shows that two names are of one organization, and goes on where one of them fails.
  if (orgs.length > 1) return undefined;
  if (dates.longestDays !== undefined || (query.from === undefined && usualDays(dates) !== undefined)) return undefined;
  const split = splitQuery(provider, query);
  const plan = split.actionsExact === undefined ? 'unfiltered' : 'per-action';
  return split.localFor(plan) === undefined ? streamsFor(split, orgs, plan) : undefined;
}

/** How many entries a stream has, and when the oldest of them was, whichever end of the log the server begins with. */
async function extentOf(
  fetch: FetchPage,
  { paging }: Provider,
  counter: Counter,
  { stream, window }: { readonly stream: Stream; readonly window: Window },
): Promise<Extent | undefined> {
  const style = pagingStyle(paging);
  const first = await fetch({ stream, window, place: style.first, size: paging.max });
  if (counter.judge(first) === 'unusable' || !isCounted(first)) return undefined;
  if (await counter.isCapped(stream, window, first)) return undefined;
  const { count } = first;
  if (count <= rowsOn(first)) return { count, oldest: oldestOn([first]) };
  // In pages of this size the last one is not full, so that what lies behind it would show.
  const size = LAST_SIZES.find((each) => each <= paging.max && (style.access === 'rows' || count % each !== 0)) ?? 1;
  const row = style.access === 'rows' ? count - 1 : size * Math.floor((count - 1) / size);
  const last = await fetch({ stream, window, place: style.at(row, size) ?? style.first, size });
  const isLast = isCounted(last) && rowsOn(last) === last.count - row;
  return isLast ? { count, oldest: oldestOn([first, last]) } : undefined;
}

const LAST_SIZES = [2, 3];

function oldestOn(pages: readonly Page[]): number | undefined {
  const times = pages.flatMap(({ entries }) => entries.map(({ time }) => time)).filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * What the newest entry of a window shows. wrong: it cannot be of that window, so the server does not ask for days as we know it; whole: the last day is
 * in the window; unknown: it shows neither. Days begin up to 14 hours before or after those of UTC.
 */
function judge(page: Page | undefined, { from, to }: Window, { dates }: Provider): 'wrong' | 'whole' | 'unknown' {
  const time = page?.entries[0]?.time;
  if (time === undefined || Number.isNaN(time)) return 'unknown';
  const isDay = dates.format === 'day';
  const play = isDay ? ZONE_MS : 0;
  if (from !== undefined && time < dayStart(from) - play) return 'wrong';
  if (to === undefined) return 'unknown';
  if (time >= dayStart(to) + DAY_MS + play) return 'wrong';
  return time >= dayStart(to) + (isDay ? HALF_DAY : 0) ? 'whole' : 'unknown';
}
