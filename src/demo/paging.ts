import type { Paging } from '../providers/provider.js';

/** How one paging style says which rows are wanted, and where to go on. */
interface ServerPaging {
  /** The parameter's name, by which `read` finds it. */
  parameter(paging: Paging): string;
  /** The place meant when none is asked. */
  first(paging: Paging): number;
  /** What a parameter's value says; undefined when it says nothing. */
  read(value: string, paging: Paging): number | undefined;
  /** What a value looks like, for the message of a refusal. */
  shape(paging: Paging): string;
  /** How many rows stand before that place. */
  skip(place: number, take: number, paging: Paging): number;
  /** The value that leads to the next page. */
  next(place: number, take: number): string;
}

/** The parameter that our own next links carry: a server of that style may choose it freely. */
const LINK_PARAMETER = 'after';

/** The four paging styles, seen from the server. */
export const PAGING: Readonly<Record<Paging['style'], ServerPaging>> = {
  page: {
    parameter: (paging) => (paging.style === 'page' ? paging.page : ''),
    first: firstNumber,
    read: (value, paging) => atLeast(firstNumber(paging), wholeNumber(value)),
    shape: (paging) => `a whole number from ${firstNumber(paging)}`,
    skip: (page, take, paging) => (page - firstNumber(paging)) * take,
    next: (page) => String(page + 1),
  },
  offset: {
    parameter: (paging) => (paging.style === 'offset' ? paging.offset : ''),
    first: () => 0,
    read: wholeNumber,
    shape: () => 'a whole number from 0',
    skip: (offset) => offset,
    next: (offset, take) => String(offset + take),
  },
  cursor: {
    parameter: (paging) => (paging.style === 'cursor' ? paging.cursor : ''),
    first: () => 0,
    read: (value) => (value.startsWith('c_') ? wholeNumber(value.slice(2)) : undefined),
    shape: () => 'a cursor from an earlier answer',
    skip: (offset) => offset,
    next: (offset, take) => `c_${offset + take}`,
  },
  link: {
    parameter: () => LINK_PARAMETER,
    first: () => 0,
    read: wholeNumber,
    shape: () => 'as in an earlier answer',
    skip: (offset) => offset,
    next: (offset, take) => String(offset + take),
  },
};

/** Plain decimal digits only: no sign, no exponent, no spaces. */
export function wholeNumber(value: string): number | undefined {
  return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

function firstNumber(paging: Paging): number {
  return paging.style === 'page' ? (paging.first ?? 1) : 1;
}

function atLeast(least: number, value: number | undefined): number | undefined {
  return value === undefined || value < least ? undefined : value;
}
