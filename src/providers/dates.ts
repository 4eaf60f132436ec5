import { addDays, DAY_MS, dayStart, daysBetween, utcDay } from '../time.js';
import { stepOf, type WrittenInstant, writeInstant, writesDays } from './instants.js';
import type { DateParameters } from './provider.js';

/** A range of days, `YYYY-MM-DD`, both included; undefined: open. */
export interface DayWindow {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The last ms of the range, if it is before the end of the last day; for formats finer than days. */
  readonly until?: number;
}

/** The days to request by default. */
const USUAL_DAYS = 30;

/** The number of days to request without --from; undefined: everything. */
export function usualDays({ required, defaultDays, longestDays }: DateParameters): number | undefined {
  if (defaultDays === undefined && required !== true) return undefined;
  return defaultDays ?? longestDays ?? USUAL_DAYS;
}

/** The start of a range of `days` that ends at `before`, or now if that is earlier. Epoch ms. */
export function usualFrom(days: number, before: number | undefined, now: number): number {
  return Math.min(before ?? now, now) - days * DAY_MS;
}

/** The newest days that one request may have; open if a vendor needs no range. For trial requests. */
export function usualWindow(dates: DateParameters, serverNow: number): DayWindow {
  const usual = usualDays(dates);
  if (usual === undefined) return { from: undefined, to: undefined };
  const days = Math.min(usual, dates.longestDays ?? usual);
  return capWindow({ from: addDays(utcDay(serverNow), 1 - days), to: undefined }, dates, serverNow);
}

/**
 * The same days without the future, which some servers reject: an end after the server's today is omitted, or set to today if the vendor needs one.
 */
export function capWindow(days: DayWindow, dates: DateParameters, serverNow: number): DayWindow {
  const today = utcDay(serverNow);
  const from = days.from !== undefined && days.from > today ? today : days.from;
  const isDays = writesDays(dates);
  // In a format finer than days, the end of today is in the future.
  const isLater = days.to === undefined || (isDays ? days.to > today : days.to >= today);
  if (!isLater) return { from, to: days.to };
  const needsEnd = dates.required === true || (isOneParameter(dates) && from !== undefined);
  if (!needsEnd || !takesDays(dates).to) return { from, to: undefined };
  return isDays ? { from, to: today } : { from, to: today, until: serverNow };
}

/** Local time is at most this much ahead of UTC: the server may have begun another day. */
const AHEAD = 14 * 3_600_000;

/** The days of one request. A request that starts one step earlier, because its start is excluded, is longer than its days. */
export function longestSlice(dates: DateParameters): number | undefined {
  const { longestDays, start } = dates;
  if (longestDays === undefined || start !== 'excluded' || writesDays(dates)) return longestDays;
  return Math.max(1, longestDays - 1);
}

/**
 * Cuts days into windows of at most `longestDays`, newest first, without gaps and overlaps. Days without a start stay one window. An open end stays
 * open.
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

/** Whether the vendor filters by the first and by the last day; otherwise entries are trimmed here. */
export function takesDays({ from, to, search }: DateParameters): { readonly from: boolean; readonly to: boolean } {
  return { from: from !== undefined || search !== undefined, to: to !== undefined || search !== undefined };
}

/** The parameters for these days; none for an open end, or an end without a parameter. A parameter for both ends is sent twice. */
export function dateParameters(
  dates: DateParameters,
  days: DayWindow,
): readonly (readonly [name: string, value: WrittenInstant])[] {
  const { search } = dates;
  const from = days.from === undefined ? undefined : startOf(dates, days.from);
  const to = days.to === undefined ? undefined : endOf(dates, days.to, days.until ?? Number.POSITIVE_INFINITY);
  if (search !== undefined) {
    if (from === undefined && to === undefined)
      return search.none === undefined ? [] : [[search.parameter, search.none]];
    const words = from === undefined ? search.to : to === undefined ? search.from : search.both;
    return [[search.parameter, fillWords(words, { from: String(from), to: String(to) })]];
  }
  const parameters: [string, WrittenInstant][] = [];
  if (dates.from !== undefined && from !== undefined) parameters.push([dates.from, from]);
  if (dates.to !== undefined && to !== undefined) parameters.push([dates.to, to]);
  // With one end alone, the server could not tell which it is.
  if (isOneParameter(dates) && parameters.length === 1)
    return from === undefined
      ? [[dates.from as string, startOf(dates, FIRST)], ...parameters]
      : [...parameters, [dates.to as string, endOf(dates, LAST, Number.POSITIVE_INFINITY)]];
  return parameters;
}

/** The end to use for an open range if both ends are required. */
const FIRST = '1970-01-02';
const LAST = '2099-12-31';

function fillWords(words: string, ends: Readonly<Record<'from' | 'to', string>>): string {
  return words.replace(/\{(from|to)\}/g, (_, end: 'from' | 'to') => ends[end]);
}

function isOneParameter({ from, to }: DateParameters): boolean {
  return from !== undefined && from === to;
}

/** The start of a day. If the server excludes that instant, the step before it. */
function startOf(dates: DateParameters, day: string): WrittenInstant {
  return writeInstant(dates, dayStart(day) - (dates.start === 'excluded' ? stepOf(dates) : 0));
}

/**
 * The end of a day, or `until` if that is earlier. If a step is longer than a ms, or neighbouring days are requested on their own, it is the start of
 * the next day: otherwise entries of the last step, or of a part of a ms, would be in neither (see `overlapsAt`).
 */
function endOf(dates: DateParameters, day: string, until: number): WrittenInstant {
  const step = stepOf(dates);
  const isExcluded = dates.end === 'excluded';
  const start = dayStart(day);
  if (writesDays(dates)) return writeInstant(dates, isExcluded ? start + DAY_MS : start);
  const next = start + DAY_MS;
  const isExact = step === 1 && !isExcluded && dates.longestDays === undefined;
  if (until < next) return writeInstant(dates, Math.floor(until / step) * step);
  return writeInstant(dates, isExact ? next - 1 : next);
}

/** Whether the days on both sides of a midnight may return an entry of this time, because they were requested with an instant in common. */
export function overlapsAt(dates: DateParameters): (time: number) => boolean {
  const step = stepOf(dates);
  if (step === DAY_MS) return () => false;
  return (time) => Math.abs(time - Math.round(time / DAY_MS) * DAY_MS) <= step;
}

/** Whether the counts of neighbouring ranges add up to the count of both: no instant belongs to both of them. */
export function addsUpDays(dates: DateParameters): boolean {
  const step = stepOf(dates);
  return (step === DAY_MS || (step === 1 && dates.longestDays === undefined)) && !isOneParameter(dates);
}
