import type { Strategy } from '../query/split.js';
import { addDays, dayStart, daysBetween, utcDay } from '../time.js';
import type { Window } from './request.js';

/** Rows of one window that may be read as one leaf. A leaf is held until it is verified; a larger one is put aside on disk. */
const LEAF_ROWS = 5000;
const TARGET_ROWS = 3500;
const MAX_FANOUT = 16;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A part of the reading that is still to do: closed days, in one piece or to be split, or the days that are still open. */
export interface PlanNode extends Window {
  readonly open: boolean;
  /** The server's counts, one per stream; undefined for a node that was not counted yet. */
  readonly counts: readonly number[] | undefined;
  /** Requests that splitting may cost beyond what the rows themselves need. */
  readonly budget: number;
}

/** What is still to be read, as JSON. */
export interface Remaining {
  /** The last day that was closed when the plan was made. */
  readonly closedTo: string;
  readonly nodes: readonly PlanNode[];
}

/** With it an interrupted reading goes on: the instants that it began with, how it asks, and what is left. */
export interface ReadingPlan extends Remaining {
  readonly from: number | undefined;
  readonly before: number | undefined;
  readonly plan: Strategy;
}

/**
 * The last day that is over in every time zone of the world, a quarter of an hour ago. No new entry is due in it or before it,
 * so its pages may be read side by side.
 */
export function lastClosedDay(serverNow: number): string {
  return utcDay(serverNow - 12.25 * HOUR - DAY);
}

/**
 * The days to ask for, so that every entry of the half-open range of instants is among them, whatever zone the vendor's days are in:
 * one more on each side, and at the end yet another, for servers to which `to` means the days before it.
 */
export function wireWindow(from: number | undefined, before: number | undefined): Window {
  return {
    from: from === undefined ? undefined : addDays(utcDay(from), -1),
    to: before === undefined ? undefined : addDays(utcDay(before - 1), 2),
  };
}

/** Whether an instant lies in none of the window's days, in whatever zone of the world they are. A time that is none is in no day and outside of none. */
export function isOutside({ from, to }: Window, time: number): boolean {
  if (from !== undefined && time < dayStart(from) - 14 * HOUR) return true;
  return to !== undefined && time >= dayStart(to) + DAY + 12 * HOUR;
}

/** What windows cover that follow one another, newest first. */
export function wholeOf(windows: readonly Window[]): Window {
  return { from: windows.at(-1)?.from, to: windows[0]?.to };
}

export function rowsOf(node: PlanNode): number {
  return (node.counts ?? []).reduce((sum, count) => sum + count, 0);
}

/** What splitting may cost in all: 15 % of the pages, less the requests that any large reading makes besides. */
export function splitBudget(counts: readonly number[], size: number): number {
  const pages = counts.reduce((sum, count) => sum + Math.ceil(count / size), 0);
  return Math.max(0, Math.floor(0.15 * pages) - 7 * counts.length);
}

/**
 * The windows that a closed node is read in, newest first: equal numbers of days, so many that each should hold about 3,500 rows
 * of each stream. Undefined: read it in one piece, because it is small, one day, or splitting would cost too many requests.
 * A pure function of the node and `oldest` (the day of the oldest entry, when the node has no lower bound): an interrupted reading
 * splits the same way again.
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

/** The parts as nodes: each gets its share of what is left of the budget, by its rows. */
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
