import { isSameRange } from '../../engine/clock/check.js';
import type { Provider } from '../../providers/provider.js';
import type { Query } from '../../query.js';
import type { Zone } from '../../time.js';
import type { Notes } from '../say/notes.js';
import { type Times, timesOf } from './times.js';

type Range = Pick<Query, 'from' | 'before'>;

/** The range that a question asks for: by this machine's clock, until the server's is known to be another. */
export interface AskedRange {
  now(): Range;
  /** By the server's clock, epoch ms. Says so where that is another range; the first answer counts. */
  settle(serverNow: number): Range;
}

export interface Ranging {
  readonly provider: Provider;
  readonly zone: Zone;
  /** This machine's clock, epoch ms. */
  readonly now: number;
  readonly notes: Notes;
  /** Without --from only what is new is wanted: no usual range is taken. */
  readonly onlyNew?: boolean | undefined;
}

/** Settles the range that was written, or the usual one of a vendor that must be asked for some days, and says which it is. */
export async function openRange(
  written: Times,
  { provider, zone, now, notes, onlyNew = false }: Ranging,
): Promise<AskedRange> {
  const [times, { describeRange }, { usualDays, usualFrom }] = await Promise.all([
    timesOf(written),
    import('../../time.js'),
    import('../../providers/dates.js'),
  ]);
  const { title, dates } = provider;
  const usual = onlyNew ? undefined : usualDays(dates);
  const settle = (at: number): Range => {
    const { from, before } = times({ now: at, zone });
    return { from: from ?? (usual === undefined ? undefined : usualFrom(usual, before, at)), before };
  };
  let range = settle(now);
  let isSettled = false;
  if (range.from !== undefined || range.before !== undefined) notes.say(`from ${describeRange(range, zone)}`);
  if (usual !== undefined && times({ now, zone }).from === undefined)
    notes.say(
      `without --from ${title} gives the last ${usual === 1 ? 'day' : `${usual} days`} only: use --from for more`,
    );
  return {
    now: () => range,
    settle(serverNow) {
      if (isSettled) return range;
      isSettled = true;
      const right = settle(serverNow);
      if (!isSameRange(right, range)) notes.say(`from ${describeRange(right, zone)}, by the server's clock`);
      range = right;
      return range;
    },
  };
}
