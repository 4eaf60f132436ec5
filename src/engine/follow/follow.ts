import type { Context } from '../../context.js';
import type { Client } from '../../http/client.js';
import type { Connection } from '../../profile.js';
import { capWindow, longestSlice, overlapsAt, sliceWindow, takesDays } from '../../providers/dates.js';
import { type QuerySplit, type Strategy, splitQuery } from '../../query/split.js';
import type { Query } from '../../query.js';
import { batchesOf } from '../batches.js';
import { ClockDiffers, checkingClock } from '../clock/check.js';
import { Judge } from '../judge/judge.js';
import { type NewestTools, sayOnce } from '../newest/run.js';
import { sameOrg, withoutTwins } from '../orgs.js';
import { wireWindow } from '../plan.js';
import type { ReadFrom } from '../reading.js';
import type { Stream } from '../request.js';
import type { Batch } from '../source.js';
import type { EntryStore } from '../store/store.js';
import { streamsFor } from '../streams.js';
import { nothingLearned } from '../walk/options.js';
import { readingWorld } from '../world.js';
import { FollowedStream } from './followed.js';
import { type LookResult, look } from './look.js';
import { lostBy } from './lost.js';
import type { FollowOptions, FollowWorld } from './state.js';

/** Follows `query` over a client: see `followOf`. */
export function openFollowing(
  ctx: Context,
  { client, connection }: { readonly client: Client; readonly connection: Connection },
  query: Query,
  options: FollowOptions,
): AsyncGenerator<Batch, void> {
  const world: FollowWorld = {
    ...readingWorld(ctx, client, connection),
    sleep: (ms) => ctx.clock.sleep(ms, ctx.signal),
    monotonic: () => ctx.clock.monotonic(),
  };
  return followOf(world, connection, query, options);
}

/**
 * Gives out entries as they come, each of them once, those of each look oldest first. A look reads back until it meets known entries; with a count,
 * until it has met as many new entries as the count has grown by. Every few minutes, and when the numbers do not agree, it reads back through the
 * overlap before the last whole look: so it finds what comes late, in a burst, or while nothing answered. Never ends by itself: rejects
 * when stopped, and for failures that do not pass (a rejected key).
 */
export function followOf(
  world: FollowWorld,
  from: ReadFrom,
  query: Query,
  options: FollowOptions,
): AsyncGenerator<Batch, void> {
  return new Follower(world, from, query, options).batches();
}

const OVERLAP = 15 * 60_000;
const BATCH = 200;

class Follower {
  readonly #world: FollowWorld;
  readonly #from: ReadFrom;
  readonly #options: FollowOptions;
  readonly #overlap: number;
  readonly #strategy: Strategy;
  readonly #streams: readonly Stream[];
  readonly #followed: readonly FollowedStream[];
  readonly #tools: NewestTools;
  readonly #doubt: (why: string) => void;
  #query: Query;
  #split: QuerySplit;
  /** The first look is over. */
  #hasLooked = false;
  /** The range was settled by the server's clock. */
  #isSettled = false;
  #failures = 0;
  #lostAt = 0;

  constructor(world: FollowWorld, from: ReadFrom, query: Query, options: FollowOptions) {
    const { provider, orgs } = from;
    const { onState, overlap = OVERLAP, resettle } = options;
    this.#world = world;
    this.#from = from;
    this.#options = options;
    this.#overlap = overlap;
    this.#query = query;
    this.#split = splitQuery(provider, query);
    // One request for each look and org: only a single action is better filtered there than here.
    this.#strategy = this.#split.actionsExact?.length === 1 ? 'per-action' : 'unfiltered';
    this.#streams = streamsFor(this.#split, orgs, this.#strategy);
    this.#followed = this.#streams.map((stream) => new FollowedStream(stream));
    // A first look by a wrong clock would look at the wrong days even without a range.
    const rangeAt = (serverNow: number) => (this.#isSettled ? undefined : (resettle?.(serverNow) ?? query));
    const own = sameOrg(checkingClock(world, rangeAt));
    this.#doubt = sayOnce((why) => onState({ state: 'doubt', why }));
    this.#tools = {
      fetch: orgs.length < 2 ? own : withoutTwins(own, provider.paging),
      paging: provider.paging,
      learned: nothingLearned(),
      counted: provider.total !== undefined,
      pause: world.sleep,
      openStore: world.openStore,
      now: world.now,
      takes: takesDays(provider.dates),
      isShared: overlapsAt(provider.dates),
      cap: (window) => capWindow(window, provider.dates, world.now()),
      say: sayOnce((why) => onState({ state: 'slow', why })),
    };
  }

