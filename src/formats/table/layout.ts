import { width } from '../../terminal/text.js';
import type { TableColumn } from './columns.js';
import type { SecondPart } from './views.js';

/** A safe cell of one row. */
export interface RowCell {
  readonly main: string;
  /** '' for none. */
  readonly beside: string;
  /** Always shows the second part, because another row has the same name. */
  readonly keeps?: boolean;
}

/** A column in the layout. */
export interface PlacedColumn {
  /** Its index among all columns. */
  readonly at: number;
  readonly cells: number;
  /** Whether the second parts of its cells are shown. */
  readonly besides: boolean;
}

/** How rows fit the terminal. */
export interface RowLayout {
  readonly columns: readonly PlacedColumn[];
  /** The index of the column whose text is written below its row. */
  readonly below: number | undefined;
  /** What is hidden, in words. */
  readonly hidden: readonly string[];
}

export interface Room {
  /** Cells of the terminal. */
  readonly cells: number;
  /** Cells between two columns. */
  readonly gap: number;
  /** Longer texts will follow, so columns are wider than their current texts. */
  readonly isLive: boolean;
}

/** Parts to drop if there is little room, first to last, before anything is cut. */
const DROPS: readonly (SecondPart | 'source' | 'location')[] = ['zone', 'email', 'type', 'ip', 'source', 'location'];

const WORDS = { email: 'emails', type: 'types', ip: 'IP addresses' } as const;

/** Longer texts are cut before parts of every row are dropped for them. */
const LONGEST = 40;
/** A longer id may be cut. */
const LONGEST_ID = 64;
const STEPS = ['comfortable', 'tight', 'least'] as const;

/** The width that a column needs, in cells. */
interface Need {
  readonly at: number;
  readonly column: TableColumn;
  /** With and without the second parts. */
  readonly whole: number;
  readonly main: number;
  /** Its width if there is room, whatever its texts. */
  readonly wish: number;
  /** Whether a cell has a second part that may be dropped. */
  readonly hasBeside: boolean;
  /** Whether a cell always shows its second part. */
  readonly isKept: boolean;
  /** Below this width two people of one name would look alike. */
  readonly least: number;
}

/** Places columns so that these rows fit: all columns, then fewer parts, then shorter texts, then fewer columns. */
export function layOut(columns: readonly TableColumn[], rows: readonly (readonly RowCell[])[], room: Room): RowLayout {
  const useful = (at: number) => rows.some((row) => row[at]?.main !== '');
  const needs = columns.flatMap((column, at) =>
    column.isOptional === true && !useful(at) ? [] : [needOf({ column, at }, rows, room.isLive)],
  );
  const all = needs.map((need) => ({ need, besides: true, cells: need.whole }));
  const spare = -excess(all, room);
  if (spare >= 0) {
    grow(all, spare);
    return layoutOf(all, [], undefined);
  }
  const wanted = needs.filter(({ column }) => column.isOptional !== true);
  const change = wanted.find(({ column }) => column.role === 'change');
  // Changes are beside the row only if they stay readable there.
  const steps = change === undefined ? STEPS : STEPS.slice(0, 2);
  const placed = dropParts(wanted, room) ?? shrink(wanted, room, steps);
  if (placed !== undefined) return placed;
  if (change === undefined) return dropColumns(wanted, room);
  const others = wanted.filter((need) => need !== change);
  const { columns: kept, hidden } = dropParts(others, room) ?? shrink(others, room) ?? dropColumns(others, room);
  return { columns: kept, hidden, below: change.at };
}

interface Placing {
  readonly need: Need;
  readonly besides: boolean;
  cells: number;
}

function needOf(
  { column, at }: Pick<Need, 'column' | 'at'>,
  rows: readonly (readonly RowCell[])[],
  isLive: boolean,
): Need {
  const { heading, sizes, role } = column;
  let main = Math.max(width(heading.main), isLive ? sizes.tight : 1);
  let whole = Math.max(main, wholeWidth({ main: heading.main, beside: heading.beside ?? '' }));
  let hasBeside = heading.beside !== undefined;
  const alike = new Set<string>();
  for (const row of rows) {
    const cell = row[at];
    if (cell === undefined) continue;
    const both = wholeWidth(cell);
    const isKept = cell.keeps === true && cell.beside !== '';
    whole = Math.max(whole, both);
    main = Math.max(main, isKept ? both : width(cell.main));
    hasBeside ||= cell.beside !== '' && !isKept;
    if (isKept) alike.add(cell.beside.replace(/^<|>$/g, ''));
  }
  const uncut = isUncut(column) ? Math.min(main, role === 'time' ? main : LONGEST_ID) : 0;
  const wish = isLive && role === undefined ? LONGEST + (column.beside === undefined ? 0 : LONGEST / 2) : 0;
  return {
    at,
    column,
    whole,
    main,
    wish,
    hasBeside,
    isKept: alike.size > 0,
    least: Math.max(sizes.least, uncut, distinct([...alike])),
  };
}

function wholeWidth({ main, beside }: RowCell): number {
  return width(main) + (beside === '' ? 0 : 1 + width(beside));
}

