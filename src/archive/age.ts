import { usageError } from '../errors.js';
import { addDays, DAY_MS, utcDay } from '../time.js';

/** The first UTC day not older than an age such as `7y`, `18mo`, `90d`, `12w`. `now`: epoch ms. Otherwise throws a usage error that names the flag. */
export function parseAge(text: string, flag: string, now: number): string {
  const [, digits = '', unit = ''] = /^(\d{1,5})(d|w|mo|y)$/.exec(text) ?? [];
  const back = BACK[unit];
  if (back === undefined || Number(digits) === 0)
    throw usageError(
      `invalid ${flag} "${text}": expected an age such as 90d, 18mo or 7y`,
      'Examples: 7y, 18mo, 90d, 12w',
    );
  return back(utcDay(now), Number(digits));
}

const BACK: Readonly<Record<string, (today: string, amount: number) => string>> = {
  d: (today, days) => addDays(today, -days),
  w: (today, weeks) => addDays(today, -7 * weeks),
  mo: monthsBefore,
  y: (today, years) => monthsBefore(today, 12 * years),
};

/** The same day of an earlier month, or the last of that month if it is shorter. */
function monthsBefore(today: string, months: number): string {
  const [year = 0, month = 0, day = 0] = today.split('-').map(Number);
  const first = Date.UTC(year, month - 1 - months, 1);
  const length = (Date.UTC(year, month - months, 1) - first) / DAY_MS;
  return utcDay(first + (Math.min(day, length) - 1) * DAY_MS);
}
