/** One request. The key is not in here: `withAuth` adds it at the last moment, for its own origin only. */
export interface ApiRequest {
  /** Default: GET. */
  readonly method?: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal?: AbortSignal;
  /** Which try of the same request this is, from 1; for `--debug`. */
  readonly attempt?: number;
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

/** An answer, its body read to the end, decompressed, and no larger than the cap (32 MiB). Any status. */
export interface ApiResponse {
  readonly status: number;
  /** Lower-case names; a header sent twice has two values. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  /** Local clock, epoch ms: when the request left and when the body was whole. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** Asks once. Rejects with a `Fault` (fault.ts) when there is no whole answer, with the signal's reason when stopped. auth and trace are functions from Send to Send. */
export type Send = (request: ApiRequest) => Promise<ApiResponse>;

/** The first value of a header, or undefined. */
export function headerOf(response: Pick<ApiResponse, 'headers'>, name: string): string | undefined {
  return response.headers.get(name)?.[0];
}
