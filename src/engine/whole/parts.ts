import { addDays, utcDay } from '../../time.js';
import { halve } from '../halve.js';
import { pagingStyle } from '../paging.js';
import type { ReadTools } from '../pass/pass.js';
import { readWindow, type WindowRead } from '../pass/window.js';
import { childNodes, lastClosedDay, type PlanNode, rowsOf, splitBudget, splitNode } from '../plan.js';
import type { Page, Stream, Window } from '../request.js';
import type { EntryStore } from '../store/store.js';
import { pageOne } from '../walk/options.js';
import { seeCut } from './cut.js';

export interface PartTools extends ReadTools {
  readonly streams: readonly Stream[];
  readonly openStore: () => EntryStore;
  /** The vendor takes both ends of a range of days; otherwise there is one window only. */
  readonly bounded: boolean;
  /** The server's clock, epoch ms. */
  readonly now: () => number;
  /** Windows beside one another have no instant in common. */
  readonly addsUp: boolean;
}

/** A part of the plan, and its reading once that has begun. */
export interface PlanPart {
  node: PlanNode;
  /** Page 1 of each stream. */
  readonly firsts?: readonly Page[];
  /** The counts of its days do not add up to its own. */
  readonly isUneven?: boolean;
  work?: Promise<PartRead>;
}

/** The smaller parts to read instead, or its entries. */
export type PartRead = { readonly children: readonly PlanPart[] } | WindowEntries;

export interface WindowEntries {
  readonly store: EntryStore;
  /** One for each stream. */
  readonly reads: readonly WindowRead[];
}

/** An open range with up to this many entries is read in sequence, without asking where its closed days end. */
const SMALL = 1000;

/** Splits what is to be read into parts, and reads them. */
export class PartReader {
  readonly #tools: PartTools;

  constructor(tools: PartTools) {
    this.#tools = tools;
  }

