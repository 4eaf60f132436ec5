import { allColumns } from '../view.js';
import { openCsvBuffer } from './csv/buffer.js';
import { openRowWriter } from './csv/rows.js';
import { LONGEST, openCsvTexts } from './csv/texts.js';
import type { Format, FormatOptions } from './format.js';

/**
 * RFC 4180 with CRLF, and a heading even when there are no rows. No cell begins as a formula does (unless `csvRaw`):
 * taking one leading apostrophe away gives the text back. Nor does any part of a cell that a spreadsheet of another locale
 * would split off. No cell holds a control character but TAB, CR and LF. What was altered for these two, and whatever no column carries,
 * stands as JSON in `extra`. On a terminal cells are `safe` besides: there even a CR would overwrite what stands before it.
 */
export async function openCsv(options: FormatOptions): Promise<Format> {
  const { provider, csvRaw = false, isTTY, resumedAfter } = options;
  const texts = await openCsvTexts(options);
  const into = openCsvBuffer(csvRaw);
  const columns = options.columns ?? allColumns(provider);
  const writeRow = openRowWriter(provider, columns, into, texts, { isRaw: csvRaw, longest: LONGEST });
  let rows = 0;
  return {
    name: 'csv',
    open: () => (resumedAfter === undefined ? texts.heading() : ''),
    write: ({ entries, org }) => {
      if (entries.length === 0) return '';
      rows += entries.length;
      for (const entry of entries) if (isTTY || !writeRow(entry, org)) into.text(texts.row(entry, org));
      return into.take();
    },
    close: () => '',
    facts: () => ({ rows, ...texts.facts() }),
  };
}
