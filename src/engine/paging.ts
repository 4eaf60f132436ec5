import type { Paging } from '../providers/provider.js';
import { readPath } from '../providers/value.js';
import type { Place } from './request.js';

/** How the paging styles differ. This file is the only reader of `paging.style`. */
export interface PagingStyle {
  /** Where a request can begin: at any row, at a whole page, or only where an earlier answer led to (cursors and links). */
  readonly access: 'rows' | 'pages' | 'chain';
  /** The place of the first page. */
  readonly first: Place;
  /** The place of the page that begins at row `row`, from 0, in pages of `size` rows; undefined for cursors and links. */
  readonly at: (row: number, size: number) => Place | undefined;
  /** The parameter of a place; undefined if it needs none or is a whole address. */
  readonly parameter: (place: Place) => readonly [name: string, value: string] | undefined;
  /** The address of a place, for links. */
  readonly address: (place: Place) => string | undefined;
  /** Where an answer names the next page. */
  readonly nextIn: { readonly body: string; readonly isAddress: boolean } | 'link header' | 'nowhere';
}

/** The style of a vendor's paging. */
export function pagingStyle(paging: Paging): PagingStyle {
  return (STYLES[paging.style] as (of: Paging) => PagingStyle)(paging);
}

type PagingOf<Style extends Paging['style']> = Extract<Paging, { readonly style: Style }>;

const NO_PARAMETER = (): undefined => undefined;

const STYLES: { readonly [Style in Paging['style']]: (paging: PagingOf<Style>) => PagingStyle } = {
  page: ({ page, first = 1 }) => ({
    access: 'pages',
    first: { page: first },
    at: (row, size) => ({ page: first + Math.floor(row / size) }),
    parameter: (place) => ('page' in place ? [page, String(place.page)] : undefined),
    address: NO_PARAMETER,
    nextIn: 'nowhere',
  }),
  offset: ({ offset }) => ({
    access: 'rows',
    first: { offset: 0 },
    at: (row) => ({ offset: row }),
    parameter: (place) => ('offset' in place ? [offset, String(place.offset)] : undefined),
    address: NO_PARAMETER,
    nextIn: 'nowhere',
  }),
  cursor: ({ cursor, next }) => ({
    access: 'chain',
    first: { next: undefined },
    at: NO_PARAMETER,
    parameter: (place) => ('next' in place && place.next !== undefined ? [cursor, place.next] : undefined),
    address: NO_PARAMETER,
    nextIn: typeof next === 'string' ? { body: next, isAddress: false } : 'nowhere',
  }),
  link: ({ next }) => ({
    access: 'chain',
    first: { next: undefined },
    at: NO_PARAMETER,
    parameter: NO_PARAMETER,
    address: (place) => ('next' in place ? place.next : undefined),
    nextIn: typeof next === 'string' ? { body: next, isAddress: true } : 'link header',
  }),
  none: () => ({
    access: 'chain',
    first: { next: undefined },
    at: NO_PARAMETER,
    parameter: NO_PARAMETER,
    address: NO_PARAMETER,
    nextIn: 'nowhere',
  }),
};

/** Whether a place is that of the first page. */
export function isFirstPlace({ first }: PagingStyle, place: Place): boolean {
  if ('page' in place) return 'page' in first && place.page === first.page;
  return 'offset' in place ? place.offset === 0 : place.next === undefined;
}

/** Whether there is more after a page, by the server's own flag; undefined without one. */
export function saysMore({ hasMore }: Paging, envelope: unknown): boolean | undefined {
  if (hasMore === undefined) return undefined;
  const value = readPath(envelope, hasMore);
  if (value === true || value === 1 || value === 'true') return true;
  return value === false || value === 0 || value === 'false' ? false : undefined;
}
