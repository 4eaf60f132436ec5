import { unknownShape } from '../../http/fault.js';
import { type ApiResponse, headerOf } from '../../http/send.js';
import { placeIn } from '../../json/place.js';
import { timeCursor } from '../../providers/instants.js';
import type { Provider } from '../../providers/provider.js';
import { readPath } from '../../providers/value.js';
import { type NextPlace, pagingStyle } from '../paging.js';
import type { Page } from '../request.js';
import { firstText, type ScannedEntry } from './scan/scan.js';

type NextPage = Pick<Page, 'next' | 'silent' | 'again' | 'stuck'>;

/** What an answer holds that may name the next page. */
export interface NextSource {
  readonly response: ApiResponse;
  readonly envelope: unknown;
  /** The address that was asked. */
  readonly url: URL;
  readonly scanned: readonly ScannedEntry[];
  readonly entries: Page['entries'];
  /** The slot of the wanted path `nextPaths`. */
  readonly slot: number;
}

/** The paths of an entry that name the next page: none or one. */
export function nextPaths({ paging }: Provider): readonly string[] {
  const { nextIn } = pagingStyle(paging);
  return nextIn.where === 'last' ? [nextIn.path] : [];
}

/** Finds the next page that an answer names. Throws a `Fault` for an invalid name. */
export function openNext(provider: Provider): (source: NextSource) => NextPage {
  const { paging } = provider;
  const { nextIn, isJson } = pagingStyle(paging);
  if (nextIn.where === 'last') return (source) => lastOf(nextIn.path, isJson, source);
  if (nextIn.where === 'time') return (source) => timeOf(provider, source);
  return (source) => {
    const found = NAMES[nextIn.where](source, nextIn as never);
    return found === undefined ? { next: undefined } : named(found, source, nextIn, isJson);
  };
}

/** A name as it is in the answer, and how it is written there; undefined: nothing could be named. */
interface FoundName {
  readonly value: unknown;
  readonly raw: () => string;
}

const NAMES: {
  readonly [Where in Exclude<NextPlace['where'], 'last' | 'time'>]: (
    source: NextSource,
    place: Extract<NextPlace, { readonly where: Where }>,
  ) => FoundName | undefined;
} = {
  nowhere: () => undefined,
  body: ({ response: { body }, envelope }, { path }) => ({
    value: readPath(envelope, path),
    raw: () => rawAt(body, path),
  }),
  header: ({ response }, { name }) => {
    const value = headerOf(response, name.toLowerCase());
    return { value, raw: () => value ?? '' };
  },
  'link header': ({ response }) => {
    const value = linkedIn(response);
    return { value, raw: () => value ?? '' };
  },
};

function named({ value, raw }: FoundName, { response, url }: NextSource, place: NextPlace, isJson: boolean): NextPage {
  if (value === undefined) return { next: undefined, silent: true };
  if (value === null || value === '' || value === false) return { next: undefined };
  if (isJson) return jsonName(raw(), response);
  if (typeof value !== 'string' && typeof value !== 'number')
    throw unknownShape(`there is no name of a next page at ${'path' in place ? place.path : place.where}`, response);
  const isExact = typeof value === 'string' || Number.isSafeInteger(value);
  const name = isExact ? String(value) : raw();
  const isAddress = 'isAddress' in place && place.isAddress;
  return { next: isAddress ? sameOrigin(name, url, response) : name };
}

function jsonName(raw: string, response: ApiResponse): NextPage {
  try {
    const value: unknown = JSON.parse(raw);
    return { next: Array.isArray(value) && value.length === 0 ? undefined : raw };
  } catch {
    throw unknownShape('the name of the next page is not JSON', response);
  }
}

/** The text of a value of the body. */
function rawAt(body: Buffer, path: string): string {
  const start = Math.max(0, body.indexOf('{'));
  const place = placeIn(body, start, path);
  return place === undefined ? '' : body.toString('utf8', place.start, place.end);
}

/** The page after the last entry, by a value of it. */
function lastOf(path: string, isJson: boolean, { scanned, slot }: NextSource): NextPage {
  const last = scanned.at(-1);
  if (last === undefined) return { next: undefined };
  const text = firstText(last, slot, slot + 1);
  if (text === undefined || text === '')
    return { next: undefined, stuck: `the last event of a page has no ${path}, which is needed for the next page` };
  return { next: isJson ? tokenOf(last, slot) : text };
}

function tokenOf({ body, places, first }: ScannedEntry, slot: number): string {
  return body.toString('utf8', places[first + 2 * slot], places[first + 2 * slot + 1]);
}

/** The page after the last entry, by its time. */
function timeOf(provider: Provider, { entries }: NextSource): NextPage {
  if (entries.length === 0) return { next: undefined };
  const time = entries.findLast((entry) => !Number.isNaN(entry.time))?.time;
  if (time === undefined)
    return { next: undefined, stuck: 'no event of a page has a time, which is needed for the next page' };
  const towards = towardsOf(provider);
  const { written, edge, beyond } = timeCursor(provider.dates, time, towards);
  return { next: String(written), again: { towards, edge, beyond: String(beyond) } };
}

/** Where a vendor's pages lead if each begins at the time of an entry. */
function towardsOf({ paging, dates, order }: Provider): 'older' | 'newer' {
  const cursor = 'cursor' in paging ? paging.cursor : undefined;
  if (dates.from !== dates.to && cursor === dates.from) return 'newer';
  if (dates.from !== dates.to && cursor === dates.to) return 'older';
  return order === 'oldest-first' ? 'newer' : 'older';
}

/** The address in a Link header; null: the header names no next page. */
function linkedIn(response: ApiResponse): string | null | undefined {
  const headers = response.headers.get('link');
  for (const link of (headers ?? []).flatMap((header) => header.split(/,(?=\s*<)/))) {
    const match = /^\s*<([^>]*)>(.*)$/.exec(link);
    if (match === null || !/;\s*rel\s*=\s*("[^"]*\bnext\b[^"]*"|next\b)/i.test(match[2] as string)) continue;
    // Some servers always name a next page, and say apart that nothing is on it.
    return /;\s*results\s*=\s*"?false\b/i.test(match[2] as string) ? null : (match[1] as string);
  }
  return headers === undefined ? undefined : null;
}

/** The address of the next page. Another origin must not be asked: the key would go there. */
function sameOrigin(address: string, url: URL, response: ApiResponse): string {
  if (!URL.canParse(address, url.href)) throw unknownShape('the address of the next page is none', response);
  const next = new URL(address, url);
  if (next.origin === url.origin) return next.href;
  throw unknownShape(`the next page is said to be at another origin, ${next.origin}`, response);
}
