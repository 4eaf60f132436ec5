import { formulaLength, unsplitJson } from './cell.js';

/** Bytes of CSV, gathered for one chunk of output. What is put in is copied. */
export interface CsvBuffer {
  /** One byte of ASCII. */
  readonly byte: (byte: number) => void;
  readonly text: (text: string) => void;
  /** UTF-8 from `from` up to `to`, as it is. */
  readonly bytes: (source: Uint8Array, from: number, to: number) => void;
  /** JSON from `from` up to `to`, for the inside of a quoted cell: its quotes are doubled, and it is as `unsplitJson` makes it. */
  readonly json: (source: Uint8Array, from: number, to: number) => void;
  /** Where the next byte goes. */
  readonly end: () => number;
  /** Takes everything away that came after that end. */
  readonly back: (end: number) => void;
  /** All of it, as a buffer of its own; what is put in from now on is of the next chunk. */
  readonly take: () => Buffer;
}

const QUOTE = 0x22;
const SEMICOLON = 0x3b;
const SIZE = 256 * 1024;

/** `isRaw`: JSON is not changed for spreadsheets. */
export function openCsvBuffer(isRaw: boolean): CsvBuffer {
  let out: Buffer = Buffer.allocUnsafeSlow(SIZE);
  let end = 0;
  const makeRoom = (more: number): void => {
    if (end + more <= out.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (end + more));
    larger.set(out.subarray(0, end));
    out = larger;
  };
  return {
    byte: (byte) => {
      if (end === out.length) makeRoom(1);
      out[end] = byte;
      end += 1;
    },
    text: (text) => {
      makeRoom(3 * text.length);
      end += out.write(text, end, 'utf8');
    },
    bytes: (source, from, to) => {
      makeRoom(to - from);
      const into = out;
      let put = end;
      for (let at = from; at < to; at += 1) {
        into[put] = source[at]!;
        put += 1;
      }
      end = put;
    },
    json: (source, from, to) => {
      // The most that two bytes, a semicolon and a formula's first, can become is seven.
      makeRoom(4 * (to - from));
      const into = out;
      let put = end;
      for (let at = from; at < to; at += 1) {
        const byte = source[at]!;
        into[put] = byte;
        put += 1;
        if (byte > SEMICOLON) continue;
        if (byte === QUOTE) {
          into[put] = QUOTE;
          put += 1;
        } else if (byte === SEMICOLON && !isRaw) {
          const length = formulaLength(source, at + 1);
          if (length === 0) continue;
          const text = Buffer.from(source.subarray(at, at + 1 + length)).toString('utf8');
          put += into.write(unsplitJson(text), put - 1, 'utf8') - 1;
          at += length;
        }
      }
      end = put;
    },
    end: () => end,
    back: (to) => {
      end = to;
    },
    take: () => {
      const chunk = Buffer.allocUnsafeSlow(end);
      chunk.set(out.subarray(0, end));
      end = 0;
      return chunk;
    },
  };
}
