import { CsvError, type CsvFault, CsvParser } from '../../csv.js';
import { type CsvDelimiter, DELIMITERS } from '../../formats/csv/dialect.js';
import type { Damaged } from '../damage.js';

/** Rows, and the separator of their cells. */
export interface CsvInputRows {
  readonly rows: readonly CsvInputRow[];
  readonly delimiter: CsvDelimiter;
}

/** The cells of a row, and the line on which it begins. */
export interface CsvInputRow {
  readonly cells: readonly string[];
  readonly line: number;
}

/** Maximum length of a row, in bytes. */
const LONGEST = 64 * 1024 * 1024;

const FAULTS: Readonly<Record<CsvFault, string>> = {
  'quote-inside': 'a quote stands inside of a cell',
  'text-after-quote': 'something stands behind a quoted cell',
  'line-end': 'a line end stands inside of a cell without quotes',
  'open-quote': 'a quoted cell has no end: the text is cut off',
  'no-end': 'the last record has no end: the text is cut off',
};

/** Yields the rows of a CSV text whose records end with CRLF or LF, chunk by chunk. Rejects at the first row that is malformed or not UTF-8. */
export async function* csvRecords(chunks: AsyncIterable<Buffer>, damaged: Damaged): AsyncGenerator<CsvInputRows, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let found: CsvInputRow[] = [];
  const parser = new CsvParser((cells, line) => found.push({ cells, line }), true);
  /** Undefined at the end. */
  const read = (chunk: Buffer | undefined): readonly CsvInputRow[] => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw damaged('the text is not valid UTF-8', parser.line);
    }
    found = [];
    try {
      if (chunk === undefined) parser.end();
      else parser.push(chunk);
    } catch (error) {
      throw error instanceof CsvError ? damaged(FAULTS[error.fault], parser.line) : error;
    }
    if (parser.recordLength > LONGEST) throw damaged('the record is longer than any', parser.line);
    return found;
  };
  for await (const chunk of chunks) {
    const rows = read(chunk);
    const delimiter = DELIMITERS.find((one) => one === parser.separator) ?? ',';
    if (rows.length > 0) yield { rows, delimiter };
  }
  read(undefined);
}
