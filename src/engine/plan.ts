import { isFlag, isNumber, isText, listOf, objectOf, oneOf, orAbsent, type TypeOf } from '../json/is.js';
import { addDays, dayStart, daysBetween, utcDay } from '../time.js';
import type { Window } from './request.js';

/** Entries of a window that is not split further: it is held until it is verified, and a larger one goes to disk. */
const LEAF_ROWS = 5000;
const TARGET_ROWS = 3500;
const MAX_FANOUT = 16;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const isPlanNode = objectOf(
  {
    from: orAbsent(isText),
    to: orAbsent(isText),
    /** Some of its days are not over. */
    open: isFlag,
    /** The server's counts, one for each stream; undefined: not counted yet. */
    counts: orAbsent(listOf(isNumber)),
    /** Requests that splitting may cost beyond those for the entries themselves. */
    budget: isNumber,
  },
  { until: isNumber },
);
/** A part that is still to be read: closed days, whole or to be split, or the open days. */
export type PlanNode = TypeOf<typeof isPlanNode>;

/** What an interrupted reading resumes with, as JSON: the instants that it began with, what the server filters, and what is left. */
export const isReadingPlan = objectOf({
  /** The last day that was closed when the plan was made. */
  closedTo: isText,
  nodes: listOf(isPlanNode),
  from: orAbsent(isNumber),
  before: orAbsent(isNumber),
  plan: oneOf('per-action', 'unfiltered'),
});
export type ReadingPlan = TypeOf<typeof isReadingPlan>;

/** What is still to be read. */
export type Remaining = Pick<ReadingPlan, 'closedTo' | 'nodes'>;

/** The last day that ended in every time zone at least a quarter of an hour ago. No new entry is due in it or before it. */
export function lastClosedDay(serverNow: number): string {
  return utcDay(serverNow - 12.25 * HOUR - DAY);
}

/**
 * The days to ask for so that they include the half-open range of instants, whatever zone the vendor's days are in: one more on each side, and at the
 * end another one for servers to which `to` means the days before it.
 */
export function wireWindow(from: number | undefined, before: number | undefined): Window {
  return {
    from: from === undefined ? undefined : addDays(utcDay(from), -1),
    to: before === undefined ? undefined : addDays(utcDay(before - 1), 2),
  };
}

/** Whether an instant is outside the window's days in every time zone. NaN is not. */
export function isOutside({ from, to }: Window, time: number): boolean {
  if (from !== undefined && time < dayStart(from) - 14 * HOUR) return true;
  return to !== undefined && time >= dayStart(to) + DAY + 12 * HOUR;
}

/** The range of consecutive windows, newest first. */
export function wholeOf(windows: readonly Window[]): Window {
  return { from: windows.at(-1)?.from, to: windows[0]?.to };
}

export function rowsOf(node: PlanNode): number {
  return (node.counts ?? []).reduce((sum, count) => sum + count, 0);
}

/** The requests that splitting may cost: 15 % of the pages, minus those that any large reading makes besides. */
export function splitBudget(counts: readonly number[], size: number): number {
  const pages = counts.reduce((sum, count) => sum + Math.ceil(count / size), 0);
  return Math.max(0, Math.floor(0.15 * pages) - 7 * counts.length);
}

/**
 * The windows to split a closed node into, newest first: equal numbers of days, each with about 3,500 entries a stream. Undefined: it is small, one day,
 * or splitting would cost too many requests. Depends only on the node and on `oldest` (the day of the oldest entry, if the node has no lower
 * bound), so that an interrupted reading splits the same way again.
 */
export function splitNode(node: PlanNode, oldest: string | undefined): readonly Window[] | undefined {
  const streams = node.counts?.length ?? 1;
  const rows = rowsOf(node);
  const lower = node.from ?? oldest;
  if (node.open || rows <= LEAF_ROWS || lower === undefined || node.to === undefined) return undefined;
  const days = daysBetween(lower, node.to) + 1;
  const parts = Math.min(
    days,
    MAX_FANOUT,
    Math.ceil(rows / (TARGET_ROWS * streams)),
    Math.floor(node.budget / streams),
  );
  if (parts < 2) return undefined;
  const windows: Window[] = [];
  for (let part = parts; part > 0; part -= 1) {
    const first = Math.floor(((part - 1) * days) / parts);
    const next = Math.floor((part * days) / parts);
    windows.push({
      from: part === 1 ? node.from : addDays(lower, first),
      to: addDays(lower, next - 1),
    });
  }
  return windows;
}

/** The parts as nodes: each gets its share of the rest of the budget, by its entries. */
export function childNodes(
  node: PlanNode,
  windows: readonly Window[],
  counts: readonly (readonly number[])[],
): readonly PlanNode[] {
  const left = node.budget - windows.length * (node.counts?.length ?? 1);
  const total = Math.max(1, rowsOf(node));
  return windows.map((window, index) => {
    const own = counts[index] as readonly number[];
    const rows = own.reduce((sum, count) => sum + count, 0);
    return { ...window, open: false, counts: own, budget: Math.max(0, (left * rows) / total) };
  });
}
