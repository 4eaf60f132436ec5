import type { Kind } from '../event.js';
import { kindPaints } from '../terminal/color.js';
import { cut, isolate, safe, width } from '../terminal/text.js';
import { bar, grouped, type ReportLook, share, sparkline } from './draw.js';
import { heatMap, isHeatMap } from './heat.js';
import type { Report, ReportRow } from './report.js';

/** A report as text for people: counts, shares, and bars or trends that fit the width; hours of weekdays as a map. */
export function reportTable(report: Report, looks: ReportLook): string {
  if (isHeatMap(report)) return heatMap(report, looks);
  const lines = linesOf(report);
  const columns = textColumns(report, lines);
  const numbers = numberColumns(report, lines);
  const { widths, picture } = layout(columns, numbers, report, looks);
  const place = placer(looks);
  const row = (texts: readonly string[], values: readonly string[], drawn: string): string =>
    [
      ...texts.map((text, at) => place(text, widths[at] ?? 0)),
      ...values.map((value, at) => value.padStart(numbers[at]?.width ?? 0)),
      drawn,
    ]
      .join(GAP)
      .trimEnd();
  const draw = painter(report, lines, picture, looks);
  const { bold } = looks.chalk;
  return [
    bold(
      row(
        columns.map(({ heading }) => heading),
        numbers.map(({ heading }) => heading),
        hasTrend(report) ? 'Trend' : '',
      ),
    ),
    ...lines.map((line, at) =>
      row(
        columns.map(({ cells }) => cells[at] ?? ''),
        numbers.map(({ cells }) => cells[at] ?? ''),
        draw(line),
      ),
    ),
    bold(
      row(
        columns.map((_, at) => (at === 0 ? 'total' : '')),
        numbers.map(({ foot }) => foot),
        '',
      ),
    ),
    '',
  ].join('\n');
}

const GAP = '  ';
const USUAL_WIDTH = 80;
/** A bar is not worth drawing in fewer cells, and says no more in many more. */
const LEAST_PICTURE = 8;
const MOST_BAR = 40;
const MOST_TREND = 60;
/** Elsewhere than on a terminal nothing is cut, and the picture has its own width. */
const PLAIN_BAR = 20;
/** A text column becomes no narrower. */
const LEAST_TEXT = 10;

const PERIOD_HEADINGS = { hour: 'Hour', day: 'Day', week: 'Week from', month: 'Month' } as const;

interface TableRow {
  readonly texts: readonly string[];
  readonly keys: readonly string[];
  readonly count: number;
  readonly series: readonly number[] | undefined;
}

function linesOf({ asked, rows, other, shape }: Report): readonly TableRow[] {
  const textsOf = ({ period, labels }: ReportRow): readonly string[] =>
    shape === 'groups' ? labels : [asked.periods?.label(period ?? 0) ?? '', ...labels];
  const lines: TableRow[] = rows.map((row) => ({ ...row, texts: textsOf(row) }));
  if (other === undefined) return lines;
  const name = other.groups === 0 ? 'other' : `other (${grouped(other.groups)})`;
  return [...lines, { ...other.row, texts: [name] }];
}

interface TextColumn {
  readonly heading: string;
  readonly cells: readonly string[];
}

function textColumns({ asked, shape }: Report, lines: readonly TableRow[]): readonly TextColumn[] {
  const headings = asked.dimensions.map(({ heading }) => heading);
  const all = shape === 'groups' ? headings : [PERIOD_HEADINGS[asked.periods?.name ?? 'day'], ...headings];
  return all.map((heading, at) => ({ heading, cells: lines.map(({ texts }) => safe(texts[at] ?? '')) }));
}

interface NumberColumn extends TextColumn {
  readonly foot: string;
  readonly width: number;
}

function numberColumns({ total, asked, shape }: Report, lines: readonly TableRow[]): readonly NumberColumn[] {
  // Lines that are over a number are not all there is.
  const isPart = asked.over !== undefined || shape === 'peaks';
  const sum = isPart ? lines.reduce((all, { count }) => all + count, 0) : total;
  const columns = [
    { heading: 'Events', cells: lines.map(({ count }) => grouped(count)), foot: grouped(sum) },
    { heading: 'Share', cells: lines.map(({ count }) => share(count, total)), foot: isPart ? share(sum, total) : '' },
  ];
  return columns.map((column) => ({
    ...column,
    width: Math.max(...[column.heading, column.foot, ...column.cells].map(({ length }) => length)),
  }));
}

function hasTrend({ asked, shape }: Report): boolean {
  return shape === 'groups' && asked.periods !== undefined;
}

/** How wide each text column is, and how much is left for the picture; none when that is too little. */
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
  // The last cell of a terminal's line is better left empty.
  const room = (cells > 0 ? cells : USUAL_WIDTH) - 1 - taken - GAP.length * columns.length;
  const least = Math.min(wanted, LEAST_PICTURE);
  const widths = shrunk(natural, room - least);
  const left = room - widths.reduce((sum, one) => sum + one, 0);
  return { widths, picture: left < least ? 0 : Math.min(wanted, left) };
}

/** The widest gives first, until all fit or none can give any more. */
function shrunk(natural: readonly number[], room: number): readonly number[] {
  const widths = [...natural];
  for (let excess = widths.reduce((sum, one) => sum + one, 0) - room; excess > 0; excess -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= LEAST_TEXT) break;
    widths[widest]! -= 1;
  }
  return widths;
}

function placer({ isTTY }: ReportLook): (text: string, cells: number) => string {
  return (text, cells) => {
    const fitting = isTTY ? cut(text, cells) : text;
    return `${isTTY ? isolate(fitting) : fitting}${' '.repeat(Math.max(0, cells - width(fitting)))}`;
  };
}

/** Bars in the colour of the kind, where a dimension has kinds; or the trend. */
function painter(
  { asked }: Report,
  lines: readonly TableRow[],
  cells: number,
  { chalk, look }: ReportLook,
): (line: TableRow) => string {
  const most = Math.max(...lines.map(({ count }) => count), 1);
  const paint: Readonly<Record<Kind, (text: string) => string>> = { ...kindPaints(chalk), other: chalk.cyan };
  const kindOf = ({ keys }: TableRow): Kind => {
    const kinds = asked.dimensions.flatMap(({ kind }, at) =>
      kind === undefined || keys[at] === undefined ? [] : [kind(keys[at], look)],
    );
    return kinds[0] ?? 'other';
  };
  return (line) => {
    if (cells === 0) return '';
    return paint[kindOf(line)](
      line.series === undefined ? bar(line.count, most, cells) : sparkline(line.series, cells),
    );
  };
}
