import { CLOSE_BRACE, COMMA, OPEN_BRACE, QUOTE } from '../../json/bytes.js';
import type { Outline } from '../../json/outline.js';
import type { Column } from '../../view.js';
import type { CsvBuffer } from './buffer.js';
import type { CsvCells } from './cells.js';

// Whether a node, or one below it, is carried by a cell.
const UNTOUCHED = 0;
const TOUCHED = 1;
const CARRIED = 2;

/** A column that may carry the value of a node: as its text or, for `isWhole`, as its tokens. */
interface NodeColumn {
  readonly column: number;
  readonly isWhole: boolean;
}

/** Writes `extra` as `openExtra` (view/extra.ts) defines it, by copying from an outlined entry. */
export class CsvExtra {
  readonly #outline: Outline;
  readonly #into: CsvBuffer;
  readonly #cells: CsvCells;
  /** By node. */
  readonly #carriers: readonly (readonly NodeColumn[])[];
  readonly #marks: Uint8Array;
  /** By column. */
  readonly #isUsed: Uint8Array;

  constructor(columns: readonly Column[], outline: Outline, into: CsvBuffer, cells: CsvCells) {
    this.#outline = outline;
    this.#into = into;
    this.#cells = cells;
    this.#marks = new Uint8Array(outline.size);
    this.#isUsed = new Uint8Array(columns.length);
    const carriers: NodeColumn[][] = Array.from({ length: outline.size }, () => []);
    for (const [column, { field, places }] of columns.entries()) {
      if (field === 'extra') continue;
      for (const place of places) carriers[outline.nodeAt(place)]!.push({ column, isWhole: field === 'metadata' });
    }
    this.#carriers = carriers;
  }

  /** Marks the nodes that the cells of the other columns carry. */
  settle(raw: Buffer): void {
    const { found, order, above, start, after } = this.#outline;
    const marks = this.#marks;
    this.#isUsed.fill(0);
    marks.fill(UNTOUCHED);
    for (let at = 1; at < found; ) {
      const node = order[at]!;
      if (this.#isTaken(raw, node)) {
        marks[node] = CARRIED;
        for (let up = above[node]!; marks[up] === UNTOUCHED; up = above[up]!) marks[up] = TOUCHED;
        at = after[node]!;
      } else at = raw[start[node]!] === OPEN_BRACE ? at + 1 : after[node]!;
    }
  }

  /** Writes the rest of the entry as a quoted cell. Returns false, and writes nothing, if there is no rest. */
  write(raw: Buffer): boolean {
    const into = this.#into;
    const before = into.end;
    into.byte(QUOTE);
    if (this.#marks[0] === UNTOUCHED) into.json(raw, 0, raw.length);
    else if (!this.#writeObject(raw, 0, 1)) {
      into.cut(before);
      return false;
    }
    into.byte(QUOTE);
    return true;
  }

  #isTaken(raw: Buffer, node: number): boolean {
    for (const { column, isWhole } of this.#carriers[node]!) {
      if (this.#isUsed[column] === 1 || !this.#cells.holds(column, raw, node, isWhole)) continue;
      this.#isUsed[column] = 1;
      return true;
    }
    return false;
  }

  /** Writes an object without its carried members; false if none is left. `first`: the index in `order` of the first node below. */
  #writeObject(raw: Buffer, node: number, first: number): boolean {
    const { order, start, end, keyStart, after } = this.#outline;
    const into = this.#into;
    into.byte(OPEN_BRACE);
    let isFirst = true;
    let kept = start[node]! + 1;
    for (let at = first; at < after[node]!; ) {
      const below = order[at]!;
      const mark = this.#marks[below];
      if (mark !== UNTOUCHED) {
        // Neighbours that stay are copied together.
        if (this.#copy(raw, kept, keyStart[below]! - 1, isFirst)) isFirst = false;
        kept = end[below]! + 1;
        if (mark === TOUCHED) {
          const before = into.end;
          this.#copy(raw, keyStart[below]!, start[below]!, isFirst);
          if (this.#writeObject(raw, below, at + 1)) isFirst = false;
          else into.cut(before);
        }
      }
      at = after[below]!;
    }
    if (this.#copy(raw, kept, end[node]! - 1, isFirst)) isFirst = false;
    into.byte(CLOSE_BRACE);
    return !isFirst;
  }

  #copy(raw: Buffer, from: number, to: number, isFirst: boolean): boolean {
    if (to <= from) return false;
    if (!isFirst) this.#into.byte(COMMA);
    this.#into.json(raw, from, to);
    return true;
  }
}
