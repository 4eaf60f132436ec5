import { safeJson } from '../../json/escape.js';
import { safe } from '../../terminal/text.js';
import { guarded, printable } from '../csv/cell.js';
import { loadCsvLines } from '../csv/line.js';
import { jsonOf, type RecordOptions, type RecordRow, type Records, type RecordValue, recordText } from './value.js';

export const RECORD_FORMATS = ['table', 'json', 'ndjson', 'csv'] as const;
export type RecordFormat = (typeof RECORD_FORMATS)[number];

type OpenRecords = (options: RecordOptions) => Promise<Records> | Records;

const FORMATS: Readonly<Record<RecordFormat, () => Promise<OpenRecords> | OpenRecords>> = {
  table: async () => (await import('./table.js')).openRecordTable,
  json: () => openJson,
  ndjson: () => openNdjson,
  csv: () => openCsv,
};

export async function recordsFor(name: RecordFormat, options: RecordOptions): Promise<Records> {
  const open = await FORMATS[name]();
  return open(options);
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

/** RFC 4180 with a header. Unless `csvRaw`, no cell begins like a formula; on a terminal cells are `safe` as well. */
async function openCsv({ columns, csvRaw, isTTY }: RecordOptions): Promise<Records> {
  const lines = await loadCsvLines(columns.length);
  const cell = (value: RecordValue): string => {
    const fit = printable(recordText(value), csvRaw).text;
    const shown = isTTY ? safe(fit) : fit;
    // A negative number is not a formula.
    return csvRaw || typeof value === 'number' || typeof value === 'bigint' ? shown : guarded(shown);
  };
  return {
    open: () => lines([columns.map(cell)]),
    write: (rows) => lines(rows.map((row) => row.map(cell))),
    close: () => '',
  };
}

function objectOf(columns: readonly string[], row: RecordRow): string {
  const members = columns.map((name, at) => `${safeJson(name)}:${jsonOf(row[at] ?? null)}`);
  return `{${members.join(',')}}`;
}
