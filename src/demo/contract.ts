import { signedHeaders } from '../providers/auth.js';
import type { Provider, WireFilter } from '../providers/provider.js';
import { pathList, readText } from '../providers/value.js';
import { sendsPlace } from './cursors.js';
import { dateForm } from './dates.js';
import { envelope, firstOf, type PagesEnd, type Served } from './envelope.js';
import { parametersOf } from './parameters.js';
import { type ContractTerms, type LogQuery, readLogQuery } from './query.js';
import { type EntryDraft, putAt } from './tell/places.js';
import type { WireAnswer, WireRequest } from './wire.js';

export type { WireAnswer, WireRequest } from './wire.js';

/** Reads the rows of a log, whatever their type. */
export interface RowView<Row> {
  /** Epoch ms. */
  time(row: Row): number;
  /** The value that `filter` compares; undefined without one. */
  value(row: Row, filter: WireFilter): string | undefined;
  /** The entry as JSON. Called for the rows of a page only. */
  text(row: Row): string;
}

/** The vendor, the key and the logs of a server. */
export interface Door extends ContractTerms {
  readonly key: string;
  /** Whether a request is signed; absent: with the key, as the vendor says. */
  readonly isSigned?: (headers: WireRequest['headers']) => boolean;
  /** Whether the key may read the log of an org; the org is '' if the vendor's path names none. */
  readonly knows: (org: string) => boolean;
  /** Maximum number of rows on a page, whatever is requested. */
  readonly cap?: number;
  readonly ending?: PagesEnd;
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
  const { provider, cap = ask.take, ending } = door;
  const { rows, view } = logOf(org);
  const selected = select(view, rows, ask);
  const found = provider.order === 'oldest-first' ? selected.toReversed() : selected;
  const matching = ask.after === undefined ? found : following(provider, view, found, ask.after);
  if (matching === undefined) return refusal(400, 'bad_request', 'There is no such entry to go on from.', provider);
  const take = provider.paging.style === 'none' ? matching.length : Math.min(ask.take, cap);
  const first = firstOf(provider, ask, take);
  const { reach = Number.POSITIVE_INFINITY } = provider.paging;
  if (first >= reach && first > 0)
    return refusal(400, 'bad_request', `Only the first ${reach} entries can be paged through.`, provider);
  const page = matching.slice(first, Math.min(first + take, reach));
  return reply(provider, ask, request, {
    texts: page.map((row) => view.text(row)),
    total: String(found.length),
    hasMore: first + take < matching.length,
    take,
    ...(ending && { ending }),
  });
}

