import type { Entry } from '../../event.js';
import { badText, cutBody, type Fault, unknownShape, webPage } from '../../http/fault.js';
import type { ApiResponse } from '../../http/send.js';
import type { Provider, Total } from '../../providers/provider.js';
import { timesUntil, wrongUnit } from '../../providers/times.js';
import { pathList, readPath } from '../../providers/value.js';
import { saysMore } from '../paging.js';
import type { Page } from '../request.js';
import { entryReader } from './entries.js';
import { doubtOf } from './missing.js';
import { nextPaths, openNext } from './next.js';
import { scanEach } from './scan/each.js';
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

/** Entries, none of them an object, that show that the list is another one. */
const FEW = 3;
/** Entries without an exception that show that a path is wrong. A few entries may have no time, and are read. */
const ENOUGH = 10;

/** Makes a page of an answer. Throws a `Fault` for one that is cut, is a web page, or has another shape. */
export function pageReader(provider: Provider): (response: ApiResponse, url: URL) => Page {
  const { paths, entryOf } = entryReader(provider);
  const orgs = pathList(provider.fields.org?.id);
  const { action, time } = provider.fields;
  const actions = typeof action === 'object' && ('join' in action || 'path' in action) ? [] : pathList(action);
  const before = [...paths, ...orgs, ...actions];
  const wanted = wantPaths([...before, ...nextPaths(provider)]);
  const orgSlots = paths.length;
  const actionSlots = orgSlots + orgs.length;
  const actionOf = (entry: ScannedEntry) => firstText(entry, actionSlots, before.length);
  const nextOf = openNext(provider);

  const orgsOf = (entries: readonly ScannedEntry[]): ReadonlySet<string> => {
    const found = new Set<string>();
    let last: ScannedEntry | undefined;
    for (const entry of orgs.length > 0 ? entries : []) {
      // Nearly every entry names the same org: its bytes are compared, not decoded.
      if (last !== undefined && sameTokens(last, entry, orgSlots, actionSlots)) continue;
      const org = firstText(entry, orgSlots, actionSlots);
      if (org === undefined || actionOf(entry)?.startsWith('org.')) continue;
      found.add(org);
      last = entry;
    }
    return found;
  };

  const shapeDoubt = (scanned: readonly ScannedEntry[], entries: readonly Entry[]): string | undefined => {
    const total = entries.length;
    if (total >= ENOUGH && entries.every((entry) => Number.isNaN(entry.time)))
      return `${nothingAt('a time', total, pathList(time))}: is timeFormat right?`;
    if (total >= ENOUGH && actions.length > 0 && scanned.every((entry) => actionOf(entry) === undefined))
      return nothingAt('an action', total, actions);
    return undefined;
  };

  return (response, url) => {
    const { entries: scanned, envelope, list } = scan(response, provider, wanted);
    const foundOrgs = orgsOf(scanned);
    if (scanned.length >= FEW && scanned.every(({ odd }) => odd === 'not-an-object'))
      throw unknownShape('an entry in the answer is not an object, and neither is any other', response);
    const entries = plausible(scanned.map(entryOf), response);
    const count = numberAt(provider.total, response, envelope);
    const doubt = shapeDoubt(scanned, entries) ?? doubtOf({ entries: scanned, envelope, list }, provider, count);
    if (doubt !== undefined) throw unknownShape(doubt, response);
    return {
      entries,
      count,
      rowsPerPage: numberAt(provider.paging.sizeIn, response, envelope),
      ...nextOf({ response, envelope, url, scanned, entries, slot: before.length }),
      more: saysMore(provider.paging, envelope),
      at: dateOf(response) ?? response.receivedAt,
      orgs: foundOrgs,
      unreadable: [],
      ...(list === 'given' ? {} : { isListMissing: true }),
    };
  };
}

/** Entries whose impossible times are NaN. Throws a `Fault` if all times are impossible: then their unit is wrong. */
function plausible(entries: readonly Entry[], response: ApiResponse): readonly Entry[] {
  const date = dateOf(response);
  // Without the server's clock nothing is too late.
  const { after, before } = timesUntil(date === undefined ? undefined : Math.max(date, response.receivedAt));
  const isOutside = ({ time }: Entry) => time < after || time >= before;
  const outside = entries.find(isOutside);
  if (outside === undefined) return entries;
  const isAnyInside = entries.some((entry) => !Number.isNaN(entry.time) && !isOutside(entry));
  if (!isAnyInside && entries.length >= ENOUGH) throw unknownShape(wrongUnit(outside.time), response);
  return entries.map((entry) => (isOutside(entry) ? { ...entry, time: Number.NaN } : entry));
}

function nothingAt(what: string, entries: number, paths: readonly string[]): string {
  return `not one of ${entries} entries tells ${what} that can be read at ${paths.join(' or ')}`;
}

function scan(response: ApiResponse, provider: Provider, wanted: WantedFields): ScannedPage {
  if (looksLikeWebPage(response)) throw webPage(response);
  try {
    const { items, each } = provider;
    return each === undefined ? scanPage(response.body, items, wanted) : scanEach(response.body, items, each, wanted);
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

/** A number in a header or in the body of an answer; undefined if it cannot be believed. */
function numberAt(where: Total, response: ApiResponse, envelope: unknown): number | undefined {
  if (where === undefined) return undefined;
  if (!('header' in where)) return wholeNumber(readPath(envelope, where.path));
  const values = response.headers.get(where.header.toLowerCase()) ?? [];
  return values.length === 1 ? wholeNumber(values[0]) : undefined;
}

function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** The server's clock, epoch ms. */
function dateOf(response: ApiResponse): number | undefined {
  const date = Date.parse(response.headers.get('date')?.[0] ?? '');
  return Number.isNaN(date) ? undefined : date;
}
