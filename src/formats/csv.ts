import { allColumns } from '../view.js';
import { CsvBuffer } from './csv/buffer.js';
import { CsvRows } from './csv/rows.js';
import { openCsvTexts } from './csv/texts.js';
import type { Format, FormatOptions } from './format.js';

/**
 * RFC 4180 with CRLF, and a header even without rows. Unless `csvRaw`, no cell begins like a formula, nor does a part that a spreadsheet of another
 * locale would split off; removing one leading apostrophe restores the text. Cells contain no control characters except TAB, CR and LF. `extra` has,
 * as JSON, the originals of altered values and everything that no column carries. On a terminal cells are `safe` as well, because a CR would
 * overwrite the text before it.
 */
export async function openCsv(options: FormatOptions): Promise<Format> {
  const { provider, csvRaw = false, delimiter = ',', isTTY, resumedAfter } = options;
  const columns = options.columns ?? allColumns(provider);
  const texts = await openCsvTexts(options);
  const into = new CsvBuffer(csvRaw);
  const byBytes = new CsvRows(provider, columns, into, texts);
  // The usual file copies bytes; any other is made from decoded entries.
  const isUsual = !isTTY && delimiter === ',' && columns.every(({ read }) => read === undefined);
  let rows = 0;
  return {
    name: 'csv',
    open: () => (resumedAfter === undefined ? texts.heading() : ''),
    write: ({ entries, org }) => {
      if (entries.length === 0) return '';
      rows += entries.length;
      for (const entry of entries) if (!isUsual || !byBytes.write(entry, org)) into.text(texts.row(entry, org));
      return into.take();
    },
    close: () => '',
    facts: () => ({ rows, ...texts.facts() }),
  };
}