/** Checks method, path, key, org and parameters, in this order. */
export function admit(door: Door, request: WireRequest): Admitted | WireAnswer {
  const { provider } = door;
  const { method = 'GET' } = provider;
  if (request.method !== method) {
    const refused = refusal(405, 'method_not_allowed', `Only ${method} is answered here.`, provider);
    return { ...refused, headers: { ...JSON_BODY, allow: method } };
  }
  const org = orgIn(provider.path, pathOf(request)) ?? orgIn(furtherPath(provider), pathOf(request));
  if (org === undefined) return refusal(404, 'not_found', 'There is nothing at this path.', provider);
  const isSigned = door.isSigned ?? ((headers) => hasKey(provider, door.key, headers));
  if (!isSigned(request.headers)) return refusal(401, 'unauthorized', 'The API key is missing or invalid.', provider);
  if (!door.knows(org))
    return refusal(404, 'not_found', 'There is no such organization, or this key may not see it.', provider);
  if (method === 'POST' && !/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    return refusal(415, 'unsupported_media_type', 'The body must be JSON.', provider);
  const ask = misplaced(provider, request) ?? readLogQuery(door, request);
  return typeof ask === 'string' ? refusal(400, 'bad_request', ask, provider) : { org, ask };
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

/** A cache of each log's rows by cursor: writing an entry is expensive, and each page looks up the entry before it. */
const KEYS = new WeakMap<object, Map<unknown, string | undefined>>();

function keysOf(view: object): Map<unknown, string | undefined> {
  const keys = KEYS.get(view) ?? new Map<unknown, string | undefined>();
  KEYS.set(view, keys);
  return keys;
}

/** The rows after an entry, by its id, or by its time with those of the same instant again; undefined if there is no such entry. */
function following<Row>(
  { paging, dates, order }: Provider,
  view: RowView<Row>,
  rows: readonly Row[],
  after: string,
): readonly Row[] | undefined {
  if (paging.style !== 'cursor' || typeof paging.next !== 'object') return rows;
  if ('last' in paging.next) {
    const { last } = paging.next;
    const known = keysOf(view);
    const at = rows.findIndex((row) => {
      if (!known.has(row)) known.set(row, readText(JSON.parse(view.text(row)), last));
      return known.get(row) === after;
    });
    return at === -1 ? undefined : rows.slice(at + 1);
  }
  const from = dateForm(dates).read(after);
  const before = from + (dates.format === 'epoch-s' || dates.format === 'instant-s' ? 1000 : 1);
  return rows.filter((row) => (order === 'oldest-first' ? view.time(row) >= from : view.time(row) < before));
}

/** The answer with one page of entries, in the vendor's envelope. */
export function reply(
  provider: Provider,
  ask: LogQuery,
  request: string | Pick<WireRequest, 'target' | 'body'>,
  served: Served,
): WireAnswer {
  const { headers, body } = envelope(
    provider,
    ask,
    typeof request === 'string' ? { target: request } : request,
    served,
  );
  return { status: 200, headers: { ...JSON_BODY, ...headers }, body };
}

/** An error, with its message at the path in the vendor's file, or else in one common shape. */
export function refusal(
  status: number,
  code: string,
  message: string,
  { errorMessage }: Pick<Provider, 'errorMessage'> = {},
): WireAnswer {
  const [path] = pathList(errorMessage);
  const body: EntryDraft = {};
  if (path === undefined) body.error = { code, message };
  else putAt(body, path, message);
  return { status, headers: JSON_BODY, body: JSON.stringify(body) };
}

/** The answer to a request above the rate limit. */
export function tooMany(seconds: number): WireAnswer {
  const answered = refusal(429, 'rate_limited', `Too many requests. Try again in ${seconds} s.`);
  return { ...answered, headers: { ...answered.headers, 'retry-after': String(seconds) } };
}

const JSON_BODY = { 'content-type': 'application/json; charset=utf-8' } as const;

function hasKey({ auth }: Provider, key: string, headers: WireRequest['headers']): boolean {
  return Object.entries(signedHeaders(auth, key)).every(([name, value]) => headers[name] === value);
}

export function pathOf({ target }: Pick<WireRequest, 'target'>): string {
  const mark = target.indexOf('?');
  return mark === -1 ? target : target.slice(0, mark);
}

/** The path of requests with a cursor, if it differs from the path of others. */
function furtherPath({ paging }: Provider): string | undefined {
  return 'path' in paging ? paging.path : undefined;
}

/** Why a request belongs to another path; undefined if it does not. */
function misplaced(provider: Provider, request: WireRequest): string | undefined {
  const further = furtherPath(provider);
  if (further === undefined) return undefined;
  const names = parametersOf(provider);
  const isFurther = orgIn(further, pathOf(request)) !== undefined;
  if (sendsPlace(names, request) === isFurther) return undefined;
  return `A request ${isFurther ? 'without' : 'with'} ${names.place?.name} belongs to ${isFurther ? provider.path : further}.`;
}

/** The org named in the path: '' if the path names none, undefined if it is another one. Other variables have any value. */
function orgIn(path: string | undefined, asked: string): string | undefined {
  if (path === undefined) return undefined;
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
  const parts = path.split(/\{[^}]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const found = new RegExp(`^${parts.join('([^/]+)')}$`).exec(asked);
  if (found === null) return undefined;
  const at = names.indexOf('org');
  try {
    return at === -1 ? '' : decodeURIComponent(found[at + 1]!);
  } catch {
    return undefined;
  }
}
