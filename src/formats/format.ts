import type { Entry } from '../event.js';
import type { Provider } from '../providers/provider.js';
import type { Schema } from '../schemas/schema.js';
import type { ColorLevel } from '../terminal/color.js';
import type { Zone } from '../time.js';
import type { Column } from '../view.js';

/** Makes text of entries and never sees a file. What `open`, each `write` and `close` give belongs together, in this order. */
export interface Format {
  readonly name: FormatName;
  /** What stands before the first entry; '' when an earlier run has written it. */
  open(): string | Uint8Array;
  /** The bytes are whole records and do not change later. */
  write(batch: FormatBatch): string | Uint8Array;
  /** What stands after the last entry. */
  close(): string | Uint8Array;
  /** What has been written so far by this run. */
  facts(): FormatFacts;
}

export const FORMAT_NAMES = ['table', 'json', 'ndjson', 'csv', 'parquet'] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** Entries and the org that they were asked from. A `Batch` of the source is one. */
export interface FormatBatch {
  readonly entries: readonly Entry[];
  readonly org: string;
  /** Whether the next batch is there already. */
  readonly more?: boolean;
}

/** What had to be done to values so that they fit. All 0 for `json` and `ndjson`, which hold the entries' own text. */
export interface FormatFacts {
  readonly rows: number;
  /** Cells that got an apostrophe in front, so that no spreadsheet takes them for a formula. */
  readonly guardedCells: number;
  /** Cells with an apostrophe inside, where a spreadsheet of another locale would split off a formula. */
  readonly unsplitCells?: number;
  /** Cells in which control characters are shown by pictures of them. */
  readonly picturedCells: number;
  /** Halves of surrogate pairs that are written as U+FFFD. */
  readonly replacedSurrogates: number;
  /** Cells longer than a spreadsheet can hold (32,767 characters). */
  readonly longCells: number;
  /** Paths of `--columns` that no entry had anything at. */
  readonly emptyPaths: readonly string[];
  /** For events in another system's words: what had none. */
  readonly schema?: {
    readonly name: Schema['name'];
    readonly unmapped: ReadonlyMap<string, number>;
    readonly undated: number;
  };
}

/** Everything that the look of the output may depend on, settled before the first entry. */
export interface FormatOptions {
  readonly provider: Provider;
  /** For `table`, `csv` and `parquet`; undefined: their own. */
  readonly columns?: readonly Column[] | undefined;
  /** For `table`: rows come one after another for hours, so that ages would soon be wrong and the first rows must not decide the widths alone. */
  readonly live?: boolean | undefined;
  /** For `table`: a column more, with what each event changed. */
  readonly diff?: boolean | undefined;
  /** For `table`: the organizations that are asked; of several a column tells which. */
  readonly orgs?: readonly string[] | undefined;
  /** For `csv`: no apostrophe before what a spreadsheet would take for a formula. */
  readonly csvRaw?: boolean | undefined;
  /** For `table`. */
  readonly colorLevel: ColorLevel;
  readonly isTTY: boolean;
  /** Cells of the terminal; 0 when unknown. */
  readonly width: number;
  readonly zone: Zone;
  /** Epoch ms that ages are counted from. */
  readonly now: number;
  /** For `ndjson` and `json`: in whose words each event is written; undefined: as its entry's own text. */
  readonly schema?: Schema | undefined;
  /** How many rows an earlier, interrupted run has left in the file, after its opening; undefined: there is nothing yet. */
  readonly resumedAfter?: number | undefined;
}

export const NOTHING_CHANGED = {
  guardedCells: 0,
  picturedCells: 0,
  replacedSurrogates: 0,
  longCells: 0,
  emptyPaths: [],
} as const;

/** The paths among these columns whose cells were all empty: the ones at the places in `filled` were not. */
export function emptyPaths(columns: readonly Column[], filled: ReadonlySet<number>): readonly string[] {
  return columns.filter(({ field }, at) => field === undefined && !filled.has(at)).map(({ name }) => name);
}
