import { loadTable } from '../table/draw.js';
import { type RecordOptions, type Records, recordText } from './value.js';

const SIZES = { comfortable: 24, tight: 12, least: 6 } as const;

/** A table of any rows for people, one row a line, with numbers aligned right. The first rows fix the widths. */
export async function openRecordTable(options: RecordOptions): Promise<Records> {
  const columns = options.columns.map((heading) => ({ heading, sizes: SIZES }));
  const { look, headings, settle, line } = await loadTable(columns, options);
  let widths: readonly number[] | undefined;
  const draw = (texts: readonly string[]): string => line(texts.map((text) => ({ text, paint: undefined })));
  const begin = (rows: readonly (readonly string[])[]): string => {
    widths = settle(rows);
    return draw(headings);
  };
  return {
    open: () => '',
    write: (rows) => {
      if (rows.length === 0) return '';
      const texts = rows.map((row) => row.map((value) => look(recordText(value))));
      const heading = widths === undefined ? begin(texts) : '';
      const lines = texts.map((row, index) =>
        draw(
          row.map((text, at) => {
            const value = rows[index]![at];
            const isNumber = typeof value === 'number' || typeof value === 'bigint';
            return isNumber ? text.padStart(widths?.[at] ?? 0) : text;
          }),
        ),
      );
      return heading + lines.join('');
    },
    close: () => (widths === undefined ? begin([]) : ''),
  };
}
