import type { ApiResponse } from './send.js';

/**
 * Why one try gave no usable answer. The kind alone decides whether it is tried again (retry/decide.ts) and what people read (messages/).
 *
 * - `status`: a whole answer with another status than 200, in `response`.
 * - `expired`: such an answer to a page that an earlier answer named: the server no longer accepts the cursor or link.
 * - `reset`, `timeout`, `refused`, `noName` (no such host), `nameBusy` (the resolver has no answer yet): the network.
 * - `tls`: the certificate was not accepted. `proxy`: the proxy refused the tunnel.
 * - `cutBody`: the body or its JSON ends early. `badGzip`: it does not decompress. `badText`: it is not UTF-8. `tooLarge`: it exceeds the cap.
 * - `webPage`: HTML instead of JSON. `unknownShape`: JSON of another shape than the API's.
 * - `protocol`: the server speaks another protocol than HTTP/1.1, or more headers than we read; the code says which.
 * - `unknown`: none of these.
 */
export type FaultKind =
  | 'status'
  | 'expired'
  | 'reset'
  | 'timeout'
  | 'refused'
  | 'noName'
  | 'nameBusy'
  | 'tls'
  | 'proxy'
  | 'cutBody'
  | 'badGzip'
  | 'badText'
  | 'tooLarge'
  | 'webPage'
  | 'unknownShape'
  | 'protocol'
  | 'unknown';

/** The kinds that are not a matter of the status alone. */
export type StatuslessKind = Exclude<FaultKind, 'status'>;

export interface FaultFacts {
  /** The answer, where there was one. Its body may be cut. */
  readonly response?: ApiResponse | undefined;
  /** The system's own code, such as `ECONNRESET`. */
  readonly code?: string | undefined;
  readonly cause?: unknown;
}

/** One try that gave no usable answer. `message` may quote a server. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly kind: FaultKind;
  readonly response: ApiResponse | undefined;
  readonly code: string | undefined;

  constructor(kind: FaultKind, message: string, { response, code, cause }: FaultFacts = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.response = response;
    this.code = code;
  }

  get status(): number | undefined {
    return this.response?.status;
  }
}

/** The body ends before the JSON does: requested again, whole. */
export function cutBody(response?: ApiResponse, detail = 'the answer was cut off'): Fault {
  return new Fault('cutBody', detail, { response });
}

/** The bytes are not UTF-8: requested once more, then an error, as replaced characters would be no evidence. */
export function badText(response?: ApiResponse): Fault {
  return new Fault('badText', 'the answer is not valid UTF-8', { response });
}

/** HTML instead of JSON. */
export function webPage(response: ApiResponse): Fault {
  return new Fault('webPage', 'got a web page instead of the API', { response });
}

/** Whole JSON of another shape than the API's. `detail` says what was expected and what was found. */
export function unknownShape(detail: string, response?: ApiResponse): Fault {
  return new Fault('unknownShape', detail, { response });
}

/** The statuses with which servers refuse a cursor. */
const EXPIRED: ReadonlySet<number> = new Set([400, 404, 410, 416, 422]);

/** A whole answer whose status is not 200. `continues`: an earlier answer named the page, so that only its expiry can be wrong. */
export function badStatus(response: ApiResponse, continues = false): Fault {
  const kind = continues && EXPIRED.has(response.status) ? 'expired' : 'status';
  return new Fault(kind, `the server answered ${response.status}`, { response });
}

/** The fault behind an error that the client rejected with, if there is one. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  return error instanceof Error && error.cause !== undefined ? faultOf(error.cause) : undefined;
}
