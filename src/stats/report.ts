import type { Dimension } from './dimensions.js';
import { type Periods, periodsBetween } from './periods.js';
import type { Counted, CountedGroup } from './tally.js';

export interface ReportQuestion {
  readonly dimensions: readonly Dimension[];
  readonly periods: Periods | undefined;
  /** Maximum number of groups with a row of their own; undefined: all. */
  readonly top: number | undefined;
  /** Only rows with a higher count. */
  readonly over: number | undefined;
}

export interface ReportRow {
  /** The start of its period; undefined for the whole range. */
  readonly period: number | undefined;
  /** One value for each dimension. */
  readonly keys: readonly string[];
  readonly labels: readonly string[];
  readonly count: number;
  /** Counts along `Report.starts`; undefined without periods, or if the row is for one. */
  readonly series: readonly number[] | undefined;
}

export interface Report {
  readonly asked: ReportQuestion;
  /** periods: a row for each period; groups: one for each group; peaks: one for each period of a group. */
  readonly shape: 'periods' | 'groups' | 'peaks';
  readonly rows: readonly ReportRow[];
  /** The sum of the groups without a row; undefined if all have one. */
  readonly other: { readonly groups: number; readonly row: ReportRow } | undefined;
  /** Every period of the range, or from the first event to the last, ascending; if there are too many, only those with events. */
  readonly starts: readonly number[];
  readonly total: number;
}

/** Beyond this many periods, those without events are omitted. */
const MOST_PERIODS = 20_000;

export interface TimeRange {
  /** Epoch ms; undefined: the first or last event. */
  readonly from: number | undefined;
  readonly before: number | undefined;
}

/** Sorts counts into a report: groups by count, periods by time, dimensions with an order of their own in that. */
export function toReport(
  asked: ReportQuestion,
  counted: Counted,
  range: TimeRange = { from: undefined, before: undefined },
): Report {
  const { periods, dimensions, over } = asked;
  const starts = periods === undefined ? [] : allStarts(periods, counted, range);
  const report = { asked, starts, total: counted.total, other: undefined };
  const isOver = (count: number) => over === undefined || count > over;
  if (dimensions.length === 0) {
    const rows = starts.map((start) => bucket(start, counted.periods.get(start) ?? 0));
    return { ...report, shape: 'periods', rows: rows.filter(({ count }) => isOver(count)) };
  }
  if (periods !== undefined && over !== undefined) {
    const rows = counted.groups.flatMap(({ keys, labels, periods: own }) =>
      [...own].map(([period, count]): ReportRow => ({ period, keys, labels, count, series: undefined })),
    );
    return { ...report, shape: 'peaks', rows: rows.filter(({ count }) => isOver(count)).sort(byTime) };
  }
  const ordered = inOrder(asked, counted.groups).filter(({ count }) => isOver(count));
  const top = asked.top ?? ordered.length;
  const told = ordered.slice(0, top).map((group) => rowOf(group, starts));
  const rest = ordered.slice(top);
  const inRows = over === undefined ? counted.total - told.reduce((sum, { count }) => sum + count, 0) : 0;
  if (inRows === 0) return { ...report, shape: 'groups', rows: told };
  const others: ReportRow = {
    period: undefined,
    keys: [],
    labels: [],
    count: inRows,
    series:
      periods === undefined
        ? undefined
        : starts.map(
            (start, at) =>
              (counted.periods.get(start) ?? 0) - told.reduce((sum, { series }) => sum + (series?.[at] ?? 0), 0),
          ),
  };
  return { ...report, shape: 'groups', rows: told, other: { groups: rest.length, row: others } };
}

function bucket(period: number, count: number): ReportRow {
  return { period, keys: [], labels: [], count, series: undefined };
}

function rowOf({ keys, labels, count, periods }: CountedGroup, starts: readonly number[]): ReportRow {
  const series = starts.length === 0 ? undefined : starts.map((start) => periods.get(start) ?? 0);
  return { period: undefined, keys, labels, count, series };
}

/** All keys of a single dimension with an order of its own, in that order; other groups by count, then by name. */
function inOrder({ dimensions, top }: ReportQuestion, groups: readonly CountedGroup[]): readonly CountedGroup[] {
  const all = dimensions.length === 1 && top === undefined ? dimensions[0]?.all : undefined;
  if (all === undefined)
    return [...groups].sort((a, b) => b.count - a.count || compare(a.labels.join(), b.labels.join()));
  const known = new Map(groups.map((group) => [group.keys[0], group]));
  const none = (key: string): CountedGroup => ({ keys: [key], labels: [key], count: 0, periods: new Map() });
  return [
    ...all.map((key) => known.get(key) ?? none(key)),
    ...groups.filter(({ keys }) => !all.includes(keys[0] ?? '')),
  ];
}

function byTime(a: ReportRow, b: ReportRow): number {
  return (a.period ?? 0) - (b.period ?? 0) || b.count - a.count || compare(a.labels.join(), b.labels.join());
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function allStarts(periods: Periods, { periods: counts }: Counted, { from, before }: TimeRange): readonly number[] {
  const seen = [...counts.keys()].sort((a, b) => a - b);
  const first = from ?? seen[0];
  const last = before ?? (seen.length === 0 ? undefined : (seen.at(-1) ?? 0) + 1);
  if (first === undefined || last === undefined) return seen;
  return periodsBetween(periods, first, Math.max(last, (seen.at(-1) ?? first) + 1), MOST_PERIODS) ?? seen;
}
