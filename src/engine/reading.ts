import type { Context } from '../context.js';
import { usageError } from '../errors.js';
import type { Client } from '../http/client.js';
import type { Connection } from '../profile.js';
import { addsUpDays, capWindow, longestSlice, overlapsAt, sliceWindow, takesDays } from '../providers/dates.js';
import { type QuerySplit, type Strategy, splitQuery } from '../query/split.js';
import type { Query } from '../query.js';
import { batchesOf, pageOf } from './batches.js';
import { resettled } from './clock/check.js';
import { Counter } from './count/counter.js';
import { seeCoverage } from './coverage.js';
import { openGate } from './gate.js';
import { journaled } from './journal.js';
import { Judge } from './judge/judge.js';
import { readNewest } from './newest/newest.js';
import { type NewestTools, sayOnce } from './newest/run.js';
import { type OrgFetch, openOrgs, sameOrg } from './orgs.js';
import { isReadingPlan, type ReadingPlan, wireWindow } from './plan.js';
import type { FetchPage, Stream, Window } from './request.js';
import type { Batch, Reading, ReadingOptions, Segment } from './source.js';
import { ReadCounters } from './stats.js';
import { type KeepEntry, Neighbours } from './store/neighbours.js';
import { chooseStreams, type Streams, streamsFor } from './streams.js';
import { nothingLearned } from './walk/options.js';
import { type FinishedWindow, WholeReader } from './whole/whole.js';
import { type ReadingWorld, readingWorld } from './world.js';

const BATCH = 200;

/** What a reading needs of the connection. */
export type ReadFrom = Pick<Connection, 'provider' | 'orgs'>;

/** A reading of `query` over a client, which the caller closes afterwards: see `readingOf`. */
export function openReading(
  ctx: Context,
  { client, connection }: { readonly client: Client; readonly connection: Connection },
  query: Query,
  options: ReadingOptions,
): Reading {
  // Without a rate the latency is the limit: more requests at a time make up for it.
  const concurrency = options.concurrency ?? (connection.rate === undefined ? 16 : 4);
  return readingOf(readingWorld(ctx, client, connection), connection, query, { ...options, concurrency });
}

/** A reading of `query`. Sends nothing before `batches` is iterated. Throws a usage error at once for a query that the vendor cannot answer. */
export function readingOf(world: ReadingWorld, from: ReadFrom, asked: Query, options: ReadingOptions): Reading {
  const { resettle, resume } = options;
  if (resettle === undefined || resume !== undefined) return new ServerReading(world, from, asked, options);
  return resettled(world, asked, resettle, (within, query) => new ServerReading(within, from, query, options));
}

class ServerReading implements Reading {
  readonly batches: AsyncIterable<Batch>;

  readonly #world: ReadingWorld;
  readonly #from: ReadFrom;
  readonly #options: ReadingOptions;
  readonly #query: Query;
  readonly #split: QuerySplit;
  readonly #counters: ReadCounters;
  readonly #orgs: OrgFetch;
  readonly #tools: NewestTools;
  /** All days asked for on the wire. */
  readonly #window: Window;
  /** The same in slices, newest first, if the vendor takes only so many days at once. */
  readonly #windows: readonly Window[];
  readonly #saved: ReadingPlan | undefined;
  #plan: ReadingPlan | undefined;
  #judge: Judge | undefined;
  #filteredHere: boolean;

