import type { ApiResponse } from '../send.js';
import { headerOf } from '../send.js';

const DAY = 86_400_000;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * How long the server asks us to stay away, in ms from `receivedAt`; undefined when it does not say, or says something that cannot be meant: negative, unreadable, more than a day.
 * A date is measured against the answer's own `Date`, so that a wrong clock on either side does not matter. Never less than what was asked; of several, the longest.
 */
export function retryAfter(response: ApiResponse): number | undefined {
  const waits = (response.headers.get('retry-after') ?? [])
    .map((value) => waitOf(value.trim(), response))
    .filter((wait) => wait !== undefined && wait >= 0 && wait <= DAY);
  return waits.length === 0 ? undefined : Math.max(...(waits as number[]));
}

function waitOf(value: string, response: ApiResponse): number | undefined {
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const at = httpDate(value);
  return at === undefined ? undefined : at - (httpDate(headerOf(response, 'date') ?? '') ?? response.receivedAt);
}

/** Epoch ms of the three forms of date that HTTP knows; undefined for anything else, such as what `Date.parse` makes of `-1`. */
export function httpDate(text: string): number | undefined {
  const imf = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(text);
  if (imf) return instant(imf[3], imf[2], imf[1], imf[4], imf[5], imf[6]);
  const rfc850 = /^[A-Z][a-z]{5,8}, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(text);
  if (rfc850)
    return instant(
      `${Number(rfc850[3]) < 70 ? 20 : 19}${rfc850[3]}`,
      rfc850[2],
      rfc850[1],
      rfc850[4],
      rfc850[5],
      rfc850[6],
    );
  const asctime = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/.exec(text);
  if (asctime) return instant(asctime[6], asctime[1], asctime[2], asctime[3], asctime[4], asctime[5]);
  return undefined;
}

function instant(year?: string, month = '', day?: string, hour?: string, minute?: string, second?: string) {
  const index = MONTHS.indexOf(month.toLowerCase());
  const [h, m, s, d] = [Number(hour), Number(minute), Number(second), Number(day)];
  if (index < 0 || h > 23 || m > 59 || s > 60) return undefined;
  const at = Date.UTC(Number(year), index, d, h, m, s);
  // The 31st of April would roll over.
  return d >= 1 && new Date(Date.UTC(Number(year), index, d)).getUTCDate() === d ? at : undefined;
}
