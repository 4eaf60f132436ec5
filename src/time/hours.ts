import { usageError } from '../errors.js';
import { clockOf, DAY_MS, weekdayOf } from './day.js';
import type { Zone } from './zone.js';

/** Hours of every day, such as business hours. */
export interface Hours {
  /** Minutes of the local day. The hours cross midnight when `before` is not later than `from`. */
  readonly from: number;
  readonly before: number;
  /** Only Monday to Friday. Hours that cross midnight belong to the day on which they begin. */
  readonly weekdays: boolean;
  readonly zone: Zone;
}

const HOURS = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24:00))$/;

/** Parses hours such as `09:00-18:00` or `22:00-06:00`. Throws a usage error that names `flag`. */
export function parseHours(text: string, flag: string, options: Pick<Hours, 'weekdays' | 'zone'>): Hours {
  const match = HOURS.exec(text);
  const from = Number(match?.[1]) * 60 + Number(match?.[2]);
  const before = match?.[5] === undefined ? Number(match?.[3]) * 60 + Number(match?.[4]) : 24 * 60;
  if (match === null || from === before)
    throw usageError(
      `invalid ${flag} "${text}": expected hours of the day, such as 09:00-18:00 or 22:00-06:00`,
      meantHours(text, flag),
    );
  return { ...options, from, before };
}

/** `8-18` and `9am-5pm` with hours and minutes in full. */
function meantHours(text: string, flag: string): string | undefined {
  const match = /^(\d{1,2})(?:[:.](\d\d))? ?(am|pm)? ?- ?(\d{1,2})(?:[:.](\d\d))? ?(am|pm)?$/i.exec(text);
  if (match === null) return undefined;
  const [, from = '', fromMinute, fromHalf, before = '', beforeMinute, beforeHalf] = match;
  const meant = `${clockText(from, fromMinute, fromHalf)}-${clockText(before, beforeMinute, beforeHalf)}`;
  return HOURS.test(meant) && meant !== text ? `Did you mean: ${flag} ${meant}` : undefined;
}

function clockText(hour: string, minute = '00', half?: string): string {
  const noon = half?.toLowerCase() === 'pm' ? 12 : 0;
  const full = half === undefined ? Number(hour) : (Number(hour) % 12) + noon;
  return `${String(full).padStart(2, '0')}:${minute}`;
}

/** Such as `09:00-18:00 on weekdays, Europe/Paris`. */
export function describeHours({ from, before, weekdays, zone }: Hours): string {
  return `${clockOf(from)}-${clockOf(before)}${weekdays ? ' on weekdays' : ''}, ${zone.name}`;
}

/** Opens a test for instants within the hours. */
export function hoursMatcher({ from, before, weekdays, zone }: Hours): (ms: number) => boolean {
  const toLocal = localTimes(zone);
  return (ms) => {
    const local = toLocal(ms);
    const day = Math.floor(local / DAY_MS);
    const minute = Math.floor((local - day * DAY_MS) / 60_000);
    if (from < before) return minute >= from && minute < before && !(weekdays && isWeekend(day));
    if (minute >= from) return !(weekdays && isWeekend(day));
    return minute < before && !(weekdays && isWeekend(day - 1));
  };
}

/** Opens a converter of instants to local times (zone.ts). Offsets change on quarters of an hour only, so they are cached for each. */
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

function isWeekend(day: number): boolean {
  return weekdayOf(day) >= 5;
}
