import { saysMore } from '../../engine/paging.js';
import type { Entry } from '../../event.js';
import { isObject } from '../../json/is.js';
import type { Provider, Total } from '../../providers/provider.js';
import { isJoined, pathList, readPath } from '../../providers/value.js';
import { formatInstant } from '../../time.js';
import type { VendorSample } from './sample.js';

/** A fault of a vendor's file that a sample reveals. */
export interface FileFinding {
  /** `wrong`: the file cannot be right. `warning`: it may be. */
  readonly weight: 'wrong' | 'warning';
  readonly text: string;
}

interface SampleAnswer {
  readonly entries: readonly Entry[];
  readonly envelope: unknown;
}

/** The findings in a sample. A complete answer of the API also tests the description of pages, counts and entries. */
export function findingsIn(provider: Provider, { entries, answer }: VendorSample): readonly FileFinding[] {
  const ids = repeatedId(entries);
  if (answer === undefined) return ids;
  return [...CHECKS.flatMap((check) => check(provider, { entries, envelope: answer.envelope })), ...ids];
}

const wrong = (text: string): FileFinding => ({ weight: 'wrong', text });
const warning = (text: string): FileFinding => ({ weight: 'warning', text });

const CHECKS: readonly ((provider: Provider, answer: SampleAnswer) => readonly FileFinding[])[] = [
  ({ total }, { entries, envelope }) => {
    if (!isInBody(total)) return [];
    const count = readPath(envelope, total.path);
    if (typeof count !== 'number') return [wrong(`$.total.path: there is no number at ${total.path} in the answer`)];
    if (count >= entries.length) return [];
    return [wrong(`$.total.path: ${count} at ${total.path} is less than the ${entries.length} entries of the answer`)];
  },
  ({ total, paging }, { entries, envelope }) => {
    if (!isInBody(total) || entries.length === 0 || readPath(envelope, total.path) !== entries.length) return [];
    if (entries.length < paging.max && !saysNext(paging, envelope)) return [];
    const text = `${total.path} is just the number of entries in the answer: does it count one page only?`;
    return [warning(`$.total.path: ${text}`)];
  },
  ({ paging }, { envelope }) => {
    if (!('cursor' in paging) || typeof paging.next !== 'string' || readPath(envelope, paging.next) !== undefined)
      return [];
    return [wrong(nothingAt(paging.next)), ...meant(nextPaths(envelope))];
  },
  ({ paging }, { entries, envelope }) => {
    if (paging.style !== 'link' || typeof paging.next !== 'string') return [];
    const next = readPath(envelope, paging.next);
    if (next !== undefined && next !== null && next !== false && typeof next !== 'string')
      return [wrong(`$.paging.next: there is no address at ${paging.next} in the answer`)];
    if (next !== undefined) return [];
    const others = nextPaths(envelope);
    if (others.length > 0 || entries.length >= paging.max) return [wrong(nothingAt(paging.next)), ...meant(others)];
    return [warning(`${nothingAt(paging.next)}, which is right for the last page only`)];
  },
  ({ paging }, { envelope }) => {
    if (paging.isLast !== undefined) {
      if (typeof readPath(envelope, paging.isLast) === 'boolean') return [];
      return [wrong(`$.paging.isLast: there is neither true nor false at ${paging.isLast} in the answer`)];
    }
    if (paging.hasMore === undefined) {
      const [path] = moreIn(envelope);
      if (path === undefined) return [];
      return [warning(`$.paging.hasMore: the file does not name it, and the answer says true or false at ${path}`)];
    }
    if (typeof readPath(envelope, paging.hasMore) === 'boolean') return [];
    return [wrong(`$.paging.hasMore: there is neither true nor false at ${paging.hasMore} in the answer`)];
  },
  ({ paging }, { envelope }) => {
    if (paging.style !== 'page' || paging.first === 0) return [];
    const isNumber = (key: string) => key.toLowerCase() === paging.page.toLowerCase() || PAGE_NUMBER.test(key);
    const [path] = [isNumber, (key: string) => key === 'start'].flatMap((isIt) =>
      pathsIn(envelope, (key, value) => value === 0 && isIt(key)),
    );
    if (path === undefined) return [];
    return [
      warning(`$.paging.first: the answer has the page number 0 at ${path}: if pages begin with 0, say "first": 0`),
    ];
  },
  ({ paging, fields }, { entries, envelope }) => {
    const last = entries.at(-1);
    if (last?.id === undefined || isJoined(fields.id)) return [];
    const [id = 'id'] = pathList(fields.id);
    if ('next' in paging && typeof paging.next === 'string' && readPath(envelope, paging.next) === last.id) {
      const more = paging.hasMore ?? moreIn(envelope)[0];
      if (paging.hasMore !== undefined || paging.isLast !== undefined) return [];
      const text = `$.paging.next: ${paging.next} is the id of the last entry, and so on every page: only`;
      return [
        warning(
          `${text} ${more === undefined ? 'a flag or an empty page' : `$.paging.hasMore (${more})`} can say which page is the last`,
        ),
      ];
    }
    if (
      'next' in paging &&
      paging.next !== undefined &&
      (typeof paging.next !== 'string' || saysNext(paging, envelope))
    )
      return [];
    const isMore = moreIn(envelope).some((path) => readPath(envelope, path) === true);
    if (!isMore || nextPaths(envelope).length > 0) return [];
    const way = `"next": {"last": ${JSON.stringify(id)}}`;
    return [
      warning(
        `$.paging: the answer says that there is more and names no next page: if it is asked for by the id of the last entry, say ${way}`,
      ),
    ];
  },
  ({ paging }, { entries, envelope }) => {
    if (entries.length === 0 || entries.length >= paging.max || paging.style === 'none' || !saysNext(paging, envelope))
      return [];
    const text = `the answer has ${entries.length === 1 ? '1 entry' : `${entries.length} entries`} and a next page, where pages have ${paging.max}`;
    return [warning(`$.paging.max: ${text}: right if it was asked for so few, else write the vendor's largest page`)];
  },
  ({ order }, { entries }) => {
    const found = orderOf(entries);
    if (found === undefined || found === order) return [];
    const [first, last] = [entries[0]!, entries.at(-1)!].map(({ time }) => formatInstant(time));
    if (order !== undefined)
      return [wrong(`$.order: it says ${order}, and the entries are ${found}: from ${first} to ${last}`)];
    if (found === 'newest-first') return [];
    const text = `the entries are oldest first, from ${first} to ${last}: if all pages are, say "order": "oldest-first"`;
    return [warning(`$.order: ${text}`)];
  },
];

