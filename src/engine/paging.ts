import type { Paging } from '../providers/provider.js';
import { readPath } from '../providers/value.js';
import type { ParameterValue } from './page/body.js';
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
  readonly parameter: (place: Place) => readonly [name: string, value: ParameterValue] | undefined;
  /** The address of a place, for links. */
  readonly address: (place: Place) => string | undefined;
  /** Whether a request for any page but the first has nothing else but its cursor. */
  readonly isAlone: boolean;
  /** The path of a request for any page but the first, below the base; undefined: that of the first. */
  readonly path?: string;
  /** Where an answer names the next page. */
  readonly nextIn: NextPlace;
  /** Whether that name is JSON. */
  readonly isJson: boolean;
  /** Whether one answer has everything. */
  readonly isOneAnswer: boolean;
}

export type NextPlace =
  | { readonly where: 'nowhere' }
  | { readonly where: 'link header'; readonly isAddress: true }
  | { readonly where: 'body'; readonly path: string; readonly isAddress: boolean }
  | { readonly where: 'header'; readonly name: string; readonly isAddress: boolean }
  /** At a path of the last entry, or its time. */
  | { readonly where: 'last'; readonly path: string }
  | { readonly where: 'time' };

/** The style of a vendor's paging. */
export function pagingStyle(paging: Paging): PagingStyle {
  return (STYLES[paging.style] as (of: Paging) => PagingStyle)(paging);
}

type PagingOf<Style extends Paging['style']> = Extract<Paging, { readonly style: Style }>;

const NO_PARAMETER = (): undefined => undefined;

/** What most styles have. */
const USUAL = {
  address: NO_PARAMETER,
  isAlone: false,
  isJson: false,
  isOneAnswer: false,
  nextIn: { where: 'nowhere' },
} as const;
const CHAIN = {
  ...USUAL,
  access: 'chain',
  first: { next: undefined },
  at: NO_PARAMETER,
  parameter: NO_PARAMETER,
} as const;

const STYLES: { readonly [Style in Paging['style']]: (paging: PagingOf<Style>) => PagingStyle } = {
  page: ({ page, first = 1 }) => ({
    ...USUAL,
    access: 'pages',
    first: { page: first },
    at: (row, size) => ({ page: first + Math.floor(row / size) }),
    parameter: (place) => ('page' in place ? [page, place.page] : undefined),
  }),
  offset: ({ offset }) => ({
    ...USUAL,
    access: 'rows',
    first: { offset: 0 },
    at: (row) => ({ offset: row }),
    parameter: (place) => ('offset' in place ? [offset, place.offset] : undefined),
  }),
  cursor: ({ cursor, next, alone = false, json = false, path }) => ({
    ...CHAIN,
    parameter: (place) => {
      if (!('next' in place) || place.next === undefined) return undefined;
      return [cursor, json ? { json: place.next } : place.next];
    },
    isAlone: alone,
    isJson: json,
    ...(path !== undefined && { path }),
    nextIn: cursorPlace(next),
  }),
  link: ({ next }) => ({
    ...CHAIN,
    address: (place) => ('next' in place ? place.next : undefined),
    nextIn: linkPlace(next),
  }),
  none: () => ({ ...CHAIN, isOneAnswer: true }),
};

function cursorPlace(next: PagingOf<'cursor'>['next']): NextPlace {
  if (typeof next === 'string') return { where: 'body', path: next, isAddress: false };
  if ('header' in next) return { where: 'header', name: next.header, isAddress: false };
  return 'last' in next ? { where: 'last', path: next.last } : { where: 'time' };
}

function linkPlace(next: PagingOf<'link'>['next']): NextPlace {
  if (next === undefined) return { where: 'link header', isAddress: true };
  return typeof next === 'string'
    ? { where: 'body', path: next, isAddress: true }
    : { where: 'header', name: next.header, isAddress: true };
}

/** The rows to ask for where `wanted` are enough: as many as there can be if pages have one size, or if one answer has everything. */
export function askedRows(paging: Paging, wanted: number): number {
  return canResize(paging) ? wanted : paging.max;
}

/** Whether pages of another size can be asked for. */
export function canResize(paging: Paging): boolean {
  return paging.size !== undefined && !pagingStyle(paging).isOneAnswer;
}

/** Whether a place is that of the first page. */
export function isFirstPlace({ first }: PagingStyle, place: Place): boolean {
  if ('page' in place) return 'page' in first && place.page === first.page;
  return 'offset' in place ? place.offset === 0 : place.next === undefined;
}

/** Whether there is more after a page, by the server's own flag; undefined without one, or for a value that may mean either. */
export function saysMore({ hasMore, isLast }: Paging, envelope: unknown): boolean | undefined {
  if (hasMore !== undefined) return flagIn(readPath(envelope, hasMore));
  const last = isLast === undefined ? undefined : flagIn(readPath(envelope, isLast));
  return last === undefined ? undefined : !last;
}

function flagIn(value: unknown): boolean | undefined {
  if (typeof value === 'number') return value > 0 ? true : value === 0 ? false : undefined;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (word === true || TRUE.includes(word)) return true;
  return word === false || FALSE.includes(word) ? false : undefined;
}

const TRUE: readonly unknown[] = ['true', 'yes', 'y', '1'];
const FALSE: readonly unknown[] = ['false', 'no', 'n', '0'];