  /** Page 1 of each stream. */
  firstPages(window: Window): Promise<readonly Page[]> {
    const { streams, paging } = this.#tools;
    return Promise.all(streams.map((stream) => pageOne(this.#tools, stream, window, paging.max)));
  }

  /** The parts to begin with, newest first: one window, or the open days and the closed ones. `firsts`: page 1 of each stream in `window`. */
  async firstParts(window: Window, closedTo: string, firsts: readonly Page[]): Promise<readonly PlanPart[]> {
    const { bounded, addsUp, paging } = this.#tools;
    const counts = countsOf(firsts);
    const total = counts === undefined ? 0 : sum(counts);
    const whole = (open: boolean): PlanPart => this.#part(window, open, firsts);
    const mayCut = bounded && addsUp && pagingStyle(paging).access === 'pages';
    if (counts === undefined || !mayCut) return [whole(true)];
    if (window.to !== undefined && window.to <= closedTo) return [whole(false)];
    if (total <= SMALL || (window.from !== undefined && window.from > closedTo)) return [whole(true)];

    const closed: Window = { from: window.from, to: closedTo };
    const open: Window = { ...window, from: addDays(closedTo, 1) };
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const [closedFirsts, openFirsts] = await Promise.all([this.firstPages(closed), this.firstPages(open)]);
      const closedCounts = countsOf(closedFirsts);
      const openCounts = countsOf(openFirsts);
      if (closedCounts !== undefined && openCounts !== undefined && isSum(total, sum(closedCounts), sum(openCounts)))
        return [this.#part(open, true, openFirsts), this.#part(closed, false, closedFirsts)];
    }
    // Entries between days that do not add up would be missed: read the whole in one sequence.
    return [{ ...whole(true), isUneven: true }];
  }

  async read(part: PlanPart): Promise<PartRead> {
    const firsts = part.firsts ?? (await this.firstPages(part.node));
    const node: PlanNode = { ...part.node, counts: countsOf(firsts) ?? part.node.counts };
    part.node = node;
    const windows = splitNode(node, await this.#oldestDay(node, firsts));
    const children = windows === undefined ? undefined : await this.#split(node, windows);
    if (children !== undefined) return { children };
    const { reach } = this.#tools.paging;
    const isBeyond = reach !== undefined && (countsOf(firsts) ?? []).some((count) => count > reach);
    const halves = isBeyond ? this.#halves(node, undefined) : undefined;
    if (halves !== undefined) return { children: halves };
    const read = await this.#readWhole(node, firsts, part.isUneven === true || windows !== undefined);
    return this.#withinReach(node, read);
  }

  /** What was read, or the halves of the window if not all of its pages could be. */
  #withinReach(node: PlanNode, read: WindowEntries): PartRead {
    if (read.reads.every(({ isBeyondReach }) => isBeyondReach !== true)) return read;
    const { oldest } = read.store;
    const halves = this.#halves(node, oldest === undefined ? undefined : utcDay(oldest));
    if (halves === undefined) return read;
    read.store.close();
    return { children: halves };
  }

  #halves(node: PlanNode, oldest: string | undefined): readonly PlanPart[] | undefined {
    const { bounded, now } = this.#tools;
    const closedTo = lastClosedDay(now());
    const windows = bounded ? halve(node, { today: utcDay(now()), oldest }) : undefined;
    return windows?.map((window) => ({
      node: { ...window, open: window.to === undefined || window.to > closedTo, counts: undefined, budget: 0 },
    }));
  }

  #part(window: Window, open: boolean, firsts: readonly Page[]): PlanPart {
    const counts = countsOf(firsts);
    const budget = counts === undefined || open ? 0 : splitBudget(counts, this.#tools.paging.max);
    return { node: { ...window, open, counts, budget }, firsts };
  }

  async #readWhole(node: PlanNode, firsts: readonly Page[], isUneven: boolean): Promise<WindowEntries> {
    const tools = this.#tools;
    const store = tools.openStore();
    try {
      const reads = await Promise.all(
        tools.streams.map(async (stream, index) => {
          const entries = store.of(stream.index);
          const options = { stream, window: node, entries, isOpen: node.open, first: firsts[index] };
          const read = await readWindow(tools, options);
          return tools.bounded ? seeCut(tools, options, read, isUneven) : read;
        }),
      );
      return { store, reads };
    } catch (error) {
      store.close();
      throw error;
    }
  }

  /** The parts of a node; undefined if their counts do not add up to its own, so that it must not be split. */
  async #split(node: PlanNode, windows: readonly Window[]): Promise<readonly PlanPart[] | undefined> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const pages = await Promise.all(windows.map((window) => this.firstPages(window)));
      const counts = pages.map(countsOf);
      if (counts.every((each) => each !== undefined) && sum(counts.map(sum)) === rowsOf(node))
        return childNodes(node, windows, counts).map((child, index) => ({ node: child, firsts: pages[index]! }));
    }
    return undefined;
  }

  /** The first day of a node without a lower bound. The oldest entry, which is on the last page or on the first, shows it. */
  async #oldestDay(node: PlanNode, firsts: readonly Page[]): Promise<string | undefined> {
    if (node.from !== undefined || node.open || node.counts === undefined || rowsOf(node) === 0) return node.from;
    if (splitNode(node, '1970-01-01') === undefined) return undefined;
    const { streams, paging, fetch } = this.#tools;
    const style = pagingStyle(paging);
    const size = paging.max;
    const lasts = await Promise.all(
      streams.map((stream, index) => {
        const rows = firsts[index]?.entries.length ?? size;
        const rowsPerPage = rows > 0 && rows < size ? rows : size;
        const row = rowsPerPage * Math.max(0, Math.ceil((node.counts?.[index] ?? 0) / rowsPerPage) - 1);
        return fetch({ stream, window: node, place: style.at(row, rowsPerPage) ?? style.first, size });
      }),
    );
    const times = [...firsts, ...lasts].flatMap((page) => page.entries.map(({ time }) => time));
    const known = times.filter((time) => !Number.isNaN(time));
    return known.length === 0 ? undefined : addDays(utcDay(Math.min(...known)), -1);
  }
}

/** New entries may have come between the requests, but none may be missing, and none be counted on both sides. */
function isSum(total: number, closed: number, open: number): boolean {
  const more = closed + open - total;
  return more >= 0 && more <= Math.max(50, total / 100);
}

export function countsOf(pages: readonly Page[]): readonly number[] | undefined {
  const counts = pages.flatMap(({ count }) => (count === undefined ? [] : [count]));
  return counts.length === pages.length ? counts : undefined;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
