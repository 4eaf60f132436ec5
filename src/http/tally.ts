import { httpDate } from './retryafter.js';
import { type ApiResponse, headerOf } from './send.js';

/** The answers whose `Date` tells the server's clock. */
const SKEW_SAMPLES = 3;

/** What a run has asked so far. */
export interface Tally {
  request(): void;
  retry(): void;
  answer(response: ApiResponse): void;
  counts(): { readonly requests: number; readonly retries: number; readonly skew: number; readonly answered: boolean };
}

export function openTally(): Tally {
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
      const date = skews.length < SKEW_SAMPLES ? httpDate(headerOf(response, 'date') ?? '') : undefined;
      if (date !== undefined) skews.push(date - response.receivedAt);
    },
    counts: () => ({ requests, retries, skew: median(skews), answered }),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 2 ? (sorted[0]! + sorted[1]!) / 2 : (sorted[Math.floor(sorted.length / 2)] ?? 0);
}
