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

type Times = Pick<Query, 'from' | 'before' | 'outside'>;

/** The times that the flags ask for. Throws a usage error for what makes no sense. */
export async function toTimes(flags: WhenFlags, options: WhenOptions): Promise<Times> {
  return (await timesOf(flags))(options);
}

/** As `toTimes`, for whichever moment counts as now. */
export async function timesOf(flags: WhenFlags): Promise<(options: WhenOptions) => Times> {
  const { parseAround, parseDuration, parseHours, parseRange } = await import('../../time.js');
  if (flags.window !== undefined && flags.around === undefined)
    throw usageError('--window is the time on each side of --around, which is not given');
  if (flags.weekdays === true && flags.outside === undefined)
    throw usageError('--weekdays says on which days the hours of --outside are, which are not given');
  return (options) => {
    const range =
      flags.around === undefined
        ? parseRange({ from: flags.from ?? flags.since, to: flags.to ?? flags.until }, options)
        : parseAround(flags.around, parseDuration(flags.window ?? USUAL_WINDOW, '--window'), options);
    if (flags.outside === undefined) return range;
    const { zone } = options;
    return { ...range, outside: parseHours(flags.outside, '--outside', { weekdays: flags.weekdays === true, zone }) };
  };
}

/** Whether what the times mean depends on what time it is. */
export function areRelative({ from, since, to, until, around }: WhenFlags): boolean {
  return [from, since, to, until, around].some((text) => text !== undefined && !/^\d{4}-\d{2}-\d{2}/.test(text));
}

/** The ends of the range as they were written, by which an interrupted run is known again. */
export function writtenTimes(flags: WhenFlags): { readonly from: string | undefined; readonly to: string | undefined } {
  if (flags.around === undefined) return { from: flags.from ?? flags.since, to: flags.to ?? flags.until };
  const window = flags.window ?? USUAL_WINDOW;
  return { from: `${window} before ${flags.around}`, to: `${window} after ${flags.around}` };
}
