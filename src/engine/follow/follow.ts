import type { Context } from '../../context.js';
import type { Entry } from '../../event.js';
import type { Client } from '../../http/client.js';
import type { Connection } from '../../profile.js';
import { capWindow, sliceWindow, takesDays } from '../../providers/dates.js';
import { splitQuery } from '../../query/split.js';
import type { Query } from '../../query.js';
import { ClockDiffers, checkingClock } from '../clock/check.js';
import { type Judge, openJudge } from '../judge/judge.js';
import type { NewestTools } from '../newest/first.js';
import { withoutTwins } from '../orgs.js';
import { wireWindow } from '../plan.js';
import { sameOrg, sayOnce } from '../reading.js';
import type { Stream } from '../request.js';
import type { Batch, Resettle } from '../source.js';
import type { EntryStore } from '../store/store.js';
import { streamsFor } from '../streams.js';
import { nothingLearned } from '../walk/options.js';
import { type ReadingWorld, readingWorld } from '../world.js';
import { type KnownEntries, openKnown } from './known.js';
import { type LookResult, look } from './look.js';
import { type Lost, lostBy } from './lost.js';

/** Where following begins, and how closely. */
export interface FollowOptions {
  /** So many of the newest entries first; absent: those since `query.from`, and where that is absent too, none. */
  readonly newest?: number;
  /** ms from one look to the next. */
  readonly interval: number;
  /** ms: so long after it happened an entry may turn up late and is still told. Default 15 minutes. */
  readonly overlap?: number;
  /** For times that depend on what time it is: gives the range by the server's clock. */
  readonly resettle?: Resettle;
}

/** What people should know of while nothing comes, or before what comes. */
export type FollowState =
  /** The first look is over: from now on it is new entries. */
  | { readonly state: 'following' }
  | ({ readonly state: 'lost' } & Lost)
  /** Looking takes longer than it should. */
  | { readonly state: 'slow'; readonly why: string }
  /** A look may have missed entries. */
  | { readonly state: 'doubt'; readonly why: string }
  /** Looks succeed again. */
  | { readonly state: 'back'; readonly after: number }
  /** So many entries turned up that are older than what is looked through: they are not told. */
  | { readonly state: 'late'; readonly count: number; readonly before: number }
  /** What the new entries of a look have shown, one sentence each: notes on what the server should not have sent, or nobody can judge, and remarks. */
  | ({ readonly state: 'judged' } & Record<'notes' | 'remarks', readonly string[]>);

/** What following needs of the world: tests give a model of it. */
export interface FollowWorld extends Pick<ReadingWorld, 'fetch' | 'now' | 'skew' | 'openStore'> {
  /** Rejects when the run is told to stop. */
  readonly sleep: (ms: number) => Promise<void>;
  /** From some fixed point, ms, never going back. */
  readonly monotonic: () => number;
}

/** Follows `query` on the server until the run is told to stop: see `followOf`. */
export function openFollowing(
  ctx: Context,
  client: Client,
  connection: Connection,
  query: Query,
  options: FollowOptions,
  onState: (state: FollowState) => void,
): AsyncGenerator<Batch, void> {
  const world: FollowWorld = {
    ...readingWorld(ctx, client, connection),
    sleep: (ms) => ctx.clock.sleep(ms, ctx.signal),
    monotonic: () => ctx.clock.monotonic(),
  };
  return followOf(world, connection, query, options, onState);
}

const OVERLAP = 15 * 60_000;
const BATCH = 200;
/** Whole looks that must agree on how many entries were not met. */
const AGREED = 3;

/** What following knows of one stream. */
interface Followed {
  readonly stream: Stream;
  readonly known: KnownEntries;
  /** The server's count when everything in the overlap was known; undefined when it has no meaning for the next look. */
  accounted: number | undefined;
  /** The first day that was asked for then. */
  from: string | undefined;
  /** When a look last went all the way down, by the server's clock, epoch ms. */
  wholeAt: number;
  /** How much the count was beside what was met in the last whole look, and how many whole looks in a row said so. */
  beside: number;
  agreed: number;
}

