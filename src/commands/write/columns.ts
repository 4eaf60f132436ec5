import { safe } from '../../terminal/text.js';

/** A table whose columns are as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map(safe));
  const widths = headings.map((_, at) => Math.max(...lines.map((row) => (row[at] ?? '').length)));
  return lines
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
