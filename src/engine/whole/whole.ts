import { addDays, utcDay } from '../../time.js';
import { type Counter, countAll } from '../count/counter.js';
import { pagingStyle } from '../paging.js';
import { type ReadTools, readWindow, type WindowRead } from '../pass/pass.js';
import { childNodes, lastClosedDay, type PlanNode, type Remaining, rowsOf, splitBudget, splitNode } from '../plan.js';
import type { Page, Stream, Window } from '../request.js';
import type { Segment } from '../source.js';
import { addCount, type ReadCounters } from '../stats.js';
import type { EntryStore } from '../store/store.js';
import { pageOne } from '../walk/options.js';
import { seeCut } from './cut.js';

/** What reading everything needs. */
export interface AllTools extends ReadTools {
  readonly streams: readonly Stream[];
  readonly openStore: () => EntryStore;
  readonly counter: Counter;
  /** The server's clock, as well as we know it, epoch ms. */
  readonly now: () => number;
  readonly tally: ReadCounters;
  /** Whether the vendor takes both ends of a range of days: else there is one window only. */
  readonly bounded: boolean;
  readonly oldestFirst: boolean;
  /** Whether an organization could not be read to its end: then nothing can be counted over. */
  readonly isLost: () => boolean;
}

/** A window that was read: its rows, to be given out in order and closed, and the record of it. */
export interface FinishedWindow {
  readonly rows: EntryStore;
  readonly segment: Omit<Segment, 'kept'>;
  /** Whether there is no other leaf. */
  readonly isOnly: boolean;
}

export interface WholeReading {
  readonly leaves: AsyncGenerator<FinishedWindow, void>;
  readonly plan: () => Remaining;
}

/** Rows that may be under way in leaves not given out yet; a single larger leaf goes alone. */
const ROWS_AHEAD = 7000;
/** Up to here an open range is read in one sequence, without looking where its closed days end. */
const SMALL = 1000;
const RECOUNTS = 3;

/**
 * Reads everything in the window: one request for a small log, in sequence where days are still open, leaf by leaf in closed days
 * with pages side by side. Leaves come out in order, each verified (or marked as not), while the next ones are being fetched.
 * At the end the leaves' counts are compared with the server's count of the whole closed range.
 * `windows`: newest first; several where the vendor takes only so many days at once.
 * `firsts`: page 1 of each stream over the whole window, where it was read already. `resume`: what an earlier reading left to do.
 */
export function readEverything(
  tools: AllTools,
  windows: readonly Window[],
  firsts: readonly Page[] | undefined,
  resume: { readonly plan: Remaining; readonly segments: readonly Segment[] } | undefined,
): WholeReading {
  const items: Item[] = [];
  const done: CountedWindow[] = [];
  let closedTo = resume?.plan.closedTo ?? '';

  const firstPages = (within: Window): Promise<readonly Page[]> =>
    Promise.all(tools.streams.map((stream) => pageOne(tools, stream, within, tools.paging.max)));

  async function* leaves(): AsyncGenerator<FinishedWindow, void> {
    if (resume === undefined) {
      closedTo = lastClosedDay(tools.now());
      const [window, ...older] = windows as [Window, ...Window[]];
      items.push(
        ...inOrder(
          older.length === 0
            ? await firstItems(tools, window, closedTo, firsts ?? (await firstPages(window)), firstPages)
            : windows.map((slice): Item => ({ node: sliceNode(slice, closedTo) })),
        ),
      );
    } else {
      items.push(...resume.plan.nodes.map((node) => ({ node })));
      done.push(...resume.segments.map((segment) => ({ from: segment.from, to: segment.to, count: segment.count })));
      tools.tally.expected =
        done.reduce((sum, { count }) => sum + (count ?? 0), 0) + items.reduce((sum, { node }) => sum + rowsOf(node), 0);
    }
    try {
      for (;;) {
        startAhead();
        const item = items[0];
        if (item === undefined) break;
        const result = await (item.work as Promise<Done>);
        if ('children' in result) {
          items.splice(0, 1, ...inOrder(result.children));
          continue;
        }
        // It leaves the plan only now: a checkpoint made after it is out must not name it again.
        items.shift();
        startAhead();
        const leaf = toLeaf(tools, item.node, result);
        done.push({ from: leaf.segment.from, to: leaf.segment.to, count: leaf.segment.count });
        yield { ...leaf, isOnly: done.length === 1 && items.length === 0 };
      }
    } finally {
      for (const item of items)
        item.work?.then((result) => ('rows' in result ? result.rows.close() : undefined)).catch(() => {});
    }
    if (tools.counted && tools.bounded && windows.length === 1 && !tools.isLost())
      await recount(
        tools,
        done.filter(({ to }) => to !== undefined && to <= closedTo),
      );
  }

  const startAhead = (): void => {
    let ahead = 0;
    for (const item of items) {
      if (item.work === undefined) {
        if (ahead > 0 && ahead + rowsOf(item.node) > ROWS_AHEAD) return;
        item.work = readItem(tools, item, firstPages);
        item.work.catch(() => {});
      }
      ahead += Math.max(1, rowsOf(item.node));
      if (ahead > ROWS_AHEAD) return;
    }
  };

  const inOrder = (newestFirst: readonly Item[]): readonly Item[] =>
    tools.oldestFirst ? newestFirst.toReversed() : newestFirst;

  return { leaves: leaves(), plan: () => ({ closedTo, nodes: items.map(({ node }) => node) }) };
}

