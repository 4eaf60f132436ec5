import { guarded, printable } from '../formats/csv/cell.js';
import { loadCsvLines } from '../formats/csv/line.js';
import { safeJson } from '../json/escape.js';
import { safe } from '../terminal/text.js';
import type { Report, ReportRow } from './report.js';

export interface Facts {
  readonly answeredBy: 'entries' | 'counts';
  /** The zone of hours, days and months; `vendor` for the server's own, which is unknown. */
  readonly zone: string;
  readonly from: string | undefined;
  readonly before: string | undefined;
}

/** One JSON object: the question, the total, and the rows; with `--every` each row has a series along `periods`. */
export function reportJson(report: Report, { answeredBy, zone, from, before }: Facts): string {
  const { asked, rows, other, starts, total, shape } = report;
  const document = {
    by: asked.dimensions.map(({ name }) => name),
    every: asked.periods?.name ?? null,
    over: asked.over ?? null,
    from: from ?? null,
    before: before ?? null,
    zone,
    answered_by: answeredBy,
    total,
    ...(shape === 'groups' && asked.periods !== undefined
      ? { periods: starts.map((start) => asked.periods?.label(start)) }
      : {}),
    rows: rows.map((row) => jsonRow(row, report)),
    ...(other === undefined ? {} : { other: { groups: other.groups, ...jsonRow(other.row, report) } }),
  };
  return `${safeJson(document, 2)}\n`;
}

/** One JSON object a line for each row; with `--every` for each period of it that has events. */
export function reportNdjson(report: Report): string {
  return flatRows(report)
    .map((row) => `${safeJson(jsonRow({ ...row, series: undefined }, report))}\n`)
    .join('');
}

/** RFC 4180 with a heading; rows as in NDJSON. No cell begins like a formula. On a terminal, cells are neutralised. */
export async function reportCsv(report: Report, isTTY: boolean): Promise<string> {
  const { asked, total } = report;
  const heading = [
    ...(asked.periods === undefined ? [] : [asked.periods.name]),
    ...asked.dimensions.map(({ name }) => keyOf(name, asked)),
    'events',
    'share',
  ];
  const rows = flatRows(report).map(({ period, labels, count }) => [
    ...(asked.periods === undefined ? [] : [period === undefined ? '' : asked.periods.label(period)]),
    ...asked.dimensions.map((_, at) => labels[at] ?? '(other)'),
    String(count),
    total === 0 ? '0' : String(round(count / total)),
  ]);
  const lines = await loadCsvLines(heading.length);
  return lines(
    [heading, ...rows].map((cells) => cells.map((text) => guarded(printable(isTTY ? safe(text) : text).text))),
  );
}

function jsonRow({ period, labels, count, series }: ReportRow, { asked, total }: Report): Record<string, unknown> {
  return {
    ...(period === undefined || asked.periods === undefined
      ? {}
      : { [asked.periods.name]: asked.periods.label(period) }),
    ...Object.fromEntries(asked.dimensions.map(({ name }, at) => [keyOf(name, asked), labels[at] ?? '(other)'])),
    events: count,
    share: total === 0 ? 0 : round(count / total),
    ...(series === undefined ? {} : { series }),
  };
}

/** A path of an entry may have the name of another field of a row. */
function keyOf(name: string, { periods }: Report['asked']): string {
  return [periods?.name, 'events', 'share', 'series', 'groups'].includes(name) ? `by ${name}` : name;
}

/** The rows, with a series split into a row for each period that has events. */
function flatRows({ rows, other, starts }: Report): readonly ReportRow[] {
  const all = other === undefined ? rows : [...rows, other.row];
  return all.flatMap((row) => {
    const { series } = row;
    if (series === undefined) return [row];
    return starts.flatMap((period, at) => {
      const count = series[at] ?? 0;
      return count === 0 ? [] : [{ ...row, period, count, series: undefined }];
    });
  });
}

function round(part: number): number {
  return Math.round(part * 1e6) / 1e6;
}
