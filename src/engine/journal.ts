import { takesDays } from '../providers/dates.js';
import type { Provider } from '../providers/provider.js';
import { addDays, utcDay } from '../time.js';
import { isExpired, refusalOf } from './page/fault.js';
import { isFirstPlace, type PagingStyle, pagingStyle } from './paging.js';
import type { FetchPage, Page, PageRequest, Place, Window } from './request.js';

/**
 * Pages behind cursors and links, kept until their entries are written: an interrupted reading cannot get back to its place in another way.
 */
export interface PageJournal {
  /** The plan that the interrupted reading began with, as JSON; undefined: there was none. */
  readonly plan: unknown;
  begin(plan: unknown): Promise<void>;
  add(key: string, kept: KeptPage): Promise<void>;
  /** The next kept page of this key, each once. */
  take(key: string): Promise<KeptPage | undefined>;
}

export interface KeptPage {
  readonly page: Page;
  /** The days that were asked for, if other ones than the walk wanted: see `ContinuedWalk`. */
  readonly days: Window | undefined;
}

/** Asks for pages, and keeps them. Those that an interrupted reading kept are given out again first, without a request. */
export function journaled(fetch: FetchPage, journal: PageJournal, provider: Provider): FetchPage {
  const style = pagingStyle(provider.paging);
  const walks = new Map<string, ContinuedWalk>();
  return async (request) => {
    // Pages of one entry are questions, not parts of a walk.
    if (style.access !== 'chain' || request.size === 1) return fetch(request);
    const { stream, window, size, place } = request;
    const { from, to, until } = window;
    const walkKey = JSON.stringify([stream.index, from, to, until, size]);
    const isFirst = isFirstPlace(style, place);
    const key = JSON.stringify([walkKey, 'next' in place ? place.next : undefined]);
    const kept = await journal.take(key);
    const known = isFirst ? undefined : walks.get(walkKey);
    const walk = known ?? new ContinuedWalk(fetch, style, provider);
    walks.set(walkKey, walk);
    const page = kept === undefined ? await walk.ask(request) : walk.replay(kept);
    if (kept === undefined && !(isFirst && page.next === undefined)) await journal.add(key, { page, days: walk.days });
    return page;
  };
}

/**
 * Continues a walk over cursors and links that an earlier run began. If the server rejects the last cursor, it continues by time: it
 * requests the days from the last entries on again, and drops known entries.
 */
class ContinuedWalk {
  /** Set once it goes on by time. */
  days: Window | undefined;
  readonly #fetch: FetchPage;
  readonly #style: PagingStyle;
  readonly #provider: Provider;
  /** How often each entry came so far. */
  readonly #known = new Map<string, number>();
  #count: number | undefined;
  #firstTime = Number.NaN;
  #lastTime = Number.NaN;
  #isReplayed = false;

  constructor(fetch: FetchPage, style: PagingStyle, provider: Provider) {
    this.#fetch = fetch;
    this.#style = style;
    this.#provider = provider;
  }

  replay({ page, days }: KeptPage): Page {
    this.days = days;
    this.#isReplayed = true;
    return this.#see(page);
  }

  async ask(request: PageRequest): Promise<Page> {
    const isResuming = this.#isReplayed;
    this.#isReplayed = false;
    try {
      return this.#see(
        this.days === undefined ? await this.#fetch(request) : await this.#fresh(request, request.place),
      );
    } catch (error) {
      if (!isResuming || (!isExpired(error) && refusalOf(error) === undefined)) throw error;
    }
    this.days = this.#daysLeft(request.window);
    // The count of fewer days is another one.
    if (this.#count !== undefined) this.#count = (await this.#fetch({ ...request, place: this.#style.first })).count;
    return this.#see(await this.#fresh(request, this.#style.first));
  }

  #see(page: Page): Page {
    for (const entry of page.entries) {
      const key = keyOf(entry);
      this.#known.set(key, (this.#known.get(key) ?? 0) + 1);
      if (Number.isNaN(entry.time)) continue;
      if (Number.isNaN(this.#firstTime)) this.#firstTime = entry.time;
      this.#lastTime = entry.time;
    }
    this.#count = page.count;
    return page;
  }

  /** The days with all entries that were not read: by the order of those that were. All days if the vendor cannot be asked for fewer. */
  #daysLeft({ from, to, until }: Window): Window {
    const whole = { from, to, ...(until === undefined ? {} : { until }) };
    const takes = takesDays(this.#provider.dates);
    if (Number.isNaN(this.#lastTime)) return whole;
    const last = utcDay(this.#lastTime);
    if (this.#firstTime > this.#lastTime && takes.to) {
      const end = addDays(last, 2);
      return to !== undefined && to <= end ? whole : { from, to: end };
    }
    if (this.#firstTime < this.#lastTime && takes.from) {
      const start = addDays(last, -2);
      return from !== undefined && from >= start ? whole : { ...whole, from: start };
    }
    return whole;
  }

  /** The next page with entries that are not known, and only those. */
  async #fresh(request: PageRequest, start: Place): Promise<Page> {
    const window = this.days ?? request.window;
    for (let place = start; ; ) {
      const page = await this.#fetch({ ...request, window, place });
      const entries = page.entries.filter((entry) => !this.#takeKnown(keyOf(entry)));
      const { next } = page;
      const own = page.count === undefined ? undefined : this.#count;
      const isEnd = next === undefined || page.entries.length === 0 || ('next' in place && place.next === next);
      if (entries.length > 0 || isEnd) return { ...page, entries, count: own };
      place = { next };
    }
  }

  #takeKnown(key: string): boolean {
    const times = this.#known.get(key) ?? 0;
    if (times > 0) this.#known.set(key, times - 1);
    return times > 0;
  }
}

/** Entries with an id and a time are identified by these: the server may render their texts differently. */
function keyOf({ id, time, raw }: Page['entries'][number]): string {
  return id === undefined ? raw.toString('latin1') : `${time} ${id}`;
}
