import type { Provider } from '../providers/provider.js';
import { dateForm } from './dates.js';
import { type ParameterNames, parametersOf } from './parameters.js';
import { readSent } from './sent.js';
import type { WireRequest } from './wire.js';

/** The question of a request. */
export type AskedFor = Pick<WireRequest, 'target' | 'body'>;

/** Whether cursors contain the first request, because requests with a cursor carry nothing else, or the cursor replaces their range. */
export function holdsRequest({ paging, dates }: Pick<Provider, 'paging' | 'dates'>): boolean {
  if (paging.style !== 'cursor') return false;
  const isOfEntry = typeof paging.next === 'object' && !('header' in paging.next);
  return paging.alone === true || (!isOfEntry && [dates.from, dates.to].includes(paging.cursor));
}

/** A cursor for the next place. It contains the first request: this one, or the one in its own cursor. */
export function holdingCursor(provider: Provider, place: number, request: AskedFor): string {
  const held = readCursor(provider, parametersOf(provider), request);
  const { target, body } = typeof held === 'object' ? held.request : request;
  return Buffer.from(JSON.stringify([place, target, body ?? ''])).toString('base64url');
}

/** The request inside a cursor and its place; undefined without a cursor, a text if the request has other parameters besides the cursor. */
export function readCursor<Asked extends AskedFor>(
  { method, fixed, body, paging, dates }: Provider,
  { all, place }: ParameterNames,
  request: Asked,
): { readonly request: Asked; readonly place: number } | string | undefined {
  const isAlone = 'alone' in paging && paging.alone === true;
  const only = isAlone ? all.filter((one) => one === place) : all;
  const sent = readSent(
    { ...(method && { method }), ...(fixed && { fixed }), ...(body && !isAlone && { body }) },
    only,
    request,
  );
  if (typeof sent === 'string') return sendsPlace({ place }, request) ? sent : undefined;
  const cursor = sent.value(place);
  if (cursor === undefined || (!isAlone && !Number.isNaN(dateForm(dates).read(cursor)))) return undefined;
  try {
    const [at, target, body] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [
      number,
      string,
      string,
    ];
    return { request: { ...request, target, body }, place: at };
  } catch {
    return `${place?.name} must be a cursor from an earlier answer.`;
  }
}

/** Whether a request has the parameter of the place. */
export function sendsPlace({ place }: Pick<ParameterNames, 'place'>, { target, body = '' }: AskedFor): boolean {
  const name = place?.name ?? '';
  return body.includes(`"${name.split('.').at(-1)}"`) || new URL(target, 'http://localhost').searchParams.has(name);
}