  async *batches(): AsyncGenerator<Batch, void> {
    const { interval, newest, onState } = this.#options;
    for (;;) {
      const began = this.#world.monotonic();
      const isFirst = !this.#hasLooked;
      const store = this.#world.openStore();
      try {
        const judge = await this.#tryLook(store, began);
        if (judge === undefined) continue;
        if (this.#failures > 0) onState({ state: 'back', after: this.#world.monotonic() - this.#lostAt });
        this.#failures = 0;
        if (this.#givesOut(isFirst)) this.#tellJudged(judge);
        yield* this.#found(store, isFirst ? newest : undefined);
        if (isFirst) onState({ state: 'following' });
      } finally {
        store.close();
      }
      await this.#world.sleep(Math.max(interval / 4, interval - (this.#world.monotonic() - began)));
    }
  }

  /** Undefined if the look failed in a way that passes, or showed that another range was meant. */
  async #tryLook(store: EntryStore, began: number): Promise<Judge | undefined> {
    try {
      return await this.#lookAtAll(store);
    } catch (error) {
      if (error instanceof ClockDiffers) {
        this.#isSettled = true;
        this.#query = { ...this.#query, from: error.range.from, before: error.range.before };
        this.#split = splitQuery(this.#from.provider, this.#query);
        return undefined;
      }
      const lost = lostBy(error, this.#hasLooked, this.#failures);
      if (lost === undefined) throw error;
      if (this.#failures === 0) this.#lostAt = began;
      this.#failures += 1;
      this.#options.onState({ state: 'lost', ...lost });
      await this.#world.sleep(lost.wait);
      return undefined;
    }
  }

  /** Adds the new entries of all streams to the store. What was learned counts only once all streams were looked at. */
  async #lookAtAll(store: EntryStore): Promise<Judge> {
    const { newest, onState } = this.#options;
    const isFirst = !this.#hasLooked;
    const now = this.#world.now();
    const begin = newest === undefined ? (this.#query.from ?? now) : now;
    // What has come since the last whole look may be as late as the overlap.
    const lastWhole = Math.min(...this.#followed.map(({ wholeAt }) => wholeAt));
    const reach = Math.min(now, isFirst ? begin : lastWhole) - this.#overlap;
    const { provider } = this.#from;
    const whole = isFirst && newest !== undefined ? this.#query.from : reach;
    const from = this.#tools.takes.from ? wireWindow(whole, undefined).from : undefined;
    const window = { from, to: undefined };
    const [split, strategy, streams] = [this.#split, this.#strategy, this.#streams];
    const judge = new Judge({ provider, split, strategy, streams, window });
    const windows = sliceWindow(capWindow(window, provider.dates, now), longestSlice(provider.dates), now);
    const looks = await Promise.all(
      this.#followed.map((one) => {
        const { stream, known, doubles } = one;
        const accounted = one.accountedFor(from);
        const isQuick = !isFirst && one.mayBeQuick(now, this.#overlap);
        return look({
          tools: this.#tools,
          stream,
          windows,
          known,
          doubles,
          reach,
          accounted,
          isQuick,
          ...this.#sink(store, stream, judge),
        });
      }),
    );
    for (const { doubt } of looks) if (doubt !== undefined) this.#doubt(doubt);
    for (const [index, one] of this.#followed.entries()) {
      const count = one.settle(looks[index] as LookResult, isFirst);
      if (count > 0) onState({ state: 'late', count, before: reach });
    }
    this.#hasLooked = true;
    for (const { known, wholeAt } of this.#followed) known.forget(wholeAt - this.#overlap);
    return judge;
  }

  /** Where the new entries of a look go. */
  #sink(store: EntryStore, { index }: Stream, judge: Judge): Pick<Parameters<typeof look>[0], 'take' | 'restart'> {
    const isFirst = !this.#hasLooked;
    const most = isFirst ? (this.#options.newest ?? 0) : 0;
    const { from } = this.#query;
    const entries = store.of(index);
    let place = 0;
    let wanted = most;
    return {
      take: (fresh) => {
        const kept = fresh.filter((entry) => judge.keeps(index, entry));
        wanted -= kept.length;
        if (this.#givesOut(isFirst)) entries.addPage(kept, place);
        place += kept.length;
        const oldest = fresh.at(-1)?.time ?? Number.NaN;
        return wanted > 0 && !(from !== undefined && oldest < from);
      },
      restart: () => {
        place = 0;
        wanted = most;
        entries.startAgain();
      },
    };
  }

  /** Without a starting point, the first look only records the existing entries. */
  #givesOut(isFirst: boolean): boolean {
    return !isFirst || this.#options.newest !== undefined || this.#query.from !== undefined;
  }

  #tellJudged(judge: Judge): void {
    const [notes, remarks] = [judge.notes(), judge.remarks()];
    if (notes.length + remarks.length > 0) this.#options.onState({ state: 'judged', notes, remarks });
  }

  /** The entries of a look, oldest first; only the `most` newest of them if given. */
  async *#found(store: EntryStore, most = Number.POSITIVE_INFINITY): AsyncGenerator<Batch, void> {
    let skip = Math.max(0, store.size - most);
    for await (const some of store.ordered({ ties: 'server', direction: 'oldest-first' }, BATCH)) {
      const rest = some.slice(skip);
      skip -= some.length - rest.length;
      for (const { org, entries } of batchesOf(rest, this.#streams)) yield { org, entries };
    }
  }
}
