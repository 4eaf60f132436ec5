import type { Entry } from '../../event.js';
import type { Client } from '../../http/client.js';
import { badText, cutBody, type Fault, unknownShape, webPage } from '../../http/fault.js';
import type { ApiResponse } from '../../http/send.js';
import { dateParameters } from '../../providers/dates.js';
import type { Provider, Total, WireFilter } from '../../providers/provider.js';
import { type TimeBounds, timesUntil, wrongUnit } from '../../providers/times.js';
import { readPath } from '../../providers/value.js';
import { isFirstPlace, type PagingStyle, pagingStyle, saysMore } from '../paging.js';
import type { FetchPage, FetchPart, Page, PageRequest } from '../request.js';
import { asList, entryReader } from './entries.js';
import { doubtOf } from './missing.js';
import { refusing } from './refused.js';
import {
  firstText,
  ScanError,
  type ScannedEntry,
  type ScannedPage,
  sameTokens,
  scanPage,
  type WantedFields,
  wantPaths,
} from './scan/scan.js';
import { shrinking } from './shrink.js';

/** Asks the API for pages. Retries, rate and key are the client's; URLs and the shape of the answer are this function's. */
export function pageFetcher(client: Client, provider: Provider, base: URL): FetchPage {
  const read = pageReader(provider);
  const style = pagingStyle(provider.paging);
  const fetch: FetchPart = (ask, shrinkable) => {
    const url = pageUrl(provider, base, ask);
    const continues = style.access === 'chain' && !isFirstPlace(style, ask.place);
    return client.get(url, (response) => read(response, url), { shrinkable, continues });
  };
  return shrinking(refusing(fetch, style), style);
}

