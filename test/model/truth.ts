import type { ModelEntry } from './entry.js';

/** One change of the log. Moments count the changes: moment 0 is before the first. */
export interface Change {
  readonly moment: number;
  /** Virtual time, epoch ms. */
  readonly at: number;
  /** The number of the request that was the first to see it. */
  readonly beforeRequest: number;
  readonly kind: 'head' | 'late' | 'delete' | 'purge' | 'insert';
  readonly inserted: readonly ModelEntry[];
  readonly removed: readonly ModelEntry[];
}

/** A row and the moments between which it was there. */
interface Row {
  readonly entry: ModelEntry;
  readonly place: number;
  readonly born: number;
  gone: number;
}

/** What a log held at every moment. */
export interface Truth {
  readonly history: readonly Change[];
  moment(): number;
  /** The moment that was the present at that virtual time. */
  momentAt(time: number): number;
  /** All entries at a moment, newest first, the later of equal times first. */
  entries(moment?: number): readonly ModelEntry[];
  /** Those that were there at every moment of a span, or at any. */
  always(from: number, to: number): readonly ModelEntry[];
  ever(from: number, to: number): readonly ModelEntry[];
  change(change: Omit<Change, 'moment'>): void;
}

export function openTruth(entries: readonly ModelEntry[]): Truth {
  let places = entries.length;
  const rows: Row[] = entries.map((entry, i) => ({
    entry,
    place: places - i,
    born: 0,
    gone: Number.POSITIVE_INFINITY,
  }));
  rows.sort(newestFirst);
  const history: Change[] = [];
  let cached: { moment: number; entries: readonly ModelEntry[] } | undefined;

  const entriesAt = (moment: number): readonly ModelEntry[] => {
    if (cached?.moment !== moment) {
      const there = rows.filter(({ born, gone }) => born <= moment && moment < gone);
      cached = { moment, entries: there.map(({ entry }) => entry) };
    }
    return cached.entries;
  };
  return {
    history,
    moment: () => history.length,
    momentAt: (time) => {
      let moment = history.length;
      while (moment > 0 && history[moment - 1]!.at > time) moment -= 1;
      return moment;
    },
    entries: (moment = history.length) => entriesAt(moment),
    always: (from, to) => rows.filter(({ born, gone }) => born <= from && to < gone).map(({ entry }) => entry),
    ever: (from, to) => rows.filter(({ born, gone }) => born <= to && from < gone).map(({ entry }) => entry),
    change: (change) => {
      const moment = history.length + 1;
      history.push({ ...change, moment });
      const removed = new Set(change.removed);
      for (const row of removed.size > 0 ? rows : []) {
        if (row.gone === Number.POSITIVE_INFINITY && removed.has(row.entry)) row.gone = moment;
      }
      for (const entry of change.inserted) {
        places += 1;
        const row = { entry, place: places, born: moment, gone: Number.POSITIVE_INFINITY };
        rows.splice(firstAfter(rows, row), 0, row);
      }
    },
  };
}

function newestFirst(a: Row, b: Row): number {
  return b.entry.time - a.entry.time || b.place - a.place;
}

function firstAfter(rows: readonly Row[], row: Row): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (newestFirst(rows[middle]!, row) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The first moment of a span at which the log held exactly these texts, in any order, each as often as it is given; undefined when there
 * was none. `textOf` and `wanted` say how an entry is written and which entries were asked for.
 */
export function momentThatEquals(
  truth: Truth,
  texts: readonly string[],
  span: { readonly from: number; readonly to: number },
  textOf: (entry: ModelEntry) => string = ({ text }) => text,
  wanted: (entry: ModelEntry) => boolean = () => true,
): number | undefined {
  const surplus = new Map<string, number>();
  let different = 0;
  const add = (text: string, by: number): void => {
    const before = surplus.get(text) ?? 0;
    surplus.set(text, before + by);
    different += Number(before + by !== 0) - Number(before !== 0);
  };
  for (const text of texts) add(text, 1);
  for (const entry of truth.entries(span.from).filter(wanted)) add(textOf(entry), -1);
  for (let moment = span.from; ; moment += 1) {
    if (different === 0) return moment;
    const change = truth.history[moment];
    if (moment >= span.to || change === undefined) return undefined;
    for (const entry of change.inserted.filter(wanted)) add(textOf(entry), -1);
    for (const entry of change.removed.filter(wanted)) add(textOf(entry), 1);
  }
}
