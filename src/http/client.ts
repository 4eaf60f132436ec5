import type { ApiResponse } from './send.js';

/** Asks the API, with the key, the rate, the retries and the timeouts all inside. One for a whole run: the rate gate and the retry budget are shared by all its callers. */
export interface Client {
  /**
   * GETs `url` (which must have the connection's origin) and gives what `parse` makes of the 2xx answer.
   * `parse` throws a `Fault` (fault.ts) when the body is cut, is a web page or has another shape; the fault's kind decides whether the page is asked for again, whole.
   * Rejects with an `AuditlogError` when retrying is over or pointless, with the signal's reason when stopped.
   */
  get<T>(url: URL, parse: (response: ApiResponse) => T): Promise<T>;
  stats(): ClientStats;
  close(): Promise<void>;
}

export interface ClientStats {
  /** Requests sent, retries included. */
  readonly requests: number;
  readonly retries: number;
  /** Set while all requests wait, such as after a 429: why, and until when (epoch ms). */
  readonly waiting: { readonly why: string; readonly until: number } | undefined;
  /** Server's clock minus ours, in ms: the median over the first answers; 0 before there is one. */
  readonly skew: number;
}
