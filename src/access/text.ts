import { guarded, printable } from '../formats/csv/cell.js';
import { loadCsvLines } from '../formats/csv/line.js';
import { safeJson } from '../json/escape.js';
import { formatInstant, type Zone } from '../time.js';
import type { AccessAnswer } from './answer.js';
import { type AccessColumn, BREAK_COLUMNS, CHANGE_COLUMNS, ROW_COLUMNS } from './columns.js';

/** The question and the reading, for a JSON document. */
export interface AccessFacts {
  readonly provider: string;
  readonly orgs: readonly string[];
  readonly zone: Zone;
  /** Epoch ms. */
  readonly from: number | undefined;
  readonly at: number;
  /** Whether the log was read completely, as far as is known. */
  readonly verdict: string;
}

type JsonRow = Record<string, string | null>;

/** A row as JSON: times in the zone, null for what is unknown. */
export function accessJson<Row>(columns: readonly AccessColumn<Row>[], row: Row, zone: Zone): JsonRow {
  return Object.fromEntries(columns.map(({ name, ...column }) => [name, cellOf(column, row, zone) ?? null]));
}

function cellOf<Row>({ read, isTime }: Omit<AccessColumn<Row>, 'name'>, row: Row, zone: Zone): string | undefined {
  const value = read(row);
  if (value === undefined || value === '') return undefined;
  return isTime === true ? formatInstant(Number(value), zone) : String(value);
}

/** The whole answer as one JSON document. */
export function accessDocument(answer: AccessAnswer, facts: AccessFacts): string {
  const { zone, from, at, provider, orgs, verdict } = facts;
  const instant = (ms: number | undefined): string | null => (ms === undefined ? null : formatInstant(ms, zone));
  const rowsOf = (rows: AccessAnswer['rows']) => rows.map((row) => accessJson(ROW_COLUMNS, row, zone));
  const document = {
    provider,
    orgs,
    from: instant(from),
    at: instant(at),
    zone: zone.name,
    verdict,
    log_begins: instant(answer.begins),
    access_events: answer.moves,
    late_events: answer.late.map(({ id, time }) => ({ event: id ?? null, time: instant(time) })),
    unclear_events: answer.unclear.map(({ id, time, action }) => ({ event: id ?? null, time: instant(time), action })),
    members: rowsOf(answer.rows),
    role_unknown: rowsOf(answer.unknown),
    changes: answer.changes.map((row) => accessJson(CHANGE_COLUMNS, row, zone)),
    breaks: answer.breaks.map((row) => accessJson(BREAK_COLUMNS, row, zone)),
    break_count: answer.breakCount,
  };
  return `${safeJson(document, 2)}\n`;
}

export function accessNdjson<Row>(columns: readonly AccessColumn<Row>[], rows: readonly Row[], zone: Zone): string {
  return rows.map((row) => `${safeJson(accessJson(columns, row, zone))}\n`).join('');
}

/** RFC 4180 with a header. No cell begins like a formula. */
export async function accessCsv<Row>(
  columns: readonly AccessColumn<Row>[],
  rows: readonly Row[],
  zone: Zone,
): Promise<string> {
  const lines = await loadCsvLines(columns.length);
  const cells = rows.map((row) => columns.map((column) => cellOf(column, row, zone) ?? ''));
  return lines(
    [columns.map(({ name }) => name), ...cells].map((row) => row.map((cell) => guarded(printable(cell).text))),
  );
}