/** The width at which these texts still differ when cut. */
function distinct(texts: readonly string[]): number {
  if (texts.length < 2) return Math.min(LONGEST, ...texts.map(width), 0);
  for (let cells = 1; cells < LONGEST; cells += 1)
    if (new Set(texts.map((text) => text.slice(0, cells))).size === texts.length) return cells + 1;
  return LONGEST;
}

function isUncut({ role }: TableColumn): boolean {
  return role === 'time' || role === 'id' || role === 'whole';
}

function excess(placed: readonly Placing[], { cells, gap }: Room): number {
  return placed.reduce((sum, one) => sum + one.cells, 0) + gap * (placed.length - 1) - cells;
}

/** Drops as few parts as possible, without cutting any text of usual length; undefined if that is not enough. */
function dropParts(needs: readonly Need[], room: Room): RowLayout | undefined {
  for (let count = 0; count <= DROPS.length; count += 1) {
    const placed = without(needs, DROPS.slice(0, count));
    const left = -excess(placed, room);
    if (left < 0) continue;
    grow(placed, left);
    return layoutOf(placed, hiddenWords(needs, DROPS.slice(0, count)), undefined);
  }
  return undefined;
}

/** Drops every part, and cuts texts from the right; undefined if that is not enough. */
function shrink(
  needs: readonly Need[],
  room: Room,
  steps: readonly (typeof STEPS)[number][] = STEPS,
): RowLayout | undefined {
  const placed = without(needs, DROPS);
  let over = excess(placed, room);
  for (const step of steps) {
    for (const one of placed.toReversed()) {
      const { column, least } = one.need;
      const give = Math.min(Math.max(0, over), Math.max(0, one.cells - Math.max(least, column.sizes[step])));
      one.cells -= give;
      over -= give;
    }
  }
  if (over > 0) return undefined;
  return layoutOf(placed, hiddenWords(needs, DROPS), undefined);
}

/** Drops columns from the right, but no time, no id and not the last one that is left. */
function dropColumns(needs: readonly Need[], room: Room): RowLayout {
  let kept = needs.filter(({ column }) => column.role !== 'source' && column.role !== 'location');
  const dropped: string[] = [];
  for (;;) {
    const placed = shrink(kept, room);
    const words = hiddenWords(needs, DROPS);
    if (placed !== undefined) return { ...placed, hidden: [...words, ...dropped] };
    const free = kept.filter(({ column }) => column.role !== 'time' && column.role !== 'id');
    const last = free.at(-1);
    if (last === undefined || free.length === 1) {
      const fixed = kept.reduce((sum, need) => sum + (need === last ? 0 : need.least + room.gap), 0);
      const left = Math.max(kept.length === 1 ? 1 : 0, room.cells - fixed);
      const columns = kept.flatMap((need) => {
        const cells = need === last ? left : need.least;
        return cells > 0 ? [{ at: need.at, cells, besides: false }] : [];
      });
      return { columns, hidden: [...words, ...dropped], below: undefined };
    }
    kept = kept.filter((need) => need !== last);
    dropped.unshift(last.column.heading.main);
  }
}

/** The columns without these parts, each as wide as its texts of usual length. */
function without(needs: readonly Need[], drops: typeof DROPS): Placing[] {
  return needs.flatMap((need) => {
    const { column, main, whole, least, isKept } = need;
    if (column.role !== undefined && (drops as readonly string[]).includes(column.role)) return [];
    const besides = column.beside === undefined || !drops.includes(column.beside);
    const longest = Math.max(least, LONGEST + (besides ? whole - main : isKept ? LONGEST / 2 : 0));
    return [{ need, besides, cells: Math.min(besides ? whole : main, longest) }];
  });
}

/** Gives the remaining cells to texts that would be cut, changes first. */
function grow(placed: readonly Placing[], left: number): void {
  let rest = left;
  const byNeed = [...placed].sort((a, b) => Number(isChange(b)) - Number(isChange(a)));
  for (const one of byNeed) {
    const { whole, main, wish } = one.need;
    const take = Math.min(rest, Math.max(0, wish - one.cells, (one.besides ? whole : main) - one.cells));
    one.cells += take;
    rest -= take;
  }
}

function isChange({ need }: Placing): boolean {
  return need.column.role === 'change';
}

function hiddenWords(needs: readonly Need[], drops: typeof DROPS): readonly string[] {
  return drops.flatMap((drop) => {
    if (drop === 'source' || drop === 'location')
      return needs.filter(({ column }) => column.role === drop).map(({ column }) => column.heading.main);
    const affected = needs.filter(({ column, hasBeside }) => column.beside === drop && hasBeside);
    // A heading shows its zone if that fits.
    const zone = affected.find(({ main, whole }) => whole > main)?.column.heading.beside;
    if (drop === 'zone') return zone === undefined ? [] : [`the time zone ${zone}`];
    if (affected.length === 0) return [];
    // A part of a hidden column is not reported as hidden.
    return affected.every(({ column }) => (drops as readonly string[]).includes(column.role ?? ''))
      ? []
      : [WORDS[drop]];
  });
}

function layoutOf(placed: readonly Placing[], hidden: readonly string[], below: number | undefined): RowLayout {
  return { columns: placed.map(({ need, cells, besides }) => ({ at: need.at, cells, besides })), hidden, below };
}
