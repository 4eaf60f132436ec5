import type { Kind } from '../event.js';
import { padded } from '../formats/table/draw.js';
import { kindPaints } from '../terminal/color.js';
import { safe, width } from '../terminal/text.js';
import { bar, grouped, type ReportLook, share, sparkline } from './draw.js';
import { heatMap, isHeatMap } from './heat.js';
import type { Report, ReportRow } from './report.js';

/** A report for people: counts, shares, and bars or trends that fit the width; hours of weekdays as a map. */
export function reportTable(report: Report, looks: ReportLook): string {
  if (isHeatMap(report)) return heatMap(report, looks);
  const rows = rowsOf(report);
  const texts = textColumns(report, rows);
  const numbers = numberColumns(report, rows);
  const { widths, picture } = layout(texts, numbers, report, looks);
  const draw = painter(report, rows, picture, looks);
  const columns = [
    ...texts.map((column, at) => ({ ...column, place: (text: string) => padded(text, widths[at] ?? 0, looks.isTTY) })),
    ...numbers.map((column) => ({ ...column, place: (text: string) => text.padStart(column.width) })),
    { heading: hasTrend(report) ? 'Trend' : '', cells: rows.map(draw), foot: '', place: (text: string) => text },
  ];
  const line = (textOf: (column: TextColumn) => string): string =>
    columns
      .map((column) => column.place(textOf(column)))
      .join(GAP)
      .trimEnd();
  const { bold } = looks.chalk;
  return [
    bold(line(({ heading }) => heading)),
    ...rows.map((_, at) => line(({ cells }) => cells[at] ?? '')),
    bold(line(({ foot }) => foot)),
    '',
  ].join('\n');
}

const GAP = '  ';
const USUAL_WIDTH = 80;
/** Cells of a bar or trend. */
const LEAST_PICTURE = 8;
const MOST_BAR = 40;
const MOST_TREND = 60;
/** Cells of a bar outside a terminal, where nothing is cut. */
const PLAIN_BAR = 20;
/** Cells of the narrowest text column. */
const LEAST_TEXT = 10;

const PERIOD_HEADINGS = { hour: 'Hour', day: 'Day', week: 'Week from', month: 'Month' } as const;

interface TableRow extends ReportRow {
  readonly texts: readonly string[];
}

function rowsOf({ asked, rows, other, shape }: Report): readonly TableRow[] {
  const textsOf = ({ period, labels }: ReportRow): readonly string[] =>
    shape === 'groups' ? labels : [asked.periods?.label(period ?? 0) ?? '', ...labels];
  const found: TableRow[] = rows.map((row) => ({ ...row, texts: textsOf(row) }));
  if (other === undefined) return found;
  const name = other.groups === 0 ? 'other' : `other (${grouped(other.groups)})`;
  return [...found, { ...other.row, texts: [name] }];
}

interface TextColumn {
  readonly heading: string;
  readonly cells: readonly string[];
  readonly foot: string;
}

function textColumns({ asked, shape }: Report, rows: readonly TableRow[]): readonly TextColumn[] {
  const headings = asked.dimensions.map(({ heading }) => heading);
  const all = shape === 'groups' ? headings : [PERIOD_HEADINGS[asked.periods?.name ?? 'day'], ...headings];
  return all.map((heading, at) => ({
    heading,
    cells: rows.map(({ texts }) => safe(texts[at] ?? '')),
    foot: at === 0 ? 'total' : '',
  }));
}

interface NumberColumn extends TextColumn {
  readonly width: number;
}

function numberColumns({ total, asked, shape }: Report, rows: readonly TableRow[]): readonly NumberColumn[] {
  // With a minimum not all events have a row.
  const isPart = asked.over !== undefined || shape === 'peaks';
  const sum = isPart ? rows.reduce((all, { count }) => all + count, 0) : total;
  const columns = [
    { heading: 'Events', cells: rows.map(({ count }) => grouped(count)), foot: grouped(sum) },
    { heading: 'Share', cells: rows.map(({ count }) => share(count, total)), foot: isPart ? share(sum, total) : '' },
  ];
  return columns.map((column) => ({
    ...column,
    width: Math.max(...[column.heading, column.foot, ...column.cells].map(({ length }) => length)),
  }));
}

function hasTrend({ asked, shape }: Report): boolean {
  return shape === 'groups' && asked.periods !== undefined;
}

/** The widths of the text columns, and the remaining cells for the picture; 0 if there are too few. */
function layout(
  columns: readonly TextColumn[],
  numbers: readonly NumberColumn[],
  report: Report,
  { isTTY, width: cells }: ReportLook,
): { readonly widths: readonly number[]; readonly picture: number } {
  const natural = columns.map(({ heading, cells: texts }) => Math.max(width(heading), 5, ...texts.map(width)));
  const wanted = hasTrend(report) ? Math.min(MOST_TREND, report.starts.length) : MOST_BAR;
  if (!isTTY) return { widths: natural, picture: hasTrend(report) ? wanted : PLAIN_BAR };
  const taken = numbers.reduce((sum, column) => sum + column.width + GAP.length, 0);
  // Leaves the last cell of a terminal's line empty.
  const room = (cells > 0 ? cells : USUAL_WIDTH) - 1 - taken - GAP.length * columns.length;
  const least = Math.min(wanted, LEAST_PICTURE);
  const widths = shrunk(natural, room - least);
  const left = room - widths.reduce((sum, one) => sum + one, 0);
  return { widths, picture: left < least ? 0 : Math.min(wanted, left) };
}

/** Shrinks the widest column first, until all fit or none can shrink. */
function shrunk(natural: readonly number[], room: number): readonly number[] {
  const widths = [...natural];
  for (let excess = widths.reduce((sum, one) => sum + one, 0) - room; excess > 0; excess -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= LEAST_TEXT) break;
    widths[widest]! -= 1;
  }
  return widths;
}

/** Bars, in the colour of the kind if a dimension has kinds; or the trend. */
function painter(
  { asked }: Report,
  rows: readonly TableRow[],
  cells: number,
  { chalk, look }: ReportLook,
): (row: TableRow) => string {
  const most = Math.max(...rows.map(({ count }) => count), 1);
  const paint: Readonly<Record<Kind, (text: string) => string>> = { ...kindPaints(chalk), other: chalk.cyan };
  const kindOf = ({ keys }: TableRow): Kind => {
    const kinds = asked.dimensions.flatMap(({ kind }, at) =>
      kind === undefined || keys[at] === undefined ? [] : [kind(keys[at], look)],
    );
    return kinds[0] ?? 'other';
  };
  return (row) => {
    if (cells === 0) return '';
    return paint[kindOf(row)](row.series === undefined ? bar(row.count, most, cells) : sparkline(row.series, cells));
  };
}
