import type { Context } from '../context.js';
import { serverError, usageError } from '../errors.js';
import type { Entry } from '../event.js';
import type { Client } from '../http/client.js';
import type { Connection } from '../profile.js';
import { capWindow, sliceWindow, takesDays } from '../providers/dates.js';
import { splitQuery } from '../query/split.js';
import type { Query } from '../query.js';
import { resettled } from './clock/check.js';
import { openCounter } from './count/counter.js';
import { openGate } from './gate.js';
import { type Judge, openJudge } from './judge/judge.js';
import { readNewest } from './newest/newest.js';
import { openOrgs } from './orgs.js';
import type { ReadTools } from './pass/pass.js';
import { type ReadingPlan, wireWindow } from './plan.js';
import type { FetchPage, Page, Stream, Window } from './request.js';
import { isReadingPlan } from './shape.js';
import type { Batch, Reading, ReadingOptions, Segment } from './source.js';
import { addCount, openCounters, type ReadCounters, toProgress, toVerdict } from './stats.js';
import { type KeepEntry, type Neighbours, openNeighbours } from './store/neighbours.js';
import { chooseStreams, streamsFor } from './streams.js';
import { nothingLearned } from './walk/options.js';
import { readEverything } from './whole/whole.js';
import { type ReadingWorld, readingWorld } from './world.js';

const BATCH = 200;

/**
 * Opens a reading of `query`: nothing is asked before `batches` is iterated. Throws a usage error at once for a query that this
 * vendor cannot answer. The caller closes `client` afterwards.
 */
export function openReading(
  ctx: Context,
  client: Client,
  connection: Connection,
  query: Query,
  options: ReadingOptions,
): Reading {
  // Where no rate is kept, the line's latency is the limit: more requests at a time make up for it.
  const concurrency = options.concurrency ?? (connection.rate === undefined ? 16 : 4);
  return readingOf(readingWorld(ctx, client, connection), connection, query, { ...options, concurrency });
}

export function readingOf(
  world: ReadingWorld,
  connection: Pick<Connection, 'provider' | 'orgs'>,
  asked: Query,
  options: ReadingOptions,
): Reading {
  const { resettle, resume } = options;
  if (resettle === undefined || resume !== undefined) return readOnce(world, connection, asked, options);
  return resettled(world, asked, resettle, (within, query) => readOnce(within, connection, query, options));
}

function readOnce(
  world: ReadingWorld,
  connection: Pick<Connection, 'provider' | 'orgs'>,
  asked: Query,
  options: ReadingOptions,
): Reading {
  const { provider, orgs } = connection;
  const saved = savedPlan(options.resume);
  // An interrupted reading goes on with the instants that it began with: "7d" ago means another range today.
  const query = saved === undefined ? asked : { ...asked, from: saved.from, before: saved.before };
  const split = splitQuery(provider, query);
  const tally = openCounters(provider.total !== undefined);
  const gate = openGate(Math.min(16, Math.max(1, options.concurrency ?? 4)));
  const own = sameOrg(world.fetch, (ask) => gate(ask));
  const all = openOrgs(own, orgs, provider.paging, (note) => tally.notes.push(note));
  const tools: ReadTools = {
    fetch: counted(all.fetch, tally),
    paging: provider.paging,
    learned: nothingLearned(),
    counted: provider.total !== undefined,
    pause: world.pause,
  };
  const days = takesDays(provider.dates);
  const say = sayOnce(options.say);
  const window = capWindow(sendable(wireWindow(query.from, query.before), days), provider.dates, world.now());
  // Newest first; one, but for vendors that take only so many days at once.
  const windows = sliceWindow(window, provider.dates.longestDays, world.now());
  const newestWindow = windows[0] as Window;
  let judge: Judge | undefined;
  let plan: ReadingPlan | undefined = saved;
  let filteredHere =
    query.from !== undefined || query.before !== undefined || split.localFor('unfiltered') !== undefined;

  const { keepsUndated } = options;
  const judgeOf = (mode: 'per-action' | 'unfiltered', streams: readonly Stream[]): Judge =>
    openJudge({ provider, split, plan: mode, streams, window, keepsUndated });
  const keepFor = (mode: 'per-action' | 'unfiltered', streams: readonly Stream[]): Judge['keeps'] => {
    filteredHere = query.from !== undefined || query.before !== undefined || split.localFor(mode) !== undefined;
    judge = judgeOf(mode, streams);
    return judge.keeps;
  };

  async function* newest(limit: number): AsyncGenerator<Batch, void> {
    const skip = (Math.max(1, options.page ?? 1) - 1) * limit;
    const { keeps } = judgeOf('unfiltered', streamsFor(split, orgs, 'unfiltered'));
    const chosen = await chooseStreams(tools, split, orgs, newestWindow, skip + limit, (entry) => keeps(0, entry));
    const keep = keepFor(chosen.plan, chosen.streams);
    const found = await readNewest(
      {
        ...tools,
        openStore: world.openStore,
        now: world.now,
        takes: days,
        say,
        tally,
        keep: (entry, stream) => keep(stream, entry),
        filteredHere,
        from: query.from,
      },
      chosen.streams,
      windows,
      { skip, limit },
      chosen.firsts,
    );
    const rows = found.map(({ entry, stream }) => ({ entry, org: chosen.streams[stream]?.org as string }));
    yield* byOrg(rows);
  }

  async function* everything(): AsyncGenerator<Batch, void> {
    const settled = saved?.plan ?? options.plan;
    const chosen =
      settled === undefined
        ? await chooseStreams(tools, split, orgs, newestWindow, undefined, () => true)
        : { plan: settled, streams: streamsFor(split, orgs, settled), firsts: undefined };
    const keep = keepFor(chosen.plan, chosen.streams);
    const oldestFirst = options.direction === 'oldest-first';
    const whole = readEverything(
      {
        ...tools,
        streams: chosen.streams,
        openStore: world.openStore,
        counter: openCounter(tools.fetch, provider),
        now: world.now,
        tally,
        bounded: days.from && days.to,
        oldestFirst,
        isLost: all.isLost,
      },
      windows,
      chosen.firsts,
      options.resume === undefined || saved === undefined
        ? undefined
        : { plan: saved, segments: options.resume.segments },
    );
    account(tally, options.resume?.segments);
    const order = { ties: options.ties, direction: options.direction ?? 'newest-first' } as const;
    const neighbours = openNeighbours(tally);
    for await (const leaf of whole.leaves) {
      plan = { ...whole.plan(), from: query.from, before: query.before, plan: chosen.plan };
      const keepsOf: KeepEntry = (stream, entry) => keep(stream, entry, leaf.segment);
      // Within a window rows have told the entries apart already.
      const isNew: Neighbours['isNew'] =
        leaf.isOnly && leaf.rows.facts().mutated === 0
          ? ({ stream, entry }) => keepsOf(stream, entry)
          : neighbours.isNew;
      let kept = 0;
      let pending: readonly Batch[] = [];
      try {
        for await (const rows of leaf.rows.ordered(order, BATCH)) {
          yield* pending;
          const wanted = rows.filter((row) => isNew(row, keepsOf));
          kept += wanted.length;
          tally.kept += wanted.length;
          pending = byOrg(wanted.map(({ entry, stream }) => ({ entry, org: chosen.streams[stream]?.org as string })));
        }
        tally.outOfWindow = judge?.outside() ?? 0;
        const segment = withNotes({ ...leaf.segment, kept }, judge?.notesSince() ?? []);
        const last = pending.at(-1) ?? { entries: [], org: orgs[0] as string };
        yield* pending.slice(0, -1);
        yield { ...last, segmentEnd: segment };
      } finally {
        await leaf.rows.close();
      }
    }
  }

  return {
    batches: options.limit === undefined ? everything() : newest(options.limit),
    verdict: () => toVerdict(tally, world.stats(), { notes: judge?.notes() ?? [], remarks: judge?.remarks() ?? [] }),
    progress: () => toProgress(tally, world.stats()),
    total: () => ({ count: tally.expected, filteredHere }),
    plan: () => plan,
  };
}

