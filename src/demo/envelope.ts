import type { Provider } from '../providers/provider.js';
import { type AskedFor, holdingCursor, holdsRequest } from './cursors.js';
import { isJson, linkParameter, PAGING } from './paging.js';
import type { LogQuery } from './query.js';
import { stepsOf } from './tell/places.js';

/** One page of a log, and the counts in the answer. */
export interface Served {
  /** The entries, each as JSON. */
  readonly texts: readonly string[];
  /** The number of matching entries as sent; a list sends it several times, undefined not at all. */
  readonly total: string | readonly string[] | undefined;
  readonly hasMore: boolean;
  /** The page size reported in the answer. */
  readonly take: number;
  /** How the answer marks the end. Absent: the next page is null. */
  readonly ending?: PagesEnd;
}

/** The value that means no next page. `always`: a next page is always named, and the flag or an empty page marks the end. */
export type PagesEnd = 'null' | 'empty' | 'absent' | 'always';

/** The number of rows before the requested page, with pages of `take` rows. */
export function firstOf(provider: Provider, ask: LogQuery, take: number): number {
  return PAGING[provider.paging.style].skip(ask.place, take, provider.paging);
}

type EnvelopeFact = readonly [path: string, json: string];

/** A page in the vendor's envelope: an array, or an object around it; its counts in headers, in the body or in a link. */
export function envelope(
  provider: Provider,
  ask: LogQuery,
  request: AskedFor,
  served: Served,
): { headers: Readonly<Record<string, string | readonly string[]>>; body: string } {
  const { paging, total } = provider;
  const headers: Record<string, string | readonly string[]> = {};
  if (total !== undefined && 'header' in total) {
    if (served.total !== undefined) headers[total.header] = served.total;
    if (paging.style === 'page') headers['pagination-page'] = String(ask.place);
    headers['pagination-take'] = String(served.take);
  }
  const { sizeIn } = paging;
  if (sizeIn !== undefined && 'header' in sizeIn) headers[sizeIn.header] = String(served.take);
  const next = nextIn(provider, ask, request, served);
  if (next !== undefined && 'header' in next) headers[next.header] = next.text;

  const array = `[${membersOf(provider.each, served.texts).join(',')}]`;
  if (provider.items === '') return { headers, body: array };
  const facts: EnvelopeFact[] = [[provider.items, array], ...counts(provider, ask, served)];
  if (paging.hasMore !== undefined) facts.push([paging.hasMore, String(served.hasMore)]);
  if (paging.isLast !== undefined) facts.push([paging.isLast, String(!served.hasMore)]);
  if (next !== undefined && 'path' in next) facts.push([next.path, next.json]);
  return { headers, body: objectOf(facts.map(([path, json]) => [stepsOf(path), json])) };
}

/** The total, and other fields that describe the request. */
function counts({ paging, total }: Provider, ask: LogQuery, served: Served): readonly EnvelopeFact[] {
  const facts: EnvelopeFact[] = [];
  if (total !== undefined && 'path' in total && served.total !== undefined) {
    const told = typeof served.total === 'string' ? [served.total] : served.total;
    facts.push(...told.map((text): EnvelopeFact => [total.path, text]));
    const beside = total.path.slice(0, total.path.lastIndexOf('.') + 1);
    const push = (name: string | undefined, number: number): void => {
      if (name !== undefined && /^\w+$/.test(name)) facts.push([beside + name, String(number)]);
    };
    push(paging.size, served.take);
    if (paging.style === 'page') push(paging.page, ask.place);
    if (paging.style === 'offset') push(paging.offset, ask.place);
  }
  const size = paging.sizeIn !== undefined && 'path' in paging.sizeIn ? paging.sizeIn.path : undefined;
  if (size !== undefined && !facts.some(([path]) => path === size)) facts.push([size, String(served.take)]);
  return facts;
}

type NextTold = { readonly header: string; readonly text: string } | { readonly path: string; readonly json: string };

/** The next page as the answer names it; undefined if it names none. */
function nextIn(
  provider: Provider,
  ask: LogQuery,
  request: AskedFor,
  { hasMore, take, texts, ending = 'null' }: Served,
): NextTold | undefined {
  const { paging } = provider;
  if (paging.style !== 'cursor' && paging.style !== 'link') return undefined;
  const isNamed = hasMore || ending === 'always';
  const place = PAGING[paging.style].next(ask.place, texts.length === 0 && !hasMore ? 0 : take);
  const cursor = holdsRequest(provider) ? holdingCursor(provider, ask.place + take, request) : place;
  const text = paging.style === 'link' ? linkTo(request.target, linkParameter(provider), place) : cursor;
  const where = paging.next;
  if (typeof where === 'string') {
    if (isNamed) return { path: where, json: JSON.stringify(isJson(paging) ? [text] : text) };
    return ending === 'absent' ? undefined : { path: where, json: ending === 'empty' ? '""' : 'null' };
  }
  if (!isNamed) return undefined;
  if (where === undefined) return { header: 'link', text: `<${text}>; rel="next"` };
  return 'header' in where ? { header: where.header, text: isJson(paging) ? JSON.stringify([text]) : text } : undefined;
}

function linkTo(target: string, parameter: string, next: string): string {
  const url = new URL(target, 'http://localhost');
  url.searchParams.set(parameter, next);
  return url.pathname + url.search;
}

/** The entries in members of the list: one each, or several in a list of theirs. */
function membersOf(each: string | undefined, texts: readonly string[]): readonly string[] {
  if (each === undefined) return texts;
  const steps = stepsOf(each);
  const holdsList = /(?:s|data)$/i.test(steps.at(-1) ?? '');
  if (!holdsList) return texts.map((text) => objectOf([[steps, text]]));
  const groups: string[] = [];
  for (let at = 0; at < texts.length; at += 3)
    groups.push(objectOf([[steps, `[${texts.slice(at, at + 3).join(',')}]`]]));
  return groups;
}

/** The JSON of an object with these JSON texts at paths. */
function objectOf(facts: readonly (readonly [steps: readonly string[], json: string])[]): string {
  const fields: string[] = [];
  const done = new Set<string>();
  for (const [[head = '', ...rest], json] of facts) {
    if (rest.length === 0) {
      fields.push(`${JSON.stringify(head)}:${json}`);
      continue;
    }
    if (done.has(head)) continue;
    done.add(head);
    const within = facts.filter(([steps]) => steps[0] === head && steps.length > 1);
    fields.push(`${JSON.stringify(head)}:${objectOf(within.map(([steps, text]) => [steps.slice(1), text]))}`);
  }
  return `{${fields.join(',')}}`;
}
