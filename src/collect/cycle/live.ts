import type { Context } from '../../context.js';
import type { Ending } from '../../days/ending.js';
import type { Delivery } from '../../destinations/destination.js';
import { countsHistory, openThrough } from '../../engine/count/through.js';
import { pageFetcher } from '../../engine/page/page.js';
import { wireWindow } from '../../engine/plan.js';
import { openReading } from '../../engine/reading.js';
import type { Batch, Reading, ReadingOptions, Verdict } from '../../engine/source.js';
import type { Client } from '../../http/client.js';
import { instant, originOf, recordRun } from '../../manifest/record.js';
import type { ClosedRecord } from '../../manifest/shape/run.js';
import type { Connection } from '../../profile.js';
import { type Strategy, splitQuery } from '../../query/split.js';
import { type Query, queryIdentity } from '../../query.js';
import { dayStart, type Range, utcDay } from '../../time.js';
import { namedDelivery } from '../deliver/named.js';
import type { CollectorFolder } from '../paths.js';
import type { EndingPart, OrgWorld } from './world.js';

/** What the organizations of a collector share while it runs. */
export interface CollectorRun {
  readonly name: string;
  readonly folder: CollectorFolder;
  readonly connection: Connection;
  readonly client: Client;
  /** Without an end. */
  readonly query: Query;
  readonly delivery: Delivery;
  readonly say: (text: string) => void;
  /** Called with each reading before it begins. */
  readonly begin?: (reading: Reading) => void;
  /** Whether redelivering an entry is a no-op. */
  readonly idempotent: boolean;
  /** Bytes to gather on disk before files are made of them. */
  readonly chunk?: number;
}

/** Bytes. An interrupted first run reads at most this again, and a busy day. */
const CHUNK = 64 * 1024 * 1024;
/** Stores prefer large batches. If redelivered entries would stay double, there should be few of them. */
const LARGE_BATCH = 20_000;
const SMALL_BATCH = 5000;
/** Up to this many exact actions are requested one by one; for more it is cheaper to read all entries and filter here. */
const FEW = 3;

export interface KeyFacts {
  readonly hint: string;
  /** Removes the key from a text in which a server may have quoted it. */
  readonly scrub: (text: string) => string;
}

/** The world of one organization, over the real API. */
export function orgWorld(ctx: Context, collecting: CollectorRun, org: string, key: KeyFacts): OrgWorld {
  const { client, name, folder } = collecting;
  const { provider: vendor } = collecting.connection;
  const delivery = namedDelivery(collecting.delivery, { folder, org, provider: vendor });
  const query = delivery.kind === 'files' ? wholeDays(collecting.query) : collecting.query;
  const connection: Connection = { ...collecting.connection, orgs: [org] };
  const { provider } = connection;
  const plan = planOf(connection, query);
  const identity = {
    origin: originOf(connection) === 'demo' ? 'demo' : connection.base.href,
    provider: provider.name,
    org,
    query: queryIdentity({ ...query, from: undefined, before: undefined }),
  };
  const startedAt = ctx.clock.now();
  const serverNow = (): number => ctx.clock.now() + client.stats().skew;
  const open = (from: Connection, range: Range, options: ReadingOptions): Reading =>
    openReading(ctx, { client, connection: from }, { ...query, ...range }, { ...options, keepsUndated: true });
  return {
    ...collecting,
    delivery,
    org,
    from: query.from,
    through: countsHistory(provider)
      ? openThrough(pageFetcher(client, provider, connection.base), connection, query, plan)
      : undefined,
    read: (range, { counted }) => {
      const asked = counted ? connection : { ...connection, provider: { ...provider, total: undefined } };
      const reading = scrubbed(open(asked, range, { ties: 'canonical', direction: 'oldest-first', plan }), key.scrub);
      collecting.begin?.(reading);
      return reading;
    },
    readNewest:
      splitQuery(provider, query).localFor(plan) === undefined
        ? (range, limit) => open(connection, range, { ties: 'server', limit })
        : undefined,
    ending: (reading, { history, ...part }): Ending => ({
      folder: identity,
      identity: { ...identity, range: `${part.from ?? ''}/${part.before ?? ''}` },
      run: recordRun({
        connection,
        keyHint: key.hint,
        nodeVersion: ctx.nodeVersion,
        query: { ...query, from: part.from ?? undefined, before: part.before ?? undefined },
        flags: { collector: name },
        plan: { plan },
        verdict: reading.verdict(),
        segments: part.segments,
        closed: history === undefined ? null : closedRecord(query, history),
        startedAt,
        endedAt: ctx.clock.now(),
        skew: client.stats().skew,
        resumed: false,
      }),
      verdict: reading.verdict(),
      serverNow: serverNow(),
      ...part,
    }),
    serverNow,
    random: ctx.random,
    flushRows: collecting.idempotent ? LARGE_BATCH : SMALL_BATCH,
    chunk: collecting.chunk ?? CHUNK,
  };
}

function closedRecord({ from }: Query, { to, count, at }: NonNullable<EndingPart['history']>): ClosedRecord {
  return { from: wireWindow(from, undefined).from ?? null, to, count, at: instant(at) ?? '' };
}

/** The notes of a reading are saved and shown later: removes the key from them. */
function scrubbed(reading: Reading, scrub: KeyFacts['scrub']): Reading {
  async function* batches(): AsyncGenerator<Batch, void> {
    for await (const batch of reading.batches) {
      const { segmentEnd } = batch;
      yield segmentEnd?.note === undefined
        ? batch
        : { ...batch, segmentEnd: { ...segmentEnd, note: scrub(segmentEnd.note) } };
    }
  }
  const verdict = (): Verdict => {
    const found = reading.verdict();
    return { ...found, notes: found.notes.map(scrub), remarks: found.remarks.map(scrub) };
  };
  return { ...reading, batches: batches(), verdict };
}

/** Files hold whole days: they begin with the day of the first instant. */
function wholeDays(query: Query): Query {
  return query.from === undefined ? query : { ...query, from: dayStart(utcDay(query.from)) };
}

/** The same in every run: counts of different plans cannot be compared. */
function planOf({ provider }: Connection, query: Query): Strategy {
  const actions = splitQuery(provider, query).actionsExact;
  return actions !== undefined && actions.length <= FEW ? 'per-action' : 'unfiltered';
}
