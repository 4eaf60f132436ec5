import { httpDate } from './retry/after.js';
import { type ApiResponse, headerOf } from './send.js';

/** The answers whose `Date` tells the server's clock. */
const SKEW_SAMPLES = 3;

/** How far apart two clocks may be before it matters, ms. */
const APART = 60_000;

/** Whether a skew (the server's clock minus ours, ms) is more than clocks differ by usually. */
export function isSkewed(skew: number): boolean {
  return Math.abs(skew) > APART;
}

/** What a run has asked so far. */
export interface Traffic {
  request(): void;
  retry(): void;
  answer(response: ApiResponse): void;
  counts(): { readonly requests: number; readonly retries: number; readonly skew: number; readonly answered: boolean };
}

export function openTraffic(): Traffic {
  let requests = 0;
  let retries = 0;
  let answered = false;
  const skews: number[] = [];
  return {
    request: () => {
      requests += 1;
    },
    retry: () => {
      retries += 1;
    },
    answer: (response) => {
      answered = true;
      const skew = skews.length < SKEW_SAMPLES ? skewOf(response) : undefined;
      if (skew !== undefined) skews.push(skew);
    },
    counts: () => ({ requests, retries, skew: median(skews), answered }),
  };
}

/** Nobody's clock is older than this: a server that says so does not know the time. */
const FIRST_BELIEVED = Date.UTC(2000, 0, 1);
/** What a server tells is cut to the second. */
const SECOND = 1000;

/**
 * The server's clock minus ours, as an answer tells it: 0 where what it tells was at some moment between the request and the end of the
 * answer, however slow that was. The age of an answer that a cache has kept is added. Undefined: it tells no time.
 */
function skewOf(response: ApiResponse): number | undefined {
  const date = httpDate(headerOf(response, 'date') ?? '');
  if (date === undefined || date < FIRST_BELIEVED) return undefined;
  const age = headerOf(response, 'age')?.trim() ?? '';
  const told = date + (/^\d{1,9}$/.test(age) ? Number(age) * SECOND : 0);
  if (told > response.receivedAt) return told - response.receivedAt;
  return told + SECOND < response.sentAt ? told - response.sentAt : 0;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 2 ? (sorted[0]! + sorted[1]!) / 2 : (sorted[Math.floor(sorted.length / 2)] ?? 0);
}
