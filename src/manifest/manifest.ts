import { escapeJsonText } from '../json/escape.js';
import { canonicalJson, type JsonValue, sha256 } from './canonical.js';

export const MANIFEST_FORMAT = 'auditlog-manifest-1';

/**
 * What a manifest describes. `export`: one file of one run. The others are in the chain of a directory of day files. `day`: the
 * entries of one UTC day. `late`: entries that appeared after their day was sealed. `gone`: entries of a sealed day that the server no
 * longer returns (no file: the day's own file still holds them). `undated`: entries that belong to no day. `pruned`: a tombstone for files
 * that were removed because of their age (no file: the manifests of those files stay).
 */
export const MANIFEST_KINDS = ['export', 'day', 'late', 'gone', 'undated', 'pruned'] as const;
export type ManifestKind = (typeof MANIFEST_KINDS)[number];

/** A record of what was asked, what was answered and what was written, all as JSON. Times are RFC 3339 in UTC, hashes `sha256:<hex>`. */
export interface Manifest extends ManifestBody {
  /** SHA-256 over the line `auditlog-manifest-1` and the canonical JSON of everything else here. */
  readonly hash: string;
}

export interface ManifestBody {
  readonly format: typeof MANIFEST_FORMAT;
  readonly kind: ManifestKind;
  /** The UTC day of the entries; null when they have no single day. */
  readonly day: string | null;
  readonly tool: { readonly name: 'auditlog'; readonly version: string; readonly node: string };
  readonly source: SourceRecord;
  readonly query: QueryRecord;
  readonly read: ReadRecord;
  /** verified: equal to the server's own count. uncounted: the server reports no count. unreconciled: `notes` say why. */
  readonly status: 'verified' | 'uncounted' | 'unreconciled';
  readonly notes: readonly string[];
  /** What is assumed about any server, and about this vendor. */
  readonly assumptions: readonly string[];
  /** The file beside this manifest; null for `gone` and `pruned`. */
  readonly file: FileRecord | null;
  /** The same entries once more, in columns, where the directory has such files and there is an entry. */
  readonly columnar?: ColumnarRecord;
  /** Entries that the server no longer returns. For `gone`; for a day, those that its file has from earlier readings. */
  readonly gone: GoneRecord | null;
  /** For `pruned`. */
  readonly pruned?: PrunedRecord;
  /** The place in the chain of a directory of day files. */
  readonly chain: ChainLink | null;
}

export interface SourceRecord {
  readonly provider: string;
  readonly origin: string;
  /** The path that was asked, `{org}` in it standing for each of `orgs`. */
  readonly path: string;
  readonly orgs: readonly string[];
  /** The last four characters of the key, for telling keys apart. */
  readonly key: string;
  /** Whether the server had to prove its name; false for plain http on this machine, or when checks were switched off. */
  readonly tlsVerified: boolean;
}

export interface QueryRecord {
  /** The question in words. */
  readonly asked: string;
  /** The flags that shaped the question and the file, as given. */
  readonly flags: { readonly [name: string]: JsonValue };
  /** What the entries were trimmed to here: half-open. */
  readonly from: string | null;
  readonly before: string | null;
  /** What the server was asked to filter by: one for each sequence of requests. */
  readonly wire: readonly WireRecord[];
}

export interface WireRecord {
  readonly org: string;
  readonly filters: { readonly [filter: string]: string };
}

/** How the run that wrote this went. Counts are of the whole run, not of this file alone. */
export interface ReadRecord {
  readonly startedAt: string;
  readonly endedAt: string;
  /** The server's clock when its last count was taken, and how far it is ahead of ours. */
  readonly serverTime: string | null;
  readonly clockSkewMs: number;
  readonly serverCount: number | null;
  readonly fetched: number;
  readonly kept: number;
  readonly requests: number;
  readonly retries: number;
  readonly rereads: number;
  readonly duplicates: number;
  readonly vanished: number;
  readonly mutated: number;
  readonly missingId: number;
  readonly outOfWindow: number;
  readonly unordered: number;
  /** How many independent readings or counts gave the same result before this was written. */
  readonly observations: number;
  /** Where days wait for a second observation: the server's clock at the first and at the last of them. */
  readonly observed?: readonly string[];
  /** Whether an interrupted run was resumed: requests are then those of the last part. */
  readonly resumed: boolean;
  /** The ranges of days asked on the wire that bear on this file, with what the server counted in each. */
  readonly windows: readonly WindowRecord[];
  /** Where days were read in one piece with others that were still open: what the server counted in the closed ones, right afterwards. */
  readonly closed: ClosedRecord | null;
}

