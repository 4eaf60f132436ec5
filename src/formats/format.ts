import type { Entry } from '../event.js';
import type { Provider } from '../providers/provider.js';
import type { Schema } from '../schemas/schema.js';
import type { ColorLevel } from '../terminal/color.js';
import type { Zone } from '../time.js';
import type { Column } from '../view.js';
import type { CsvDelimiter } from './csv/dialect.js';
import type { TimeStyle } from './table/when.js';
import type { AboutWorkbook, ExtraSheet } from './xlsx/sheets.js';

/** Turns entries into text; never sees a file. The output is what `open`, each `write` and `close` return, in this order. */
export interface Format {
  readonly name: FormatName;
  /** What comes before the first entry; '' when an earlier run has written it. */
  open(): string | Uint8Array;
  /** Whole records. */
  write(batch: FormatBatch): string | Uint8Array;
  close(): string | Uint8Array;
  /** Of what this run has written so far. */
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

/** How values were altered to fit. All 0 for `json` and `ndjson`, which have the entries' own text. */
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
  /** Cells of a workbook that were cut to that. */
  readonly cutCells?: number;
  /** Of a workbook: SHA-256 of the same events as NDJSON, in hex, once it is closed. */
  readonly ndjson?: string;
  /** Paths of `--columns` that were empty in every entry. */
  readonly emptyPaths: readonly string[];
  /** What a table leaves out because the terminal is too narrow, in words; absent: nothing. */
  readonly hidden?: readonly string[];
  /** Characters of the ids in a column of short ids; absent: there is none. */
  readonly shortId?: number;
  /** What a schema could not map. */
  readonly schema?: {
    readonly name: Schema['name'];
    readonly unmapped: ReadonlyMap<string, number>;
    readonly undated: number;
  };
}

/** Everything that the output depends on, settled before the first entry. */
export interface FormatOptions {
  readonly provider: Provider;
  /** For `table`, `csv` and `parquet`; undefined: all. */
  readonly columns?: readonly Column[] | undefined;
  /** For `table`: how times are written; undefined: as `timeText` chooses. */
  readonly time?: TimeStyle | undefined;
  /** For `table`: times have seconds. */
  readonly seconds?: boolean | undefined;
  /** For `table`: adds a column of ids, short ones on a terminal. */
  readonly ids?: boolean | undefined;
  /** For `table`: rows arrive for hours, so ages would soon be wrong and the first rows must not settle the widths alone. */
  readonly live?: boolean | undefined;
  /** For `table`: adds a column with what each event changed. */
  readonly diff?: boolean | undefined;
  /** For `table`: the organizations asked; several get a column. */
  readonly orgs?: readonly string[] | undefined;
  /** For `csv`: writes formulas without a guard. */
  readonly csvRaw?: boolean | undefined;
  /** For `csv`: begins with a byte order mark; what stands between cells. */
  readonly csvBom?: boolean | undefined;
  readonly delimiter?: CsvDelimiter | undefined;
  /** For `xlsx`: what the sheet *About* says, asked for once everything was read; and more sheets. */
  readonly about?: AboutWorkbook | undefined;
  readonly sheets?: readonly ExtraSheet[] | undefined;
  /** For `table`. */
  readonly colorLevel: ColorLevel;
  readonly isTTY: boolean;
  /** Cells of the terminal; 0 when unknown. */
  readonly width: number;
  readonly zone: Zone;
  /** Epoch ms for ages. */
  readonly now: number;
  /** For `ndjson` and `json`: the schema of the lines; undefined: the entries' own text. */
  readonly schema?: Schema | undefined;
  /** Rows that an interrupted run left in the file, after the heading; undefined: a new file. */
  readonly resumedAfter?: number | undefined;
}

export const NOTHING_CHANGED = {
  guardedCells: 0,
  picturedCells: 0,
  replacedSurrogates: 0,
  longCells: 0,
  emptyPaths: [],
} as const;

/** The paths among these columns that were always empty: their indexes are not in `filled`. */
export function emptyPaths(columns: readonly Column[], filled: ReadonlySet<number>): readonly string[] {
  return columns
    .filter(({ field, read }, at) => field === undefined && read === undefined && !filled.has(at))
    .map(({ name }) => name);
}
