import { pageFetcher } from '../../src/engine/page/page.js';
import { pagingStyle } from '../../src/engine/paging.js';
import { openReading } from '../../src/engine/reading.js';
import type { Page, Place } from '../../src/engine/request.js';
import type { ReadingOptions, Verdict } from '../../src/engine/source.js';
import { makeSecret } from '../../src/keys.js';
import type { Paging, Provider } from '../../src/providers/provider.js';
import { EVERYTHING } from '../../src/query.js';
import { type AskOptions, acme, ask, type Serving, serve, worldOf } from '../http/asking.js';

/** The ways of paging, each with its own provider. */
export const STYLES = {
  page: { style: 'page', page: 'page', size: 'take', max: 100 },
  'page from 0': { style: 'page', page: 'page', first: 0, size: 'take', max: 100 },
  offset: { style: 'offset', offset: 'offset', size: 'take', max: 100 },
  cursor: { style: 'cursor', cursor: 'cursor', size: 'take', max: 100, next: 'next' },
  'link header': { style: 'link', size: 'take', max: 100 },
  'link in the body': { style: 'link', size: 'take', max: 100, next: 'next' },
} as const satisfies Readonly<Record<string, Paging>>;

export type StyleName = keyof typeof STYLES;
export const NAMES = Object.keys(STYLES) as readonly StyleName[];
export const NUMBERED: readonly StyleName[] = ['page', 'page from 0', 'offset'];
export const CHAINED: readonly StyleName[] = ['cursor', 'link header', 'link in the body'];

export interface LogServerOptions {
  readonly style: StyleName;
  readonly rows: number;
  /** Bytes of padding in a row. */
  readonly weight?: (row: number) => number;
  /** Rows that no page with them can be had of: the status in place of it. */
  readonly bad?: (row: number) => number | undefined;
  /** The most rows a page holds. */
  readonly cap?: number;
  /** The answer to a place past the last row. */
  readonly beyond?: number;
  /** The answer to any place from this row on, whatever is there. */
  readonly refuses?: { readonly from: number; readonly status: number; readonly times?: number };
  /** Smaller sizes than this are refused with 422. */
  readonly least?: number;
  /** What a cursor or link holds: the row it leads to, or the number of a page. */
  readonly cursorOf?: 'row' | 'page';
  /** Whether the server counts. Default: it does. */
  readonly counts?: boolean;
}

export interface LogServer extends Serving {
  readonly provider: Provider;
  readonly ids: readonly string[];
  /** The rows that each answered request was given: the first, and how many were asked for. */
  readonly asked: { readonly row: number; readonly size: number }[];
}

const NEWEST = Date.parse('2026-11-20T13:00:00Z');

export function rowId(row: number): string {
  return `e${String(row).padStart(6, '0')}`;
}

