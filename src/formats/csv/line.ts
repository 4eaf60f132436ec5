import type { CsvDelimiter } from './dialect.js';

/** Loads csv-stringify, which quotes and joins cells (RFC 4180, CRLF) for rows with this number of columns. */
export async function loadCsvLines(columns: number, delimiter: CsvDelimiter = ',') {
  const { stringify } = await import('csv-stringify/sync');
  const dialect = {
    delimiter,
    record_delimiter: '\r\n',
    // Some readers split at these, whatever the file's extension is.
    quoted_match: delimiter === ',' ? /[\r\n;\t]/ : /[\r\n;\t,]/,
    // A row with one empty cell must not look like an empty line.
    quoted_empty: columns === 1,
  };
  return (rows: readonly (readonly string[])[]): string => stringify([...rows], dialect);
}
