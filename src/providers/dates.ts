import { addDays, DAY_MS, daysBetween, utcDay } from '../time.js';
import type { DateParameters } from './provider.js';

/** A range of days, `YYYY-MM-DD`, both included; undefined: open. */
export interface DayWindow {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The last ms of the range, where it is before the end of the last day; for formats finer than days. */
  readonly until?: number;
}

/** The days asked for by default. */
const USUAL_DAYS = 30;

/** The number of days asked for without --from; undefined: everything. */
export function usualDays({ required, defaultDays, longestDays }: DateParameters): number | undefined {
  if (defaultDays === undefined && required !== true) return undefined;
  return defaultDays ?? longestDays ?? USUAL_DAYS;
}

/** The start of a range of `days` that ends at `before`, or now if that is earlier. Epoch ms. */
export function usualFrom(days: number, before: number | undefined, now: number): number {
  return Math.min(before ?? now, now) - days * DAY_MS;
}

/** The newest days that one request may ask for; open where a vendor needs no range. For trial requests. */
export function usualWindow(dates: DateParameters, serverNow: number): DayWindow {
  const days = usualDays(dates);
  if (days === undefined) return { from: undefined, to: undefined };
  return capWindow({ from: addDays(utcDay(serverNow), 1 - days), to: undefined }, dates, serverNow);
}

/** The same days without the future, which some servers refuse: an end after the server's today is left out, or is today where the vendor needs one. */
export function capWindow(days: DayWindow, dates: DateParameters, serverNow: number): DayWindow {
  const today = utcDay(serverNow);
  const from = days.from !== undefined && days.from > today ? today : days.from;
  // In a format finer than days, the end of today is in the future.
  const isLater = days.to === undefined || (dates.format === 'day' ? days.to > today : days.to >= today);
  if (!isLater) return { from, to: days.to };
  if (dates.required !== true || !takesDays(dates).to) return { from, to: undefined };
  return dates.format === 'day' ? { from, to: today } : { from, to: today, until: serverNow };
}

/** Local time is at most this much ahead of UTC: the server may have begun another day. */
const AHEAD = 14 * 3_600_000;

/** Cuts days into windows of at most `longestDays`, newest first, without gaps and overlaps. Days without a start are one window. An open end stays open. */
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

/** Whether the vendor filters by the first and by the last day; otherwise entries are trimmed here. */
export function takesDays({ from, to, search }: DateParameters): { readonly from: boolean; readonly to: boolean } {
  return { from: from !== undefined || search !== undefined, to: to !== undefined || search !== undefined };
}

/** The parameters for these days; none for an open end, or one that the vendor has no parameter for. */
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

const LAST_MS = 86_399_999;

const START: Readonly<Record<DateParameters['format'], (day: string) => string>> = {
  day: (day) => day,
  instant: (day) => `${day}T00:00:00.000Z`,
  'instant-s': (day) => `${day}T00:00:00Z`,
  pattern: (day) => day,
  'epoch-ms': (day) => String(Date.parse(day)),
  'epoch-s': (day) => String(Date.parse(day) / 1000),
};

const lastOf = (day: string, until: number): number => Math.min(Date.parse(day) + LAST_MS, Math.floor(until));

const END: Readonly<Record<DateParameters['format'], (day: string, until: number) => string>> = {
  day: (day) => day,
  instant: (day, until) => new Date(lastOf(day, until)).toISOString(),
  'instant-s': (day, until) => `${new Date(lastOf(day, until)).toISOString().slice(0, 19)}Z`,
  pattern: (day) => day,
  'epoch-ms': (day, until) => String(lastOf(day, until)),
  // A whole second: the rest of it is read with the next day, which is asked for as well.
  'epoch-s': (day, until) => String(Math.floor(lastOf(day, until) / 1000)),
};
