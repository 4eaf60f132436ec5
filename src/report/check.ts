import { createHash } from 'node:crypto';
import { createGunzip } from 'node:zlib';
import { safeJson } from '../json/escape.js';
import { AFTER_RECORD, BEFORE_RECORD, BEGIN_EVENTS, END_EVENTS } from './marks.js';
import { isReportRecord, type ReportRecord, reportHash } from './record.js';

/** The result of checking a report. */
export interface CheckedReport {
  /** Undefined if it cannot be read. */
  readonly record: ReportRecord | undefined;
  /** The differences from the record; none if the report is unchanged. */
  readonly faults: readonly ReportFault[];
  /** The hash of the events inside, as found; undefined: there are none that can be read. */
  readonly events?: string;
}

/** One thing that differs. */
interface ReportFault {
  /** In one phrase. */
  readonly why: string;
  readonly details?: readonly string[];
  readonly isOfRecord?: true;
}

/** Whether these bytes are one of our reports, changed or not. */
export function isReport(bytes: Buffer): boolean {
  return (
    bytes.includes(BEFORE_RECORD) || bytes.subarray(0, HEAD).includes('<meta name="generator" content="auditlog">')
  );
}

/** The style in the head is long. */
const HEAD = 64 * 1024;

/** Compares a report's events, its page and its record with the hashes in it. */
export async function checkReport(bytes: Buffer): Promise<CheckedReport> {
  const start = bytes.lastIndexOf(BEFORE_RECORD);
  if (start < 0) return { record: undefined, faults: [{ why: 'its record was removed, or its end is missing' }] };
  const from = start + BEFORE_RECORD.length;
  const end = bytes.indexOf(AFTER_RECORD, from);
  if (end < 0 || end + AFTER_RECORD.length !== bytes.length)
    return { record: undefined, faults: [{ why: 'its end was changed, or something follows it' }] };
  const record = readRecord(bytes.subarray(from, end));
  if (record === undefined)
    return { record, faults: [{ why: 'its record was changed: it is not one that auditlog wrote' }] };
  const faults: ReportFault[] = [];
  if (reportHash(record) !== record.hash)
    faults.push({ why: 'its record was changed: its hash is not that of what it says', isOfRecord: true });
  const events = await compareEvents(bytes, record);
  if (events.fault !== undefined) faults.push(events.fault);
  const page = `sha256:${createHash('sha256').update(bytes.subarray(0, from)).update(bytes.subarray(end)).digest('hex')}`;
  if (page !== record.page.sha256)
    faults.push({
      why:
        events.fault !== undefined
          ? 'the page around them differs too'
          : 'the page was changed, its events were not: what it shows may not be what it holds',
      details: [`page: ${record.page.sha256} recorded, ${page} now`],
    });
  return { record, faults, ...(events.sha256 === undefined ? {} : { events: events.sha256 }) };
}

function readRecord(bytes: Buffer): ReportRecord | undefined {
  try {
    const text = bytes.toString();
    const value: unknown = JSON.parse(text);
    // Only one text of a value is accepted.
    return isReportRecord(value) && recordText(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The text of a record in the page. Texts of a server in it cannot end the element. */
export function recordText(record: ReportRecord): string {
  return safeJson(record, 2).replaceAll('<', '\\u003c');
}

async function compareEvents(
  bytes: Buffer,
  { events }: ReportRecord,
): Promise<{ readonly sha256?: string; readonly fault?: ReportFault }> {
  const begin = bytes.indexOf(`\n${BEGIN_EVENTS}\n`);
  const end = bytes.indexOf(`\n${END_EVENTS}\n`, begin);
  if (begin < 0 || end < 0) return { fault: { why: 'its events were removed' } };
  const text = bytes.toString('latin1', begin + BEGIN_EVENTS.length + 2, end);
  const hash = createHash('sha256');
  let [rows, size] = [0, 0];
  try {
    if (!/^[A-Za-z0-9+/=\n]*$/.test(text)) return { fault: { why: 'its events were changed: they are not base64' } };
    const unpacking = createGunzip();
    unpacking.end(Buffer.from(text, 'base64'));
    // One block at a time: changed events may unpack to any size.
    for await (const content of unpacking as AsyncIterable<Buffer>) {
      size += content.length;
      if (size > events.bytes + MOST_ADDED)
        return { fault: { why: `its events were changed: ${events.bytes} bytes recorded, more than ${size} now` } };
      hash.update(content);
      for (let at = content.indexOf(LF); at >= 0; at = content.indexOf(LF, at + 1)) rows += 1;
    }
  } catch {
    return { fault: { why: 'its events were changed: they cannot be unpacked' } };
  }
  const sha256 = `sha256:${hash.digest('hex')}`;
  if (sha256 === events.sha256) return { sha256 };
  const counts = rows === events.rows ? '' : `: ${events.rows} events recorded, ${rows} now`;
  return {
    sha256,
    fault: {
      why: `its events were changed${counts}`,
      details: [`events: ${events.sha256} recorded, ${sha256} now`],
    },
  };
}

const LF = 10;
/** Bytes beyond the recorded ones that are still read, to count the events. */
const MOST_ADDED = 64 * 1024 * 1024;