  constructor(world: ReadingWorld, from: ReadFrom, asked: Query, options: ReadingOptions) {
    const { provider, orgs } = from;
    this.#world = world;
    this.#from = from;
    this.#options = options;
    this.#saved = savedPlan(options.resume);
    this.#plan = this.#saved;
    // An interrupted reading keeps the instants that it began with: "7d" means another range today.
    this.#query = this.#saved === undefined ? asked : { ...asked, from: this.#saved.from, before: this.#saved.before };
    this.#split = splitQuery(provider, this.#query);
    this.#filteredHere = this.#filtersHere('unfiltered');
    const isCounted = provider.total !== undefined;
    this.#counters = new ReadCounters(isCounted);
    const gate = openGate(Math.min(16, Math.max(1, options.concurrency ?? 4)));
    const { journal } = options;
    const ask = journal === undefined ? world.fetch : journaled(world.fetch, journal, provider);
    const fetch = sameOrg((request) => gate(() => ask(request)));
    this.#orgs = openOrgs(fetch, orgs, provider.paging, (note) => this.#counters.notes.push(note));
    const takes = takesDays(provider.dates);
    this.#tools = {
      fetch: counting(this.#orgs.fetch, this.#counters),
      paging: provider.paging,
      learned: nothingLearned(),
      counted: isCounted,
      pause: world.pause,
      openStore: world.openStore,
      now: world.now,
      takes,
      cap: (days) => capWindow(days, provider.dates, world.now()),
      isShared: overlapsAt(provider.dates),
      say: sayOnce(options.say),
    };
    const days = wireWindow(this.#query.from, this.#query.before);
    const sent = { from: takes.from ? days.from : undefined, to: takes.to ? days.to : undefined };
    this.#window = capWindow(sent, provider.dates, world.now());
    this.#windows = sliceWindow(this.#window, longestSlice(provider.dates), world.now());
    const { limit, direction } = options;
    if (limit === undefined) this.batches = this.#everything();
    else this.batches = direction === 'oldest-first' ? this.#oldest(limit) : this.#newest(limit);
  }

  verdict(): ReturnType<Reading['verdict']> {
    const found = { notes: this.#judge?.notes() ?? [], remarks: this.#judge?.remarks() ?? [] };
    return { ...this.#counters.verdict(this.#world.stats(), found), ...this.#judge?.dropped() };
  }

  progress(): ReturnType<Reading['progress']> {
    return this.#counters.progress(this.#world.stats());
  }

  total(): ReturnType<Reading['total']> {
    return { count: this.#counters.expected, filteredHere: this.#filteredHere };
  }

  plan(): ReadingPlan | undefined {
    return this.#plan;
  }

  async *#newest(limit: number): AsyncGenerator<Batch, void> {
    const split = this.#split;
    const { orgs } = this.#from;
    const skip = (Math.max(1, this.#options.page ?? 1) - 1) * limit;
    const matcher = this.#judgeOf('unfiltered', streamsFor(split, orgs, 'unfiltered'));
    const chosen = await chooseStreams(this.#tools, {
      split,
      orgs,
      window: this.#windows[0] as Window,
      needed: skip + limit,
      matches: (entry) => matcher.keeps(0, entry),
    });
    const judge = this.#useJudge(chosen);
    const found = await readNewest(
      {
        ...this.#tools,
        counters: this.#counters,
        keep: (entry, stream) => judge.keeps(stream, entry),
        filteredHere: this.#filteredHere,
        from: this.#query.from,
      },
      { ...chosen, windows: this.#windows, skip, limit },
    );
    yield* batchesOf(found, chosen.streams);
  }

  /** Reads from the oldest window on, and no further than needed. */
  async *#oldest(limit: number): AsyncGenerator<Batch, void> {
    let given = 0;
    for await (const batch of pageOf(this.#everything(), limit, this.#options.page)) {
      given += batch.entries.length;
      yield batch;
    }
    this.#counters.kept = given;
  }

  async *#everything(): AsyncGenerator<Batch, void> {
    const { resume, direction, plan, journal } = this.#options;
    const split = this.#split;
    const { provider, orgs } = this.#from;
    const settled = this.#saved?.plan ?? plan;
    const chosen: Streams =
      settled === undefined
        ? await chooseStreams(this.#tools, { split, orgs, window: this.#windows[0] as Window })
        : { strategy: settled, streams: streamsFor(split, orgs, settled) };
    const judge = this.#useJudge(chosen);
    const { from, to } = this.#tools.takes;
    const whole = new WholeReader(
      {
        ...this.#tools,
        streams: chosen.streams,
        counter: new Counter(this.#tools.fetch, provider),
        counters: this.#counters,
        bounded: from && to,
        addsUp: addsUpDays(provider.dates),
        oldestFirst: direction === 'oldest-first',
        readsAhead: this.#options.limit === undefined,
        isLost: this.#orgs.isLost,
      },
      {
        ...chosen,
        windows: this.#windows,
        resume: resume && this.#saved && { ...resume, plan: this.#saved },
        begun: async (left) => {
          const { from: first, before } = this.#query;
          await journal?.begin({ ...left, from: first, before, plan: chosen.strategy });
        },
      },
    );
    for (const segment of resume?.segments ?? []) this.#counters.addSegment(segment);
    const neighbours = new Neighbours(this.#counters, overlapsAt(provider.dates));
    for await (const finished of whole.windows()) {
      const { from: first, before } = this.#query;
      this.#plan = { ...whole.plan(), from: first, before, plan: chosen.strategy };
      const keeps: KeepEntry = (stream, entry) => judge.keeps(stream, entry, finished.segment);
      yield* this.#giveOut(finished, chosen.streams, keeps, neighbours);
    }
    if (this.#options.seesCoverage === true) await this.#seeCoverage(chosen.streams);
  }

  async #seeCoverage(streams: readonly Stream[]): Promise<void> {
    const { from, before } = this.#query;
    const { oldest, at } = this.#counters;
    const isUnfiltered = streams.every(({ filters }) => Object.keys(filters).length === 0);
    const source = { ...this.#from, fetch: this.#orgs.fetch };
    this.#counters.coverage = await seeCoverage(source, { from, before, at, read: { oldest, isUnfiltered } });
  }

  /** The batches of one window; the last one has the record of it. */
  async *#giveOut(
    { store, segment, isOnly }: FinishedWindow,
    streams: readonly Stream[],
    keeps: KeepEntry,
    neighbours: Neighbours,
  ): AsyncGenerator<Batch, void> {
    const { ties, direction = 'newest-first' } = this.#options;
    // Within a window the store has already distinguished the entries.
    const isAlone = isOnly && store.facts.mutated === 0;
    neighbours.nextWindow();
    let kept = 0;
    let pending: readonly Batch[] = [];
    try {
      for await (const some of store.ordered({ ties, direction }, BATCH)) {
        yield* pending;
        const wanted = some.filter((one) => (isAlone ? keeps(one.stream, one.entry) : neighbours.isNew(one, keeps)));
        kept += wanted.length;
        this.#counters.kept += wanted.length;
        pending = batchesOf(wanted, streams);
      }
      this.#counters.stats.outOfWindow = this.#judge?.outside() ?? 0;
      const last = pending.at(-1) ?? { entries: [], org: this.#from.orgs[0] as string };
      yield* pending.slice(0, -1);
      yield { ...last, segmentEnd: withNotes({ ...segment, kept }, this.#judge?.notesSince() ?? []) };
    } finally {
      store.close();
    }
  }

  #filtersHere(strategy: Strategy): boolean {
    const { from, before } = this.#query;
    return from !== undefined || before !== undefined || this.#split.localFor(strategy) !== undefined;
  }

  #judgeOf(strategy: Strategy, streams: readonly Stream[]): Judge {
    const [split, window] = [this.#split, this.#window];
    const { provider } = this.#from;
    return new Judge({ provider, split, strategy, streams, window, keepsUndated: this.#options.keepsUndated });
  }

  #useJudge({ strategy, streams }: Streams): Judge {
    this.#filteredHere = this.#filtersHere(strategy);
    this.#judge = this.#judgeOf(strategy, streams);
    return this.#judge;
  }
}

/** What the entries of a window have shown stays with its record, which outlives this run. */
function withNotes(segment: Segment, found: readonly string[]): Segment {
  if (found.length === 0) return segment;
  return { ...segment, note: [...(segment.note === undefined ? [] : [segment.note]), ...found].join('; ') };
}

/** The plan of the reading to resume. Throws a usage error for one that this version did not write: nothing may be left out or read twice. */
function savedPlan(resume: ReadingOptions['resume']): ReadingPlan | undefined {
  if (resume === undefined) return undefined;
  if (isReadingPlan(resume.plan)) return resume.plan;
  throw usageError('the interrupted export cannot be resumed: its plan is damaged', 'Start again with --restart');
}

function counting(fetch: FetchPage, counters: ReadCounters): FetchPage {
  return async (request) => {
    const page = await fetch(request);
    counters.arrived += page.entries.length;
    return page;
  };
}
