import { addDays, DAY_MS, daysBetween, utcDay } from '../time.js';
import type { DateParameters } from './provider.js';

/** Days as `YYYY-MM-DD`, both included; undefined: no limit there. */
export interface DayWindow {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The last instant wanted, epoch ms, where it is before the end of the last day; for formats that are finer than days. */
  readonly until?: number;
}

/** The days that are asked for where nobody says which. */
const USUAL_DAYS = 30;

/** How many days a vendor is asked for without --from; undefined: it can be asked for everything. */
export function usualDays({ required, defaultDays, longestDays }: DateParameters): number | undefined {
  if (defaultDays === undefined && required !== true) return undefined;
  return defaultDays ?? longestDays ?? USUAL_DAYS;
}

/** Where so many days begin: back from the end of the range, and never from later than now. All in epoch ms. */
export function usualFrom(days: number, before: number | undefined, now: number): number {
  return Math.min(before ?? now, now) - days * DAY_MS;
}

/** The newest days that a vendor can be asked for at once, where it must be asked for some: for a request that only tries. */
export function usualWindow(dates: DateParameters, serverNow: number): DayWindow {
  const days = usualDays(dates);
  if (days === undefined) return { from: undefined, to: undefined };
  return capWindow({ from: addDays(utcDay(serverNow), 1 - days), to: undefined }, dates, serverNow);
}

/**
 * The same days, but for what is still to come, which some servers refuse: an end after the server's today is left out, or is today where the
 * vendor needs one. `serverNow` is in epoch ms.
 */
export function capWindow(days: DayWindow, dates: DateParameters, serverNow: number): DayWindow {
  const today = utcDay(serverNow);
  const from = days.from !== undefined && days.from > today ? today : days.from;
  // Of today a finer end would be in the future.
  const isLater = days.to === undefined || (dates.format === 'day' ? days.to > today : days.to >= today);
  if (!isLater) return { from, to: days.to };
  if (dates.required !== true || !takesDays(dates).to) return { from, to: undefined };
  return dates.format === 'day' ? { from, to: today } : { from, to: today, until: serverNow };
}

/** Some part of the world is this much ahead of UTC: the server may have begun another day. */
const AHEAD = 14 * 3_600_000;

/**
 * Cuts days into windows that are no longer than the vendor takes, newest first, without a gap and without a day in two of them. Days without a
 * beginning are one window. An open end stays open, in the newest window.
 */
export function sliceWindow(days: DayWindow, longestDays: number | undefined, serverNow: number): readonly DayWindow[] {
  const { from, to } = days;
  if (from === undefined || longestDays === undefined) return [days];
  const slices: DayWindow[] = [];
  let end = to ?? utcDay(serverNow + AHEAD);
  let last = days;
  while (daysBetween(from, end) >= longestDays) {
    const start = addDays(end, 1 - longestDays);
    slices.push({ ...last, from: start });
    end = addDays(start, -1);
    last = { from, to: end };
  }
  return [...slices, last];
}

/** Whether the vendor can be asked for the days from, and up to, a day; what it cannot is trimmed here. */
export function takesDays({ from, to, search }: DateParameters): { readonly from: boolean; readonly to: boolean } {
  return { from: from !== undefined || search !== undefined, to: to !== undefined || search !== undefined };
}

/** The parameters that ask for these days, in the vendor's own way; none for an end that is not limited or cannot be asked. */
export function dateParameters(
  dates: DateParameters,
  days: DayWindow,
): readonly (readonly [name: string, value: string])[] {
  const { search } = dates;
  const from = days.from === undefined ? undefined : START[dates.format](days.from);
  const to = days.to === undefined ? undefined : END[dates.format](days.to, days.until ?? Number.POSITIVE_INFINITY);
  if (search !== undefined) {
    const words = from === undefined ? search.to : to === undefined ? search.from : search.both;
    if (from === undefined && to === undefined) return [];
    return [[search.parameter, words.replace('{from}', from ?? '').replace('{to}', to ?? '')]];
  }
  const parameters: [string, string][] = [];
  if (dates.from !== undefined && from !== undefined) parameters.push([dates.from, from]);
  if (dates.to !== undefined && to !== undefined) parameters.push([dates.to, to]);
  return parameters;
}

type Write = (day: string) => string;

const LAST_MS = 86_399_999;

const START: Readonly<Record<DateParameters['format'], Write>> = {
  day: (day) => day,
  instant: (day) => `${day}T00:00:00.000Z`,
  'epoch-ms': (day) => String(Date.parse(day)),
  'epoch-s': (day) => String(Date.parse(day) / 1000),
};

const lastOf = (day: string, until: number): number => Math.min(Date.parse(day) + LAST_MS, Math.floor(until));

const END: Readonly<Record<DateParameters['format'], (day: string, until: number) => string>> = {
  day: (day) => day,
  instant: (day, until) => new Date(lastOf(day, until)).toISOString(),
  'epoch-ms': (day, until) => String(lastOf(day, until)),
  // A whole second: those that are finer are in the next day, which is asked for as well.
  'epoch-s': (day, until) => String(Math.floor(lastOf(day, until) / 1000)),
};
