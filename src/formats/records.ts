import { escapeJsonText } from '../json.js';
import { safe } from '../terminal/text.js';
import { guarded, printable } from './cell.js';

/** Rows of any columns as text. What `open`, each `write` and `close` give belongs together, in this order. */
export interface Records {
  open(): string;
  write(rows: readonly RecordRow[]): string;
  close(): string;
}

export type RecordValue = string | number | bigint | boolean | null | readonly RecordValue[] | RecordObject;
export interface RecordObject {
  readonly [name: string]: RecordValue;
}
export type RecordRow = readonly RecordValue[];

export const RECORD_FORMATS = ['table', 'json', 'ndjson', 'csv'] as const;
export type RecordFormat = (typeof RECORD_FORMATS)[number];

export interface RecordOptions {
  readonly columns: readonly string[];
  readonly csvRaw: boolean;
  readonly isTTY: boolean;
  /** Cells of the terminal; 0 when unknown. */
  readonly width: number;
}

type Open = (options: RecordOptions) => Promise<Records> | Records;

const FORMATS: Readonly<Record<RecordFormat, () => Promise<Open> | Open>> = {
  table: async () => (await import('./table/records.js')).openRecordTable,
  json: () => openJson,
  ndjson: () => openNdjson,
  csv: () => openCsv,
};

export async function recordsFor(name: RecordFormat, options: RecordOptions): Promise<Records> {
  const open = await FORMATS[name]();
  return open(options);
}

/** As a cell shows it: nothing for null, and JSON for what has parts. */
export function recordText(value: RecordValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? jsonOf(value) : String(value);
}

function openJson({ columns }: RecordOptions): Records {
  let isFirst = true;
  return {
    open: () => '[',
    write: (rows) =>
      rows
        .map((row) => {
          const text = `${isFirst ? '' : ','}\n${objectOf(columns, row)}`;
          isFirst = false;
          return text;
        })
        .join(''),
    close: () => (isFirst ? ']\n' : '\n]\n'),
  };
}

function openNdjson({ columns }: RecordOptions): Records {
  return {
    open: () => '',
    write: (rows) => rows.map((row) => `${objectOf(columns, row)}\n`).join(''),
    close: () => '',
  };
}

/** RFC 4180 with a heading. No cell begins as a formula does, unless `csvRaw`; on a terminal cells are `safe` besides. */
function openCsv({ columns, csvRaw, isTTY }: RecordOptions): Records {
  const cell = (value: RecordValue): string => {
    const fit = printable(recordText(value), csvRaw).text;
    const shown = isTTY ? safe(fit) : fit;
    // A number is no formula, whatever its sign.
    const whole = csvRaw || typeof value === 'number' || typeof value === 'bigint' ? shown : guarded(shown);
    // A row of one empty cell must not look like no row.
    return /[",\r\n;\t]/.test(whole) || (whole === '' && columns.length === 1)
      ? `"${whole.replaceAll('"', '""')}"`
      : whole;
  };
  const line = (values: RecordRow): string => `${values.map(cell).join(',')}\r\n`;
  return {
    open: () => line(columns),
    write: (rows) => rows.map((row) => line(row)).join(''),
    close: () => '',
  };
}

function objectOf(columns: readonly string[], row: RecordRow): string {
  const members = columns.map((name, at) => `${textJson(name)}:${jsonOf(row[at] ?? null)}`);
  return `{${members.join(',')}}`;
}

/** Whole numbers keep every digit; what JSON has no number for, such as infinity, is text. */
function jsonOf(value: RecordValue): string {
  if (typeof value === 'string') return textJson(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : textJson(String(value));
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  const members = Object.entries(value as RecordObject).map(([name, inner]) => `${textJson(name)}:${jsonOf(inner)}`);
  return `{${members.join(',')}}`;
}

function textJson(text: string): string {
  return escapeJsonText(JSON.stringify(text));
}
