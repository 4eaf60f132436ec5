import { usageError } from '../errors.js';
import { DAY_MS } from './day.js';
import type { Zone } from './zone.js';

/** Hours of the day that come back every day, such as those of business. */
export interface Hours {
  /** Minutes into the local day. When `before` is not later, they go over midnight. */
  readonly from: number;
  readonly before: number;
  /** On Monday to Friday only. Hours that go over midnight belong to the day in which they begin. */
  readonly weekdays: boolean;
  readonly zone: Zone;
}

/** Hours such as `09:00-18:00` or `22:00-06:00`. Throws a usage error naming `flag` for anything else. */
export function parseHours(text: string, flag: string, options: Pick<Hours, 'weekdays' | 'zone'>): Hours {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24:00))$/.exec(text);
  const from = Number(match?.[1]) * 60 + Number(match?.[2]);
  const before = match?.[5] === undefined ? Number(match?.[3]) * 60 + Number(match?.[4]) : 24 * 60;
  if (match === null || from === before)
    throw usageError(`${flag} ${text}: those are no hours of the day`, 'Write them as 09:00-18:00, or 22:00-06:00.');
  return { ...options, from, before };
}

/** As the user would write them: `09:00-18:00 on weekdays, Europe/Paris`. */
export function describeHours({ from, before, weekdays, zone }: Hours): string {
  return `${clock(from)}-${clock(before)}${weekdays ? ' on weekdays' : ''}, ${zone.name}`;
}

/** Whether an instant lies within the hours. */
export function hoursMatcher({ from, before, weekdays, zone }: Hours): (ms: number) => boolean {
  const toLocal = localTimes(zone);
  return (ms) => {
    const local = toLocal(ms);
    const minute = Math.floor(mod(local, DAY_MS) / 60_000);
    const day = Math.floor(local / DAY_MS);
    if (from < before) return minute >= from && minute < before && !(weekdays && isWeekend(day));
    if (minute >= from) return !(weekdays && isWeekend(day));
    return minute < before && !(weekdays && isWeekend(day - 1));
  };
}

/** The local time of instants (zone.ts), for many of them: offsets change on quarters of an hour, and are kept for the quarters that were met. */
export function localTimes(zone: Zone): (ms: number) => number {
  const offsets = new Map<number, number>();
  return (ms) => {
    const quarter = Math.floor(ms / QUARTER);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      if (offsets.size >= MOST_KEPT) offsets.clear();
      offset = zone.offsetAt(quarter * QUARTER);
      offsets.set(quarter, offset);
    }
    return ms + offset;
  };
}

const QUARTER = 900_000;
const MOST_KEPT = 10_000;

/** The day of the week of a local day number: 0 is Monday. Day 0, 1970-01-01, was a Thursday. */
export function weekdayOf(day: number): number {
  return mod(day + 3, 7);
}

function isWeekend(day: number): boolean {
  return weekdayOf(day) >= 5;
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}

function clock(minutes: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
