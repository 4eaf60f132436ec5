import type { Entry } from '../event.js';
import type { Client } from '../http/client.js';
import { badText, cutBody, type Fault, unknownShape, webPage } from '../http/fault.js';
import type { ApiResponse } from '../http/send.js';
import { dateParameters } from '../providers/dates.js';
import type { Provider, WireFilter } from '../providers/provider.js';
import { asList, entryReader } from './entries.js';
import {
  firstText,
  ScanError,
  type ScannedPage,
  type ScannedRow,
  sameTokens,
  scanPage,
  type Wanted,
  wantPaths,
} from './scan.js';
import { shrinking } from './shrink.js';

/** One org and one set of server-side filters: what a sequence of pages is taken from. */
export interface Stream {
  readonly index: number;
  readonly org: string;
  readonly filters: Readonly<Partial<Record<WireFilter, string>>>;
}

/** Days as asked on the wire, `YYYY-MM-DD`, inclusive; undefined: no such parameter is sent. */
export interface Window {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Which page of a window, in the vendor's way of paging. */
export type Place =
  | { readonly page: number }
  | { readonly offset: number }
  /** A cursor, or a whole URL of a Link header; undefined: the first page. */
  | { readonly next: string | undefined };

export interface Ask {
  readonly stream: Stream;
  readonly window: Window;
  readonly place: Place;
  readonly size: number;
}

/** A page, read to its end, checked whole, and sliced into entries. */
export interface Page {
  readonly entries: readonly Entry[];
  /** How many entries the server says match; undefined when it does not say, or not in a number that can be believed. */
  readonly count: number | undefined;
  /** The page after this one, for cursors and links. */
  readonly next: string | undefined;
  /** For offsets: the server's own word whether there is more. */
  readonly more: boolean | undefined;
  /** The server's clock (else ours) when it answered, epoch ms. */
  readonly at: number;
  /** The org ids that the entries themselves carry; actions on organizations (`org.*`) may name others and are left out. */
  readonly orgs: ReadonlySet<string>;
  /** Where in the window there are rows that the server fails to give, from 0; see shrink.ts. */
  readonly unreadable: readonly number[];
  /** Why this organization's pages can no longer be had; see orgs.ts. */
  readonly lost?: string;
  /** For cursors and links: the answer does not even say that there is no page after it. */
  readonly silent?: boolean;
}

export type FetchPage = (ask: Ask) => Promise<Page>;

/** Asks the API for pages. Retries, rate and key are the client's; URLs and the shape of the answer are this function's. */
export function pageFetcher(client: Client, provider: Provider, base: URL): FetchPage {
  const read = pageReader(provider);
  return shrinking((ask, shrinkable) => {
    const url = pageUrl(provider, base, ask);
    return client.get(url, (response) => read(response, url), { shrinkable });
  });
}

/** The URL of a page: the vendor's own parameters only. */
export function pageUrl(provider: Provider, base: URL, ask: Ask): URL {
  const { paging, dates } = provider;
  if (paging.style === 'link' && 'next' in ask.place && ask.place.next !== undefined) return new URL(ask.place.next);
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${provider.path.replace('{org}', encodeURIComponent(ask.stream.org))}`;
  const set = (name: string | undefined, value: string | number | undefined): void => {
    if (name !== undefined && value !== undefined) url.searchParams.set(name, String(value));
  };
  for (const [name, value] of Object.entries(provider.fixed ?? {})) set(name, value);
  for (const [filter, value] of Object.entries(ask.stream.filters)) set(provider.filters[filter as WireFilter], value);
  for (const [name, value] of dateParameters(dates, ask.window)) set(name, value);
  set(paging.size, ask.size);
  if (paging.style === 'page' && 'page' in ask.place) set(paging.page, ask.place.page);
  if (paging.style === 'offset' && 'offset' in ask.place) set(paging.offset, ask.place.offset);
  if (paging.style === 'cursor' && 'next' in ask.place) set(paging.cursor, ask.place.next);
  return url;
}

/** Makes a page of an answer. Throws a `Fault` for one that is cut, is a web page, or has another shape. */
export function pageReader(provider: Provider): (response: ApiResponse, url: URL) => Page {
  const { paths, entryOf } = entryReader(provider);
  const orgs = asList(provider.fields.org?.id);
  const { action } = provider.fields;
  const actions = typeof action === 'object' && 'join' in action ? [] : asList(action);
  const wanted = wantPaths([...paths, ...orgs, ...actions]);
  const orgSlots = paths.length;
  const actionSlots = orgSlots + orgs.length;
  const hasAction = (row: ScannedRow) => firstText(row, actionSlots, wanted.slots) !== undefined;

  return (response, url) => {
    const scanned = scan(response, provider, wanted);
    const orgIds = new Set<string>();
    if (orgs.length > 0) {
      let last: ScannedRow | undefined;
      for (const row of scanned.rows) {
        // Nearly every row names the same org: no text need be made of it then.
        if (last !== undefined && sameTokens(last, row, orgSlots, actionSlots)) continue;
        const org = firstText(row, orgSlots, actionSlots);
        if (org === undefined || firstText(row, actionSlots, wanted.slots)?.startsWith('org.')) continue;
        orgIds.add(org);
        last = row;
      }
    }
    const entries = scanned.rows.map(entryOf);
    if (entries.length >= ENOUGH && entries.every(({ time }) => Number.isNaN(time)))
      throw unknownShape(nothingAt('a time', entries.length, asList(provider.fields.time)), response);
    if (actions.length > 0 && scanned.rows.length >= ENOUGH && !scanned.rows.some(hasAction))
      throw unknownShape(nothingAt('an action', entries.length, actions), response);
    return {
      entries,
      count: countOf(provider, response, scanned),
      ...nextOf(provider, response, scanned, url),
      more: moreOf(provider, scanned),
      at: serverTime(response),
      orgs: orgIds,
      unreadable: [],
    };
  };
}

/** Rows without one exception that show that a path is wrong. A few entries may well have no time, and are read. */
const ENOUGH = 10;

function nothingAt(what: string, rows: number, paths: readonly string[]): string {
  return `not one of ${rows} entries tells ${what} that can be read at ${paths.join(' or ')}`;
}

function scan(response: ApiResponse, provider: Provider, wanted: Wanted): ScannedPage {
  if (looksLikeWebPage(response)) throw webPage(response);
  try {
    return scanPage(response.body, provider.items, wanted);
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    throw scanFault(error, response);
  }
}

function scanFault(error: ScanError, response: ApiResponse): Fault {
  if (error.fault === 'cut') return cutBody(response);
  if (error.fault === 'malformed') return cutBody(response, `the answer is not valid JSON (byte ${error.at})`);
  if (error.fault === 'encoding') return badText(response);
  return unknownShape(SHAPE_FAULTS[error.fault], response);
}

const SHAPE_FAULTS = {
  'too-deep': 'the answer nests deeper than 64 levels',
  'no-items': 'the answer holds no list of entries where the API documents one',
  'row-type': 'an entry in the answer is not an object',
} as const;

function looksLikeWebPage(response: ApiResponse): boolean {
  if (response.headers.get('content-type')?.some((type) => /^\s*text\/html\b/i.test(type))) return true;
  return /^\s*</.test(response.body.toString('latin1', 0, 64));
}

function countOf(provider: Provider, response: ApiResponse, scanned: ScannedPage): number | undefined {
  const { total } = provider;
  if (total === undefined) return undefined;
  if ('header' in total) {
    const values = response.headers.get(total.header) ?? [];
    return values.length === 1 && /^\d{1,15}$/.test(values[0] as string) ? Number(values[0]) : undefined;
  }
  const value = at(scanned.envelope, total.path);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function nextOf(
  { paging }: Provider,
  response: ApiResponse,
  scanned: ScannedPage,
  url: URL,
): Pick<Page, 'next' | 'silent'> {
  if (paging.style !== 'cursor' && paging.style !== 'link') return { next: undefined };
  if (paging.next === undefined) return linkedIn(response, url);
  const value = at(scanned.envelope, paging.next);
  if (value === undefined) return { next: undefined, silent: true };
  if (value === null || value === '' || value === false) return { next: undefined };
  if (typeof value !== 'string' && typeof value !== 'number')
    throw unknownShape(`there is no name of a next page at ${paging.next}`, response);
  return { next: paging.style === 'link' ? sameOrigin(String(value), url, response) : String(value) };
}

function linkedIn(response: ApiResponse, url: URL): Pick<Page, 'next' | 'silent'> {
  const headers = response.headers.get('link');
  for (const link of (headers ?? []).flatMap((header) => header.split(/,(?=\s*<)/))) {
    const match = /^\s*<([^>]*)>(.*)$/.exec(link);
    if (match === null || !/;\s*rel\s*=\s*("[^"]*\bnext\b[^"]*"|next\b)/i.test(match[2] as string)) continue;
    return { next: sameOrigin(match[1] as string, url, response) };
  }
  return headers === undefined ? { next: undefined, silent: true } : { next: undefined };
}

/** The address of the next page. Another origin's must not be asked: the key would go there. */
function sameOrigin(address: string, url: URL, response: ApiResponse): string {
  if (!URL.canParse(address, url.href)) throw unknownShape('the address of the next page is none', response);
  const next = new URL(address, url);
  if (next.origin === url.origin) return next.href;
  throw unknownShape(`the next page is said to be at another origin, ${next.origin}`, response);
}

function moreOf(provider: Provider, scanned: ScannedPage): boolean | undefined {
  if (provider.paging.style !== 'offset' || provider.paging.hasMore === undefined) return undefined;
  const value = at(scanned.envelope, provider.paging.hasMore);
  return typeof value === 'boolean' ? value : undefined;
}

function at(value: unknown, path: string): unknown {
  let here = value;
  for (const key of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

function serverTime(response: ApiResponse): number {
  const date = Date.parse(response.headers.get('date')?.[0] ?? '');
  return Number.isNaN(date) ? response.receivedAt : date;
}
