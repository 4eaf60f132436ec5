import type { Entry } from '../../event.js';
import { toEvent } from '../../providers/event/normalize.js';
import { safe } from '../../terminal/text.js';
import { allColumns, openRow } from '../../view.js';
import { emptyPaths, type FormatFacts, type FormatOptions } from '../format.js';
import { guarded, printable, unsplitJson } from './cell.js';
import { BYTE_ORDER_MARK } from './dialect.js';
import { loadCsvLines } from './line.js';

/** The longest cell that spreadsheets accept, in characters. */
export const LONGEST = 32_767;

export type CsvTexts = Awaited<ReturnType<typeof openCsvTexts>>;

/** CSV made from decoded entries. It defines the correct output for rows. */
export async function openCsvTexts(options: FormatOptions) {
  const { provider, csvRaw = false, csvBom = false, delimiter = ',', isTTY } = options;
  const columns = options.columns ?? allColumns(provider);
  const filled = new Set<number>();
  const facts = { guardedCells: 0, picturedCells: 0, replacedSurrogates: 0, longCells: 0, unsplitCells: 0 };
  const lines = await loadCsvLines(columns.length, delimiter);

  const shown = (text: string): string => (isTTY ? safe(text) : text);
  const shape = (raw: string): string => {
    const { text, pictures, unsplit, surrogates } = printable(raw, csvRaw, delimiter);
    if (pictures) facts.picturedCells += 1;
    if (unsplit) facts.unsplitCells += 1;
    facts.replacedSurrogates += surrogates;
    return shown(text);
  };
  const countCell = (column: number, isGuarded: boolean): void => {
    filled.add(column);
    if (isGuarded) facts.guardedCells += 1;
  };
  const isJson = columns.map(({ field }) => field === 'metadata' || field === 'extra');
  const guard = (text: string, column: number): string => {
    if (text === '') return '';
    if (text.length > LONGEST) facts.longCells += 1;
    const cell = csvRaw ? text : guarded(isJson[column] ? unsplitJson(text, delimiter) : text);
    countCell(column, !csvRaw && cell.startsWith("'"));
    return cell;
  };
  const readRow = openRow(columns, (text, { field }) => (field === 'metadata' ? text : shape(text)));
  const orgAt = columns.findIndex(({ field }) => field === 'org.id');

  return {
    heading: (): string => {
      const names = columns.map(({ name }) => shown(printable(name, csvRaw, delimiter).text));
      return (csvBom ? BYTE_ORDER_MARK : '') + lines([csvRaw ? names : names.map(guarded)]);
    },
    row: (entry: Entry, org: string): string => {
      const cells = readRow(toEvent(provider, entry));
      // Entries that do not name their org get the requested one, unless that is the vendor's alias for any org.
      if (orgAt >= 0 && cells[orgAt] === '' && org !== provider.defaultOrg) cells[orgAt] = shape(org);
      return lines([cells.map(guard)]);
    },
    /** Whether cells are written without a guard against formulas. */
    isRaw: csvRaw,
    /** A cell's text before the guard. */
    shape,
    /** The guarded and quoted cell of a shaped text. */
    finish: (column: number, text: string): string => {
      const cell = guard(text, column);
      return MAY_BE_QUOTED.test(cell) ? lines([[cell]]).slice(0, -2) : cell;
    },
    /** Counts a cell that was copied from bytes. */
    countCell,
    /** Of all cells so far, without `rows`. */
    facts: (): Omit<FormatFacts, 'rows'> => ({ ...facts, emptyPaths: emptyPaths(columns, filled) }),
  };
}

/** The characters for which csv-stringify quotes a cell that is not empty. */
const MAY_BE_QUOTED = /[",;\t\r\n]/;
