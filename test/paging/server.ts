import { createServer } from 'node:http';
import type { FastClock } from '../helpers/fastclock.js';
import { close, listen } from '../model/server.js';
import type { Answer, Place } from './ends.js';
import { dayOf, newestFirst, type Row, shuffled } from './log.js';
import { isBare, type Style, type Vendor } from './vendor.js';

/** A log on a real socket. */
export interface StandIn {
  readonly base: string;
  readonly key: string;
  /** The server's own time, epoch ms. */
  now(): number;
  /** The log, newest first. */
  rows(): readonly Row[];
  insert(rows: readonly Row[]): void;
  /** Path and query of every request. */
  readonly targets: readonly string[];
  close(): Promise<void>;
}

export interface StandInOptions {
  readonly vendor: Vendor;
  readonly log: readonly Row[];
  readonly clock: FastClock;
  /** After so many requests it accepts the key no more, so that a reading without an end has one. */
  readonly patience: number;
}

const KEY = 'standin_Rw7pKz3VtQ9yLm2XbNc6';
/** How long an answer takes, in ms of the clock. */
const LATENCY = 15;
const DAY = 86_400_000;

export async function startStandIn({ vendor, log, clock, patience }: StandInOptions): Promise<StandIn> {
  let rows = newestFirst(log);
  const targets: string[] = [];
  const now = (): number => clock.now() + (vendor.skew ?? 0);
  const server = createServer((request, response) => {
    targets.push(request.url ?? '');
    clock.advance(LATENCY);
    const refuse = (status: number, message: string): void => {
      response.writeHead(status, headersOf(now())).end(JSON.stringify({ message }));
    };
    if (request.headers.authorization !== `Bearer ${KEY}` || targets.length > patience) return refuse(401, 'no');
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    const wrong = complaint(vendor, url.searchParams, now());
    if (wrong !== undefined) return refuse(400, wrong);
    const answer = answerTo(vendor, rows, url.searchParams, targets.length);
    if (answer.status !== 200) return refuse(answer.status, 'there is no such page');
    const { headers, body } = written(vendor, answer, url);
    response.writeHead(200, { ...headersOf(now()), ...headers }).end(body);
  });
  const base = await listen(server);
  return {
    base: base.origin,
    key: KEY,
    now,
    rows: () => rows,
    insert: (more) => {
      rows = newestFirst([...rows, ...more]);
    },
    targets,
    close: () => close(server),
  };
}

function headersOf(now: number): Readonly<Record<string, string>> {
  return { 'content-type': 'application/json', date: new Date(now).toUTCString() };
}

/** What the server refuses in these parameters. */
function complaint(vendor: Vendor, parameters: URLSearchParams, now: number): string | undefined {
  const from = parameters.get('from');
  const to = parameters.get('to');
  if (vendor.filtersDays === false && (from !== null || to !== null)) return 'unknown parameter';
  if (vendor.needsRange === true && from === null) return 'from is required';
  const last = to === null ? now : Date.parse(to);
  if (vendor.refusesFuture === true && to !== null && to > dayOf(now)) return 'to is in the future';
  const days = from === null ? Number.POSITIVE_INFINITY : (last - Date.parse(from)) / DAY + 1;
  if (vendor.longestDays !== undefined && Math.floor(days) > vendor.longestDays) return 'the range is too long';
  return undefined;
}

function answerTo(vendor: Vendor, log: readonly Row[], parameters: URLSearchParams, request: number): Answer {
  const from = parameters.get('from') ?? '';
  const to = parameters.get('to') ?? '9999';
  const found = log.filter(({ time }) => dayOf(time) >= from && dayOf(time) <= to);
  const matching = vendor.order === 'oldest first' ? found.toReversed() : found;
  const asked = Number(parameters.get('limit') ?? 20);
  const size = Math.min(asked, vendor.cap);
  const start = startOf(vendor.style, matching, parameters, size);
  const rows = rowsOf(vendor, matching, start, size);
  const totals = { 'exact count': matching.length, 'count of the page': rows.length, 'no count': undefined };
  const isLast = start + size >= matching.length;
  const following = start >= matching.length ? 'end' : (matching[start + size - 1]?.id ?? 'end');
  const plain: Answer = {
    status: 200,
    rows,
    total: totals[vendor.count],
    more: !isLast,
    next: isLast ? undefined : following,
  };
  const lastStart = Math.max(0, Math.ceil(matching.length / size) - 1) * size;
  const place: Place = {
    isLast,
    isPast: start > 0 && start >= matching.length,
    asked,
    own: parameters.get('after') ?? undefined,
    following,
    lastPage: rowsOf(vendor, matching, lastStart, size),
    request,
  };
  return vendor.end?.answer(plain, place) ?? plain;
}

function rowsOf({ order }: Vendor, matching: readonly Row[], start: number, size: number): readonly Row[] {
  const rows = matching.slice(start, start + size);
  return order === 'unordered' ? shuffled(rows, start) : rows;
}

/** The first row of the page that is asked for. A cursor is the id of the row before it, so that new entries do not move it. */
function startOf(style: Style, matching: readonly Row[], parameters: URLSearchParams, size: number): number {
  if (style === 'page from 1') return (Number(parameters.get('page') ?? 1) - 1) * size;
  if (style === 'page from 0') return Number(parameters.get('page') ?? 0) * size;
  if (style === 'offset' || style === 'offset + has_more') return Number(parameters.get('offset') ?? 0);
  const after = parameters.get('after');
  if (after === null) return 0;
  const at = matching.findIndex(({ id }) => id === after);
  return at < 0 ? matching.length : at + 1;
}

function written(
  vendor: Vendor,
  answer: Answer,
  url: URL,
): { readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const { style, cap, saysSize } = vendor;
  const rows = answer.rows?.map(textOf);
  if (isBare(style)) {
    const links = linksOf(style, answer, url);
    return {
      headers: {
        ...(answer.total !== undefined && { 'x-total': String(answer.total) }),
        ...(saysSize === true && { 'x-page-size': String(cap) }),
        ...(links.length > 0 && { link: links.join(', ') }),
      },
      body: JSON.stringify(rows ?? null),
    };
  }
  const isLink = style === 'link in the body';
  const next = answer.next === undefined ? null : isLink ? addressOf(url, answer.next) : answer.next;
  const body = {
    total: answer.total,
    ...(answer.rows === null ? { rows: null } : { rows }),
    ...(style.endsWith('has_more') && { has_more: answer.more }),
    ...(!style.startsWith('page') && !style.startsWith('offset') && { next }),
    ...(saysSize === true && { page_size: cap }),
  };
  return { headers: {}, body: JSON.stringify(body) };
}

/** As GitHub does it: the first and the previous page on all but the first, the next one on all but the last. */
function linksOf(style: Style, { next, results }: Answer, url: URL): readonly string[] {
  if (style !== 'link header') return [];
  const isFirst = !url.searchParams.has('after');
  const first = new URL(url);
  first.searchParams.delete('after');
  return [
    ...(next === undefined
      ? []
      : [`<${addressOf(url, next)}>; rel="next"${results === undefined ? '' : `; results="${results}"`}`]),
    ...(isFirst ? [] : [`<${first.href}>; rel="first"`]),
  ];
}

function addressOf(url: URL, cursor: string): string {
  const address = new URL(url);
  address.searchParams.set('after', cursor);
  return address.href;
}

function textOf({ id, time, action }: Row): object {
  const by = `u${Number(id.slice(1)) % 7}`;
  return { id, at: new Date(time).toISOString(), action, by: { id: by, name: `User ${by}` } };
}
