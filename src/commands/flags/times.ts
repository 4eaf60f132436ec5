export interface WhenFlags {
  readonly in?: string;
  readonly from?: string;
  readonly since?: string;
  readonly to?: string;
  readonly until?: string;
  readonly around?: string;
  readonly window?: string;
  readonly outside?: string;
  readonly weekdays?: boolean;
}

/** How long on each side of `--around`. */
export const USUAL_WINDOW = '30m';

/** Times as written. */
export interface Times {
  /** A period, which excludes any other range. */
  readonly in?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly around?: string | undefined;
  readonly window?: string | undefined;
  readonly outside?: string | undefined;
  readonly weekdays?: boolean | undefined;
}

export function readTimes({ in: period, from, since, to, until, around, window, outside, weekdays }: WhenFlags): Times {
  return { in: period, from: from ?? since, to: to ?? until, around, window, outside, weekdays };
}

/** Whether the range depends on the time of day at which the command runs. */
export function areRelative({ in: period, from, to, around }: Times): boolean {
  return [period, from, to, around].some((text) => text !== undefined && !/^\d{4}(?:-|$)/.test(text));
}

/** The ends of the range as written, which identify a run for a later resume. */
export function writtenRange(times: Times): { readonly from: string | undefined; readonly to: string | undefined } {
  if (times.around === undefined) return { from: times.in ?? times.from, to: times.in ?? times.to };
  const window = times.window ?? USUAL_WINDOW;
  return { from: `${window} before ${times.around}`, to: `${window} after ${times.around}` };
}
