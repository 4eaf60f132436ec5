import { addDays, utcDay } from '../../time.js';
import { mayEndList } from '../count/caps.js';
import type { WindowRead } from '../pass/window.js';
import type { Stream, Window } from '../request.js';
import type { StreamStore } from '../store/stream.js';
import { pageOne, type WalkTools } from '../walk/options.js';

/** A window that was read. */
export interface CutOptions {
  readonly stream: Stream;
  readonly window: Window;
  readonly entries: StreamStore;
  /** The counts of its parts do not add up to its own. */
  readonly isUneven: boolean;
}

/**
 * Some servers count and list no more than a fixed number of entries, so that a large window equals its count and is not whole. If that may be
 * so, asks for the days before the oldest and after the newest entry: a window with entries there is not verified. Costs at most two requests.
 */
export async function seeCut(tools: WalkTools, options: CutOptions, read: WindowRead): Promise<WindowRead> {
  const { stream, window, entries, isUneven } = options;
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
  const note = `the server lists only ${count} entries and has others ${where}: export fewer days at a time with --from and --to`;
  return { ...read, status: 'unreconciled', note };
}
