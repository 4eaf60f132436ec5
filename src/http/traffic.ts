import { httpDate } from './date.js';
import { type ApiResponse, headerOf, type Send } from './send.js';

/** The answers whose `Date` is read for the skew. */
const SKEW_SAMPLES = 3;

/** The requests and answers of a run. */
export class Traffic {
  requests = 0;
  retries = 0;
  /** There was an answer. */
  answered = false;
  readonly #skews: number[] = [];

  /** Without a response where the protocol is not HTTP. */
  answer(response?: ApiResponse): void {
    this.answered = true;
    const skew = response === undefined || this.#skews.length >= SKEW_SAMPLES ? undefined : skewOf(response);
    if (skew !== undefined) this.#skews.push(skew);
  }

  /** The server's clock minus ours, ms: the median over the first answers; 0 before there is one. */
  get skew(): number {
    return median(this.#skews);
  }
}

/** Counts each try and each answer. */
export function withCount(send: Send, traffic: Traffic): Send {
  return async (request) => {
    traffic.requests += 1;
    const response = await send(request);
    traffic.answer(response);
    return response;
  };
}

/** Whether a skew (ms) is more than clocks usually differ by. */
export function isSkewed(skew: number): boolean {
  return Math.abs(skew) > 60_000;
}

/** A server whose clock shows an earlier time does not know the time. */
const FIRST_BELIEVED = Date.UTC(2000, 0, 1);
/** `Date` is cut to the second. */
const SECOND = 1000;

/**
 * The server's clock minus ours, by an answer's `Date`: 0 where that lies between the request and the end of the answer, however slow the
 * answer was. The age of a cached answer is added. Undefined without a `Date`.
 */
function skewOf(response: ApiResponse): number | undefined {
  const date = httpDate(headerOf(response, 'date') ?? '');
  if (date === undefined || date < FIRST_BELIEVED) return undefined;
  const age = headerOf(response, 'age')?.trim() ?? '';
  const shown = date + (/^\d{1,9}$/.test(age) ? Number(age) * SECOND : 0);
  if (shown > response.receivedAt) return shown - response.receivedAt;
  return shown + SECOND < response.sentAt ? shown - response.sentAt : 0;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 2 ? (sorted[0]! + sorted[1]!) / 2 : (sorted[Math.floor(sorted.length / 2)] ?? 0);
}
