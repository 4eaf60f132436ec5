import type { ReadingPlan } from '../engine/plan.js';
import type { Segment, Verdict } from '../engine/source.js';
import { streamsFor } from '../engine/streams.js';
import type { Connection } from '../profile.js';
import { logNames } from '../providers/logs.js';
import { splitQuery } from '../query/split.js';
import { describeQuery, type Query } from '../query.js';
import { formatInstant, UTC } from '../time.js';
import { VERSION } from '../version.js';
import {
  type ClosedRecord,
  MANIFEST_FORMAT,
  type PseudonymsRecord,
  type QueryRecord,
  type ReadRecord,
  type RunRecord,
  type SourceRecord,
  type WindowRecord,
  type WireRecord,
} from './shape/run.js';

/** The question and the result of a run, which the manifests of its files share. */
export interface RunFacts {
  readonly connection: Pick<Connection, 'provider' | 'base' | 'orgs' | 'direct'>;
  /** `…abcd`. */
  readonly keyHint: string;
  readonly nodeVersion: string;
  /** The requested range. */
  readonly query: Query;
  readonly flags: QueryRecord['flags'];
  /** The strategy of the reading; undefined: everything in one stream. */
  readonly plan: Pick<ReadingPlan, 'plan'> | undefined;
  readonly verdict: Verdict;
  readonly segments: readonly Segment[];
  readonly closed: ClosedRecord | null;
  /** Our clock, epoch ms. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** The server's clock minus ours, ms. */
  readonly skew: number;
  readonly resumed: boolean;
  readonly pseudonyms?: PseudonymsRecord | undefined;
  /** What is recorded in place of the people that the query names; absent: their names. */
  readonly names?: { query(query: Query): Query; wire(query: Query, value: string): string };
}

export function recordRun(facts: RunFacts): RunRecord {
  const { verdict, pseudonyms } = facts;
  const { coverage } = verdict;
  return {
    format: MANIFEST_FORMAT,
    tool: { name: 'auditlog', version: VERSION, node: facts.nodeVersion },
    source: sourceRecord(facts),
    query: queryRecord(facts),
    read: readRecord(facts),
    assumptions: [...ASSUMED, ...facts.connection.provider.assumed],
    ...(coverage === undefined ? {} : { coverage: { ...coverage, oldest: instant(coverage.oldest ?? undefined) } }),
    ...(pseudonyms === undefined ? {} : { pseudonyms }),
  };
}

/** Assumptions about every server; the vendor's own ones follow. Part of manifests. */
const ASSUMED: readonly string[] = [
  'An entry that was to be seen once is not taken away again, except the oldest ones by retention.',
  'An id names one entry, and an entry with an id does not change.',
  'Each entry belongs to exactly one day of the server, and a range of days gives the entries of those days.',
  'The count that the server tells is the number of entries that match.',
  'An answer is not older than the one before it, or its count is smaller.',
];

function sourceRecord({ connection, keyHint }: RunFacts): SourceRecord {
  const { provider, base, orgs } = connection;
  return {
    provider: provider.name,
    origin: originOf(connection),
    path: `${base.pathname.replace(/\/$/, '')}${provider.path}`,
    ...(provider.logs === undefined ? {} : { logs: logNames(provider) }),
    ...(provider.method === 'POST' ? { body: JSON.stringify(provider.body ?? {}) } : {}),
    orgs,
    key: keyHint,
    // The transport always checks certificates, even if the environment says not to.
    tlsVerified: base.protocol === 'https:',
  };
}

/** The source of the entries. The demo has another port in each run. */
export function originOf({ base, direct }: Pick<Connection, 'base' | 'direct'>): string {
  return direct === true ? 'demo' : base.origin;
}

function queryRecord({ connection, query, flags, plan, names }: RunFacts): QueryRecord {
  const wire = wireRecords(connection, query, plan);
  return {
    asked: describeQuery(names?.query(query) ?? query, UTC),
    flags,
    from: instant(query.from),
    before: instant(query.before),
    wire:
      names === undefined
        ? wire
        : wire.map(({ filters, ...place }) => ({
            ...place,
            filters: Object.fromEntries(Object.entries(filters).map(([name, text]) => [name, names.wire(query, text)])),
          })),
  };
}

export function wireRecords(
  { provider, orgs }: Pick<Connection, 'provider' | 'orgs'>,
  query: Query,
  plan: RunFacts['plan'],
): readonly WireRecord[] {
  const streams = streamsFor(splitQuery(provider, query), orgs, plan?.plan ?? 'unfiltered');
  return streams.map(({ index: _, filters, ...place }) => ({ ...place, filters: { ...filters } }));
}

function readRecord({ verdict, segments, closed, startedAt, endedAt, skew, resumed }: RunFacts): ReadRecord {
  return {
    startedAt: instant(startedAt) ?? '',
    endedAt: instant(endedAt) ?? '',
    serverTime: verdict.at > 0 ? instant(verdict.at) : null,
    clockSkewMs: Math.round(skew),
    serverCount: verdict.counted ?? null,
    fetched: verdict.fetched,
    kept: verdict.kept,
    ...verdict.stats,
    observations: 1,
    resumed,
    windows: segments.map(windowRecord),
    closed,
  };
}

export function windowRecord({ from, to, rows, kept, count, at, note }: Segment): WindowRecord {
  return {
    from: from ?? null,
    to: to ?? null,
    rows,
    kept,
    count: count ?? null,
    at: at > 0 ? instant(at) : null,
    note: note ?? null,
  };
}

/** RFC 3339 in UTC; null for an undefined or invalid time. */
export function instant(ms: number | undefined): string | null {
  return ms === undefined ? null : formatInstant(ms, UTC) || null;
}
