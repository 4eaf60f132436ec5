import type { Segment } from '../../engine/source.js';
import { isNumber, isText, nullable, objectOf, type TypeOf } from '../../json/is.js';
import { addDays } from '../../time.js';

export const isSpan = objectOf(
  {
    to: isText,
    /** Null: not confirmed. The span is read again in each cycle until it is. */
    count: nullable(isNumber),
  },
  {
    /** Why it does not match the server's count. */
    note: isText,
  },
);
/**
 * Closed days of history, in the server's days: from the end of the previous span (the first: from the beginning) up to and including `to`, and
 * the server's count of their entries. All counted entries are at the destination.
 */
export type HistorySpan = TypeOf<typeof isSpan>;

/** The entries of all these spans. */
export function countOf(spans: readonly HistorySpan[]): number {
  return spans.reduce((sum, { count }) => sum + (count ?? 0), 0);
}

/** Undefined: there is no span. */
export function lastDay(spans: readonly HistorySpan[]): string | undefined {
  return spans.at(-1)?.to;
}

/**
 * Adds the segments of a reading, oldest first, to the spans. `closedTo`: the last day that was closed when the reading began. The count of a
 * segment that overlaps the spans includes days of theirs: if more segments follow, its own days are confirmed by a later cycle, else it is left out.
 */
export function withSegments(
  spans: readonly HistorySpan[],
  segments: readonly Segment[],
  closedTo: string,
): readonly HistorySpan[] {
  const grown = [...spans];
  for (const { from, to, count, note } of segments) {
    const end = lastDay(grown);
    if (to === undefined || to > closedTo || (end !== undefined && to <= end)) continue;
    const follows = end === undefined || from === addDays(end, 1);
    if (!follows && to === closedTo) continue;
    grown.push({
      to,
      count: follows && note === undefined ? (count ?? null) : null,
      ...(note === undefined ? {} : { note }),
    });
  }
  return grown;
}

/** The first UTC day that entries after a span can have, in any zone of the server. A last day that was not counted belongs to the next span. */
export function dayAfter({ to }: HistorySpan, includesDay: boolean): string {
  return addDays(to, includesDay ? 0 : -1);
}

/** Spans that are read again together because their days overlap. */
export interface Rereading {
  /** UTC days, both included; undefined: from the beginning. */
  readonly from: string | undefined;
  readonly to: string;
  readonly indices: readonly number[];
}

export function rereadings(
  spans: readonly HistorySpan[],
  indices: readonly number[],
  includesDay: boolean,
): readonly Rereading[] {
  const found: { from: string | undefined; to: string; indices: number[] }[] = [];
  for (const index of [...indices].sort((a, b) => a - b)) {
    const before = spans[index - 1];
    const from = before === undefined ? undefined : dayAfter(before, includesDay);
    const to = addDays((spans[index] as HistorySpan).to, 1);
    const last = found.at(-1);
    if (last !== undefined && (from === undefined || from <= addDays(last.to, 1))) {
      last.to = to;
      last.indices.push(index);
    } else found.push({ from, to, indices: [index] });
  }
  return found;
}
