import type { ReadingPlan } from '../engine/plan.js';
import type { Segment, Verdict } from '../engine/source.js';
import type { Connection } from '../profile.js';
import { pathList } from '../providers/value.js';
import { splitQuery } from '../query/split.js';
import { describeQuery, type Query } from '../query.js';
import { formatInstant, UTC } from '../time.js';
import { VERSION } from '../version.js';
import type { JsonValue } from './canonical.js';
import type {
  ClosedRecord,
  FileRecord,
  ManifestBody,
  QueryRecord,
  ReadRecord,
  SourceRecord,
  WindowRecord,
  WireRecord,
} from './manifest.js';
import { MANIFEST_FORMAT } from './manifest.js';
import type { FileShape, Measured } from './measure.js';

/** What a run asked and how it went: everything that the manifests of its files share. */
export interface RunFacts {
  readonly connection: Pick<Connection, 'provider' | 'base' | 'orgs' | 'direct'>;
  /** `…abcd`. */
  readonly keyHint: string;
  readonly nodeVersion: string;
  /** With the instants that were asked for. */
  readonly query: Query;
  readonly flags: { readonly [name: string]: JsonValue };
  /** From the reading's own plan; undefined: everything in one stream. */
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
}

/** The part of a manifest that is the same for all files of a run. */
export type RunRecord = Pick<ManifestBody, 'format' | 'tool' | 'source' | 'query' | 'read' | 'assumptions'>;

export function recordRun(facts: RunFacts): RunRecord {
  return {
    format: MANIFEST_FORMAT,
    tool: { name: 'auditlog', version: VERSION, node: facts.nodeVersion },
    source: sourceRecord(facts),
    query: queryRecord(facts),
    read: readRecord(facts),
    assumptions: [...ASSUMED, ...facts.connection.provider.assumed],
  };
}

/** What is assumed of any server; the vendor's own assumptions follow. */
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
    orgs,
    key: keyHint,
    // The transport always checks certificates, even when the environment asks it not to.
    tlsVerified: base.protocol === 'https:',
  };
}

/** Where the entries come from. The demo is at another port each time. */
export function originOf({ base, direct }: Pick<Connection, 'base' | 'direct'>): string {
  return direct === true ? 'demo' : base.origin;
}

function queryRecord({ connection, query, flags, plan }: RunFacts): QueryRecord {
  return {
    asked: describeQuery(query, UTC),
    flags,
    from: instant(query.from),
    before: instant(query.before),
    wire: wireRecords(connection, query, plan),
  };
}

/** What the server was asked to filter by. */
export function wireRecords(
  { provider, orgs }: Pick<Connection, 'provider' | 'orgs'>,
  query: Query,
  plan: RunFacts['plan'],
): readonly WireRecord[] {
  const wires = splitQuery(provider, query).wiresFor(plan?.plan ?? 'unfiltered');
  return orgs.flatMap((org) => wires.map(({ filters }) => ({ org, filters: { ...filters } })));
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

/** What a manifest records of a file that was just written and read back. */
export function recordFile(
  name: string,
  shape: FileShape,
  columns: readonly string[] | undefined,
  found: Measured,
): FileRecord {
  const { bytes, sha256, unpacked, rows, first, last } = found;
  const hasIds = shape.format !== 'csv' || shape.fields.id.some((field) => columns?.includes(field));
  return {
    name,
    format: shape.format,
    gzip: shape.gzip,
    bytes,
    sha256,
    unpacked,
    rows,
    ids: hasIds ? found.ids : null,
    first,
    last,
    csv:
      shape.format === 'csv'
        ? {
            columns: columns ?? [],
            guard: shape.guarded ? 'apostrophe-1' : 'none',
            guardedCells: found.guardedCells,
          }
        : null,
    fields: shape.fields,
  };
}

/** How a run writes a file, and where the id and the time of an entry are in it: a CSV file has our column names, not the vendor's. */
export function shapeOf(
  provider: Connection['provider'],
  { format, gzip, csvRaw }: { readonly format: FileShape['format']; readonly gzip: boolean; readonly csvRaw: boolean },
): FileShape {
  const { id, time } = provider.fields;
  const fields = format === 'csv' ? { id: ['id'], time: ['time'] } : { id: pathList(id), time: pathList(time) };
  return { format, gzip, fields, guarded: format === 'csv' && !csvRaw };
}