/** Says each fact once. */
export function sayOnce(say: ReadingOptions['say']): (fact: string) => void {
  const said = new Set<string>();
  return (fact) => {
    if (!said.has(fact)) say?.(fact);
    said.add(fact);
  };
}

/** Only the parameters that the vendor has; what it does not filter is trimmed here. */
function sendable({ from, to }: Window, days: { readonly from: boolean; readonly to: boolean }): Window {
  return { from: days.from ? from : undefined, to: days.to ? to : undefined };
}

/** What the entries of a window have shown stays with its record, which outlives this run. */
function withNotes(segment: Segment, found: readonly string[]): Segment {
  if (found.length === 0) return segment;
  return { ...segment, note: [...(segment.note === undefined ? [] : [segment.note]), ...found].join('; ') };
}

/** What earlier runs of an interrupted reading had given out. */
function account(tally: ReadCounters, segments: readonly Segment[] | undefined): void {
  for (const segment of segments ?? []) {
    tally.arrived += segment.rows;
    tally.fetched += segment.rows;
    tally.kept += segment.kept;
    addCount(tally, segment.count);
    tally.at = Math.max(tally.at, segment.at);
    if (segment.note !== undefined) tally.notes.push(segment.note);
  }
}

/** Batches of one org each, in order. */
function byOrg(rows: readonly { readonly entry: Entry; readonly org: string }[]): readonly Batch[] {
  const batches: { org: string; entries: Entry[]; more?: boolean }[] = [];
  for (const { entry, org } of rows) {
    const last = batches.at(-1);
    if (last !== undefined && last.org === org) {
      last.entries.push(entry);
      continue;
    }
    if (last !== undefined) last.more = true;
    batches.push({ org, entries: [entry] });
  }
  return batches;
}

/** The plan of the reading that is resumed. Throws a usage error for one that this version did not write: nothing may be left out, or read twice. */
function savedPlan(resume: ReadingOptions['resume']): ReadingPlan | undefined {
  if (resume === undefined) return undefined;
  if (isReadingPlan(resume.plan)) return resume.plan;
  throw usageError('the interrupted reading cannot be resumed: its plan is damaged', 'Begin anew with --restart.');
}

function counted(fetch: FetchPage, tally: ReadCounters): FetchPage {
  return async (ask) => {
    const page = await fetch(ask);
    tally.arrived += page.entries.length;
    return page;
  };
}

/**
 * Entries of another organization mean a mixed-up cache or a mis-routed request: asked for again, and then an error before anything
 * of it is told. Actions on organizations themselves (`org.*`) may name others, and are passed over.
 */
export function sameOrg(fetch: FetchPage, gate: <T>(task: () => Promise<T>) => Promise<T>): FetchPage {
  const known = new Map<number, string>();
  return async (ask) => {
    for (let attempt = 0; ; attempt += 1) {
      const page: Page = await gate(() => fetch(ask));
      const own = known.get(ask.stream.index) ?? [...page.orgs][0];
      if (own === undefined) return page;
      const foreign = [...page.orgs].find((org) => org !== own);
      if (foreign === undefined) {
        known.set(ask.stream.index, own);
        return page;
      }
      if (attempt === 2) {
        throw serverError(
          `The server gave entries of another organization: ${foreign} where ${own} was read.`,
          'Nothing of that answer was written. A proxy or a cache between here and the API may be mixing up answers.',
        );
      }
    }
  };
}
