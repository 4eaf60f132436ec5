import { CsvError, type CsvFault, CsvParser } from '../../csv.js';
import type { RowFields } from '../../providers/rows.js';
import { type FileRowReader, LONGEST, type OnRow, RowFault } from './reader.js';

const FAULTS: Readonly<Record<CsvFault, string>> = {
  'quote-inside': 'a quote stands inside a cell',
  'text-after-quote': 'something stands after a quoted cell',
  'line-end': 'a record does not end with CRLF',
  'open-quote': 'the last record has no end',
  'no-end': 'the last record has no end',
};

/** CSV as `export` writes it: a line of names first, CRLF after every record. */
export function csvReader(fields: RowFields, onRow: OnRow, guarded: boolean): FileRowReader {
  let names: readonly string[] | undefined;
  let guardedNames = 0;
  let idColumns: readonly number[] = [];
  let timeColumns: readonly number[] = [];
  const firstOf = (cells: readonly string[], columns: readonly number[]): string | undefined => {
    const text = columns.map((at) => cells[at]).find((cell) => cell !== '');
    return guarded ? text?.replace(/^'/, '') : text;
  };
  const parser = new CsvParser((cells) => {
    if (names === undefined) {
      names = cells;
      guardedNames = parser.apostrophes;
      const columnsOf = (wanted: readonly string[]) =>
        wanted.map((name) => cells.indexOf(name)).filter((at) => at >= 0);
      idColumns = columnsOf(fields.id);
      timeColumns = columnsOf(fields.time);
      parser.wanted = new Set([...idColumns, ...timeColumns]);
      return;
    }
    if (cells.length !== names.length) throw new RowFault('a record has another number of cells than there are names');
    onRow({ id: firstOf(cells, idColumns), time: firstOf(cells, timeColumns), raw: undefined });
  }, false);
  const parse = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      throw error instanceof CsvError ? new RowFault(FAULTS[error.fault]) : error;
    }
    if (parser.cellLength > LONGEST) throw new RowFault('a cell is longer than any of ours');
  };
  return {
    push: (bytes) => parse(() => parser.push(bytes)),
    end() {
      parse(() => parser.end());
      if (names === undefined) throw new RowFault('there is no line of names');
    },
    guardedCells: () => parser.apostrophes - guardedNames,
  };
}
