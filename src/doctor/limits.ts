import { formatInstant } from '../time.js';
import { type Diagnosis, fine, skipped, warning } from './diagnosis.js';

/** How far apart the two clocks may be before it matters, ms. */
const SKEW = 300_000;

/** Whether the clocks agree. `skew`: the server's clock minus ours, ms; undefined if the server does not send its time. `now`: our clock, epoch ms. */
export function judgeClock(name: string, skew: number | undefined, now: number): Diagnosis {
  if (skew === undefined) return skipped(name, 'the server does not tell the time');
  const seconds = Math.round(Math.abs(skew) / 1000);
  // The server's time is in whole seconds.
  if (seconds < 2) return fine(name, "the server's and ours agree");
  const fact = `the server's is ${inWords(seconds)} ${skew < 0 ? 'behind' : 'ahead of'} ours`;
  if (Math.abs(skew) <= SKEW) return fine(name, fact);
  const fix = `This machine says ${formatInstant(Math.floor(now / 1000) * 1000)}: set its clock if that is wrong. Times such as 2h or today go by the server's clock.`;
  return warning(name, fact, fix);
}

function inWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** Requests a minute: what we keep to, what we are down to after a 429, and what the vendor allows. */
export interface Rates {
  readonly kept: number | undefined;
  readonly now: number | undefined;
  readonly limit: number | undefined;
}

/** Whether the rate is likely to be limited. `headers`: the server's rate-limit headers. */
export function judgeRate(name: string, headers: ReadonlyMap<string, string>, { kept, now, limit }: Rates): Diagnosis {
  const told = [...headers].map((pair) => pair.join(' ').trim()).join(', ') || 'no header tells of a limit';
  const ours = kept === undefined ? 'we keep to none' : `we send at most ${kept} requests a minute`;
  const fact = `${told}; ${ours}`;
  if (kept !== undefined && now !== undefined && now < kept)
    return warning(name, `there were too many requests; ${fact}`, 'Others may share the limit: a lower --rate helps.');
  if (limit !== undefined && (kept ?? Number.POSITIVE_INFINITY) > limit)
    return warning(name, `${fact}, where the vendor allows ${limit}`, `Use --rate ${limit} or less.`);
  return fine(name, fact);
}

/** The rate-limit headers, with only the numbers of their values: no other text of the server is needed. */
export function rateHeaders(headers: ReadonlyMap<string, readonly string[]>): readonly (readonly [string, string])[] {
  return [...headers].flatMap(([name, values]) => {
    if (name.length > 40 || !/^(?:x-)?rate-?limit|^retry-after$/.test(name)) return [];
    const text = values.join(', ');
    const numbers = /^\d{1,12}$/.test(text) ? text : (text.match(/\b[a-z]{1,10}=\d{1,12}\b/g) ?? []).join(' ');
    return [[name, numbers.slice(0, 100)] as const];
  });
}
