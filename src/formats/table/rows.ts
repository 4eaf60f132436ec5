import { cut, isolate, safe, width, wrapped } from '../../terminal/text.js';
import type { TableColumn } from './columns.js';
import { layOut, type PlacedColumn, type RowCell, type RowLayout } from './layout.js';

/** Cells between two columns. */
const GAP = 2;
/** Cells of a terminal of unknown width. */
export const USUAL_WIDTH = 80;
/** In plain text, columns are not padded beyond this: longer texts shift the rest of their row. */
const WIDEST_PADDING = 60;
/** Characters of a cell that are read, for a terminal. */
const LONGEST_LOOK = 20_000;
/** Lines of one cell. */
const MOST_LINES = 8;
/** The indent of a text below its row. */
const BELOW = ['  └ ', '    '] as const;

type Paint = (text: string) => string;

/** How the texts of a row are painted; undefined: not at all. */
export interface RowPaints {
  readonly main: (at: number) => Paint | undefined;
  readonly beside: Paint | undefined;
}

/** Draws rows in fixed widths. */
export interface RowDrawer {
  /** A text as a cell shows it: safe, and on a terminal no longer than the cell can show. */
  readonly look: (text: string) => string;
  /** Fixes the widths so that the header and these rows fit. */
  settle(rows: readonly (readonly RowCell[])[]): void;
  /** Whether this row would cut a cell that is never cut. */
  isOverfull(row: readonly RowCell[]): boolean;
  heading(paint: Paint | undefined): string;
  row(cells: readonly RowCell[], paints: RowPaints): string;
  /** Whether a column is shown. */
  shows(at: number): boolean;
  /** Everything that was hidden so far, in words. */
  readonly hidden: ReadonlySet<string>;
}

export interface DrawerOptions {
  readonly isTTY: boolean;
  /** Cells of the terminal; 0 when unknown. */
  readonly width: number;
  readonly live?: boolean | undefined;
}

/** On a terminal rows fit its width and right-to-left text stays in its cell; elsewhere nothing is cut. */
export function openRows(columns: readonly TableColumn[], options: DrawerOptions): RowDrawer {
  const { isTTY, live } = options;
  const cells = options.width > 0 ? options.width : USUAL_WIDTH;
  const look = (text: string) => (isTTY ? safe(text.slice(0, LONGEST_LOOK)) : safe(text));
  const headings = columns.map(({ heading }): RowCell => ({ main: look(heading.main), beside: heading.beside ?? '' }));
  const hidden = new Set<string>();
  let layout: RowLayout = { columns: [], hidden: [], below: undefined };

  const draw = (row: readonly RowCell[], paints: RowPaints): string => {
    const lines: string[] = [];
    const parts = layout.columns.map((place) => linesOf(row[place.at]!, place, columns[place.at]!));
    const height = parts.reduce((most, { length }) => Math.max(most, length), 1);
    for (let line = 0; line < height; line += 1) {
      const texts = layout.columns.map((place, n) => {
        const { main, beside } = parts[n]?.[line] ?? NOTHING;
        const used = width(main) + (beside === '' ? 0 : 1 + width(beside));
        const shown = painted(main, isTTY, paints.main(place.at));
        const second = beside === '' ? '' : ` ${painted(beside, isTTY, paints.beside)}`;
        return `${shown}${second}${' '.repeat(Math.max(0, place.cells - used))}`;
      });
      lines.push(texts.join(' '.repeat(GAP)).trimEnd());
    }
    const below = layout.below === undefined ? '' : (row[layout.below]?.main ?? '');
    if (below !== '')
      for (const [n, line] of cutLines(below, Math.max(1, cells - BELOW[0].length)).entries())
        lines.push(`${BELOW[n === 0 ? 0 : 1]}${painted(line, isTTY, undefined)}`);
    return `${lines.join('\n')}\n`;
  };
  /** A text longer than its lines ends with a `…`, and the footer mentions it. */
  const cutLines = (text: string, room: number): readonly string[] => {
    const lines = wrapped(text, room, MOST_LINES);
    if (lines.length === MOST_LINES && lines.at(-1)?.endsWith('…') === true) hidden.add('the end of long changes');
    return lines;
  };
  const linesOf = (cell: RowCell, { cells: room, besides }: PlacedColumn, { role }: TableColumn) => {
    if (!isTTY) return [cell];
    if (role === 'change') return cutLines(cell.main, room).map((main): RowCell => ({ main, beside: '' }));
    return [fitted(cell, room, besides)];
  };

  return {
    look,
    hidden,
    settle: (rows) => {
      if (isTTY) layout = layOut(columns, [...rows], { cells, gap: GAP, isLive: live === true });
      else layout = plainLayout(headings, rows);
      for (const word of layout.hidden) hidden.add(word);
    },
    isOverfull: (row) =>
      isTTY &&
      layout.columns.some(({ at, cells: room }) => columns[at]?.role === 'time' && width(row[at]?.main ?? '') > room),
    heading: (paint) => {
      const texts = layout.columns.map(({ at, cells: room }) => {
        const { main, beside } = isTTY ? fitted(headings[at]!, room, true) : headings[at]!;
        const text = beside === '' ? main : `${main} ${beside}`;
        const isolated = isTTY ? isolate(text) : text;
        return `${paint === undefined ? isolated : paint(isolated)}${' '.repeat(Math.max(0, room - width(text)))}`;
      });
      return `${texts.join(' '.repeat(GAP)).trimEnd()}\n`;
    },
    row: draw,
    shows: (wanted) => layout.columns.some(({ at }) => at === wanted),
  };
}

const NOTHING: RowCell = { main: '', beside: '' };

function painted(text: string, isTTY: boolean, paint: Paint | undefined): string {
  const marked = isTTY ? isolate(text) : text;
  return paint === undefined || text === '' ? marked : paint(marked);
}

/** Nothing is dropped or cut. */
function plainLayout(headings: readonly RowCell[], rows: readonly (readonly RowCell[])[]): RowLayout {
  const wide = ({ main, beside }: RowCell) => width(main) + (beside === '' ? 0 : 1 + width(beside));
  const columns = headings.map((heading, at) => {
    const natural = rows.reduce((most, row) => Math.max(most, wide(row[at] ?? NOTHING)), Math.max(1, wide(heading)));
    return { at, cells: Math.min(natural, WIDEST_PADDING), besides: true };
  });
  return { columns, hidden: [], below: undefined };
}

/** A cell in this room. A second part is shown whole or not at all; a required one takes the place of the first. */
function fitted({ main, beside, keeps }: RowCell, cells: number, besides: boolean): RowCell {
  const second = width(beside);
  if (beside !== '' && (besides || keeps === true)) {
    if (width(main) + 1 + second <= cells) return { main, beside };
    if (keeps === true) {
      const room = cells - second - 1;
      if (room >= LEAST_NAME) return { main: cut(main, room), beside };
      return { main: cut(beside.replace(/^<|>$/g, ''), cells), beside: '' };
    }
  }
  return { main: cut(main, cells), beside: '' };
}

/** Cells of a name beside an email. */
const LEAST_NAME = 4;
