import type { Paging, Provider } from '../providers/provider.js';

/** How a server reads and writes a paging style. */
interface ServerPaging {
  parameter(paging: Paging): string;
  /** The place of a request without that parameter. */
  first(paging: Paging): number;
  /** The place that a value names; undefined for an invalid one. */
  read(value: string, paging: Paging): number | undefined;
  /** The form of a value, for a refusal. */
  shape(paging: Paging): string;
  /** The number of rows before the place. */
  skip(place: number, take: number, paging: Paging): number;
  /** The value that names the next page. */
  next(place: number, take: number): string;
}

/** The parameter in our own next links. A server of that style may choose any name that its other parameters do not have. */
const LINK_PARAMETER = 'after';

/** Its name for a vendor. */
export function linkParameter({ dates, filters, fixed = {} }: Pick<Provider, 'dates' | 'filters' | 'fixed'>): string {
  const taken = [dates.from, dates.to, dates.search?.parameter, ...Object.values(filters), ...Object.keys(fixed)];
  return taken.includes(LINK_PARAMETER) ? 'page_token' : LINK_PARAMETER;
}

const OFFSET: ServerPaging = {
  parameter: (paging) => (paging.style === 'offset' ? paging.offset : ''),
  first: () => 0,
  read: wholeNumber,
  shape: () => 'a whole number from 0',
  skip: (offset) => offset,
  next: (offset, take) => String(offset + take),
};

/** The paging styles, seen from the server. */
export const PAGING: Readonly<Record<Paging['style'], ServerPaging>> = {
  page: {
    parameter: (paging) => (paging.style === 'page' ? paging.page : ''),
    first: firstNumber,
    read: (value, paging) => atLeast(firstNumber(paging), wholeNumber(value)),
    shape: (paging) => `a whole number from ${firstNumber(paging)}`,
    skip: (page, take, paging) => (page - firstNumber(paging)) * take,
    next: (page) => String(page + 1),
  },
  offset: OFFSET,
  cursor: {
    ...OFFSET,
    parameter: (paging) => (paging.style === 'cursor' ? paging.cursor : ''),
    read: (value, paging) => {
      const text = isJson(paging) ? /^\["(.*)"\]$/.exec(value)?.[1] : value;
      return text?.startsWith('c_') === true ? wholeNumber(text.slice(2)) : undefined;
    },
    shape: () => 'a cursor from an earlier answer',
    next: (offset, take) => `c_${offset + take}`,
  },
  link: { ...OFFSET, parameter: () => LINK_PARAMETER, shape: () => 'as in an earlier answer' },
  none: { ...OFFSET, parameter: () => '' },
};

/** Plain decimal digits only: no sign, no exponent, no spaces. */
export function wholeNumber(value: string): number | undefined {
  return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

export function isJson(paging: Paging): boolean {
  return paging.style === 'cursor' && paging.json === true;
}

function firstNumber(paging: Paging): number {
  return paging.style === 'page' ? (paging.first ?? 1) : 1;
}

function atLeast(least: number, value: number | undefined): number | undefined {
  return value === undefined || value < least ? undefined : value;
}
