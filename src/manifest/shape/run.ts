import { statistics } from '../../engine/source.js';
import {
  eitherOf,
  exactly,
  type Is,
  isCount,
  isFlag,
  isText,
  isWhole,
  listOf,
  mapOf,
  nullable,
  oneOf,
  type TypeOf,
} from '../../json/is.js';
import { isDay } from '../../time.js';

/** The part of a manifest that is the same for all files of a run, as JSON. Times are RFC 3339 in UTC. */

export const MANIFEST_FORMAT = 'auditlog-manifest-1';

export const isDate: Is<string> = (value): value is string => isText(value) && isDay(value);
const isTexts = listOf(isText);

const isSource = exactly(
  {
    provider: isText,
    origin: isText,
    /** The requested path, in which each of `orgs` replaces `{org}`. */
    path: isText,
    orgs: isTexts,
    /** The last four characters of the key, for telling keys apart. */
    key: isText,
    /** Whether the server had to prove its name; false for plain http on this machine. */
    tlsVerified: isFlag,
  },
  {
    /** The logs that were read together, of a vendor with several. */
    logs: isTexts,
    /** The JSON body of the requests, if they are POST. */
    body: isText,
  },
);
export type SourceRecord = TypeOf<typeof isSource>;

const isWire = exactly({ org: isText, filters: mapOf(isText) }, { log: isText });
export type WireRecord = TypeOf<typeof isWire>;

const isQuery = exactly({
  /** The query as text. */
  asked: isText,
  /** The flags that affect the query and the file, as given. */
  flags: mapOf(eitherOf(eitherOf(isText, isWhole), eitherOf(isFlag, isTexts))),
  /** The range that the entries were trimmed to here: half-open. */
  from: nullable(isText),
  before: nullable(isText),
  /** The server-side filters: one for each sequence of requests. */
  wire: listOf(isWire),
});
export type QueryRecord = TypeOf<typeof isQuery>;

const isWindow = exactly({
  /** Requested days, inclusive, in the vendor's own zone; null: open. */
  from: nullable(isDate),
  to: nullable(isDate),
  rows: isCount,
  kept: isCount,
  count: nullable(isCount),
  at: nullable(isText),
  /** Why it does not match the server's count. */
  note: nullable(isText),
});
export type WindowRecord = TypeOf<typeof isWindow>;

const isClosed = exactly({ from: nullable(isDate), to: isDate, count: isCount, at: isText });
export type ClosedRecord = TypeOf<typeof isClosed>;

/** How the run went. Counts are of the whole run, not of one file. */
const isRead = exactly(
  {
    startedAt: isText,
    endedAt: isText,
    /** The server's clock when its last count was taken. */
    serverTime: nullable(isText),
    /** The server's clock minus ours. */
    clockSkewMs: isWhole,
    serverCount: nullable(isCount),
    fetched: isCount,
    kept: isCount,
    ...statistics(isCount),
    /** The number of independent readings or counts that gave the same result before this was written. */
    observations: isCount,
    /** Whether the run resumed an interrupted one: requests are then those of the last part. */
    resumed: isFlag,
    /** The ranges of days requested for this file, with the server's count of each. */
    windows: listOf(isWindow),
    /** If closed days were read together with open ones: the server's count of the closed ones, right afterwards. */
    closed: nullable(isClosed),
  },
  {
    /** If days wait for a second observation: the server's clock at the first and at the last one. */
    observed: isTexts,
  },
);
export type ReadRecord = TypeOf<typeof isRead>;

export const RUN = {
  format: oneOf(MANIFEST_FORMAT),
  tool: exactly({ name: oneOf('auditlog'), version: isText, node: isText }),
  source: isSource,
  query: isQuery,
  read: isRead,
  /** Assumptions about every server, and about this vendor. */
  assumptions: isTexts,
};
/** How much of the range the log covers. */
const isCoverageRecord = exactly({
  /** The time of the oldest entry of the log; null: not known. */
  oldest: nullable(isText),
  /** Whether the log had entries from before the range; null: not known, or the range has no beginning. */
  reachesBack: nullable(isFlag),
  /** The UTC days of the range that were not over, both included; `to` null: it has no end; null: all were over. */
  open: nullable(exactly({ from: isDate, to: nullable(isDate) })),
});
export type CoverageRecord = TypeOf<typeof isCoverageRecord>;

/** Absent in manifests of earlier versions. */
/** Records that a keyed HMAC replaced personal values of the entries. */
const isPseudonymsRecord = exactly({
  /** The first 12 hex digits of HMAC-SHA-256. */
  method: oneOf('hmac-sha256-12'),
  /** Tells keys apart; not the key. */
  key: isText,
  /** SHA-256 of the original entries, as NDJSON in the same order. */
  originals: isText,
});
export type PseudonymsRecord = TypeOf<typeof isPseudonymsRecord>;

export const RUN_OPTIONAL = { coverage: isCoverageRecord, pseudonyms: isPseudonymsRecord };
export const isRunRecord = exactly(RUN, RUN_OPTIONAL);
export type RunRecord = TypeOf<typeof isRunRecord>;
