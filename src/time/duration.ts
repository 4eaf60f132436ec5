import { usageError } from '../errors.js';
import { DAY_MS } from './day.js';

/** Parses a duration such as `45m`, `1h30m`, `10s` or `2w` as ms. Throws a usage error that names `flag`. */
export function parseDuration(text: string, flag: string): number {
  const ms = durationMs(text, 'wdhms');
  if (ms === undefined)
    throw usageError(
      `invalid ${flag} "${text}": expected a duration such as 45m, 2h or 7d`,
      'Examples: 10s, 45m, 1h30m, 7d, 2w',
    );
  return ms;
}

const UNIT_MS: Readonly<Record<string, number>> = { w: 7 * DAY_MS, d: DAY_MS, h: 3_600_000, m: 60_000, s: 1000 };

/** Parses a duration as ms; undefined unless its units are among `units`, in that order, each once. */
export function durationMs(text: string, units: string): number | undefined {
  if (!/^(\d{1,6}[wdhms])+$/.test(text)) return undefined;
  let total = 0;
  let unitAt = -1;
  for (const [, amount, unit] of text.matchAll(/(\d+)([a-z])/g)) {
    const at = units.indexOf(unit!);
    if (at <= unitAt) return undefined;
    unitAt = at;
    total += Number(amount) * UNIT_MS[unit!]!;
  }
  return total;
}