interface Item {
  node: PlanNode;
  readonly firsts?: readonly Page[];
  /** Its parts do not add up to it. */
  readonly isUneven?: boolean;
  work?: Promise<Done>;
}
type Done =
  | { readonly children: readonly Item[] }
  | { readonly rows: EntryStore; readonly reads: readonly WindowRead[] };

interface CountedWindow extends Window {
  readonly count: number | undefined;
}

type FirstPages = (within: Window) => Promise<readonly Page[]>;

/** A part of a range that the vendor does not take at once. */
function sliceNode(window: Window, closedTo: string): PlanNode {
  return { ...window, open: window.to === undefined || window.to > closedTo, counts: undefined, budget: 0 };
}

/** What to read first, newest first: one window, or the open days and the closed ones apart. */
async function firstItems(
  tools: AllTools,
  window: Window,
  closedTo: string,
  firsts: readonly Page[],
  firstPages: FirstPages,
): Promise<readonly Item[]> {
  const counts = countsOf(firsts);
  const total = counts === undefined ? undefined : sum(counts);
  tools.tally.expected = total;
  const whole = (open: boolean): readonly Item[] => [
    {
      node: {
        ...window,
        open,
        counts,
        budget: counts === undefined || open ? 0 : splitBudget(counts, tools.paging.max),
      },
      firsts,
    },
  ];
  if (counts === undefined || total === undefined || !tools.bounded || pagingStyle(tools.paging).access !== 'pages')
    return whole(true);
  if (window.to !== undefined && window.to <= closedTo) return whole(false);
  if (total <= SMALL || (window.from !== undefined && window.from > closedTo)) return whole(true);

  const closed: Window = { from: window.from, to: closedTo };
  const open: Window = { from: addDays(closedTo, 1), to: window.to };
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const [closedFirsts, openFirsts] = await Promise.all([firstPages(closed), firstPages(open)]);
    const closedCounts = countsOf(closedFirsts);
    const openCounts = countsOf(openFirsts);
    if (closedCounts !== undefined && openCounts !== undefined && addsUp(total, sum(closedCounts), sum(openCounts))) {
      return [
        { node: { ...open, open: true, counts: openCounts, budget: 0 }, firsts: openFirsts },
        {
          node: { ...closed, open: false, counts: closedCounts, budget: splitBudget(closedCounts, tools.paging.max) },
          firsts: closedFirsts,
        },
      ];
    }
  }
  // The days do not add up to the whole, so entries would be missed between them: read the whole in one sequence.
  return whole(true).map((item) => ({ ...item, isUneven: true }));
}

/** New entries may have come between the requests, but none may be missing, and none be counted on both sides. */
function addsUp(total: number, closed: number, open: number): boolean {
  const more = closed + open - total;
  return more >= 0 && more <= Math.max(50, total / 100);
}

async function readItem(tools: AllTools, item: Item, firstPages: FirstPages): Promise<Done> {
  const firsts = item.firsts ?? (await firstPages(item.node));
  const counts = countsOf(firsts) ?? item.node.counts;
  const node: PlanNode = { ...item.node, counts };
  item.node = node;
  let isUneven = item.isUneven === true;
  const windows = splitNode(node, await oldestDay(tools, node, firsts));
  if (windows !== undefined) {
    const children = await split(node, windows, firstPages);
    if (children !== undefined) return { children };
    isUneven = true;
  }
  const rows = tools.openStore();
  try {
    const reads = await Promise.all(
      tools.streams.map(async (stream, index) => {
        const read = await readWindow(tools, stream, node, rows, { open: node.open, ...withFirst(firsts[index]) });
        return tools.bounded ? seeCut({ tools, stream, window: node, rows, isUneven }, read) : read;
      }),
    );
    return { rows, reads };
  } catch (error) {
    await rows.close();
    throw error;
  }
}

/** The parts of a node, if their counts add up to its own; undefined when the days do not add up, so that it must not be split. */
async function split(
  node: PlanNode,
  windows: readonly Window[],
  firstPages: FirstPages,
): Promise<readonly Item[] | undefined> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const pages = await Promise.all(windows.map(firstPages));
    const counts = pages.map(countsOf);
    if (counts.every((each) => each !== undefined) && sum(counts.map(sum)) === rowsOf(node)) {
      return childNodes(node, windows, counts).map((child, index) => ({
        node: child,
        firsts: pages[index] as readonly Page[],
      }));
    }
  }
  return undefined;
}