export interface ClosedRecord {
  readonly from: string | null;
  readonly to: string;
  readonly count: number;
  readonly at: string;
}

/** Days as they were asked for, inclusive, in the vendor's own zone; null: open. */
export interface WindowRecord {
  readonly from: string | null;
  readonly to: string | null;
  readonly rows: number;
  readonly kept: number;
  readonly count: number | null;
  readonly at: string | null;
  /** Why it could not be reconciled. */
  readonly note: string | null;
}

export type TextFormat = 'ndjson' | 'json' | 'csv';

export interface FileRecord {
  readonly name: string;
  readonly format: TextFormat;
  readonly gzip: boolean;
  readonly bytes: number;
  readonly sha256: string;
  /** For a gzip file: what is packed in it. */
  readonly unpacked: { readonly bytes: number; readonly sha256: string } | null;
  readonly rows: number;
  readonly ids: IdsRecord | null;
  /** The first and the last entry in the file's order. */
  readonly first: EntryRecord | null;
  readonly last: EntryRecord | null;
  readonly csv: CsvFileRecord | null;
  /** Where in an entry (or in which column) its id and its time are: the first that is there counts. */
  readonly fields: { readonly id: readonly string[]; readonly time: readonly string[] };
}

export interface EntryRecord {
  readonly id: string | null;
  /** The vendor's own text. */
  readonly time: string | null;
}

/** The set of ids in a file: SHA-256 over the distinct ids in the order of their bytes, joined by LF. */
export interface IdsRecord {
  readonly count: number;
  readonly sha256: string;
}

export interface CsvFileRecord {
  readonly columns: readonly string[];
  /** `apostrophe-1`: cells that look like formulas have one more apostrophe in front. */
  readonly guard: 'apostrophe-1' | 'none';
  /** Cells with the apostrophe; 0 without a guard. */
  readonly guardedCells: number;
}

/** A Parquet file. */
export interface ColumnarRecord {
  readonly name: string;
  readonly format: 'parquet';
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
}

/** Files that are no longer there: those of sealed manifests before this one in the chain whose day is earlier than `before`. */
export interface PrunedRecord {
  readonly before: string;
  /** Our clock. */
  readonly at: string;
  /** The days that were removed by this, both included; the manifests of their files, and what those files held. */
  readonly first: string;
  readonly last: string;
  readonly manifests: number;
  readonly rows: number;
  readonly bytes: number;
}

export interface GoneRecord {
  readonly rows: number;
  readonly ids: IdsRecord;
  /** The first few of them, in order. */
  readonly some: readonly string[];
}

export interface ChainLink {
  /** From 1, without a gap. */
  readonly seq: number;
  /** The hash of the manifest before it; null for the first. */
  readonly prev: string | null;
  /** A sealed manifest and its file never change; one that is not sealed is replaced by a later run. */
  readonly sealed: boolean;
}

/** Gives a manifest its hash. Texts of servers are made well-formed first: a lone surrogate cannot be hashed the same way everywhere. */
export function sealManifest(body: ManifestBody): Manifest {
  const clean = wellFormed(body);
  return { ...clean, hash: hashOf(clean) };
}

/** The hash of a manifest's content, ignoring the one it names. Throws a `RangeError` for a value without a canonical text. */
export function manifestHash(manifest: Manifest): string {
  const { hash: _, ...body } = manifest;
  return hashOf(body);
}

function hashOf(body: ManifestBody): string {
  return sha256(`${MANIFEST_FORMAT}\n${canonicalJson(body)}`);
}

/** The one text that a value has in a file, so that even a change of white space is found. Safe to print. */
export function fileText(value: object): string {
  return `${escapeJsonText(JSON.stringify(value, null, 2))}\n`;
}

/** The same value with every text well-formed, which changes no type. */
function wellFormed<T>(value: T): T {
  return wellFormedJson(value) as T;
}

function wellFormedJson(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\p{Cs}/gu, '\ufffd');
  if (Array.isArray(value)) return value.map(wellFormedJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, wellFormedJson(member)]));
}
