import type { Paging, Provider } from '../providers/provider.js';
import type { ParameterNames } from './parameters.js';
import { readSent } from './sent.js';
import type { WireRequest } from './wire.js';

/** Whether requests with a cursor carry nothing else. */
export function isAlone(paging: Paging): boolean {
  return paging.style === 'cursor' && paging.alone === true;
}

/** A cursor that leads on from a place, and holds the request that led there. */
export function aloneCursor(place: number, { target, body }: Pick<WireRequest, 'target' | 'body'>): string {
  return Buffer.from(JSON.stringify([place, target, body ?? ''])).toString('base64url');
}

/** The request that a cursor holds and its place; undefined where a request has no cursor, a text where it has more than the cursor. */
export function readCursor(
  { method, fixed }: Provider,
  { all, place }: ParameterNames,
  request: WireRequest,
): { readonly request: WireRequest; readonly place: number } | string | undefined {
  const only = all.filter((one) => one === place);
  const sent = readSent({ ...(method && { method }), ...(fixed && { fixed }) }, only, request);
  if (typeof sent === 'string') return hasCursor(request, place?.name ?? '') ? sent : undefined;
  const cursor = sent.value(place);
  if (cursor === undefined) return undefined;
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

function hasCursor({ target, body = '' }: WireRequest, name: string): boolean {
  return body.includes(`"${name.split('.').at(-1)}"`) || new URL(target, 'http://localhost').searchParams.has(name);
}
