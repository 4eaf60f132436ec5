import { cut, isolate, safe, width } from '../../terminal/text.js';

/** The three minimum widths of a column, in cells, for a table that shrinks in steps. */
export interface Sizes {
  readonly comfortable: number;
  readonly tight: number;
  readonly least: number;
}

export interface DrawnColumn {
  readonly heading: string;
  readonly sizes: Sizes;
  /** The minimum width of the column while the table fits. */
  readonly atLeast?: number;
}

/** Safe text, and its colour. */
export interface Cell {
  readonly text: string;
  readonly paint: ((text: string) => string) | undefined;
}

/** Cells between two columns. */
const GAP = 2;
/** Cells of a terminal of unknown width. */
const USUAL_WIDTH = 80;
/** In plain text, columns are not padded beyond this: longer texts shift the rest of their row. */
const WIDEST_PADDING = 60;
/** Characters of a cell that are read, for a terminal. */
const LONGEST_LOOK = 20_000;
/** Safe text has no private characters. */
const STAND_IN = '\ue000';
const STAND_INS = new RegExp(`${STAND_IN}+`, 'g');

/**
 * Draws rows of columns. On a terminal rows fit its width (`cells`; 0: unknown) and right-to-left text stays in its cell; elsewhere nothing is cut.
 * cli-table3 lays out one row of placeholders, once, because its layout measures emoji, marks and right-to-left text differently from terminals and
 * gets slower with every row.
 */
export async function loadTable(
  columns: readonly DrawnColumn[],
  { isTTY, width: cells }: { readonly isTTY: boolean; readonly width: number },
) {
  const { default: Table } = await import('cli-table3');
  const room = cells > 0 ? cells : USUAL_WIDTH;
  const look = (text: string) => (isTTY ? cut(safe(text.slice(0, LONGEST_LOOK)), room) : safe(text));
  const headings = columns.map(({ heading }) => look(heading));
  let layout = '';
  return {
    /** A text as a cell shows it: safe, and on a terminal no longer than a line. */
    look,
    headings,
    /** Fixes the widths so that the header and these rows fit, and returns them. */
    settle: (rows: readonly (readonly string[])[]): readonly number[] => {
      const wishes = columns.map(({ sizes, atLeast = 1 }, at) => ({
        ...sizes,
        natural: Math.max(
          atLeast,
          width(headings[at]!),
          rows.reduce((most, row) => Math.max(most, width(row[at] ?? '')), 0),
        ),
      }));
      const widths = isTTY
        ? fitWidths(wishes, room, GAP)
        : wishes.map(({ natural }) => Math.min(natural, WIDEST_PADDING));
      const table = new Table({
        chars: BORDERLESS,
        style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
        colWidths: [...widths],
      });
      table.push(widths.map((size) => STAND_IN.repeat(size)));
      layout = table.toString();
      return widths;
    },
    /** A line of cells from `look`; only after `settle`. Drops cells without a column. */
    line: (row: readonly Cell[]): string => {
      let next = 0;
      const fill = (standIns: string) => {
        const cell = row[next++];
        return cell === undefined ? '' : padded(cell.text, standIns.length, isTTY, cell.paint);
      };
      return `${layout.replace(STAND_INS, fill).trimEnd()}\n`;
    },
  };
}

const NO_BORDERS =
  'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid';
const BORDERLESS = { ...Object.fromEntries(NO_BORDERS.split(' ').map((name) => [name, ''])), middle: ' '.repeat(GAP) };

/** A text in this number of cells, cut on a terminal. Adds colours and direction marks last, because they take no cell. */
export function padded(text: string, cells: number, isTTY: boolean, paint?: Cell['paint']): string {
  const fitting = isTTY ? cut(text, cells) : text;
  const space = ' '.repeat(Math.max(0, cells - width(fitting)));
  const marked = isTTY ? isolate(fitting) : fitting;
  return `${paint === undefined || text === '' ? marked : paint(marked)}${space}`;
}

const STEPS = ['comfortable', 'tight', 'least'] as const;

/**
 * The widths of columns that are `gap` cells apart in `room` cells. Columns that do not fit shrink from the right, in three steps: to the
 * comfortable, the tight and the least width. Then columns are dropped from the right, except the first.
 */
export function fitWidths(
  wishes: readonly (Sizes & { readonly natural: number })[],
  room: number,
  gap: number,
): readonly number[] {
  const widths = wishes.map(({ natural }) => natural);
  let excess = widths.reduce((sum, cells) => sum + cells, 0) + gap * (widths.length - 1) - room;
  for (const step of STEPS) {
    for (let at = widths.length - 1; at >= 0 && excess > 0; at -= 1) {
      const give = Math.min(excess, Math.max(0, widths[at]! - wishes[at]![step]));
      widths[at]! -= give;
      excess -= give;
    }
  }
  if (excess <= 0) return widths;
  return wishes.length === 1 ? [Math.max(1, room)] : fitWidths(wishes.slice(0, -1), room, gap);
}
