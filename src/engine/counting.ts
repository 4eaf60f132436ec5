import type { Client } from '../http/client.js';
import type { Connection } from '../profile.js';
import { takesDays } from '../providers/dates.js';
import type { Provider } from '../providers/provider.js';
import { type Query, splitQuery } from '../query.js';
import { addDays, DAY_MS, dayStart } from '../time.js';
import type { FetchPage, Page, Stream, Window } from './ask.js';
import { openGate } from './gate.js';
import { pageFetcher } from './page.js';
import { streamsFor } from './streams.js';
import { pageOne } from './whole.js';

/** Asks the server how many entries there are, without reading them. */
export interface Counting {
  /** Requests that asking for one window takes. */
  readonly streams: number;
  /** How many match in all, and the time of the oldest; undefined when the server does not say. Costs two requests a stream, one when all of them fit on a page. */
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
export function openCounting(client: Client, connection: Connection, query: Query): Counting | undefined {
  return countingOf({ fetch: pageFetcher(client, connection.provider, connection.base) }, connection, query);
}

export function countingOf(
  world: CountingWorld,
  { provider, orgs }: Pick<Connection, 'provider' | 'orgs'>,
  query: Query,
): Counting | undefined {
  const streams = countableStreams(provider, orgs, query);
  if (streams === undefined) return undefined;
  const gate = openGate(AT_ONCE);
  const tools = { fetch: world.fetch, paging: provider.paging, counted: true, pause: async () => {} };
  const first = (window: Window, size: number): Promise<readonly Page[]> =>
    Promise.all(streams.map((stream) => gate(() => pageOne(tools, stream, window, size))));

  const extent = async (window: Window): Promise<Extent | undefined> => {
    const size = provider.paging.max;
    const pages = await first(window, size);
    const oldest = await Promise.all(
      pages.map(async (page, index) => {
        if (page.count === undefined) return undefined;
        if (page.count <= page.entries.length) return page;
        const place =
          provider.paging.style === 'page' ? { page: Math.ceil(page.count / size) } : { offset: page.count - 1 };
        return gate(() => world.fetch({ stream: streams[index] as Stream, window, place, size }));
      }),
    );
    const counts = countsOf(pages);
    if (counts === undefined) return undefined;
    const times = oldest
      .flatMap((page) => page?.entries.map(({ time }) => time) ?? [])
      .filter((time) => !Number.isNaN(time));
    return { count: sum(counts), oldest: times.length === 0 ? undefined : Math.min(...times) };
  };

  const bounded = async (windows: readonly Window[]): Promise<CountedWindows | undefined> => {
    const answers = await Promise.all(windows.map((window) => first(window, 1)));
    const counts = answers.map(totalOf);
    const judged = answers.flatMap((pages, index) =>
      pages.map((page) => judge(page, windows[index] as Window, provider)),
    );
    if (counts.some((count) => count === undefined) || judged.includes('wrong')) return undefined;
    const told = counts as readonly number[];
    // A server that ignores where a window begins, or leaves out its last day, shows in its entries or in the sum of all.
    const rises = told.length > 2 && told.every((count, index) => index === 0 || count >= (told[index - 1] ?? 0));
    const at = Math.max(...answers.flat().map((page) => page.at));
    if (judged.includes('whole') && !rises) return { counts: told, at };
    const all = await first({ from: windows[0]?.from, to: windows.at(-1)?.to }, 1);
    return totalOf(all) === sum(told) ? { counts: told, at } : undefined;
  };

  /** Where only the beginning can be asked: the differences between one beginning and the next. */
  const open = async (windows: readonly Window[]): Promise<CountedWindows | undefined> => {
    const end = windows.at(-1)?.to;
    const starts = [...windows.map(({ from }) => from), ...(end === undefined ? [] : [addDays(end, 1)])];
    const answers = await Promise.all(starts.map((from) => first({ from, to: undefined }, 1)));
    const again = await first({ from: starts[0], to: undefined }, 1);
    const totals = answers.map(totalOf);
    // Whatever came in between would be counted into the wrong window.
    if (totals.some((total) => total === undefined) || totalOf(again) !== totals[0]) return undefined;
    const told = totals as readonly number[];
    const counts = windows.map((_, index) => (told[index] ?? 0) - (told[index + 1] ?? 0));
    return counts.some((count) => count < 0) ? undefined : { counts, at: Math.max(...again.map((page) => page.at)) };
  };

  return { streams: streams.length, extent, count: takesDays(provider.dates).to ? bounded : open };
}

/** The streams of requests whose counts together are the answer. */
function countableStreams(provider: Provider, orgs: readonly string[], query: Query): readonly Stream[] | undefined {
  const { paging, dates, total } = provider;
  if (total === undefined || !takesDays(dates).from || (paging.style !== 'page' && paging.style !== 'offset'))
    return undefined;
  // Only reading shows that two names are of one organization, and goes on where one of them fails.
  if (orgs.length > 1) return undefined;
  if (query.from === undefined && dates.defaultDays !== undefined) return undefined;
  const split = splitQuery(provider, query);
  const plan = split.actionsExact === undefined ? 'unfiltered' : 'per-action';
  return split.localFor(plan) === undefined ? streamsFor(split, orgs, plan) : undefined;
}

/**
 * What the newest entry of a window shows. wrong: it cannot be of that window, so the server does not ask for days as we know it; whole: the last day is
 * in the window; unknown: it shows neither. Days begin up to 14 hours before or after those of UTC.
 */
function judge(page: Page, { from, to }: Window, { dates }: Provider): 'wrong' | 'whole' | 'unknown' {
  const time = page.entries[0]?.time;
  if (time === undefined || Number.isNaN(time)) return 'unknown';
  const isDay = dates.format === 'day';
  const play = isDay ? ZONE_MS : 0;
  if (from !== undefined && time < dayStart(from) - play) return 'wrong';
  if (to === undefined) return 'unknown';
  if (time >= dayStart(to) + DAY_MS + play) return 'wrong';
  return time >= dayStart(to) + (isDay ? HALF_DAY : 0) ? 'whole' : 'unknown';
}

function totalOf(pages: readonly Page[]): number | undefined {
  const counts = countsOf(pages);
  return counts === undefined ? undefined : sum(counts);
}

function countsOf(pages: readonly Page[]): readonly number[] | undefined {
  const counts = pages.flatMap(({ count }) => (count === undefined ? [] : [count]));
  return counts.length === pages.length ? counts : undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
