import { type ApiResponse, headerOf } from '../send.js';
import { waitOf } from './wait.js';

/** A request limit that an answer reports. */
interface ToldLimit {
  /** Requests left; undefined: not reported. */
  remaining: number | undefined;
  /** ms from the answer until there are more; undefined: not reported. */
  reset: number | undefined;
  /** Zero or less: no limit at all. */
  most: number | undefined;
}

/** Of any family: `x-ratelimit-reset`, `x-rate-limit-remaining`, `ratelimit-reset`, with a window or a resource before or behind. */
const FAMILY = /^(?<before>.*?)rate-?limit-(?<rest>.+)$/;
const PART = /(?:^|-)(?<part>remaining|reset|limit)(?:-(?<unit>after|at|in|ms|seconds|time))?(?=-|$)/;

/**
 * The wait until the exhausted limit resets, ms from the answer: the longest of several. Undefined if no limit is exhausted, or if the
 * answer does not report a reset.
 */
export function usedUpFor(response: ApiResponse): number | undefined {
  return longest(limitsIn(response).filter(isUsedUp));
}

/** The wait until more requests are allowed, for an answer that says by its status that there were too many. */
export function resetOf(response: ApiResponse): number | undefined {
  const limits = limitsIn(response);
  const unknown = limits.filter(({ remaining }) => remaining === undefined);
  const others = limits.flatMap(({ reset }) => (reset === undefined ? [] : [reset]));
  return (
    longest(limits.filter(isUsedUp)) ?? longest(unknown) ?? (others.length === 0 ? undefined : Math.min(...others))
  );
}

/** Whether an answer that may be a rejection reports an exhausted limit, or a reset alone. */
export function tellsOfLimit(response: ApiResponse): boolean {
  const limits = limitsIn(response);
  if (limits.some(isUsedUp)) return true;
  return limits.some(({ reset }) => reset !== undefined) && limits.every(({ remaining }) => remaining === undefined);
}

function isUsedUp({ remaining, most }: ToldLimit): boolean {
  return remaining !== undefined && remaining <= 0 && (most === undefined || most > 0);
}

function longest(limits: readonly ToldLimit[]): number | undefined {
  const resets = limits.flatMap(({ reset }) => (reset === undefined ? [] : [reset]));
  return resets.length === 0 ? undefined : Math.max(...resets);
}

function limitsIn(response: ApiResponse): readonly ToldLimit[] {
  const families = new Map<string, ToldLimit>();
  for (const [name, values] of response.headers) {
    const { before = '', rest = '' } = FAMILY.exec(name)?.groups ?? {};
    const { part, unit } = PART.exec(rest)?.groups ?? {};
    if (part === undefined) continue;
    const key = `${before}${rest.replace(PART, '')}`;
    const limit = families.get(key) ?? { remaining: undefined, reset: undefined, most: undefined };
    families.set(key, limit);
    const value = values.join(', ');
    if (part === 'reset') limit.reset = waitOf(unit === 'ms' ? `${value}ms` : value, response);
    else if (part === 'remaining') limit.remaining = leastIn(value);
    else limit.most = leastIn(value);
  }
  const named = [...families.values(), ...standardLimits(response)];
  // Where the windows have their own counts and one reset for all, that is the reset of each.
  const common = named.find(({ remaining, reset }) => remaining === undefined && reset !== undefined)?.reset;
  return named.map((limit) => ({ ...limit, reset: limit.reset ?? common }));
}

function leastIn(value: string): number | undefined {
  const numbers = (value.match(/(?<![\w.=])-?\d{1,15}(?![\w.=])/g) ?? []).map(Number);
  return numbers.length === 0 ? undefined : Math.min(...numbers);
}

/** The `RateLimit` header of the IETF: `limit=10, remaining=0, reset=5`, or of its later drafts: `"day";r=0;t=5, "hour";r=7;t=2`. */
function standardLimits(response: ApiResponse): readonly ToldLimit[] {
  const value = (response.headers.get('ratelimit') ?? [headerOf(response, 'x-ratelimit') ?? '']).join(', ');
  if (value === '') return [];
  const items = /[;,]\s*[rt]\s*=/i.test(value) ? value.split(',') : [value];
  return items.map((item) => {
    const parameter = (name: string): string | undefined =>
      new RegExp(`(?:^|[;,\\s])${name}\\s*=\\s*"?(-?[\\d.]{1,16})`, 'i').exec(item)?.[1];
    const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
    const reset = parameter('(?:reset|t)');
    return {
      remaining: number(parameter('(?:remaining|r)')),
      reset: reset === undefined ? undefined : waitOf(reset, response),
      most: number(parameter('limit')),
    };
  });
}