const MORE =
  /^(?:has_?more(?:_?(?:pages|results|items))?|has_?next(?:_?page)?|next_?page|more(?:_?available)?|is_?truncated)$/i;
const PAGE_NUMBER = /^(?:page|page_?(?:number|index|no)|current_?page)$/i;
const NEXT = /next|cursor|continuation/i;

function moreIn(envelope: unknown): readonly string[] {
  return pathsIn(envelope, (key, value) => typeof value === 'boolean' && MORE.test(key));
}

function isInBody(total: Total): total is { readonly path: string } {
  return total !== undefined && 'path' in total;
}

/** Whether an answer names a next page. */
function saysNext(paging: Provider['paging'], envelope: unknown): boolean {
  if (saysMore(paging, envelope) === true) return true;
  const next = 'next' in paging && typeof paging.next === 'string' ? readPath(envelope, paging.next) : undefined;
  return typeof next === 'string' && next !== '';
}

/** The order of entries; undefined if there is none, or all have the same time. */
function orderOf(entries: readonly Entry[]): Provider['order'] {
  const times = entries.map(({ time }) => time).filter((time) => !Number.isNaN(time));
  const steps = times.slice(1).map((time, at) => time - times[at]!);
  if (steps.every((step) => step === 0)) return undefined;
  if (steps.every((step) => step >= 0)) return 'oldest-first';
  return steps.every((step) => step <= 0) ? 'newest-first' : undefined;
}

/** An id that two entries share: one of them would be lost. */
function repeatedId(entries: readonly Entry[]): readonly FileFinding[] {
  const known = new Map<string, Entry>();
  for (const entry of entries) {
    if (entry.id === undefined) continue;
    const before = known.get(entry.id);
    known.set(entry.id, entry);
    if (before === undefined) continue;
    const text = `$.fields.id: ${JSON.stringify(entry.id)} is the id of two entries`;
    return [before.raw.equals(entry.raw) ? warning(`${text}, which are equal`) : wrong(text)];
  }
  return [];
}

/** The paths at which an answer may name its next page. */
function nextPaths(envelope: unknown): readonly string[] {
  return pathsIn(envelope, (key, value) => typeof value === 'string' && value !== '' && NEXT.test(key));
}

function nothingAt(next: string): string {
  return `$.paging.next: there is nothing at ${next} in the answer`;
}

function meant([path]: readonly string[]): readonly FileFinding[] {
  return path === undefined ? [] : [warning(`$.paging.next: did you mean ${path}?`)];
}

/** The paths around the entries whose members `isIt` accepts. */
function pathsIn(
  value: unknown,
  isIt: (key: string, value: unknown) => boolean,
  above = '',
  depth = 0,
): readonly string[] {
  if (!isObject(value) || depth > 3) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = above === '' ? key : `${above}.${key}`;
    return isIt(key, inner) ? [path] : pathsIn(inner, isIt, path, depth + 1);
  });
}
