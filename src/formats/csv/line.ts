/** Rows of cells as CSV: RFC 4180 with CRLF. */
export type CsvLines = (rows: readonly (readonly string[])[]) => string;

/** Loads csv-stringify, which decides what is quoted, for rows with this number of columns. */
export async function loadCsvLines(columns: number): Promise<CsvLines> {
  const { stringify } = await import('csv-stringify/sync');
  const dialect = {
    record_delimiter: '\r\n',
    // Some readers split at these, whatever the file's extension is.
    quoted_match: /[\r\n;\t]/,
    // A row of one empty cell must not look like an empty line.
    quoted_empty: columns === 1,
  };
  return (rows) => stringify([...rows], dialect);
}