/** Where a node without a lower bound really begins: only the server's oldest entry tells. It is on the last page, or on the first. */
async function oldestDay(tools: AllTools, node: PlanNode, firsts: readonly Page[]): Promise<string | undefined> {
  if (node.from !== undefined || node.open || node.counts === undefined || rowsOf(node) === 0) return node.from;
  if (splitNode(node, '1970-01-01') === undefined) return undefined;
  const style = pagingStyle(tools.paging);
  const size = tools.paging.max;
  const lasts = await Promise.all(
    tools.streams.map((stream, index) => {
      const rows = firsts[index]?.entries.length ?? size;
      const rowsPerPage = rows > 0 && rows < size ? rows : size;
      const row = rowsPerPage * Math.max(0, Math.ceil((node.counts?.[index] ?? 0) / rowsPerPage) - 1);
      return tools.fetch({ stream, window: node, place: style.at(row, rowsPerPage) ?? style.first, size });
    }),
  );
  const times = [...firsts, ...lasts].flatMap((page) => page.entries.map(({ time }) => time));
  const known = times.filter((time) => !Number.isNaN(time));
  return known.length === 0 ? undefined : addDays(utcDay(Math.min(...known)), -1);
}

function toLeaf(
  tools: AllTools,
  node: PlanNode,
  result: { readonly rows: EntryStore; readonly reads: readonly WindowRead[] },
): Omit<FinishedWindow, 'isOnly'> {
  const { tally } = tools;
  const facts = result.rows.facts();
  tally.fetched += result.rows.size;
  tally.duplicates += facts.duplicates;
  tally.vanished += facts.vanished;
  tally.mutated += facts.mutated;
  tally.missingId += facts.missingId;
  for (const read of result.reads) {
    tally.rereads += read.rereads;
    tally.at = Math.max(tally.at, read.at);
    addCount(tally, read.count);
    if (read.status === 'uncounted') {
      tally.isUncounted = true;
      tally.expected = undefined;
    }
    if (read.unordered) tally.unordered += 1;
  }
  const noteOf = ({ note }: WindowRead): string[] => (note === undefined ? [] : [`${dayRange(node)}: ${note}`]);
  const notes = [...new Set(result.reads.flatMap(noteOf))];
  tally.notes.push(...result.reads.filter(({ told }) => !told).flatMap(noteOf));
  return {
    rows: result.rows,
    segment: {
      from: node.from,
      to: node.to,
      rows: result.rows.size,
      count: sumKnown(result.reads.map((read) => read.count)),
      at: Math.max(...result.reads.map((read) => read.at)),
      note: notes.length > 0 ? notes.join('; ') : undefined,
    },
  };
}

/** Compares the sum of the leaves with the server's count of all of them together, and names the days that have changed. */
async function recount(tools: AllTools, leaves: readonly CountedWindow[]): Promise<void> {
  if (leaves.length < 2 || leaves.some(({ count }) => count === undefined)) return;
  const ascending = [...leaves].sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1));
  for (let attempt = 0; attempt < RECOUNTS; attempt += 1) {
    if ((await countOf(tools, ascending)) === sum(ascending.map(({ count }) => count ?? 0))) return;
    if (attempt + 1 < RECOUNTS) await tools.pause(1500 * (attempt + 1));
  }
  const changed = await changedWindows(tools, ascending);
  const days = changed.map(({ window, now }) => `${dayRange(window)} (${window.count} entries when read, ${now} now)`);
  tools.tally.notes.push(
    days.length === 0
      ? 'the count of the whole range differs from the sum of its days'
      : `the server's count changed after these days were read: ${days.slice(0, 5).join(', ')}${days.length > 5 ? ` and ${days.length - 5} more` : ''}; run it again to have them`,
  );
}

async function changedWindows(
  tools: AllTools,
  ascending: readonly CountedWindow[],
): Promise<readonly { window: CountedWindow; now: number }[]> {
  const now = await countOf(tools, ascending);
  if (now === sum(ascending.map(({ count }) => count ?? 0))) return [];
  if (ascending.length === 1) return [{ window: ascending[0] as CountedWindow, now: now ?? 0 }];
  const half = Math.ceil(ascending.length / 2);
  return [
    ...(await changedWindows(tools, ascending.slice(0, half))),
    ...(await changedWindows(tools, ascending.slice(half))),
  ];
}

async function countOf(tools: AllTools, ascending: readonly CountedWindow[]): Promise<number | undefined> {
  const window = { from: ascending[0]?.from, to: ascending.at(-1)?.to };
  const found = await countAll(tools.counter, tools.streams, window);
  if (found !== undefined) tools.tally.at = Math.max(tools.tally.at, found.at);
  return found?.count;
}

function dayRange(window: Window): string {
  if (window.from === undefined) return window.to === undefined ? 'all days' : `until ${window.to}`;
  if (window.to === undefined) return `from ${window.from}`;
  return window.from === window.to ? window.from : `${window.from} to ${window.to}`;
}

function countsOf(pages: readonly Page[]): readonly number[] | undefined {
  const counts = pages.flatMap(({ count }) => (count === undefined ? [] : [count]));
  return counts.length === pages.length ? counts : undefined;
}

function withFirst(first: Page | undefined): { first?: Page } {
  return first === undefined ? {} : { first };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Undefined when one of them is. */
function sumKnown(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === numbers.length ? sum(known) : undefined;
}
