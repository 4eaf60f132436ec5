import { lastClosedDay } from '../engine/plan.js';
import { usageError } from '../errors.js';
import type { Chain } from '../manifest/chain.js';
import type { Folder } from '../manifest/folder.js';
import { addDays, DAY_MS, formatInstant, type Range, UTC, utcDay } from '../time.js';
import type { Ending } from './ending.js';

/** Throws a usage error for a range that day files cannot have: days must be whole, and follow the existing ones. `now`: epoch ms. */
export function checkRange(
  { from, before }: Range,
  folder: Pick<Folder, 'chain' | 'sealed' | 'loose'>,
  now: number,
): void {
  if (from !== undefined && from % DAY_MS !== 0) throw notWhole('--from', from);
  // Open days are never whole, and are written again by a later run.
  if (before !== undefined && before % DAY_MS !== 0 && utcDay(before) <= lastClosedDay(now))
    throw notWhole('--to', before);
  if (from !== undefined && utcDay(from) > utcDay(now)) {
    throw usageError(`${utcDay(from)} is in the future: no day to write`);
  }
  if (folder.chain === undefined) return;
  const { first, last } = folder.chain.days;
  if (from !== undefined && utcDay(from) < first)
    throw usageError(`the first day there is ${first}: earlier ones cannot be put before them`, OTHER_PLACE);
  if (before !== undefined && utcDay(before - 1) < first)
    throw usageError(`the first day there is ${first}: --to ends before that`, OTHER_PLACE);
  if (from === undefined && hasFloor(folder, first))
    // Else everything before the first day would look late.
    throw usageError(
      `the first day there is ${first}, and without --from this asks for all before them too`,
      `Say --from ${first}, or a later day. ${OTHER_PLACE.replace('them', 'earlier ones')}`,
    );
  if (from !== undefined && utcDay(from) > addDays(last, 1))
    throw usageError(
      `the last day there is ${last}: this would leave a gap before ${utcDay(from)}`,
      `Start with --from ${addDays(last, 1)}, or earlier`,
    );
}

const OTHER_PLACE = 'Export them to another directory';

/** Whether the first day is where a --from began, not where the log begins. */
function hasFloor({ sealed, loose }: Pick<Folder, 'sealed' | 'loose'>, first: string): boolean {
  const manifest = loose.get(first) ?? sealed.find(({ kind, day }) => kind === 'day' && day === first);
  return manifest !== undefined && manifest.query.from !== null;
}

function notWhole(flag: string, instant: number): Error {
  return usageError(
    `${flag} must be a whole day in UTC: it is ${formatInstant(instant, UTC)}`,
    'Example: --from 2026-03-01 --to 2026-03-31 --tz UTC',
  );
}

/** The first and last day with a file after this run. `rowDays`: of the entries. `toToday`: whether a range without an end goes up to now. */
export function daysToCover(
  ending: Ending,
  chain: Chain | undefined,
  rowDays: readonly string[],
  toToday: boolean,
): Chain['days'] {
  const today = utcDay(ending.serverNow);
  const sorted = [...rowDays].sort();
  const open = toToday ? today : undefined;
  const asked = ending.before === null ? open : earlier(utcDay(ending.before - 1), today);
  const first = chain?.days.first ?? (ending.from === null ? (sorted[0] ?? asked ?? today) : utcDay(ending.from));
  const last = [chain?.days.last ?? '', asked ?? '', sorted.at(-1) ?? ''].reduce((a, b) => (b > a ? b : a), first);
  return { first, last };
}

export function earlier(a: string, b: string): string {
  return a < b ? a : b;
}
