import type { Segment } from '../../engine/source.js';
import { type Is, isNumber, isText, nullable, objectOf } from '../../json/is.js';
import { addDays } from '../../time.js';

/**
 * Days of closed history, from the end of the span before (the first: from the beginning) up to and including `to`, in the days of the server,
 * and how many entries it counted in them. Everything that was counted is at the destination.
 */
export interface HistorySpan {
  readonly to: string;
  /** Null: not confirmed. The span is read again, each time, until it is. */
  readonly count: number | null;
  /** Why what was read could not be reconciled with the server. */
  readonly note?: string;
}

export const isSpan: Is<HistorySpan> = objectOf({ to: isText, count: nullable(isNumber) }, { note: isText });

/** The entries of all these spans. */
export function countOf(spans: readonly HistorySpan[]): number {
  return spans.reduce((sum, { count }) => sum + (count ?? 0), 0);
}

/** The last day of all spans; undefined: there is none. */
export function lastDay(spans: readonly HistorySpan[]): string | undefined {
  return spans.at(-1)?.to;
}

/**
 * The spans with those added that a reading, oldest first, has verified: `segments` are its windows so far. `closedTo`: the last day that was closed when it began.
 * A window that begins elsewhere than the spans end was counted with days of theirs: where more follow, its own days are confirmed another time, else it is left out.
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

/**
 * The first day in UTC that the entries after a span may be of, wherever the server's days begin. Where it is not known that a
 * range holds its last day, that day was not counted, and comes with the next.
 */
export function dayAfter({ to }: HistorySpan, includesDay: boolean): string {
  return addDays(to, includesDay ? 0 : -1);
}

/** Days in UTC, both included; undefined: from the beginning. */
export interface Days {
  readonly from: string | undefined;
  readonly to: string;
}

/** Spans that are read again together, since their days overlap. */
export interface Rereading extends Days {
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
