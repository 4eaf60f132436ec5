import { cut, safe, width } from '../../terminal/text.js';
import { fitWidths } from '../table/fit.js';
import { type DrawRow, GAP, loadRows } from '../table/row.js';
import { type RecordOptions, type RecordRow, type Records, recordText } from './value.js';

const USUAL_WIDTH = 80;
const WIDEST_PADDING = 60;
/** More of a cell's text is never looked at on a terminal. */
const LONGEST_LOOK = 20_000;
const SIZES = { comfortable: 24, tight: 12, least: 6 } as const;

/** A table for people, one row a line; numbers stand to the right. On a terminal it fits the width. The first rows decide the widths. */
export async function openRecordTable({ columns, isTTY, width: cells }: RecordOptions): Promise<Records> {
  const room = cells > 0 ? cells : USUAL_WIDTH;
  const look = (text: string) => (isTTY ? cut(safe(text.slice(0, LONGEST_LOOK)), room) : safe(text));
  const headings = columns.map(look);
  const openRows = await loadRows();
  let draw: DrawRow | undefined;
  let widths: readonly number[] = [];

  const line = (texts: readonly string[]): string =>
    `${draw?.(texts.map((text) => ({ text, paint: undefined }))).trimEnd()}\n`;
  const begin = (texts: readonly (readonly string[])[]): string => {
    const natural = headings.map((heading, at) =>
      texts.reduce((widest, row) => Math.max(widest, width(row[at] ?? '')), Math.max(1, width(heading))),
    );
    widths = isTTY
      ? fitWidths(
          natural.map((one) => ({ natural: one, ...SIZES })),
          room,
          GAP,
        )
      : natural.map((one) => Math.min(one, WIDEST_PADDING));
    draw = openRows(widths, isTTY);
    return line(headings);
  };
  const placed = (row: RecordRow): readonly string[] =>
    row.map((value, at) => {
      const text = look(recordText(value));
      const isNumber = typeof value === 'number' || typeof value === 'bigint';
      return isNumber ? text.padStart(widths[at] ?? 0) : text;
    });

  return {
    open: () => '',
    write: (rows) => {
      if (rows.length === 0) return '';
      const heading = draw === undefined ? begin(rows.map((row) => row.map((value) => look(recordText(value))))) : '';
      return heading + rows.map((row) => line(placed(row))).join('');
    },
    close: () => (draw === undefined ? begin([]) : ''),
  };
}
