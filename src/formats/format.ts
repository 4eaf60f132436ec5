import type { Entry } from '../event.js';
import type { Provider } from '../providers/provider.js';
import type { Schema } from '../schemas/schema.js';
import type { ColorLevel } from '../terminal/color.js';
import type { Zone } from '../time.js';
import type { Column } from '../view.js';
import type { CsvDelimiter } from './csv/dialect.js';
import type { TimeStyle } from './table/when.js';
import type { AboutWorkbook, ExtraSheet } from './xlsx/sheets.js';

/** Converts entries to text; never sees a file. The output is what `open`, each `write` and `close` return, in this order. */
export interface Format {
  readonly name: FormatName;
  /** The text before the first entry; '' if an earlier run has written it. */
  open(): string | Uint8Array;
  /** Whole records. */
  write(batch: FormatBatch): string | Uint8Array;
  close(): string | Uint8Array;
  /** Facts about what this run has written so far. */
  facts(): FormatFacts;
}

export const FORMAT_NAMES = ['table', 'json', 'ndjson', 'csv', 'xlsx', 'parquet'] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** Entries and the org that was asked for them. */
export interface FormatBatch {
  readonly entries: readonly Entry[];
  readonly org: string;
  /** Whether the next batch has already arrived. */
  readonly more?: boolean;
}

/** Counts of altered values. All 0 for `json` and `ndjson`, which copy the entries' own text. */
export interface FormatFacts {
  readonly rows: number;
  /** Cells with an apostrophe in front, so that no spreadsheet reads them as a formula. */
  readonly guardedCells: number;
  /** Cells with an apostrophe inside, where a spreadsheet of another locale would split off a formula. */
  readonly unsplitCells?: number;
  /** Cells whose control characters became pictures. */
  readonly picturedCells: number;
  /** Halves of surrogate pairs that became U+FFFD. */
  readonly replacedSurrogates: number;
  /** Cells longer than spreadsheets accept (32,767 characters). */
  readonly longCells: number;
  /** Cells of a workbook that were cut at that limit. */
  readonly cutCells?: number;
  /** Of a workbook: SHA-256 of the same events as NDJSON, in hex, once it is closed. */
  readonly ndjson?: string;
  /** Paths of `--columns` that were empty in every entry. */
  readonly emptyPaths: readonly string[];
  /** What a table hides because the terminal is too narrow, in words; absent: nothing. */
  readonly hidden?: readonly string[];
  /** The length of short ids in their column; absent: no such column. */
  readonly shortId?: number;
  /** What a schema could not map. */
  readonly schema?: {
    readonly name: Schema['name'];
    readonly unmapped: ReadonlyMap<string, number>;
    readonly undated: number;
  };
}

/** Everything that the output depends on, fixed before the first entry. */
export interface FormatOptions {
  readonly provider: Provider;
  /** For `table`, `csv` and `parquet`; undefined: all. */
  readonly columns?: readonly Column[] | undefined;
  /** For `table`: the style of times; undefined: `timeText` chooses. */
  readonly time?: TimeStyle | undefined;
  /** For `table`: shows seconds. */
  readonly seconds?: boolean | undefined;
  /** For `table`: adds a column of ids, short ones on a terminal. */
  readonly ids?: boolean | undefined;
  /** For `table`: rows arrive for hours, so ages would soon be wrong, and the first rows alone must not fix the widths. */
  readonly live?: boolean | undefined;
  /** For `table`: adds a column with what each event changed. */
  readonly diff?: boolean | undefined;
  /** For `table`: the requested organizations; several get a column. */
  readonly orgs?: readonly string[] | undefined;
  /** For `csv`: writes formulas without a guard. */
  readonly csvRaw?: boolean | undefined;
  /** For `csv`: whether to start with a byte order mark, and the separator of cells. */
  readonly csvBom?: boolean | undefined;
  readonly delimiter?: CsvDelimiter | undefined;
  /** For `xlsx`: makes the sheet *About* once everything was read; and more sheets. */
  readonly about?: AboutWorkbook | undefined;
  readonly sheets?: readonly ExtraSheet[] | undefined;
  /** For `table`. */
  readonly colorLevel: ColorLevel;
  readonly isTTY: boolean;
  /** Cells of the terminal; 0 when unknown. */
  readonly width: number;
  readonly zone: Zone;
  /** The time from which ages are counted, epoch ms. */
  readonly now: number;
  /** For `ndjson` and `json`: the schema of the lines; undefined: the entries' own text. */
  readonly schema?: Schema | undefined;
  /** Rows that an interrupted run left in the file, without the header; undefined: a new file. */
  readonly resumedAfter?: number | undefined;
}

export const NOTHING_CHANGED = {
  guardedCells: 0,
  picturedCells: 0,
  replacedSurrogates: 0,
  longCells: 0,
  emptyPaths: [],
} as const;

/** The requested paths that were empty in every entry: their indexes are not in `filled`. */
export function emptyPaths(columns: readonly Column[], filled: ReadonlySet<number>): readonly string[] {
  return columns
    .filter(({ field, read }, at) => field === undefined && read === undefined && !filled.has(at))
    .map(({ name }) => name);
}
