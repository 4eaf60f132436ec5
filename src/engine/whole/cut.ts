import { addDays, utcDay } from '../../time.js';
import { mayEndList } from '../count/caps.js';
import type { ReadTools, WindowRead } from '../pass/pass.js';
import type { Stream, Window } from '../request.js';
import type { EntryStore } from '../store/store.js';
import { pageOne } from '../walk/options.js';

/** What is asked about a window that was read. */
export interface CutOptions {
  readonly tools: ReadTools;
  readonly stream: Stream;
  readonly window: Window;
  readonly rows: EntryStore;
  /** The server counts another number of entries in the parts of the window. */
  readonly isUneven: boolean;
}

/**
 * Some servers count and list no more than a fixed number of entries, so that the rows of a large window equal its count and are not all. Where that
 * may be so, asks for the days before the oldest and after the newest entry: a window with others is not verified. Costs two requests at most.
 */
export async function seeCut(options: CutOptions, read: WindowRead): Promise<WindowRead> {
  const { tools, stream, window, rows, isUneven } = options;
  const { status, count = 0, at } = read;
  const span = rows.span(stream.index);
  const mayBeCut = status === 'verified' && (isUneven || mayEndList(count));
  if (!mayBeCut || span === undefined) return read;
  const others = async (beside: Window, isBeside: (time: number) => boolean): Promise<boolean> => {
    const { from, to } = beside;
    if (from !== undefined && from > (to ?? utcDay(at))) return false;
    const { entries } = await pageOne(tools, stream, beside, 1);
    return entries.some(({ time }) => isBeside(time));
  };
  const { oldest, newest } = span;
  const before = { ...window, to: addDays(utcDay(oldest), -2) };
  const after = { ...window, from: addDays(utcDay(newest), 2) };
  const where = (await others(before, (time) => time < oldest))
    ? `before ${utcDay(oldest)}`
    : (await others(after, (time) => time > newest && time <= at))
      ? `after ${utcDay(newest)}`
      : undefined;
  if (where === undefined) return read;
  const note = `the server lists only ${count} entries and has others ${where}: export fewer days at a time with --from and --to`;
  return { ...read, status: 'unreconciled', note };
}
