/** A request on the wire. Header names are lower case. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Of a POST. */
  readonly body?: string;
}

export interface WireAnswer {
  readonly status: number;
  /** A list is a header that is sent several times. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}
