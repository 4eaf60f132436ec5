import type { ChalkInstance } from 'chalk';
import type { DimensionContext } from './dimensions.js';

export interface ReportLook {
  readonly chalk: ChalkInstance;
  readonly isTTY: boolean;
  /** Cells of the terminal; 0 when unknown. */
  readonly width: number;
  readonly look: DimensionContext;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of at most `cells` cells for a part of `most`; the smallest part has the thinnest bar. */
export function bar(count: number, most: number, cells: number): string {
  if (count <= 0 || most <= 0 || cells <= 0) return '';
  const eighths = Math.max(1, Math.round((Math.min(count, most) / most) * cells * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

const HEIGHTS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const NOTHING = '·';

/** The numbers as heights in at most `cells` cells; adds neighbours if there are more numbers than cells. */
export function sparkline(counts: readonly number[], cells: number): string {
  const fitting = squeezed(counts, cells);
  const most = Math.max(...fitting, 0);
  return fitting.map((count) => (count === 0 ? NOTHING : HEIGHTS[Math.ceil((count / most) * 8) - 1])).join('');
}

function squeezed(counts: readonly number[], cells: number): readonly number[] {
  const each = Math.ceil(counts.length / Math.max(1, cells));
  if (each <= 1) return counts;
  const sums: number[] = [];
  for (const [at, count] of counts.entries()) {
    const place = Math.floor(at / each);
    sums[place] = (sums[place] ?? 0) + count;
  }
  return sums;
}

const SHADES = ['·', '░', '▒', '▓', '█'];

/** The shade, from 0 (nothing) to 4, of a part of `most`. */
export function shadeOf(count: number, most: number): number {
  return count <= 0 ? 0 : Math.min(4, Math.ceil((count / most) * 4));
}

export function shade(level: number): string {
  return SHADES[level] ?? '█';
}

/** The counts of each shade except the first, as text: `1-3`, `4-6`. Omits shades without counts. */
export function shadeRanges(most: number): readonly { readonly level: number; readonly range: string }[] {
  return [1, 2, 3, 4].flatMap((level) => {
    const low = Math.floor((most * (level - 1)) / 4) + 1;
    const high = Math.floor((most * level) / 4);
    if (high < low) return [];
    return [{ level, range: low === high ? String(low) : `${low}-${high}` }];
  });
}

/** A percentage with one decimal; 0.0 and 100.0 only for exactly nothing and all. */
export function share(count: number, total: number): string {
  if (total === 0) return '';
  const tenths = Math.round((count / total) * 1000);
  const honest = count === 0 || count === total ? tenths : Math.min(999, Math.max(1, tenths));
  return `${(honest / 10).toFixed(1)} %`;
}

/** A number with commas: `12,204`. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}