/** A server with a log of numbered rows, newest first, that pages in one of the styles. */
export async function serveLog(options: LogServerOptions): Promise<LogServer> {
  const { style, rows, weight = () => 0, cap = 1000, cursorOf = 'row', counts = true } = options;
  const paging = STYLES[style];
  const asked: { row: number; size: number }[] = [];
  let refusals = 0;
  const serving = await serve((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const number = (name: string): number | undefined =>
      url.searchParams.has(name) ? Number(url.searchParams.get(name)) : undefined;
    const wanted = number('take') ?? 100;
    const size = Math.min(cap, wanted);
    const cursor = number('cursor');
    const row =
      paging.style === 'page'
        ? ((number('page') ?? 1) - ('first' in paging ? paging.first : 1)) * size
        : paging.style === 'offset'
          ? (number('offset') ?? 0)
          : cursorOf === 'page'
            ? (cursor ?? 0) * size
            : (cursor ?? 0);
    asked.push({ row, size: wanted });
    const end = Math.min(rows, row + size);
    const given = Array.from({ length: Math.max(0, end - row) }, (_, at) => row + at);
    const refuse = (status: number): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: `no place ${row}` }));
    };
    if (options.least !== undefined && wanted < options.least) return refuse(422);
    if (row >= rows && row > 0 && options.beyond !== undefined) return refuse(options.beyond);
    if (options.refuses !== undefined && row >= options.refuses.from && refusals < (options.refuses.times ?? 1e9)) {
      refusals += 1;
      return refuse(options.refuses.status);
    }
    const fault = given.map((one) => options.bad?.(one)).find((status) => status !== undefined);
    if (fault !== undefined) return refuse(fault);
    const data = given.map((one) => ({
      id: rowId(one),
      created_at: new Date(NEWEST - one * 60_000).toISOString(),
      action: 'thing.created',
      pad: 'x'.repeat(weight(one)),
    }));
    const nextCursor = cursorOf === 'page' ? row / size + 1 : end;
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (counts) headers['pagination-count'] = String(rows);
    let next: string | number | null = end < rows ? nextCursor : null;
    if (paging.style === 'link' && next !== null) {
      const address = new URL(url);
      address.host = request.headers.host ?? '';
      address.searchParams.set('cursor', String(nextCursor));
      next = address.href;
      if (style === 'link header') headers.link = `<${address.href}>; rel="next"`;
    }
    if (style === 'link header' && headers.link === undefined) headers.link = '';
    response.writeHead(200, headers);
    response.end(JSON.stringify({ data, next: paging.style === 'cursor' && next !== null ? String(next) : next }));
  });
  const provider: Provider = {
    ...acme,
    paging,
    items: 'data',
    total: counts ? { header: 'pagination-count' } : undefined,
    dates: { format: 'day' },
  };
  return { ...serving, provider, asked, ids: Array.from({ length: rows }, (_, row) => rowId(row)) };
}

const connectionOf = ({ provider, base }: LogServer) => ({
  provider,
  base,
  orgs: ['c'],
  key: async () => makeSecret('sk_test_Q7v9+xW/zR2=LmN4abcd', '$AUDITLOG_API_KEY'),
  rate: undefined,
  maxWait: 900_000,
  zone: 'UTC',
  profile: undefined,
  close: async () => {},
});

/** Reads a log with the whole engine. */
export async function readServer(
  server: LogServer,
  bytes: number,
  options: Partial<ReadingOptions> = {},
): Promise<{ readonly ids: readonly string[]; readonly verdict: Verdict }> {
  const world: AskOptions = { connection: { provider: server.provider }, limits: { bytes } };
  const client = ask(server.base, world);
  const reading = openReading(worldOf(world), { client, connection: connectionOf(server) }, EVERYTHING, {
    ties: 'canonical',
    concurrency: 1,
    ...options,
  });
  const ids: string[] = [];
  for await (const batch of reading.batches) ids.push(...batch.entries.map(({ id }) => id ?? ''));
  return { ids, verdict: reading.verdict() };
}

/** Goes from page to page in pages of `size` until one is empty, refused, or names no next one. */
export async function pagesOf(server: LogServer, bytes: number, size = 100): Promise<readonly Page[]> {
  const client = ask(server.base, { connection: { provider: server.provider }, limits: { bytes } });
  const fetch = pageFetcher(client, server.provider, server.base);
  const style = pagingStyle(server.provider.paging);
  const pages: Page[] = [];
  const stream = { index: 0, org: 'c', filters: {} };
  let place: Place | undefined = style.first;
  let row = 0;
  while (place !== undefined) {
    const page: Page = await fetch({ stream, window: { from: undefined, to: undefined }, place, size });
    pages.push(page);
    row += page.entries.length + page.unreadable.length;
    if (style.access === 'chain') place = page.next === undefined ? undefined : { next: page.next };
    else if (page.entries.length + page.unreadable.length === 0) place = undefined;
    else
      place =
        style.access === 'rows'
          ? style.at(row, size)
          : { page: pages.length + ('page' in style.first ? style.first.page : 1) };
  }
  return pages;
}

export function idsOf(pages: readonly Page[]): readonly string[] {
  return pages.flatMap(({ entries }) => entries.map(({ id }) => id ?? ''));
}
