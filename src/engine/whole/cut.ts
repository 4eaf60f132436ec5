import { addDays, utcDay } from '../../time.js';
import { mayEndList } from '../count/caps.js';
import type { WindowOptions, WindowRead } from '../pass/window.js';
import type { Window } from '../request.js';
import { pageOne, type WalkTools } from '../walk/options.js';

/**
 * Some servers count and list no more than a fixed number of entries, so that a large window equals its count and is not whole. If that may be
 * so, asks for the days before the oldest and after the newest entry: a window with entries there is not verified. Costs at most two requests.
 * `isUneven`: the counts of its parts do not add up to its own.
 */
export async function seeCut(
  tools: WalkTools,
  { stream, window, entries }: WindowOptions,
  read: WindowRead,
  isUneven: boolean,
): Promise<WindowRead> {
  const { status, count = 0, at } = read;
  const span = entries.span();
  const mayBeCut = status === 'verified' && (isUneven || mayEndList(count));
  if (!mayBeCut || span === undefined) return read;
  const hasOthers = async (beside: Window, isBeside: (time: number) => boolean): Promise<boolean> => {
    const { from, to } = beside;
    if (from !== undefined && from > (to ?? utcDay(at))) return false;
    const page = await pageOne(tools, stream, beside, 1);
    return page.entries.some(({ time }) => isBeside(time));
  };
  const { oldest, newest } = span;
  const before = { ...window, to: addDays(utcDay(oldest), -2) };
  const after = { ...window, from: addDays(utcDay(newest), 2) };
  const where = (await hasOthers(before, (time) => time < oldest))
    ? `before ${utcDay(oldest)}`
    : (await hasOthers(after, (time) => time > newest && time <= at))
      ? `after ${utcDay(newest)}`
      : undefined;
  if (where === undefined) return read;
  const note = `the server returned only ${count} events and has others ${where}: export fewer days at a time with --from and --to`;
  return { ...read, status: 'unreconciled', note };
}
