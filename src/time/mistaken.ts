import { suggest } from '../suggest.js';
import { isDay } from './day.js';
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

/** Times that a mistaken text may mean, likeliest first; empty if nothing is near. `now`: epoch ms. */
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
  [
    /^(\d{4})[/.-]?(\d{1,2})$/,
    ([, year = '', m = '']) => (Number(m) >= 1 && Number(m) <= 12 ? [`${year}-${two(m)}`] : []),
  ],
  [/^(\d{4})-?q([1-4])$/, ([, year, quarter]) => [`${year}-Q${quarter}`]],
  [/^q([1-4])-?(\d{4})$/, ([, quarter, year]) => [`${year}-Q${quarter}`]],
  [/^q([1-4])$/, ([, quarter], now) => [`${yearOf(now, Number(quarter) * 3 - 2)}-Q${quarter}`]],
  [
    /^([a-z]{3,9})(?:-(\d{4}))?$/,
    ([, name = '', year], now) => {
      const month = MONTHS.indexOf(name.slice(0, 3)) + 1;
      const isMonth =
        month > 0 &&
        new Date(2000, month - 1, 1).toLocaleString('en', { month: 'long' }).toLowerCase().startsWith(name);
      return isMonth ? [`${year ?? yearOf(now, month)}-${two(String(month))}`] : [];
    },
  ],
  [/^(?:last-|past-)?(\d{1,6})-?([a-z]+?)s?(?:-ago)?$/, ([, amount, unit = '']) => ago(amount, unit)],
  [/^-(\d{1,6}(?:mo|[ywdhm]))$/, ([, length = '']) => [length]],
];

function ago(amount: string | undefined, unit: string): readonly string[] {
  const short = Object.values(UNITS).includes(unit) ? unit : UNITS[unit];
  return short === undefined ? [] : [`${amount}${short}`];
}

/** The last year that had this month, up to now. */
function yearOf(now: number, month: number): number {
  const date = new Date(now);
  return date.getUTCMonth() + 1 >= month ? date.getUTCFullYear() : date.getUTCFullYear() - 1;
}

function dayText(year: string, month: string, day: string): string {
  return `${year}-${two(month)}-${two(day)}`;
}

function two(text: string): string {
  return text.padStart(2, '0');
}
