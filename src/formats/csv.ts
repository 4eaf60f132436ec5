import type { AuditEvent } from '../event.js';
import { toEvent } from '../providers/normalize.js';
import { safe } from '../terminal/text.js';
import { allColumns, openRow } from '../view.js';
import { guarded, printable, unsplitJson } from './cell.js';
import { emptyPaths, type Format, type FormatOptions } from './format.js';

/** The most characters that a spreadsheet takes in a cell. */
const LONGEST = 32_767;

/**
 * RFC 4180 with CRLF, and a heading even when there are no rows. No cell begins as a formula does (unless `csvRaw`):
 * taking one leading apostrophe away gives the text back. Nor does any part of a cell that a spreadsheet of another locale
 * would split off. No cell holds a control character but TAB, CR and LF. What was altered for these two, and whatever no column carries,
 * stands as JSON in `extra`. On a terminal cells are `safe` besides: there even a CR would overwrite what stands before it.
 */
export async function openCsv(options: FormatOptions): Promise<Format> {
  const { stringify } = await import('csv-stringify/sync');
  const { provider, csvRaw = false, isTTY, resumedAfter } = options;
  const columns = options.columns ?? allColumns(provider);
  const filled = new Set<number>();
  const facts = {
    rows: 0,
    guardedCells: 0,
    picturedCells: 0,
    replacedSurrogates: 0,
    longCells: 0,
    unsplitCells: 0,
  };

  const dialect = {
    record_delimiter: '\r\n',
    // Some readers split at these, whatever the file's ending says.
    quoted_match: /[\r\n;\t]/,
    // A row of one empty cell must not look like no row.
    quoted_empty: columns.length === 1,
  };

  const shown = (text: string): string => (isTTY ? safe(text) : text);
  const shape = (raw: string): string => {
    const { text, pictures, unsplit, surrogates } = printable(raw, csvRaw);
    if (pictures) facts.picturedCells += 1;
    if (unsplit) facts.unsplitCells += 1;
    facts.replacedSurrogates += surrogates;
    return shown(text);
  };
  const isJson = columns.map(({ field }) => field === 'metadata' || field === 'extra');
  const readRow = openRow(columns, (text, { field }) => (field === 'metadata' ? text : shape(text)));
  const orgAt = columns.findIndex(({ field }) => field === 'org.id');

  const record = (event: AuditEvent, org: string): string[] => {
    const cells = readRow(event);
    // Where entries do not name their org, the one that was asked does; an alias of the vendor's would say nothing.
    if (orgAt >= 0 && cells[orgAt] === '' && org !== provider.defaultOrg) cells[orgAt] = shape(org);
    for (const [at, text] of cells.entries()) {
      if (text === '') continue;
      filled.add(at);
      if (text.length > LONGEST) facts.longCells += 1;
      if (csvRaw) continue;
      const cell = guarded(isJson[at] ? unsplitJson(text) : text);
      if (cell.startsWith("'")) facts.guardedCells += 1;
      cells[at] = cell;
    }
    return cells;
  };

  return {
    name: 'csv',
    open: () => {
      if (resumedAfter !== undefined) return '';
      const names = columns.map(({ name }) => shown(printable(name, csvRaw).text));
      return stringify([csvRaw ? names : names.map(guarded)], dialect);
    },
    write: ({ entries, org }) => {
      if (entries.length === 0) return '';
      facts.rows += entries.length;
      const records = entries.map((entry) => record(toEvent(provider, entry), org));
      return stringify(records, dialect);
    },
    close: () => '',
    facts: () => ({ ...facts, emptyPaths: emptyPaths(columns, filled) }),
  };
}
