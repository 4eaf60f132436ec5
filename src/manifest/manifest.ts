import { safeJson } from '../json/escape.js';
import { exactly, type Is, isCount, isFlag, isText, listOf, nullable, oneOf, type TypeOf } from '../json/is.js';
import { canonicalJson, sha256 } from './canonical.js';
import { isColumnar, isFile, isGone, isHash, isPruned, isWorkbook } from './shape/file.js';
import { isDate, MANIFEST_FORMAT, RUN, RUN_OPTIONAL } from './shape/run.js';

/**
 * What a manifest describes. `export`: one file of one run. The others are in the chain of a directory of day files. `day`: the
 * entries of one UTC day. `late`: entries that appeared after their day was sealed. `gone`: entries of a sealed day that the server no
 * longer returns (no file: the day's own file still holds them). `undated`: entries that belong to no day. `pruned`: a tombstone for files
 * that were removed because of their age (no file: the manifests of those files stay).
 */
const isKind = oneOf('export', 'day', 'late', 'gone', 'undated', 'pruned');
export type ManifestKind = TypeOf<typeof isKind>;

const isChainLink = exactly({
  /** From 1, without a gap. */
  seq: isCount,
  /** The hash of the previous manifest; null for the first. */
  prev: nullable(isHash),
  /** A sealed manifest and its file never change; another one is replaced by a later run. */
  sealed: isFlag,
});
export type ChainLink = TypeOf<typeof isChainLink>;

const BODY = {
  ...RUN,
  kind: isKind,
  /** The UTC day of the entries; null if they have no single day. */
  day: nullable(isDate),
  /** verified: equal to the server's own count. uncounted: the server reports no count. unreconciled: see `notes`. */
  status: oneOf('verified', 'uncounted', 'unreconciled'),
  notes: listOf(isText),
  /** The file beside this manifest; null for `gone`, `pruned` and workbooks. */
  file: nullable(isFile),
  /** Entries that the server no longer returns. For `gone`: all of them; for a day: those that its file has from earlier readings. */
  gone: nullable(isGone),
  /** The place in the chain of a directory of day files. */
  chain: nullable(isChainLink),
};
const OPTIONAL = {
  ...RUN_OPTIONAL,
  /** The same entries in columns, if the directory has such files and there is an entry. */
  columnar: isColumnar,
  /** For `pruned`. */
  pruned: isPruned,
  /** The file beside this manifest, if it is a workbook: `file` is then null. */
  workbook: isWorkbook,
};
const isBody = exactly(BODY, OPTIONAL);
/** A record of what was asked, what was answered and what was written, all as JSON. Times are RFC 3339 in UTC, hashes `sha256:<hex>`. */
export type ManifestBody = TypeOf<typeof isBody>;

export interface Manifest extends ManifestBody {
  /** SHA-256 over the line `auditlog-manifest-1` and the canonical JSON of everything else here. */
  readonly hash: string;
}

export const isManifest: Is<Manifest> = exactly({ ...BODY, hash: isHash }, OPTIONAL);

/** Adds the hash to a manifest. Makes texts of servers well-formed first, because a lone surrogate cannot be hashed the same way everywhere. */
export function sealManifest(body: ManifestBody): Manifest {
  const clean = wellFormed(body);
  return { ...clean, hash: hashOf(clean) };
}

/** The hash of a manifest's content, without the hash that it names. Throws a `RangeError` for a value without a canonical text. */
export function manifestHash(manifest: Manifest): string {
  const { hash: _, ...body } = manifest;
  return hashOf(body);
}

function hashOf(body: ManifestBody): string {
  return sha256(`${MANIFEST_FORMAT}\n${canonicalJson(body)}`);
}

/** The only accepted text of a value in a file, so that even a change of white space is detected. Safe to print. */
export function fileText(value: object): string {
  return `${safeJson(value, 2)}\n`;
}

function wellFormed<T>(value: T): T {
  return wellFormedJson(value) as T;
}

function wellFormedJson(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\p{Cs}/gu, '\ufffd');
  if (Array.isArray(value)) return value.map(wellFormedJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, wellFormedJson(member)]));
}
