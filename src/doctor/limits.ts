import { type Diagnosis, fine, warning } from './diagnosis.js';

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
    return warning(name, `there were too many requests; ${fact}`, 'Others may share the limit: a lower --rate helps');
  if (limit !== undefined && (kept ?? Number.POSITIVE_INFINITY) > limit)
    return warning(name, `${fact}, where the vendor allows ${limit}`, `Use --rate ${limit} or less`);
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
