import { exactly, type Is, isCount, isText, listOf, nullable, oneOf, type TypeOf } from '../json/is.js';
import { canonicalJson, sha256 } from '../manifest/canonical.js';
import { isHash } from '../manifest/shape/file.js';

/** The record at the end of a report, as JSON. Times are RFC 3339 in UTC, hashes `sha256:<hex>`. */

export const REPORT_FORMAT = 'auditlog-report-1';

const BODY = {
  format: oneOf(REPORT_FORMAT),
  tool: exactly({ name: oneOf('auditlog'), version: isText }),
  title: isText,
  provider: isText,
  source: isText,
  organizations: listOf(isText),
  /** The query in words, its range (half-open), and the zone of days. */
  query: exactly({ asked: isText, from: nullable(isText), before: nullable(isText), zone: isText }),
  madeAt: isText,
  madeBy: nullable(isText),
  status: oneOf('complete', 'incomplete', 'uncounted'),
  claims: listOf(isText),
  /** All events that were counted. */
  total: isCount,
  /** The events inside, as NDJSON. */
  events: exactly({ which: oneOf('all', 'newest', 'review'), rows: isCount, bytes: isCount, sha256: isHash }),
  /** The whole file except the text of this record. */
  page: exactly({ sha256: isHash }),
};
const isBody = exactly(BODY);
export type ReportRecordBody = TypeOf<typeof isBody>;

export interface ReportRecord extends ReportRecordBody {
  /** SHA-256 over the line `auditlog-report-1` and the canonical JSON of everything else here. */
  readonly hash: string;
}

export const isReportRecord: Is<ReportRecord> = exactly({ ...BODY, hash: isHash });

/** Adds the hash to a record. Makes texts of servers well-formed first. */
export function sealReport(body: ReportRecordBody): ReportRecord {
  const clean = JSON.parse(JSON.stringify(body).replace(LONE, '\\ufffd')) as ReportRecordBody;
  return { ...clean, hash: hashOf(clean) };
}

/** Halves of surrogate pairs, which `JSON.stringify` writes as escapes. */
const LONE = /\\ud[89a-f][0-9a-f]{2}/g;

export function reportHash({ hash: _, ...body }: ReportRecord): string {
  return hashOf(body);
}

function hashOf(body: ReportRecordBody): string {
  return sha256(`${REPORT_FORMAT}\n${canonicalJson(body)}`);
}
