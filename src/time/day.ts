/** Days are texts, `YYYY-MM-DD`, of the proleptic Gregorian calendar, years 0000 to 9999. They sort as texts. */
export const FIRST_DAY = '0000-01-01';
export const LAST_DAY = '9999-12-31';

export const DAY_MS = 86_400_000;

/** The number of days from 1970-01-01 to a date; undefined for an invalid date. */
export function dayNumber(year: number, month: number, day: number): number | undefined {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return undefined;
  return daysFromEpoch(year, month, day);
}

/** The UTC day of an instant in epoch ms; the first or last day for instants outside the years 0000 to 9999. */
export function utcDay(ms: number): string {
  return dayOfNumber(Math.floor(ms / DAY_MS));
}

/** The start of a day in UTC, epoch ms; NaN for an invalid day. */
export function dayStart(day: string): number {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) ? (numberOf(day) ?? Number.NaN) * DAY_MS : Number.NaN;
}

/** Whether a text is a day of the calendar. */
export function isDay(text: string): boolean {
  return !Number.isNaN(dayStart(text));
}

/** The day `n` days later (or earlier if negative), limited to the last (or first) one. `day` must be valid. */
export function addDays(day: string, n: number): string {
  return dayOfNumber(numberOf(day)! + n);
}

/** The number of days from `from` to `to`; both must be valid. */
export function daysBetween(from: string, to: string): number {
  return numberOf(to)! - numberOf(from)!;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The day of the week of a day's number: 0 is Monday. Day 0, 1970-01-01, was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Minutes as `hh:mm`. */
export function clockOf(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((number) => String(number).padStart(2, '0')).join(':');
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Counts years from March, so that the leap day is the last day of its year. */
function daysFromEpoch(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const sinceMarch = month > 2 ? month - 3 : month + 9;
  const beforeYear = 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  const beforeMonth = Math.floor((153 * sinceMarch + 2) / 5);
  return beforeYear + beforeMonth + day - 1 - 719_468;
}

const FIRST_NUMBER = daysFromEpoch(0, 1, 1);
const LAST_NUMBER = daysFromEpoch(9999, 12, 31);

function dayOfNumber(number: number): string {
  const inRange = Math.min(LAST_NUMBER, Math.max(FIRST_NUMBER, number));
  return new Date(inRange * DAY_MS).toISOString().slice(0, 10);
}

function numberOf(day: string): number | undefined {
  return dayNumber(Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10)));
}
