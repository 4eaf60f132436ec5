import { usageError } from '../../errors.js';
import type { Query } from '../../query.js';
import type { WhenOptions } from '../../time.js';

/** The flags that say when. */
export interface WhenFlags {
  readonly from?: string;
  readonly since?: string;
  readonly to?: string;
  readonly until?: string;
  readonly around?: string;
  readonly window?: string;
  readonly outside?: string;
  readonly weekdays?: boolean;
}

/** On each side of `--around`. */
export const USUAL_WINDOW = '30m';

/** The times that are asked for, as they were written. */
export interface Times {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly around?: string | undefined;
  readonly window?: string | undefined;
  readonly outside?: string | undefined;
  readonly weekdays?: boolean | undefined;
}

export function readTimes({ from, since, to, until, around, window, outside, weekdays }: WhenFlags): Times {
  return { from: from ?? since, to: to ?? until, around, window, outside, weekdays };
}

/** What the times mean, for whichever moment counts as now. Throws a usage error for what makes no sense. */
export async function timesOf(
  times: Times,
): Promise<(options: WhenOptions) => Pick<Query, 'from' | 'before' | 'outside'>> {
  const { parseAround, parseDuration, parseHours, parseRange } = await import('../../time.js');
  if (times.window !== undefined && times.around === undefined)
    throw usageError('--window is the time on each side of --around, which is not given');
  if (times.weekdays === true && times.outside === undefined)
    throw usageError('--weekdays says on which days the hours of --outside are, which are not given');
  return (options) => {
    const range =
      times.around === undefined
        ? parseRange({ from: times.from, to: times.to }, options)
        : parseAround(times.around, parseDuration(times.window ?? USUAL_WINDOW, '--window'), options);
    if (times.outside === undefined) return range;
    const { zone } = options;
    return { ...range, outside: parseHours(times.outside, '--outside', { weekdays: times.weekdays === true, zone }) };
  };
}

/** Whether what the times mean depends on what time it is. */
export function areRelative({ from, to, around }: Times): boolean {
  return [from, to, around].some((text) => text !== undefined && !/^\d{4}-\d{2}-\d{2}/.test(text));
}

/** The ends of the range as they were written, by which an interrupted run is known again. */
export function writtenRange(times: Times): { readonly from: string | undefined; readonly to: string | undefined } {
  if (times.around === undefined) return { from: times.from, to: times.to };
  const window = times.window ?? USUAL_WINDOW;
  return { from: `${window} before ${times.around}`, to: `${window} after ${times.around}` };
}
