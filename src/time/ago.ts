import { DAY_MS, dayNumber, daysInMonth } from './day.js';
import { durationMs } from './duration.js';
import type { Zone } from './zone.js';

/**
 * The instant that lies a length of time such as `45m`, `7d`, `3mo` or `1y` before now; undefined for any other text. Months and years back is the
 * same day of the month at the same local time, or the last day of a shorter month.
 */
export function agoOf(text: string, now: number, zone: Zone): number | undefined {
  const [, years, months, rest = ''] = /^(?:(\d{1,4})y)?(?:(\d{1,5})mo)?((?:\d{1,6}[wdhm])*)$/.exec(text) ?? [];
  const ms = rest === '' ? 0 : durationMs(rest, 'wdhm');
  if (text === '' || ms === undefined) return undefined;
  if (years === undefined && months === undefined) return rest === '' ? undefined : now - ms;
  return monthsBefore(now, Number(years ?? 0) * 12 + Number(months ?? 0), zone) - ms;
}

function monthsBefore(now: number, count: number, zone: Zone): number {
  const local = now + zone.offsetAt(now);
  const date = new Date(local);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth() - count;
  const [year, ofYear] = [Math.floor(month / 12), (((month % 12) + 12) % 12) + 1];
  if (year < 0) return Number.NEGATIVE_INFINITY;
  const day = Math.min(date.getUTCDate(), daysInMonth(year, ofYear));
  const midnight = dayNumber(year, ofYear, day)! * DAY_MS;
  const then = midnight + (((local % DAY_MS) + DAY_MS) % DAY_MS);
  const whole = Math.floor(then);
  // Clocks skipped that time: use the offset from before the change.
  return (zone.instantOf(whole) ?? whole - zone.offsetAt(whole - DAY_MS)) + (then - whole);
}
