import { cut, isolate, width } from '../../terminal/text.js';

/** Safe text, and how to colour it once its place is settled. */
export interface Cell {
  readonly text: string;
  readonly paint: ((text: string) => string) | undefined;
}

/** Lays the cells of a row out as a line, without its end. Cells for which there is no column are left out. */
export type DrawRow = (cells: readonly Cell[]) => string;
/** For columns of these widths. On a terminal what is too long is cut, and right-to-left text is kept in its place. */
export type OpenRows = (widths: readonly number[], isTTY: boolean) => DrawRow;

/** Cells between two columns. */
export const GAP = 2;

/** Private characters are never in safe text, so these can only be where we put them. */
const STAND_IN = '\ue000';
const STAND_INS = new RegExp(`${STAND_IN}+`, 'g');

/**
 * cli-table3 draws one row with a stand-in for each cell, and every line is that row with its cells in their places: so
 * its layout, which measures emoji, marks and right-to-left text otherwise than terminals do and takes longer the
 * more rows it holds, is asked for once.
 */
export async function loadRows(): Promise<OpenRows> {
  const { default: Table } = await import('cli-table3');
  return (widths, isTTY) => {
    const table = new Table({
      chars: { ...BORDERLESS, middle: ' '.repeat(GAP) },
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
      colWidths: [...widths],
    });
    table.push(widths.map((cells) => STAND_IN.repeat(cells)));
    const layout = table.toString();
    return (cells) => {
      let next = 0;
      const fill = (standIns: string) => {
        const cell = cells[next++];
        return cell === undefined ? '' : placed(cell, standIns.length, isTTY);
      };
      return layout.replace(STAND_INS, fill).trimEnd();
    };
  };
}

const BORDERLESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
};

/** Colours and direction marks come on last: neither takes a cell. */
function placed({ text, paint }: Cell, cells: number, isTTY: boolean): string {
  const fitting = isTTY ? cut(text, cells) : text;
  const space = ' '.repeat(Math.max(0, cells - width(fitting)));
  const marked = isTTY ? isolate(fitting) : fitting;
  return `${paint === undefined || text === '' ? marked : paint(marked)}${space}`;
}
