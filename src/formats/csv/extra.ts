import type { Outline } from '../../json/outline.js';
import type { Column } from '../../view.js';
import type { CsvBuffer } from './buffer.js';

/** The `extra` of rows, as `openExtra` (view/extra.ts) reads it, from an entry's outline. */
export interface CsvExtra {
  /** Finds out what of the outlined entry the cells of the other columns carry. */
  readonly settle: (raw: Buffer) => void;
  /** Writes what is left, for the inside of a quoted cell; false, and nothing written, when nothing is. */
  readonly write: (raw: Buffer) => boolean;
}

/** Whether a column's cell holds just what stands at a node: its text or, for `isWhole`, its tokens. */
export type IsCarried = (raw: Buffer, node: number, column: number, isWhole: boolean) => boolean;

interface Carrier {
  readonly column: number;
  readonly isWhole: boolean;
}

const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

export function openCsvExtra(
  columns: readonly Column[],
  { nodeAt, size, above, start, end, keyStart, order, found, after }: Outline,
  into: CsvBuffer,
  isCarried: IsCarried,
): CsvExtra {
  const carriers: Carrier[][] = Array.from({ length: size }, () => []);
  for (const [column, { field, places }] of columns.entries()) {
    if (field === 'extra') continue;
    for (const place of places) carriers[nodeAt(place)]!.push({ column, isWhole: field === 'metadata' });
  }
  const isUsed = new Uint8Array(columns.length);
  /** Of each node: whether it is carried, or something below it. */
  const marks = new Uint8Array(size);

  const isTaken = (raw: Buffer, node: number): boolean => {
    for (const { column, isWhole } of carriers[node]!) {
      if (isUsed[column] === 1 || !isCarried(raw, node, column, isWhole)) continue;
      isUsed[column] = 1;
      return true;
    }
    return false;
  };

  const separate = (isFirst: boolean): void => {
    if (!isFirst) into.byte(COMMA);
  };

  /** An object's members but for the carried ones; members that stay stand in the text side by side, and are copied so. */
  const writeObject = (raw: Buffer, node: number, first: number): boolean => {
    into.byte(OPEN_BRACE);
    let isFirst = true;
    let kept = start[node]! + 1;
    const keepUntil = (to: number): void => {
      if (to <= kept) return;
      separate(isFirst);
      into.json(raw, kept, to);
      isFirst = false;
    };
    for (let at = first; at < after[node]!; ) {
      const below = order[at]!;
      if (marks[below] !== UNTOUCHED) {
        keepUntil(keyStart[below]! - 1);
        kept = end[below]! + 1;
        if (marks[below] === TOUCHED) {
          const before = into.end();
          separate(isFirst);
          into.json(raw, keyStart[below]!, start[below]!);
          if (writeObject(raw, below, at + 1)) isFirst = false;
          else into.back(before);
        }
      }
      at = after[below]!;
    }
    keepUntil(end[node]! - 1);
    into.byte(CLOSE_BRACE);
    return !isFirst;
  };

  return {
    settle: (raw) => {
      isUsed.fill(0);
      marks.fill(UNTOUCHED);
      for (let at = 1; at < found(); ) {
        const node = order[at]!;
        if (isTaken(raw, node)) {
          marks[node] = CARRIED;
          for (let up = above[node]!; marks[up] === UNTOUCHED; up = above[up]!) marks[up] = TOUCHED;
          at = after[node]!;
        } else at = raw[start[node]!] === OPEN_BRACE ? at + 1 : after[node]!;
      }
    },
    write: (raw) => {
      if (marks[0] !== UNTOUCHED) return writeObject(raw, 0, 1);
      into.json(raw, 0, raw.length);
      return true;
    },
  };
}

const UNTOUCHED = 0;
const TOUCHED = 1;
const CARRIED = 2;
