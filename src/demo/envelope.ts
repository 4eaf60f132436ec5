import type { Provider } from '../providers/provider.js';
import { PAGING } from './paging.js';
import type { LogQuery } from './query.js';

/** One page of a log, and the counts in the answer. */
export interface Served {
  /** The entries, each as JSON. */
  readonly texts: readonly string[];
  /** The number of matching entries as sent; a list sends it several times, undefined not at all. */
  readonly total: string | readonly string[] | undefined;
  readonly hasMore: boolean;
  /** The page size in the answer. */
  readonly take: number;
}

/** The number of rows before the page that is asked for, when pages have `take` rows. */
export function firstOf(provider: Provider, ask: LogQuery, take: number): number {
  return PAGING[provider.paging.style].skip(ask.place, take, provider.paging);
}

/** A page in the vendor's envelope: an array, or an object around it; its counts in headers, in the body or in a link. */
export function envelope(
  provider: Provider,
  ask: LogQuery,
  target: string,
  served: Served,
): { headers: Readonly<Record<string, string | readonly string[]>>; body: string } {
  const { paging, total } = provider;
  const headers: Record<string, string | readonly string[]> = {};
  const next = served.hasMore ? PAGING[paging.style].next(ask.place, served.take) : undefined;
  if (total !== undefined && 'header' in total) {
    if (served.total !== undefined) headers[total.header] = served.total;
    if (paging.style === 'page') headers['pagination-page'] = String(ask.place);
    headers['pagination-take'] = String(served.take);
  }
  const link = paging.style === 'link' && next !== undefined ? linkTo(paging, target, next) : undefined;
  const inBody = paging.style === 'link' && typeof paging.next === 'string';
  if (link !== undefined && !inBody) headers.link = `<${link}>; rel="next"`;

  const array = `[${served.texts.join(',')}]`;
  if (provider.items === '') return { headers, body: array };
  const facts: [string, string][] = [[provider.items, array]];
  if (total !== undefined && 'path' in total && served.total !== undefined) {
    const told = typeof served.total === 'string' ? [served.total] : served.total;
    facts.push(...told.map((text): [string, string] => [total.path, text]));
    const beside = total.path.slice(0, total.path.lastIndexOf('.') + 1);
    facts.push([beside + paging.size, String(served.take)]);
    if (paging.style === 'page') facts.push([beside + paging.page, String(ask.place)]);
    if (paging.style === 'offset') facts.push([beside + paging.offset, String(ask.place)]);
  }
  if (paging.sizeIn !== undefined && 'path' in paging.sizeIn && !facts.some(([path]) => path === told(paging)))
    facts.push([told(paging), String(served.take)]);
  if (paging.hasMore !== undefined) facts.push([paging.hasMore, String(served.hasMore)]);
  if (paging.style === 'link' && typeof paging.next === 'string')
    facts.push([paging.next, JSON.stringify(link ?? null)]);
  if (paging.style === 'cursor' && typeof paging.next === 'string')
    facts.push([paging.next, next === undefined ? 'null' : JSON.stringify(next)]);
  return { headers, body: objectOf(facts) };
}

function told({ sizeIn }: Provider['paging']): string {
  return sizeIn !== undefined && 'path' in sizeIn ? sizeIn.path : '';
}

function linkTo(paging: Provider['paging'], target: string, next: string): string {
  const url = new URL(target, 'http://localhost');
  url.searchParams.set(PAGING[paging.style].parameter(paging), next);
  return url.pathname + url.search;
}

/** The JSON of an object with these JSON texts at dotted paths. */
function objectOf(facts: readonly (readonly [string, string])[]): string {
  const fields: string[] = [];
  const done = new Set<string>();
  for (const [path, text] of facts) {
    const dot = path.indexOf('.');
    if (dot === -1) {
      fields.push(`${JSON.stringify(path)}:${text}`);
      continue;
    }
    const head = path.slice(0, dot);
    if (done.has(head)) continue;
    done.add(head);
    const within = facts.filter(([other]) => other.startsWith(`${head}.`));
    fields.push(`${JSON.stringify(head)}:${objectOf(within.map(([other, json]) => [other.slice(dot + 1), json]))}`);
  }
  return `{${fields.join(',')}}`;
}
