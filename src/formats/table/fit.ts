/** How narrow a column may become, in three steps, in cells. */
export interface Sizes {
  readonly comfortable: number;
  readonly tight: number;
  readonly least: number;
}

/** How wide a column is when nothing is cut, and how narrow it may become. */
export interface ColumnFit extends Sizes {
  readonly natural: number;
}

const STEPS = ['comfortable', 'tight', 'least'] as const;

/**
 * The widths of columns that stand `gap` cells apart in `room` cells. When they do not fit as they are, the rightmost
 * columns shrink first: all to their comfortable width, then to the tight one, then to the least. Where even that is
 * too wide, columns are left out from the right; the first one always stays.
 */
export function fitWidths(wishes: readonly ColumnFit[], room: number, gap: number): readonly number[] {
  const widths = wishes.map(({ natural }) => natural);
  let excess = widths.reduce((sum, cells) => sum + cells, 0) + gap * (widths.length - 1) - room;
  for (const step of STEPS) {
    for (let at = widths.length - 1; at >= 0 && excess > 0; at -= 1) {
      const give = Math.min(excess, Math.max(0, widths[at]! - wishes[at]![step]));
      widths[at]! -= give;
      excess -= give;
    }
  }
  if (excess <= 0) return widths;
  return wishes.length === 1 ? [Math.max(1, room)] : fitWidths(wishes.slice(0, -1), room, gap);
}
