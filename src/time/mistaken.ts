import { suggest } from '../suggest.js';
import { DAY_MS, isDay, utcDay } from './day.js';
import { PERIOD_WORDS, wordOf } from './period.js';

const UNITS: Readonly<Record<string, string>> = {
  minute: 'm',
  min: 'm',
  hour: 'h',
  hr: 'h',
  day: 'd',
  week: 'w',
  wk: 'w',
  month: 'mo',
  mon: 'mo',
  year: 'y',
  yr: 'y',
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Times that a mistaken text may mean, likeliest first; empty if nothing is near. `now`: the local time. */
export function meantTimes(text: string, now: number): readonly string[] {
  const word = wordOf(text);
  const found = FORMS.flatMap(([form, make]) => {
    const match = form.exec(word);
    return match === null ? [] : make(match, now);
  });
  if (found.length > 0) return [...new Set(found)];
  const near = suggest(word, ['now', ...PERIOD_WORDS]);
  return near === undefined ? [] : [near];
}

type Make = (match: RegExpExecArray, now: number) => readonly string[];

const FORMS: readonly (readonly [RegExp, Make])[] = [
  // 03/01/2026 is a day in March or in January; 13.01.2026 has one reading.
  [
    /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/,
    ([, a = '', b = '', year = '']) => [dayText(year, a, b), dayText(year, b, a)].filter(isDay),
  ],
  [/^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})$/, ([, year = '', m = '', d = '']) => [dayText(year, m, d)].filter(isDay)],
  [/^(\d{4})(\d\d)(\d\d)$/, ([, year = '', m = '', d = '']) => [dayText(year, m, d)].filter(isDay)],
  [/^(\d{4})(?:[/.-](\d{1,2})|(\d\d))$/, ([, year = '', parted, joined]) => monthText(year, parted ?? joined ?? '')],
  [/^(\d{4})-?q([1-4])$/, ([, year, quarter]) => [`${year}-Q${quarter}`]],
  [/^q([1-4])-?(\d{4})$/, ([, quarter, year]) => [`${year}-Q${quarter}`]],
  [/^(\d{4}-\d\d-\d\d)[t-](\d{1,2})h?$/, ([, day = '', hour = '']) => timeOf(day, hour)],
  [/^(\d{1,2}):(\d\d)$/, ([, hour = '', minute], now) => timeOf(utcDay(now), hour, minute)],
  [
    /^(today|yesterday)-(?:at-)?(\d{1,2})(?::(\d\d))?(am|pm)?$/,
    ([, word, hour = '', minute, half], now) =>
      timeOf(utcDay(word === 'today' ? now : now - DAY_MS), hour24(hour, half), minute),
  ],
  [/^(\d+)h(\d+)$/, ([, hours, minutes]) => [`${hours}h${minutes}m`]],
  [/^(\d+)\.(\d)([hdw])$/, ([, whole, tenth, unit = '']) => fraction(Number(`${whole}.${tenth}`), unit)],
  [/^(1\d{9})(\d{3})?$/, ([, seconds, ms = '0']) => [new Date(Number(seconds) * 1000 + Number(ms)).toISOString()]],
  [/^([a-z]{3,9})-(\d{1,2})(?:,?-(\d{4}))?$/, ([, name = '', day = '', year], now) => dayOfMonth(name, day, year, now)],
  [/^(\d{1,2})-([a-z]{3,9})(?:-(\d{4}))?$/, ([, day = '', name = '', year], now) => dayOfMonth(name, day, year, now)],
  [/^q([1-4])$/, ([, quarter], now) => [`${yearOf(now, Number(quarter) * 3 - 2)}-Q${quarter}`]],
  [
    /^([a-z]{3,9})(?:-(\d{4}))?$/,
    ([, name = '', year], now) => {
      const month = monthOf(name);
      return month > 0 ? [`${year ?? yearOf(now, month)}-${two(String(month))}`] : [];
    },
  ],
  [/^(?:last-|past-)?(\d{1,6})-?([a-z]+?)s?(?:-ago)?$/, ([, amount, unit = '']) => ago(amount, unit)],
  [/^-(\d{1,6}(?:mo|[ywdhm]))$/, ([, length = '']) => [length]],
];

function ago(amount: string | undefined, unit: string): readonly string[] {
  const short = Object.values(UNITS).includes(unit) ? unit : UNITS[unit];
  return short === undefined ? [] : [`${amount}${short}`];
}

/** 1 to 12 for the name of a month or its first three or more letters; else 0. */
function monthOf(name: string): number {
  const month = MONTHS.indexOf(name.slice(0, 3)) + 1;
  const full = new Date(2000, month - 1, 1).toLocaleString('en', { month: 'long' }).toLowerCase();
  return month > 0 && full.startsWith(name) ? month : 0;
}

function dayOfMonth(name: string, day: string, year: string | undefined, now: number): readonly string[] {
  const month = monthOf(name);
  return [dayText(year ?? String(yearOf(now, month)), String(month), day)].filter(isDay);
}

/** `2026-03-01T09:30`; empty if a day has no such time. */
function timeOf(day: string, hour: string, minute = '00'): readonly string[] {
  return isDay(day) && Number(hour) < 24 && Number(minute) < 60 ? [`${day}T${two(hour)}:${minute}`] : [];
}

function hour24(hour: string, half: string | undefined): string {
  if (half === undefined) return hour;
  return String((Number(hour) % 12) + (half === 'pm' ? 12 : 0));
}

/** 1.5h as minutes, 1.5d and 1.5w in the next smaller unit. */
function fraction(amount: number, unit: string): readonly string[] {
  const [size, smaller] = { h: [60, 'm'], d: [24, 'h'], w: [7, 'd'] }[unit] as [number, string];
  const whole = amount * size;
  return [`${Math.round(whole)}${smaller}`];
}

/** The last year that had this month, up to now. */
function yearOf(now: number, month: number): number {
  const date = new Date(now);
  return date.getUTCMonth() + 1 >= month ? date.getUTCFullYear() : date.getUTCFullYear() - 1;
}

function monthText(year: string, month: string): readonly string[] {
  return Number(month) >= 1 && Number(month) <= 12 ? [`${year}-${two(month)}`] : [];
}

function dayText(year: string, month: string, day: string): string {
  return `${year}-${two(month)}-${two(day)}`;
}

function two(text: string): string {
  return text.padStart(2, '0');
}
