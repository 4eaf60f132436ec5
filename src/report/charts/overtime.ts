import { KINDS, type Kind } from '../../event.js';
import { openPeriods, type PeriodName, type Periods, periodsBetween } from '../../stats/periods.js';
import { localTimes, type Zone } from '../../time.js';
import type { ReportNumbers } from '../gather.js';
import { html, type Markup } from '../html/markup.js';
import { axisTexts, counted, grouped } from '../html/words.js';
import { px, type Scales } from './scales.js';

/** A column of the chart. */
export interface TimeColumn {
  /** The start of the column, and of the next one. */
  readonly start: number;
  readonly after: number;
  readonly counts: Readonly<Record<Kind, number>>;
  readonly total: number;
}

export interface TimeColumns {
  readonly unit: PeriodName;
  readonly columns: readonly TimeColumn[];
}

/** Maximum number of readable columns: above it, weeks or months are used. */
const MOST_DAYS = 100;
const MOST_WEEKS = 160;
const MOST_COLUMNS = 5000;

/** Events by hour, day, week or month, whichever gives a readable number of columns for the whole range. */
export function columnsOf(
  { counts, periods, first, last }: Pick<ReportNumbers, 'counts' | 'periods' | 'first' | 'last'>,
  range: { readonly from: number | undefined; readonly before: number | undefined },
  zone: Zone,
): TimeColumns {
  const from = range.from ?? first;
  const before = range.before ?? (last === undefined ? undefined : last + 1);
  if (from === undefined || before === undefined) return { unit: periods.name, columns: [] };
  const end = Math.max(before, (last ?? before - 1) + 1);
  const toLocal = localTimes(zone);
  const unit = unitOf(periods.name, (end - from) / 86_400_000);
  const units: Periods = unit === periods.name ? periods : openPeriods(unit, zone, toLocal);
  const starts = periodsBetween(units, Math.min(from, first ?? from), end, MOST_COLUMNS) ?? [];
  const at = new Map(starts.map((start, index) => [start, index]));
  const sums = starts.map((): Record<Kind, number> => ({ create: 0, update: 0, delete: 0, other: 0 }));
  for (const { keys, periods: own } of counts.kinds.groups) {
    const kind = KINDS.find((one) => one === keys[0]) ?? 'other';
    for (const [start, count] of own) {
      const sum = sums[at.get(units.startOf(start)) ?? -1];
      if (sum !== undefined) sum[kind] += count;
    }
  }
  return {
    unit,
    columns: starts.map((start, index) => ({
      start,
      after: units.after(start),
      counts: sums[index]!,
      total: KINDS.reduce((sum, kind) => sum + sums[index]![kind], 0),
    })),
  };
}

function unitOf(counted: PeriodName, days: number): PeriodName {
  if (counted === 'hour') return 'hour';
  if (days <= MOST_DAYS) return 'day';
  return days / 7 <= MOST_WEEKS ? 'week' : 'month';
}

const SIZE = { width: 960, height: 250, left: 46, right: 8, top: 12, bottom: 26 };

/** Columns over time, stacked by kind. */
export function timeChart(
  { unit, columns }: TimeColumns,
  zone: Zone,
  { scaleUtc, scaleLinear, stack }: Scales,
): Markup {
  const local = localTimes(zone);
  const { width, height, left, right, top, bottom } = SIZE;
  const first = local(columns[0]?.start ?? 0);
  const end = local(columns.at(-1)?.after ?? 1);
  const x = scaleUtc()
    .domain([first, end])
    .range([left, width - right]);
  const most = Math.max(1, ...columns.map(({ total }) => total));
  const y = scaleLinear()
    .domain([0, most])
    .nice(4)
    .range([height - bottom, top]);
  const order: readonly Kind[] = ['other', 'update', 'create', 'delete'];
  const series = stack<TimeColumn, Kind>()
    .keys(order)
    .value(({ counts }, kind) => counts[kind])([...columns]);
  const widthOf = ({ start, after }: TimeColumn): number => x(local(after)) - x(local(start));
  const bars = series.map((layer) => {
    const rects = layer.flatMap(([low, high], at) => {
      const column = columns[at]!;
      if (high <= low) return [];
      const gap = Math.min(2, widthOf(column) * 0.15);
      return [
        html`<rect x="${px(x(local(column.start)) + gap / 2)}" y="${px(y(high))}" width="${px(Math.max(0.5, widthOf(column) - gap))}" height="${px(y(low) - y(high))}"/>`,
      ];
    });
    return html`<g class="k-${layer.key}">${rects}</g>`;
  });
  const lines = y
    .ticks(4)
    .filter(Number.isInteger)
    .map(
      (tick) =>
        html`<g><line class="grid" x1="${left}" x2="${width - right}" y1="${px(y(tick))}" y2="${px(y(tick))}"/><text class="tick" x="${left - 8}" y="${px(y(tick) + 4)}" text-anchor="end">${grouped(tick)}</text></g>`,
    );
  const ticks = x.ticks(9).filter((tick) => x(tick) <= width - 24);
  const texts = axisTexts(ticks.map((tick) => tick.getTime()));
  const marks = ticks.map(
    (tick, at) => html`<text class="tick" x="${px(x(tick))}" y="${height - 6}">${texts[at]}</text>`,
  );
  const hover = columns.map((column) => {
    const told = KINDS.filter((kind) => column.counts[kind] > 0).map(
      (kind) => `${grouped(column.counts[kind])} ${KIND_WORDS[kind]}`,
    );
    return html`<rect class="hover" x="${px(x(local(column.start)))}" y="${top}" width="${px(widthOf(column))}" height="${height - bottom - top}"><title>${columnText(column.start, unit, zone)}: ${counted(column.total, 'event')}${told.length > 0 ? ` (${told.join(', ')})` : ''}</title></rect>`;
  });
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="Columns: events by ${unit}, at most ${grouped(most)} in one. The numbers are in the table below.">${lines}${bars}${marks}${hover}</svg>`;
}

/** For legends and tables. */
export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  create: 'created',
  update: 'changed',
  delete: 'deleted',
  other: 'other',
};

/** The name of a column. */
export function columnText(start: number, unit: PeriodName, zone: Zone): string {
  const text = new Date(start + zone.offsetAt(start)).toISOString();
  if (unit === 'hour') return text.slice(0, 16).replace('T', ' ');
  if (unit === 'month') return text.slice(0, 7);
  return unit === 'week' ? `week of ${text.slice(0, 10)}` : text.slice(0, 10);
}
