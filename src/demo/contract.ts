import { signedHeaders } from '../providers/auth.js';
import type { Provider, WireFilter } from '../providers/provider.js';
import { envelope, firstOf, type Served } from './envelope.js';
import { type LogQuery, readLogQuery } from './query.js';

/** A request on the wire. Header names are lower case. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface WireAnswer {
  readonly status: number;
  /** A list is a header that is sent several times. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** Reads the rows of a log, of any type. */
export interface RowView<Row> {
  /** Epoch ms. */
  time(row: Row): number;
  /** The value that `filter` compares; undefined without one. */
  value(row: Row, filter: WireFilter): string | undefined;
  /** The entry as JSON. Called for the rows of a page only. */
  text(row: Row): string;
}

/** The vendor, the key and the logs of a server. */
export interface Door {
  readonly provider: Provider;
  readonly key: string;
  /** Whether the key may read the log of an org; '' where the vendor's path names none. */
  readonly knows: (org: string) => boolean;
  /** Epoch ms: where a vendor's default window ends. */
  readonly now: number;
}

/** An accepted request. */
export interface Admitted {
  readonly org: string;
  readonly ask: LogQuery;
}

/** An org's log: its rows, newest first, and their reader. */
export interface Log<Row> {
  readonly rows: readonly Row[];
  readonly view: RowView<Row>;
}

/** The server's half of a vendor's contract, as a pure function. */
export function answer<Row>(door: Door, logOf: (org: string) => Log<Row>, request: WireRequest): WireAnswer {
  const entered = admit(door, request);
  if ('status' in entered) return entered;
  const { ask, org } = entered;
  const { rows, view } = logOf(org);
  const matching = select(view, rows, ask);
  const first = firstOf(door.provider, ask, ask.take);
  return reply(door.provider, ask, request.target, {
    texts: matching.slice(first, first + ask.take).map((row) => view.text(row)),
    total: String(matching.length),
    hasMore: first + ask.take < matching.length,
    take: ask.take,
  });
}

/** Checks method, path, key, org and parameters, in this order. */
export function admit(door: Door, request: WireRequest): Admitted | WireAnswer {
  const { provider } = door;
  if (request.method !== 'GET') {
    return {
      ...refusal(405, 'method_not_allowed', 'Only GET is answered here.'),
      headers: { ...JSON_BODY, allow: 'GET' },
    };
  }
  const mark = request.target.indexOf('?');
  const path = mark === -1 ? request.target : request.target.slice(0, mark);
  const org = orgIn(provider, path);
  if (org === undefined) return refusal(404, 'not_found', 'There is nothing at this path.');
  if (!isSigned(provider, door.key, request.headers)) {
    return refusal(401, 'unauthorized', 'The API key is missing or invalid.');
  }
  if (!door.knows(org)) return refusal(404, 'not_found', 'There is no such organization, or this key may not see it.');
  const ask = readLogQuery(provider, mark === -1 ? '' : request.target.slice(mark + 1), door.now);
  return typeof ask === 'string' ? refusal(400, 'bad_request', ask) : { org, ask };
}

/** The matching rows, newest first. */
export function select<Row>(view: RowView<Row>, rows: readonly Row[], ask: LogQuery): readonly Row[] {
  const filters = Object.entries(ask.filters) as [WireFilter, string][];
  const inRange = rows.slice(firstOlder(view, rows, ask.before), firstOlder(view, rows, ask.from));
  if (filters.length === 0) return inRange;
  return inRange.filter((row) => filters.every(([name, value]) => view.value(row, name) === value));
}

/** The index of the first row older than an instant. Binary search: reading a row may be expensive. */
function firstOlder<Row>(view: RowView<Row>, rows: readonly Row[], instant: number): number {
  if (instant === Number.POSITIVE_INFINITY) return 0;
  if (instant === Number.NEGATIVE_INFINITY) return rows.length;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (view.time(rows[middle]!) >= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The answer with one page of entries, in the vendor's envelope. */
export function reply(provider: Provider, ask: LogQuery, target: string, served: Served): WireAnswer {
  const { headers, body } = envelope(provider, ask, target, served);
  return { status: 200, headers: { ...JSON_BODY, ...headers }, body };
}

/** An error, of the same shape for every vendor. */
export function refusal(status: number, code: string, message: string): WireAnswer {
  return { status, headers: JSON_BODY, body: JSON.stringify({ error: { code, message } }) };
}

/** The answer over the rate limit. */
export function tooMany(seconds: number): WireAnswer {
  const answered = refusal(429, 'rate_limited', `Too many requests. Try again in ${seconds} s.`);
  return { ...answered, headers: { ...answered.headers, 'retry-after': String(seconds) } };
}

const JSON_BODY = { 'content-type': 'application/json; charset=utf-8' } as const;

function isSigned({ auth }: Provider, key: string, headers: WireRequest['headers']): boolean {
  return Object.entries(signedHeaders(auth, key)).every(([name, value]) => headers[name] === value);
}

/** The org named in the path; '' for a vendor whose path names none; undefined when the path is another. */
function orgIn(provider: Provider, path: string): string | undefined {
  const [before = '', after] = provider.path.split('{org}');
  if (after === undefined) return path === before ? '' : undefined;
  if (path.length <= before.length + after.length || !path.startsWith(before) || !path.endsWith(after))
    return undefined;
  const org = path.slice(before.length, path.length - after.length);
  if (org.includes('/')) return undefined;
  try {
    return decodeURIComponent(org);
  } catch {
    return undefined;
  }
}
