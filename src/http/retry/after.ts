import { resetOf, usedUpFor } from '../rate/told.js';
import { waitOf } from '../rate/wait.js';
import type { ApiResponse } from '../send.js';

/** Headers with a wait, and the unit of those that are always in one. */
const WAITS = [
  ['retry-after', ''],
  ['x-retry-after', ''],
  ['retry-after-ms', 'ms'],
  ['x-ms-retry-after-ms', 'ms'],
] as const;

/** The wait that Retry-After asks for, in any form, in ms from the answer on; the longest of several. Undefined without one that can be meant. */
export function retryAfter(response: ApiResponse): number | undefined {
  for (const [name, unit] of WAITS) {
    const values = response.headers.get(name) ?? [];
    // A list of the same wait twice, which some proxies make; a date has a comma, too.
    const texts = values.flatMap((value) => (/^[\d\s,.]+$/.test(value) ? value.split(',') : [value]));
    const waits = texts.flatMap((text) => waitOf(`${text.trim()}${unit}`, response) ?? []);
    if (waits.length > 0) return Math.max(...waits);
  }
  return undefined;
}

/** The wait that a failed answer asks for, by Retry-After or else by the headers of its limit, in ms from the answer on. */
export function askedWait(response: ApiResponse): number | undefined {
  const isLimit = response.status === 429 || response.status === 403;
  return retryAfter(response) ?? (isLimit ? resetOf(response) : usedUpFor(response));
}