/**
 * Gives entries as they come, those of each look oldest first, each of them once. A look reads back until it meets what is known: where the server
 * tells its count, until as many new entries are met as the count has grown, and from time to time, and whenever that does not agree,
 * through everything since the last look and the overlap before it; so what comes late, or comes in a burst, or happened while
 * nothing answered, is found. Never ends by itself: rejects when stopped, and for failures that do not pass (a key that is not accepted).
 */
export async function* followOf(
  world: FollowWorld,
  { provider, orgs }: Pick<Connection, 'provider' | 'orgs'>,
  asked: Query,
  options: FollowOptions,
  onState: (state: FollowState) => void,
): AsyncGenerator<Batch, void> {
  let query = asked;
  const { interval, overlap = OVERLAP, newest } = options;
  let split = splitQuery(provider, query);
  // One request a look and org: only a single action is better filtered there than here.
  const plan = split.actionsExact?.length === 1 ? 'per-action' : 'unfiltered';
  const streams = streamsFor(split, orgs, plan);
  // Without a range, too, a first look by a wrong clock would look at the wrong days.
  let isSettled = false;
  const checked = checkingClock(world, (serverNow) =>
    isSettled ? undefined : (options.resettle?.(serverNow) ?? asked),
  );
  const own = sameOrg(checked, (ask) => ask());
  const fetch = orgs.length < 2 ? own : withoutTwins(own, provider.paging);
  const tools: NewestTools = {
    fetch,
    paging: provider.paging,
    learned: nothingLearned(),
    counted: provider.total !== undefined,
    pause: world.sleep,
    openStore: world.openStore,
    now: world.now,
    takes: takesDays(provider.dates),
    say: sayOnce((fact) => onState({ state: 'slow', why: fact })),
  };
  const doubted = sayOnce((why) => onState({ state: 'doubt', why }));
  const followed: readonly Followed[] = streams.map((stream) => ({
    stream,
    known: openKnown(),
    accounted: undefined,
    from: undefined,
    wholeAt: Number.NEGATIVE_INFINITY,
    beside: 0,
    agreed: 0,
  }));
  let hasLooked = false;

  /** Adds the new entries of all streams to `rows`; what was learned counts only when all of them were looked at. */
  const lookAtAll = async (rows: EntryStore): Promise<Judge> => {
    const isFirst = !hasLooked;
    const now = world.now();
    const begin = newest === undefined ? (query.from ?? now) : now;
    // Whatever has come since everything was last looked through may be as late as the overlap.
    const reach = Math.min(now, isFirst ? begin : Math.min(...followed.map(({ wholeAt }) => wholeAt))) - overlap;
    const whole = isFirst && newest !== undefined ? query.from : reach;
    const from = takesDays(provider.dates).from ? wireWindow(whole, undefined).from : undefined;
    const judge = openJudge({ provider, split, plan, streams, window: { from, to: undefined } });
    const windows = sliceWindow(
      capWindow({ from, to: undefined }, provider.dates, now),
      provider.dates.longestDays,
      now,
    );
    const looks = await Promise.all(
      followed.map(async (one) => {
        if (one.from !== from) one.accounted = undefined;
        let place = 0;
        let wanted = isFirst ? (newest ?? 0) : 0;
        return look({
          tools,
          stream: one.stream,
          windows,
          known: one.known,
          reach,
          accounted: one.accounted,
          quick: !isFirst && now - one.wholeAt < overlap / 3 && one.beside === 0,
          take: (fresh) => {
            const kept = fresh.filter((entry) => judge.keeps(one.stream.index, entry));
            wanted -= kept.length;
            if (isTold(isFirst)) rows.addPage(one.stream.index, kept, place);
            place += kept.length;
            const oldest = fresh.at(-1)?.time ?? Number.NaN;
            return wanted > 0 && !(query.from !== undefined && oldest < query.from);
          },
          restart: () => {
            place = 0;
            wanted = isFirst ? (newest ?? 0) : 0;
            rows.startAgain(one.stream.index);
          },
        });
      }),
    );
    for (const { doubt } of looks) if (doubt !== undefined) doubted(doubt);
    for (const [index, one] of followed.entries()) settle(one, looks[index] as LookResult, { from, reach, isFirst });
    hasLooked = true;
    for (const one of followed) one.known.forget(one.wholeAt - overlap);
    return judge;
  };

  /** Where nothing was asked to begin with, the first look only finds out what is there. */
  const isTold = (isFirst: boolean): boolean => !isFirst || newest !== undefined || query.from !== undefined;

  const settle = (
    one: Followed,
    { met, floor, count, fresh, at, isWhole }: LookResult,
    { from, reach, isFirst }: { from: string | undefined; reach: number; isFirst: boolean },
  ): void => {
    one.known.accept(met, floor);
    one.from = from;
    if (!isWhole) {
      one.accounted = count;
      return;
    }
    one.wholeAt = at;
    const beside = isFirst || one.accounted === undefined || count === undefined ? 0 : count - one.accounted - fresh;
    // An answer may be older than the one before it, or leave out another entry of the same time: only what several looks agree on is believed.
    one.agreed = beside === one.beside ? one.agreed + 1 : 1;
    if (beside !== 0 && one.agreed < AGREED) {
      one.beside = beside;
      if (one.accounted !== undefined) one.accounted += fresh;
      return;
    }
    if (beside > 0) onState({ state: 'late', count: beside, before: reach });
    one.beside = 0;
    one.accounted = count;
  };

  let failures = 0;
  let lostAt = 0;
  for (;;) {
    const began = world.monotonic();
    const rows = world.openStore();
    try {
      const isFirst = !hasLooked;
      let judge: Judge;
      try {
        judge = await lookAtAll(rows);
      } catch (error) {
        if (error instanceof ClockDiffers) {
          isSettled = true;
          query = { ...asked, from: error.range.from, before: error.range.before };
          split = splitQuery(provider, query);
          continue;
        }
        const lost = lostBy(error, hasLooked, failures);
        if (lost === undefined) throw error;
        if (failures === 0) lostAt = began;
        failures += 1;
        onState({ state: 'lost', ...lost });
        await world.sleep(lost.wait);
        continue;
      }
      if (failures > 0) onState({ state: 'back', after: world.monotonic() - lostAt });
      failures = 0;
      if (isTold(isFirst)) tellJudged(judge, onState);
      yield* told(rows, streams, isFirst ? newest : undefined);
      if (isFirst) onState({ state: 'following' });
    } finally {
      await rows.close();
    }
    await world.sleep(Math.max(interval / 4, interval - (world.monotonic() - began)));
  }
}

function tellJudged(judge: Judge, onState: (state: FollowState) => void): void {
  const [notes, remarks] = [judge.notes(), judge.remarks()];
  if (notes.length + remarks.length > 0) onState({ state: 'judged', notes, remarks });
}

/** The entries of a look, oldest first; only the `most` newest of them where that is given. */
async function* told(
  rows: EntryStore,
  streams: readonly Stream[],
  most: number | undefined,
): AsyncGenerator<Batch, void> {
  let skip = most === undefined ? 0 : Math.max(0, rows.size - most);
  for await (const some of rows.ordered({ ties: 'server', direction: 'oldest-first' }, BATCH)) {
    let run: { org: string; entries: Entry[] } | undefined;
    for (const { entry, stream } of some) {
      if (skip > 0) {
        skip -= 1;
        continue;
      }
      const org = streams[stream]?.org ?? '';
      if (run !== undefined && run.org !== org) {
        yield run;
        run = undefined;
      }
      run ??= { org, entries: [] };
      run.entries.push(entry);
    }
    if (run !== undefined) yield run;
  }
}
