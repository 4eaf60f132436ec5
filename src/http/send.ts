/** One request, without the key: the channel adds it. */
export interface ApiRequest {
  /** Default: GET. */
  readonly method?: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** The body as `--debug` shows it; absent: it may hold secrets, or is no text. */
  readonly shown?: string;
  readonly signal?: AbortSignal | undefined;
  /** Leaves the body as it was sent, whatever its content-encoding says: that of an object is a part of what was stored. */
  readonly verbatim?: boolean;
  /** Counts the tries of the same request, from 1; for `--debug`. */
  readonly attempt?: number;
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

/** An answer of any status. Its body is whole, decompressed, and no larger than the cap (32 MiB). */
export interface ApiResponse {
  readonly status: number;
  /** By lower-case name; a header that was sent twice has two values. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  /** Local clock, epoch ms: the start of the request and the end of the body. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** Removes the secrets of the request from a text of the answer: before it is cut, as no part of one may be left. */
  readonly scrub?: (text: string) => string;
}

/** Sends once. Rejects with a `Fault` (fault.ts) without a whole answer, with the signal's reason when stopped. */
export type Send = (request: ApiRequest) => Promise<ApiResponse>;

/** The first value of a header, or undefined. */
export function headerOf(response: Pick<ApiResponse, 'headers'>, name: string): string | undefined {
  return response.headers.get(name)?.[0];
}
