/** Days are `YYYY-MM-DD` texts of the proleptic Gregorian calendar, years 0000 to 9999: they compare as texts. */
export const FIRST_DAY = '0000-01-01';
export const LAST_DAY = '9999-12-31';

export const DAY_MS = 86_400_000;

/** Days from 1970-01-01 to a date; undefined when the calendar has no such date. */
export function dayNumber(year: number, month: number, day: number): number | undefined {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return undefined;
  return daysFromEpoch(year, month, day);
}

/** The UTC day of an instant, in epoch ms. Instants outside the years 0000 to 9999 give the first or last day. */
export function utcDay(ms: number): string {
  return dayOfNumber(Math.floor(ms / DAY_MS));
}

/** The first instant of a day in UTC, epoch ms; NaN when the text is no day. */
export function dayStart(day: string): number {
  return isShapedAsDay(day) ? (numberOf(day) ?? Number.NaN) * DAY_MS : Number.NaN;
}

/** Whether the text is a day that the calendar has. */
export function isDay(text: string): boolean {
  return isShapedAsDay(text) && numberOf(text) !== undefined;
}

/** `n` days later (or earlier), never beyond the first or last day. `day` must be a day. */
export function addDays(day: string, n: number): string {
  return dayOfNumber(numberOf(day)! + n);
}

/** How many days `to` is after `from`; 0 for the same day. Both must be days. */
export function daysBetween(from: string, to: string): number {
  return numberOf(to)! - numberOf(from)!;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Counts in years that begin in March, so that the leap day is the last of its year. */
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

function isShapedAsDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}

function numberOf(day: string): number | undefined {
  return dayNumber(Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10)));
}
