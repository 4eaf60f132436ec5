import { type FileRowReader, LONGEST, type OnRow, RowFault, type RowFields } from './reader.js';

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const APOSTROPHE = 0x27;

type State = 'start' | 'plain' | 'quoted' | 'quote' | 'return';

/** RFC 4180 as we write it: a line of names first, CRLF after every record, quotes only around a whole cell. */
export function csvReader(fields: RowFields, onRow: OnRow, guarded: boolean): FileRowReader {
  let state: State = 'start';
  let cell: Buffer[] = [];
  let cellLength = 0;
  let column = 0;
  let names: string[] | undefined;
  let header: string[] = [];
  let record: (string | undefined)[] = [];
  let wantedColumns: ReadonlySet<number> = new Set();
  let idColumns: readonly number[] = [];
  let timeColumns: readonly number[] = [];
  let fresh = true;
  let guardedCells = 0;

  const isWanted = (): boolean => names === undefined || wantedColumns.has(column);
  const take = (bytes: Buffer, from: number, to: number): void => {
    if (to <= from) return;
    if (cellLength === 0 && bytes[from] === APOSTROPHE && names !== undefined) guardedCells += 1;
    cellLength += to - from;
    if (cellLength > LONGEST) throw new RowFault('a cell is longer than any of ours');
    if (isWanted()) cell.push(Buffer.from(bytes.subarray(from, to)));
  };
  const endCell = (): void => {
    if (isWanted()) {
      const text = Buffer.concat(cell).toString();
      if (names === undefined) header.push(text);
      else record[column] = guarded ? text.replace(/^'/, '') : text;
      cell = [];
    }
    cellLength = 0;
    column += 1;
  };
  const firstOf = (columns: readonly number[]): string | undefined =>
    columns.map((at) => record[at]).find((text) => text !== undefined && text !== '');
  const endRecord = (): void => {
    if (names === undefined) {
      names = header;
      header = [];
      const columnsOf = (wanted: readonly string[]) =>
        wanted.map((name) => (names as string[]).indexOf(name)).filter((at) => at >= 0);
      idColumns = columnsOf(fields.id);
      timeColumns = columnsOf(fields.time);
      wantedColumns = new Set([...idColumns, ...timeColumns]);
    } else {
      if (column !== names.length) throw new RowFault('a record has another number of cells than there are names');
      onRow({ id: firstOf(idColumns), time: firstOf(timeColumns), raw: undefined });
      record = [];
    }
    column = 0;
    fresh = true;
  };

  return {
    push(bytes) {
      let from = 0;
      for (let at = 0; at < bytes.length; at += 1) {
        const byte = bytes[at] as number;
        if (state === 'quoted') {
          if (byte !== QUOTE) continue;
          take(bytes, from, at);
          state = 'quote';
        } else if (state === 'return') {
          if (byte !== LF) throw new RowFault('a record does not end with CRLF');
          endRecord();
          state = 'start';
        } else if (byte === QUOTE) {
          if (state === 'plain') throw new RowFault('a quote stands inside a cell');
          // After a quote this is the second of a pair, which means one quote.
          from = state === 'quote' ? at : at + 1;
          state = 'quoted';
        } else if (byte === COMMA || byte === CR) {
          if (state === 'plain') take(bytes, from, at);
          endCell();
          state = byte === COMMA ? 'start' : 'return';
        } else {
          if (state === 'quote') throw new RowFault('something stands after a quoted cell');
          if (byte === LF) throw new RowFault('a record does not end with CRLF');
          if (state === 'start') from = at;
          state = 'plain';
        }
        fresh &&= state === 'start' && column === 0;
      }
      if (state === 'plain' || state === 'quoted') take(bytes, from, bytes.length);
    },
    end() {
      if (!fresh || state !== 'start') throw new RowFault('the last record has no end');
      if (names === undefined) throw new RowFault('there is no line of names');
    },
    guardedCells: () => guardedCells,
  };
}
