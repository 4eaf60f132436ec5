import { type AuditlogError, serverError } from '../../errors.js';
import type { S3Listed } from './object.js';
import { elementOf, elementsOf } from './xml.js';

/** One page of a list. */
export interface ListPage {
  readonly objects: readonly S3Listed[];
  /** The common prefixes, where a delimiter was asked for. */
  readonly prefixes: readonly string[];
  /** The token of the next page; undefined: this is the last one. */
  readonly next: string | undefined;
}

/** Throws a server error for a page that is cut short or damaged, which would look like the end of the list, and for names outside of `prefix`. */
export function readListPage(xml: string, prefix: string): ListPage {
  if (!/<ListBucketResult[\s>]/.test(xml) || !/<\/ListBucketResult>\s*$/.test(xml)) throw damaged('it is cut short');
  const objects = elementsOf(xml, 'Contents').map(objectIn);
  const prefixes = elementsOf(xml, 'CommonPrefixes').map((item) => nameIn(item, 'Prefix'));
  const found = objects.length + prefixes.length;
  // Some stores leave out common prefixes here.
  const stated = elementOf(xml, 'KeyCount') ?? '0';
  if (!(Number(stated) <= found)) throw damaged(`it has ${found} names and says ${stated}`);
  const foreign = [...objects.map(({ key }) => key), ...prefixes].find((name) => !name.startsWith(prefix));
  if (foreign !== undefined) throw damaged(`it names ${JSON.stringify(foreign)}, which is not below ${prefix}`);
  return { objects, prefixes, next: nextOf(xml) };
}

function nextOf(xml: string): string | undefined {
  const truncated = elementOf(xml, 'IsTruncated');
  if (truncated === 'false') return undefined;
  const next = elementOf(xml, 'NextContinuationToken');
  if (truncated !== 'true') throw damaged('it does not say whether there is more');
  if (next === undefined || next === '') throw damaged('there is more, and it does not say how to ask for it');
  return next;
}

function objectIn(item: string): S3Listed {
  if (item.includes('<Contents>')) throw damaged('a part of it is missing');
  const size = elementOf(item, 'Size') ?? '';
  const key = nameIn(item, 'Key');
  if (!/^\d{1,15}$/.test(size)) throw damaged(`it has no size of ${JSON.stringify(key)}`);
  return { key, etag: (elementOf(item, 'ETag') ?? '').replace(/^W\/|"/g, ''), size: Number(size) };
}

/** A name, which lists spell as in URLs. */
function nameIn(item: string, element: string): string {
  const spelled = elementOf(item, element);
  if (spelled === undefined || spelled === '') throw damaged('an object in it has no name');
  try {
    return decodeURIComponent(spelled.replaceAll('+', ' '));
  } catch {
    throw damaged(`it has a name that cannot be read: ${JSON.stringify(spelled)}`);
  }
}

/** Empty pages in a row that may come before the rest: stores skip deleted objects. */
const MOST_EMPTY = 1000;

/** Follows the tokens of pages. Throws a server error for a list that does not end. */
export function openTokens() {
  const seen = new Set<string>();
  let empty = 0;
  return (page: ListPage): string | undefined => {
    const { next, objects, prefixes } = page;
    empty = objects.length + prefixes.length > 0 ? 0 : empty + 1;
    if (next === undefined) return undefined;
    if (seen.has(next) || empty > MOST_EMPTY) throw serverError('the list of the bucket does not end');
    seen.add(next);
    return next;
  };
}

function damaged(why: string): AuditlogError {
  return serverError(
    `the list of the bucket is not reliable: ${why}`,
    'Run the same command again; if it fails again, a proxy changes the answers, or this is not an S3 store',
  );
}