/** The URL of a page: the vendor's own parameters only. */
export function pageUrl(provider: Provider, base: URL, ask: PageRequest): URL {
  const { paging, dates } = provider;
  const style = pagingStyle(paging);
  const address = style.address(ask.place);
  if (address !== undefined) return linked(address, paging.size, ask);
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${provider.path.replace('{org}', encodeURIComponent(ask.stream.org))}`;
  const set = (name: string | undefined, value: string | number | undefined): void => {
    if (name !== undefined && value !== undefined) url.searchParams.set(name, String(value));
  };
  for (const [name, value] of Object.entries(provider.fixed ?? {})) set(name, value);
  for (const [filter, value] of Object.entries(ask.stream.filters)) set(provider.filters[filter as WireFilter], value);
  for (const [name, value] of dateParameters(dates, ask.window)) set(name, value);
  set(paging.size, ask.size);
  const parameter = style.parameter(ask.place);
  if (parameter !== undefined) set(...parameter);
  return url;
}

/** The server's own address of a page, as it is; only a page of another size (see shrink.ts) is asked for with that. */
function linked(address: string, parameter: string, { size, isPart }: PageRequest): URL {
  const url = new URL(address);
  if (isPart === true) url.searchParams.set(parameter, String(size));
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
  const hasAction = (row: ScannedEntry) => firstText(row, actionSlots, wanted.slots) !== undefined;

  const style = pagingStyle(provider.paging);

  return (response, url) => {
    const scanned = scan(response, provider, wanted);
    const orgIds = new Set<string>();
    if (orgs.length > 0) {
      let last: ScannedEntry | undefined;
      for (const row of scanned.rows) {
        // Nearly every row names the same org: no text need be made of it then.
        if (last !== undefined && sameTokens(last, row, orgSlots, actionSlots)) continue;
        const org = firstText(row, orgSlots, actionSlots);
        if (org === undefined || firstText(row, actionSlots, wanted.slots)?.startsWith('org.')) continue;
        orgIds.add(org);
        last = row;
      }
    }
    if (scanned.rows.length >= FEW && scanned.rows.every(({ odd }) => odd === 'not-an-object'))
      throw unknownShape('an entry in the answer is not an object, and neither is any other', response);
    const entries = plausible(scanned.rows.map(entryOf), response);
    if (entries.length >= ENOUGH && entries.every(({ time }) => Number.isNaN(time)))
      throw unknownShape(
        `${nothingAt('a time', entries.length, asList(provider.fields.time))}: is timeFormat right?`,
        response,
      );
    if (actions.length > 0 && scanned.rows.length >= ENOUGH && !scanned.rows.some(hasAction))
      throw unknownShape(nothingAt('an action', entries.length, actions), response);
    const count = numberAt(provider.total, response, scanned.envelope);
    const doubt = doubtOf(scanned, provider, count);
    if (doubt !== undefined) throw unknownShape(doubt, response);
    return {
      entries,
      count,
      rowsPerPage: numberAt(provider.paging.sizeIn, response, scanned.envelope),
      ...nextOf(style, response, scanned, url),
      more: saysMore(provider.paging, scanned.envelope),
      at: serverTime(response),
      orgs: orgIds,
      unreadable: [],
      ...(scanned.list === 'given' ? {} : { isListMissing: true }),
    };
  };
}

/** Entries, with a time that cannot be theirs as none. Throws a `Fault` where that is so of all: then the unit of the times is wrong. */
function plausible(entries: readonly Entry[], response: ApiResponse): readonly Entry[] {
  const { after, before } = timeBounds(response);
  const isOutside = ({ time }: Entry) => time < after || time >= before;
  const outside = entries.find(isOutside);
  if (outside === undefined) return entries;
  const isAnyInside = entries.some((entry) => !Number.isNaN(entry.time) && !isOutside(entry));
  if (!isAnyInside && entries.length >= ENOUGH) throw unknownShape(wrongUnit(outside.time), response);
  return entries.map((entry) => (isOutside(entry) ? { ...entry, time: Number.NaN } : entry));
}

/** Between which instants an entry of an answer can have happened. Without the server's clock nothing is too late. */
function timeBounds(response: ApiResponse): TimeBounds {
  const date = Date.parse(response.headers.get('date')?.[0] ?? '');
  return timesUntil(Number.isNaN(date) ? undefined : Math.max(date, response.receivedAt));
}

/** Rows, all of them not objects, that show that the list is another one. */
const FEW = 3;
/** Rows without one exception that show that a path is wrong. A few entries may well have no time, and are read. */
const ENOUGH = 10;

function nothingAt(what: string, rows: number, paths: readonly string[]): string {
  return `not one of ${rows} entries tells ${what} that can be read at ${paths.join(' or ')}`;
}

function scan(response: ApiResponse, provider: Provider, wanted: WantedFields): ScannedPage {
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
} as const;

function looksLikeWebPage(response: ApiResponse): boolean {
  if (response.headers.get('content-type')?.some((type) => /^\s*text\/html\b/i.test(type))) return true;
  return /^\s*</.test(response.body.toString('latin1', 0, 64));
}

/** A number that the server tells in a header or in the body of an answer; undefined where it is none that can be believed. */
function numberAt(where: Total, response: ApiResponse, envelope: unknown): number | undefined {
  if (where === undefined) return undefined;
  if ('header' in where) {
    const values = response.headers.get(where.header.toLowerCase()) ?? [];
    return values.length === 1 ? wholeNumber(values[0]) : undefined;
  }
  return wholeNumber(readPath(envelope, where.path));
}

function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function nextOf(
  { nextIn }: PagingStyle,
  response: ApiResponse,
  { envelope }: ScannedPage,
  url: URL,
): Pick<Page, 'next' | 'silent'> {
  if (nextIn === 'nowhere') return { next: undefined };
  if (nextIn === 'link header') return linkedIn(response, url);
  const value = readPath(envelope, nextIn.body);
  if (value === undefined) return { next: undefined, silent: true };
  if (value === null || value === '' || value === false) return { next: undefined };
  if (typeof value !== 'string' && typeof value !== 'number')
    throw unknownShape(`there is no name of a next page at ${nextIn.body}`, response);
  return { next: nextIn.isAddress ? sameOrigin(String(value), url, response) : String(value) };
}

function linkedIn(response: ApiResponse, url: URL): Pick<Page, 'next' | 'silent'> {
  const headers = response.headers.get('link');
  for (const link of (headers ?? []).flatMap((header) => header.split(/,(?=\s*<)/))) {
    const match = /^\s*<([^>]*)>(.*)$/.exec(link);
    if (match === null || !/;\s*rel\s*=\s*("[^"]*\bnext\b[^"]*"|next\b)/i.test(match[2] as string)) continue;
    // Some servers always name a next page, and say apart that nothing is on it.
    if (/;\s*results\s*=\s*"?false\b/i.test(match[2] as string)) return { next: undefined };
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

function serverTime(response: ApiResponse): number {
  const date = Date.parse(response.headers.get('date')?.[0] ?? '');
  return Number.isNaN(date) ? response.receivedAt : date;
}
